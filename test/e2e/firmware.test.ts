/**
 * A firmware image of 100 MB as one message: received, shown in parts, and saved to a file byte for byte.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');
const IMAGE_BYTES = 100_000_000;

describe('a firmware image of 100 MB', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  after(() => rmSync(folder, { recursive: true }));
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.broker.maxPacketBytes': 268_435_460 },
  });
  const image = Buffer.alloc(IMAGE_BYTES, 'the quick brown fox \u0000\u00ff');
  let messages: MessagesPage;

  test('it is received, and shown from its start', async (t) => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    const port = await startBroker(workbench);
    const file = join(folder, 'firmware.bin');
    writeFileSync(file, image);
    await publish(t, port, '-t', 'board/firmware', '-f', file, '-q', '1');
    await workbench.pane('Topics').row('board').expand();
    await workbench.pane('Topics').row('firmware').click();
    messages = await MessagesPage.about(workbench, 'board/firmware');
    await waitForText(messages.message.region, 'Showing 262,144 bytes of 100,000,000 bytes.');
    await waitForText(messages.message.payload, '74 68 65 20');
  });

  test('its last part is one click away', async () => {
    await messages.message.button('Last Part').click();
    await waitForText(messages.message.region, /Showing bytes 99,876,864 to 99,999,999 of 100,000,000\./);
  });

  test('it is saved to a file, whole', async () => {
    const { workbench } = window;
    const saved = join(window.workspaceFolder, 'saved.bin');
    await messages.message.button('Save Payload…').first().click();
    await workbench.quickInput.chooseFile('Save Payload', saved);
    await waitForText(workbench.page.locator('.statusbar'), 'Saved 95.4 MiB as saved.bin.');
    const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digestOf(readFileSync(saved)), digestOf(image));
  });

  test('the history says what it holds, within its budget', async () => {
    await waitForText(messages.frame.getByRole('main'), '1 message');
    await window.workbench
      .pane('Topics')
      .row('firmware')
      .waitForDescription(/95\.4 MiB/);
  });
});
