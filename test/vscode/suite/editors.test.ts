import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import {
  commands,
  env,
  FileSystemError,
  type Tab,
  TabInputCustom,
  TabInputText,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
} from 'vscode';
import { type CommandId, commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { MessageSummary } from '../../../src/contracts/messages.ts';
import { messageUri } from '../../../src/extension/editors/messageUri.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, run, set, startBroker } from './workbench.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Takes the choice of this label. */
function picks(label: string): Partial<UserQuestions> {
  return {
    pick: async ({ choices }) => {
      const choice = choices.find((one) => one.label === label);
      assert.ok(choice, `no ${label} among ${choices.map((one) => one.label).join(', ')}`);
      return { kind: 'answered', value: choice.value };
    },
  };
}

/** A window tells of its tabs a moment after an editor is opened. */
async function activeTab<T>(inputOf: (input: Tab['input'], tab: Tab) => T | undefined): Promise<T> {
  for (;;) {
    const tab = window.tabGroups.activeTabGroup.activeTab;
    const found = tab && inputOf(tab.input, tab);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      const listener = window.tabGroups.onDidChangeTabs(() => {
        listener.dispose();
        resolve();
      });
    });
  }
}

const textTab = (path: RegExp) =>
  activeTab((input) => (input instanceof TabInputText && path.test(input.uri.path) ? input.uri : undefined));
const diffTab = (path: RegExp) =>
  activeTab((input, tab) =>
    input instanceof TabInputTextDiff && path.test(input.modified.path)
      ? { input, label: tab.label }
      : undefined,
  );

const textOf = async (uri: Uri): Promise<string> => (await workspace.openTextDocument(uri)).getText();

describe('messages in editors', () => {
  let api: TestApi;
  let listener: Listener;
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-editors-'));

  before(async () => {
    api = await activate();
    listener = new Listener(api);
    await set(settingKeys.port, 0);
    await startBroker(api);
  });
  beforeEach(() => {
    listener = new Listener(api);
  });
  after(async () => {
    // An untitled document would ask to be saved.
    while (window.activeTextEditor?.document.isUntitled) {
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await commands.executeCommand('workbench.action.closeAllEditors');
    await run(commandIds.stopBroker);
    await set(settingKeys.port, undefined);
    rmSync(folder, { recursive: true });
  });

  /** The message as the engine has it. */
  async function publish(topic: string, payload: Uint8Array): Promise<MessageSummary> {
    await api.services.broker.publish({ topic, payload, qos: 1, retain: false });
    const message = (await api.services.engine.call('topicPath', { topic }))?.at(-1)?.last;
    assert.ok(message !== undefined, `nothing on ${topic}`);
    return message;
  }
  async function runOn(id: CommandId, topic: string, payload: Uint8Array): Promise<void> {
    await run(id, { id: (await publish(topic, payload)).id });
  }

  it('opens JSON as it came, as JSON, and nothing can write to it', async () => {
    await runOn(commandIds.openMessage, 'board/json', bytesOf('{"a":  1.0}'));
    const uri = await textTab(/^\/\d+\/board\/json\.json$/);
    const document = await workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'json');
    assert.equal(document.getText(), '{"a":  1.0}');
    assert.equal(workspace.fs.isWritableFileSystem('mqtt'), false);
    await assert.rejects(async () => workspace.fs.writeFile(uri, new Uint8Array()));
    const { size, mtime } = await workspace.fs.stat(uri);
    assert.equal(size, 11);
    assert.ok(Math.abs(mtime - Date.now()) < 60_000);
  });

  it('lays JSON out under another name', async () => {
    listener = new Listener(api, {}, picks('JSON, Laid Out'));
    await runOn(commandIds.openMessageAs, 'board/json', bytesOf('{"a":1.0,"b":[]}'));
    const uri = await textTab(/\/json\.pretty\.json$/);
    assert.equal(await textOf(uri), '{\n  "a": 1.0,\n  "b": []\n}\n');
  });

  it('opens text as text, and binary as a hex dump', async () => {
    await runOn(commandIds.openMessage, 'board/log', bytesOf('\u001b[31mred°'));
    assert.equal(await textOf(await textTab(/\/log\.txt$/)), '\u001b[31mred°');
    await runOn(commandIds.openMessage, 'board/adc', Uint8Array.of(0x00, 0x41, 0xff));
    assert.match(await textOf(await textTab(/\/adc\.hex\.txt$/)), /^00000000 {2}00 41 ff +\.A\.$/);
    // With its NUL a text editor would refuse it.
    await runOn(commandIds.openMessage, 'board/c', bytesOf('online\0'));
    assert.match(await textOf(await textTab(/\/c\.hex\.txt$/)), /6f 6e 6c 69 6e 65 00/);
  });

  it('opens an image in the image preview, whose palette commands are about it', async () => {
    await runOn(commandIds.openMessage, 'camera/last', onePixelPng);
    const uri = await activeTab((input) => (input instanceof TabInputCustom ? input.uri : undefined));
    assert.match(uri.toString(), /^mqtt:\/\/history\/\d+\/camera\/last\.png\?/);
    assert.deepEqual(Buffer.from(await workspace.fs.readFile(uri)), onePixelPng);
    listener = new Listener(api, {}, picks('Topic'));
    await run(commandIds.copyMessageAs);
    assert.equal(await env.clipboard.readText(), 'camera/last');
  });

  it('hands out bytes as they came, of a payload in many parts', async () => {
    const payload = Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 253);
    const message = await publish('board/firmware', payload);
    const uri = Uri.from(messageUri(message, 'binary', 'asItCame'));
    assert.equal(Buffer.compare(await workspace.fs.readFile(uri), payload), 0);
  });

  it('opens the newest message of a row of the Topics view, and of a topic', async () => {
    const last = await publish('row/x', bytesOf('one'));
    await run(commandIds.openMessage, { kind: 'node', topic: 'row/x', node: { id: 1, last } });
    assert.equal(await textOf(await textTab(/\/row\/x\.txt$/)), 'one');
    await publish('row/y', bytesOf('two'));
    await run(commandIds.openMessage, { topic: 'row/y' });
    assert.equal(await textOf(await textTab(/\/row\/y\.txt$/)), 'two');
  });

  it('opens any topic, however long or odd', async () => {
    for (const topic of ['/'.repeat(65_535), 'x'.repeat(65_535), '../../etc/\u202epasswd', 'a b/ü🌡/%2e?&=']) {
      const { id } = await publish(topic, bytesOf('found'));
      await run(commandIds.openMessage, { id });
      assert.equal(await textOf(await textTab(new RegExp(`^/${id}/`))), 'found');
    }
  });

  it('opens a copy that can be changed', async () => {
    await runOn(commandIds.openMessageCopy, 'board/json', bytesOf('{"on":true}'));
    const document = window.activeTextEditor?.document;
    assert.deepEqual(
      [document?.isUntitled, document?.languageId, document?.getText()],
      [true, 'json', '{"on":true}'],
    );
  });

  it('shows what changed since the message before, JSON laid out', async () => {
    await publish('diff/json', bytesOf('{"a":1,"b":2}'));
    await publish('diff/other', bytesOf('{}'));
    await runOn(commandIds.diffWithPrevious, 'diff/json', bytesOf('{"a":1,"b":3}'));
    const { input, label } = await diffTab(/\/json\.pretty\.json$/);
    assert.equal(await textOf(input.original), '{\n  "a": 1,\n  "b": 2\n}\n');
    assert.equal(await textOf(input.modified), '{\n  "a": 1,\n  "b": 3\n}\n');
    assert.match(label, /^diff\/json: .*\d\d:\d\d[.,]\d{3}.* ↔ .*\d\d:\d\d[.,]\d{3}/);
  });

  it('compares a text with bytes as hex, in the order in which they are named', async () => {
    const [left, right] = [
      await publish('diff/hex', bytesOf('A')),
      await publish('diff/hex2', Uint8Array.of(0)),
    ];
    await run(commandIds.compareMessages, { left: left.id, right: right.id });
    const { input, label } = await diffTab(/\/hex2\.hex\.txt$/);
    assert.match(await textOf(input.original), /^00000000 {2}41/);
    assert.match(await textOf(input.modified), /^00000000 {2}00/);
    assert.match(label, /^diff\/hex: .* ↔ diff\/hex2: /);
  });

  it('compares with a message that was selected before', async () => {
    await runOn(commandIds.selectMessageForCompare, 'select/a', bytesOf('one'));
    await runOn(commandIds.compareWithSelectedMessage, 'select/b', bytesOf('two'));
    const { input } = await diffTab(/\/select\/b\.txt$/);
    assert.deepEqual([await textOf(input.original), await textOf(input.modified)], ['one', 'two']);
  });

  it('says when there is no message before, and when a message is no longer held', async () => {
    await runOn(commandIds.diffWithPrevious, 'diff/first', bytesOf('1'));
    await listener.said('No message before this one is held of diff/first.');
    for (const id of [commandIds.openMessage, commandIds.savePayload, commandIds.copyMessageAs]) {
      listener = new Listener(api);
      await run(id, { id: 999_999_999 });
      await listener.said('no longer held');
    }
    // As an editor would, that outlived its engine: the id is another message's.
    const { id } = await publish('x', bytesOf('of another time'));
    for (const command of [commandIds.openMessageCopy, commandIds.diffWithPrevious]) {
      listener = new Listener(api);
      await run(command, { id, receivedAtMs: 1 });
      await listener.said('no longer held');
    }
    const gone = { id: 999_999_999, topic: 'x', receivedAtMs: 1, payloadBytes: 1 };
    const uri = Uri.from(messageUri(gone, 'text', 'asItCame'));
    await assert.rejects(
      async () => workspace.fs.readFile(uri),
      (error) =>
        error instanceof FileSystemError &&
        error.code === 'FileNotFound' &&
        /no longer held/.test(error.message),
    );
  });

  it('copies a message as what one is asked for', async () => {
    const { id } = await publish('copy/as', bytesOf('{"a":1}'));
    const copied = async (label: string): Promise<string> => {
      listener = new Listener(api, {}, picks(label));
      await run(commandIds.copyMessageAs, { id });
      return env.clipboard.readText();
    };
    assert.match(
      await copied('mosquitto_pub command'),
      /^mosquitto_pub -h 127\.0\.0\.1 -p \d+ -t copy\/as -q 1 -m '\{"a":1\}'\n$/,
    );
    assert.equal(await copied('C string'), '/* copy/as: 7 bytes */\n"{\\"a\\":1}"\n');
    assert.match(await copied('C array'), /const uint8_t payload\[\] = \{\n {2}0x7b, /);
    assert.equal(JSON.parse(await copied('JSON')).payload, '{"a":1}');
    assert.equal(await copied('Payload as text'), '{"a":1}');
    assert.equal(await copied('Payload as hex'), '7B2261223A317D');
    assert.equal(await copied('Payload as Base64'), 'eyJhIjoxfQ==');
    assert.equal(await copied('Topic'), 'copy/as');
  });

  it('saves a large payload whole, under the name that its topic gives it', async () => {
    const payload = Uint8Array.from({ length: 12_000_000 }, (_, i) => i % 241);
    const path = join(folder, 'saved.bin');
    let suggested = '';
    listener = new Listener(
      api,
      {},
      {
        saveAs: async (_title, uri) => {
          suggested = uri?.path ?? '';
          return Uri.file(path);
        },
      },
    );
    await runOn(commandIds.savePayload, 'save/firmware', payload);
    assert.match(suggested, /\/firmware\.bin$/);
    assert.equal(Buffer.compare(readFileSync(path), payload), 0);
    assert.deepEqual(readdirSync(folder), ['saved.bin']);
  });

  it('leaves no file of a payload whose saving was called off', async () => {
    const path = join(folder, 'called-off.bin');
    const calledOff = new AbortController();
    const { whileWorking } = api.services.questions;
    let reported = 0;
    listener = new Listener(
      api,
      {},
      {
        saveAs: async () => Uri.file(path),
        whileWorking: (_title, work) =>
          work({
            report: (done) => {
              reported = done;
              calledOff.abort();
            },
            signal: calledOff.signal,
          }),
      },
    );
    await runOn(commandIds.savePayload, 'save/called-off', new Uint8Array(5_000_000));
    api.answerWith({ whileWorking });
    assert.ok(reported > 0 && reported < 1, `${reported}`);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('called-off')),
      [],
    );
  });

  it('says why a payload was not saved, and offers a file when it is too much for the clipboard', async () => {
    const path = join(folder, 'gone', 'x.bin');
    listener = new Listener(api, {}, { saveAs: async () => Uri.file(path) });
    await runOn(commandIds.savePayload, 'save/x', bytesOf('x'));
    const { message } = await listener.said('was not saved');
    assert.match(message, /^x\.bin was not saved: its folder is not there any more/);
    assert.equal(existsSync(path), false);

    const large = join(folder, 'large.txt');
    listener = new Listener(
      api,
      { 'too much for the clipboard': 'Save Payload…' },
      { saveAs: async () => Uri.file(large) },
    );
    await runOn(commandIds.copyMessageAs, 'save/large', new Uint8Array(2_000_000).fill(0x61));
    assert.equal(statSync(large).size, 2_000_000);
  });
});
