/**
 * A folder that the person does not trust brings decoders and schema files. They read nothing until the person trusts the
 * folder; the person's own decoders hold all the while, and what they choose meanwhile is written to their own settings.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import protobuf from 'protobufjs';
import { InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker } from './story.ts';

const skip = skipUnless('chromium');
const schemaWith = (field: string): string =>
  `syntax = "proto3";\npackage plant;\nmessage Reading { double ${field} = 1; }\n`;
const type = protobuf.parse(schemaWith('any')).root.lookupType('plant.Reading');
const reading = type.encode(type.fromObject({ any: 21.5 })).finish();
const protobufWith = (schemaFile: string) => ({
  decoder: 'protobuf',
  schemaFile,
  messageType: 'plant.Reading',
});
const folderSettings = JSON.stringify({
  'mqttWorkbench.decoders': [
    { topicFilter: 'folder/lamp', decoder: 'hex' },
    { topicFilter: 'folder/reading', ...protobufWith('proto/reading.proto') },
    // Comes before the person's own, once it holds.
    { topicFilter: 'own/lamp', decoder: 'base64' },
  ],
});

describe('a folder in Restricted Mode whose settings bring decoders', { skip }, () => {
  const ownFolder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  after(() => rmSync(ownFolder, { recursive: true }));
  const ownSchema = join(ownFolder, 'own.proto');
  writeFileSync(ownSchema, schemaWith('fromOwnFile'));
  const window = useVscodeWindow({
    workspaceTrust: true,
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.decoders': [
        { topicFilter: 'own/lamp', decoder: 'hex' },
        { topicFilter: 'own/reading', ...protobufWith(ownSchema) },
        // In the folder, whoever names it.
        { topicFilter: 'own/relative', ...protobufWith('proto/reading.proto') },
      ],
    },
    files: {
      '.vscode/settings.json': folderSettings,
      'proto/reading.proto': schemaWith('fromFolder'),
    },
  });
  let board: RawClient;
  let messages: MessagesPage;
  let inspector: InspectorPage;

  test("the folder's choices and schema files read nothing", async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await waitForText(workbench.pane('Broker').welcome, 'In Restricted Mode');
    board = await RawClient.overTcp(await startBroker(workbench), 5);
    await board.connect({ clientId: 'board' });
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    await inspect('folder/lamp', '{"on":true}');
    await isDecodedAs('JSON', '"on": true');
    for (const topic of ['folder/reading', 'own/relative']) {
      await inspect(topic, reading);
      await isDecodedAs('Protobuf', '"double": 21.5');
      await waitForText(inspector.message.region, 'Without a schema, fields have numbers only');
      assert.equal(await inspector.message.button('Forget Choice').count(), 0);
    }
    await window.screenshot('untrusted-decoders');
  });

  test("the person's own choices and schema files hold", async () => {
    await inspect('own/lamp', '{"on":true}');
    await isDecodedAs('Hex', '7b 22 6f 6e');
    await inspect('own/reading', reading);
    await isDecodedAs('Protobuf', '"fromOwnFile": 21.5');
  });

  test('what the person chooses now is theirs, and leaves the folder as it is', async () => {
    const { workbench, workspaceFolder } = window;
    await inspect('folder/lamp', '{"on":false}');
    await inspector.message.decoder.selectOption({ label: 'Text' });
    await isDecodedAs('Text', '{"on":false}');
    await inspector.message.button('Always Decode This Way…').click();
    await workbench.quickInput.choose('Always decode which topics this way?', 'This Topic');
    await inspector.message.button('Forget Choice').waitFor();
    assert.equal(readFileSync(join(workspaceFolder, '.vscode/settings.json'), 'utf8'), folderSettings);
    await inspector.message.button('Forget Choice').click();
    await inspector.message.button('Forget Choice').waitFor({ state: 'detached' });
    await isDecodedAs('JSON', '"on": false');
  });

  test('once the folder is trusted, what is shown is read as the folder says', async () => {
    const { workbench } = window;
    await inspect('folder/reading', reading);
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.tab('folder/reading').click();
    inspector = await InspectorPage.in(workbench, 'folder/reading');
    await isDecodedAs('Protobuf', '"fromFolder": 21.5');
    await inspect('own/relative', reading);
    await isDecodedAs('Protobuf', '"fromFolder": 21.5');
    await inspect('folder/lamp', '{"on":true}');
    await isDecodedAs('Hex', '7b 22 6f 6e');
  });

  test("the folder's choice comes before the person's own, which holds elsewhere", async () => {
    await inspect('own/lamp', 'eyJvbiI6dHJ1ZX0=');
    await isDecodedAs('Base64', '"on": true');
    await inspect('own/reading', reading);
    await isDecodedAs('Protobuf', '"fromOwnFile": 21.5');
  });

  /** Sends a message, and opens it. */
  async function inspect(topic: string, payload: string | Uint8Array): Promise<void> {
    inspector = await messages.inspectSent(window.workbench, topic, async () => {
      board.sendPublish(topic, payload);
      await board.ping();
    });
  }

  async function isDecodedAs(tab: string, text: string): Promise<void> {
    await inspector.frame.getByRole('tab', { name: tab, selected: true }).waitFor();
    await waitForText(inspector.message.payload, text);
  }
});
