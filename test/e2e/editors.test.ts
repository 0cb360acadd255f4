/**
 * Messages in VS Code's own editors, from a topic's menu: to read, to compare, and not to change.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import { describe, test } from 'node:test';
import { cArray } from '../../src/extension/payload/copyAs/cArray.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium');
const redPixels = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASUVORK5CYII=',
  'base64',
);

describe('messages in editors', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let board: RawClient;

  const send = (topic: string, payload: string | Uint8Array) => board.publish(topic, payload, { qos: 1 });

  test('the newest message of a topic opens as JSON, with what it holds as it came', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    board = await RawClient.overTcp(await startBroker(workbench), 5);
    await board.connect({ clientId: 'board' });
    await send('oven/state', '{"celsius":180,"door":"shut"}');
    await send('oven/state', '{"celsius":181,"door":"shut"}');
    const topics = workbench.pane('Topics');
    await topics.row('oven').expand();
    await topics.row('oven').waitForDescription('1 topic · 2 messages');
    await topics.row('state').contextMenu('Open Message in Editor');
    await workbench.tab('state.json').waitFor();
    await waitForText(workbench.page.locator('.editor-instance .view-line'), '{"celsius":181,"door":"shut"}');
    await window.screenshot('editors-json');
  });

  test('who types into it is told why not, and gets a copy to edit by one click', async () => {
    const { workbench } = window;
    await workbench.page.locator('.editor-instance .view-line').first().click();
    await workbench.page.keyboard.type('x');
    const why = workbench.page.locator('.monaco-editor-overlaymessage');
    await waitForText(why, 'A message that came can’t be changed.');
    await window.screenshot('editors-readonly');
    await why.getByText('Edit a copy of it').click();
    await workbench.tab(/Untitled-1/).waitFor();
  });

  test('what changed since the message before stands side by side, laid out', async () => {
    const { workbench } = window;
    await workbench.pane('Topics').row('state').contextMenu('Compare with Previous');
    await workbench.tab(/^oven\/state: .* ↔ /).waitFor();
    const changed = workbench.page.locator('.editor.modified .view-line');
    await waitForText(changed.nth(1), '"celsius": 181,');
    await window.screenshot('editors-diff');
  });

  test('an image is shown as one', async () => {
    const { workbench } = window;
    await send('camera', redPixels);
    await workbench.pane('Topics').row('camera').contextMenu('Open Message in Editor');
    await workbench.tab('camera.png').waitFor();
    // The preview tells there how large the image is that it drew.
    await workbench.page.locator('.statusbar-item', { hasText: '8x8' }).waitFor();
    await window.screenshot('editors-image');
  });

  test('it is copied as C from the palette, which is about the editor in front', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Copy Message As…');
    await workbench.quickInput.waitFor('What to copy');
    await window.screenshot('editors-copy-as');
    await workbench.quickInput.pick('C array');
    await waitForClipboard(workbench, cArray('camera', redPixels));
  });

  test('two images stand side by side', async () => {
    const { workbench } = window;
    await send('camera', redPixels);
    await workbench.pane('Topics').row('camera').waitForDescription('2 messages');
    await workbench.pane('Topics').row('camera').contextMenu('Compare with Previous');
    await workbench.tab(/^camera\.png ↔ camera\.png/).waitFor();
    await workbench.page.locator('iframe.webview.ready').nth(1).waitFor();
    await window.screenshot('editors-images');
  });
});
