import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { commands, env, TabInputWebview, window, workspace } from 'vscode';
import { commandIds, panelIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, run, set, startBroker } from './workbench.ts';

/** Titles of the open panels of a type. */
function panels(viewType: string): string[] {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof TabInputWebview && tab.input.viewType.endsWith(viewType))
    .map((tab) => tab.label);
}

/** A window tells of its tabs a moment after a panel is made. */
async function panelOpened(viewType: string, title: string): Promise<void> {
  while (!panels(viewType).includes(title)) {
    await new Promise<void>((resolve) => {
      const listener = window.tabGroups.onDidChangeTabs(() => {
        listener.dispose();
        resolve();
      });
    });
  }
}

describe('payloads and panels', () => {
  let api: TestApi;

  before(async () => {
    api = await activate();
    new Listener(api);
    await set(settingKeys.port, 0);
    await startBroker(api);
  });
  after(async () => {
    // Untitled documents with a payload would ask to be saved.
    while (window.activeTextEditor?.document.isUntitled) {
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await commands.executeCommand('workbench.action.closeAllEditors');
    await run(commandIds.stopBroker);
    await set(settingKeys.port, undefined);
  });

  const publishBytes = (topic: string, payload: Uint8Array): Promise<unknown> =>
    api.services.broker.publish({ topic, payload, qos: 1, retain: false });
  const lastMessageId = async (topic: string): Promise<number> => {
    const id = (await api.services.engine.call('topicPath', { topic }))?.at(-1)?.last?.id;
    assert.ok(id !== undefined, `nothing on ${topic}`);
    return id;
  };

  it('opens one Inspector beside the editor, whichever message is asked for', async () => {
    await run(commandIds.publish, { topic: 'board/temperature', payload: '21.4', qos: 1 });
    await run(commandIds.publish, { topic: 'board/status', payload: 'online', qos: 1 });
    const query = { source: { kind: 'broker' } } as const;
    await api.services.inspector.open(await lastMessageId('board/temperature'), query);
    await panelOpened(panelIds.inspector, 'board/temperature');
    await api.services.inspector.open(await lastMessageId('board/status'), query);
    await panelOpened(panelIds.inspector, 'board/status');
    assert.deepEqual(panels(panelIds.inspector), ['board/status']);
  });

  it('says so when the message to inspect is no longer held', async () => {
    const listener = new Listener(api);
    await api.services.inspector.open(1_000_000, { source: { kind: 'broker' } });
    await listener.said('no longer held');
  });

  it('writes the decoder that is chosen for a topic into the setting, and takes it back', async () => {
    new Listener(api, {}, { pick: async () => ({ kind: 'answered', value: 'topic' as never }) });
    const { decoderChoices } = api.services;
    await decoderChoices.choose('board/adc', { id: 'numbers', via: [] });
    const setting = (): unknown => workspace.getConfiguration('mqttWorkbench').get(settingKeys.decoders);
    assert.deepEqual(setting(), [{ topicFilter: 'board/adc', decoder: 'numbers' }]);
    await publishBytes('board/adc', Uint8Array.of(0x41));
    const id = await lastMessageId('board/adc');
    const decoded = await api.services.engine.call('decodeMessage', { id });
    assert.equal(decoded?.used.id, 'numbers');
    await decoderChoices.takeBack('board/adc');
    assert.deepEqual(setting(), []);
    const again = await api.services.engine.call('decodeMessage', { id });
    assert.notEqual(again?.used.id, 'numbers');
  });

  it('opens the publish form once', async () => {
    await run(commandIds.openPublishForm);
    await run(commandIds.openPublishForm, { topic: 'board/led/set' });
    await panelOpened(panelIds.publish, 'Publish');
    assert.deepEqual(panels(panelIds.publish), ['Publish']);
    assert.equal(api.services.memory.draft.topic, 'board/led/set');
  });

  it('copies the last payload of a topic, binary as hex', async () => {
    await run(commandIds.publish, { topic: 'board/a', payload: 'é' });
    await publishBytes('board/b', Uint8Array.of(0xca, 0xfe, 0x00));
    await run(commandIds.copyPayload, { topic: 'board/b' });
    assert.equal(await env.clipboard.readText(), 'CAFE00');
    await run(commandIds.copyPayload, { topic: 'board/a' });
    assert.equal(await env.clipboard.readText(), 'é');
  });

  it('opens JSON in an editor as JSON, byte by byte', async () => {
    await publishBytes('board/json', new TextEncoder().encode('{"a":  1}'));
    await api.services.payloads.openCopy(await lastMessageId('board/json'));
    const document = window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'json');
    assert.equal(document?.getText(), '{"a":  1}');
  });

  it('opens a payload of 10 MB whole', async () => {
    const bytes = 10 * 1024 * 1024;
    await publishBytes('board/firmware', new Uint8Array(bytes).fill(0x61));
    await api.services.payloads.openCopy(await lastMessageId('board/firmware'));
    const document = workspace.textDocuments.find((open) => open.getText().length >= bytes);
    assert.equal(document?.getText(), 'a'.repeat(bytes));
  });

  it('opens binary as a hex dump', async () => {
    await publishBytes('board/adc', Uint8Array.of(0x00, 0x41, 0xff));
    await api.services.payloads.openCopy(await lastMessageId('board/adc'));
    assert.match(window.activeTextEditor?.document.getText() ?? '', /^00000000 {2}00 41 ff +\.A\.$/);
  });
});
