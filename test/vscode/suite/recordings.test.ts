import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { Uri } from 'vscode';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, next, run, set, startBroker } from './workbench.ts';

describe('recordings', () => {
  let api: TestApi;
  let folder = '';

  before(async () => {
    api = await activate();
    folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
    await set(settingKeys.port, 0);
  });
  afterEach(() => run(commandIds.stopBroker));
  after(async () => {
    await set(settingKeys.port, undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  const publish = (topic: string, payload: string) => run(commandIds.publish, { topic, payload, qos: 1 });
  const cutFile = (name: string) => {
    const file = join(folder, name);
    writeFileSync(file, '{"topic":"a","payload":"one"}\n{"topic":"a","payl');
    return file;
  };
  /** Takes the choice with one of these labels, and the text that stands in a box. */
  const choosing = (...labels: string[]): Partial<UserQuestions> => ({
    pick: async ({ placeholder, choices }) => {
      const choice = choices.find(({ label }) => labels.includes(label));
      assert.ok(choice, `${placeholder} ${JSON.stringify(choices.map(({ label }) => label))}`);
      return { kind: 'answered', value: choice.value };
    },
    text: async ({ value }) => ({ kind: 'answered', value }),
    suggest: async ({ value }) => ({ kind: 'answered', value }),
  });

  it('record the topics of a row, and its end is told with what there is', async () => {
    const listener = new Listener(
      api,
      {},
      { ...choosing('Choose a Folder…'), folder: async () => Uri.file(join(folder, 'made')) },
    );
    await startBroker(api);
    await run(commandIds.startRecording, { topic: 'plant', node: { childCount: 2 } });
    await publish('plant/1', 'recorded');
    await publish('other', 'not meant');
    await run(commandIds.stopRecording);
    const { message, buttons } = await listener.said('Recorded');
    assert.match(message, /^Recorded 1 message to recording-\d{4}-\d\d-\d\d-\d{6}-001\.jsonl\.$/);
    assert.deepEqual(buttons, ['Show File', 'Open Recording']);
    const [name] = readdirSync(join(folder, 'made'));
    assert.match(
      readFileSync(join(folder, 'made', name ?? ''), 'utf8'),
      /"topic":"plant\/1".*"text":"recorded"/,
    );
    assert.equal(api.services.recordings.recording.kind, 'idle');
  });

  it('are replayed, and a line that could not be read is told', async () => {
    const listener = new Listener(api, {}, choosing('As Fast as Possible', 'Retained as They Were'));
    await startBroker(api);
    const { recordings } = api.services;
    const ended = next(recordings.onDidChangeReplay, ({ kind }) => kind === 'idle');
    await run(commandIds.replayRecording, Uri.file(cutFile('cut.jsonl')));
    await ended;
    const { message } = await listener.said('Replayed');
    assert.match(
      message,
      /^Replayed 1 message of cut\.jsonl\. Lines that could not be read: 1\. The first: cut\.jsonl, line 2/,
    );
  });

  it('are opened from the explorer, and closed; what is none is said to be none', async () => {
    const listener = new Listener(api);
    const { recordings } = api.services;
    const opened = next(recordings.onDidChangeOpen, ([recording]) => recording?.isRead === true);
    await run(commandIds.openRecording, Uri.file(cutFile('open.jsonl')));
    const [recording] = await opened;
    assert.deepEqual([recording?.messageCount, recording?.problemCount], [1, 1]);
    const exported = join(folder, 'of-the-row.jsonl');
    api.answerWith({
      ...choosing('All That Is Held', 'JSON Lines'),
      saveAs: async () => Uri.file(exported),
    });
    const { connection } = recording ?? {};
    await run(commandIds.exportMessages, { topic: '', node: { connection, isConnection: true } });
    assert.match(readFileSync(exported, 'utf8'), /"topic":"a".*"text":"one"/);

    const closed = next(recordings.onDidChangeOpen, ({ length }) => length === 0);
    await run(commandIds.closeRecording, { connection });
    await closed;

    const file = join(folder, 'notes.jsonl');
    writeFileSync(file, 'not a recording\n');
    await run(commandIds.openRecording, Uri.file(file));
    const { message } = await listener.said('was not opened');
    assert.match(message, /notes\.jsonl, line 1/);
  });

  it('can only be read: what acts on a broker refuses their rows, and what the local broker does those of others', async () => {
    const { recordings } = api.services;
    const opened = next(recordings.onDidChangeOpen, ([recording]) => recording?.isRead === true);
    await run(commandIds.openRecording, Uri.file(cutFile('read-only.jsonl')));
    const [{ connection } = { connection: 0 }] = await opened;
    const ofTheLocalBroker = [
      ...[commandIds.pinTopic, commandIds.startRecording],
      ...[commandIds.clearRetained, commandIds.clearRetainedBranch],
    ];
    const row = { kind: 'node', topic: 'a' };
    for (const command of [commandIds.publish, commandIds.removeTopic, ...ofTheLocalBroker]) {
      const listener = new Listener(api);
      await run(command, { ...row, node: { topic: 'a', connection, connectionKind: 'recording' } });
      assert.match((await listener.said('This row is')).message, /a recording can only be read/, command);
    }
    for (const command of ofTheLocalBroker) {
      const listener = new Listener(api);
      await run(command, { ...row, node: { topic: 'a', connection: 99, connectionKind: 'remoteBroker' } });
      assert.match((await listener.said('This row is')).message, /by the local broker alone/, command);
    }
    assert.equal(recordings.recording.kind, 'idle');
    const closed = next(recordings.onDidChangeOpen, ({ length }) => length === 0);
    await run(commandIds.closeRecording, { connection });
    await closed;
  });

  it('are exported messages too: of a time, and nothing is written where none is held', async () => {
    const file = join(folder, 'export.jsonl');
    const listener = new Listener(
      api,
      {},
      { ...choosing('The Last Minute', 'JSON Lines'), saveAs: async () => Uri.file(file) },
    );
    await startBroker(api);
    await publish('plant/export', 'now');
    await run(commandIds.exportMessages, { topic: 'plant/export' });
    const { message } = await listener.said('Exported');
    assert.equal(message, 'Exported 1 message to export.jsonl.');
    assert.match(readFileSync(file, 'utf8'), /"topic":"plant\/export".*"text":"now"/);

    await publish('plant/shown', 'later');
    await api.services.messagesView.open({ topicFilter: 'plant/shown' });
    await run(commandIds.exportShownMessages);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /"topic":"plant\/shown"/);

    await run(commandIds.exportMessages, { topic: 'plant/nobody' });
    await listener.said('Nothing was exported: no such message is held.');
  });
});
