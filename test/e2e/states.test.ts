/**
 * What every view says when there is nothing, when the broker is on its way, when something comes, when it stands still and
 * when the broker is gone; and that every control has a name for who does not see it. In each theme, with a picture to look
 * at. What an engine that died leaves is in statesWithoutEngine.test.ts.
 *
 * The broker is on its way for as long as its configuration file is, and a message is decoded when its schema has come: here
 * both files are pipes, as slow as any disk. The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { skipUnless } from '../support/tools.ts';
import { brokerStarted, publish } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');
const themes = ['light', 'dark', 'highContrastLight', 'highContrastDark'] as const;
const views = ['Broker', 'Topics', 'Clients', 'Busiest Topics', 'Retained Messages'] as const;

describe('the states of the views', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  after(() => rmSync(folder, { recursive: true }));
  const configFile = join(folder, 'broker.json');
  const schemaFile = join(folder, 'reading.proto');
  execFileSync('mkfifo', [configFile, schemaFile]);
  const window = useVscodeWindow({
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.broker.configFile': configFile,
      'mqttWorkbench.decoders': [
        { topicFilter: 'plant/reading', decoder: 'protobuf', schemaFile, messageType: 'Reading' },
      ],
    },
    viewport: { width: 1280, height: 1000 },
  });
  let port = 0;
  let form: FrameLocator;

  test('without a broker every view says so, and how to start one', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    for (const title of views) await workbench.pane(title).expand();
    await workbench.runCommand('MQTT: Open Messages');
    const page = await MessagesPage.in(workbench);
    for (const title of views) await waitForText(workbench.pane(title).welcome, /broker/i);
    await page.frame.getByRole('button', { name: 'Start Local Broker' }).waitFor();
    await workbench.runCommand('MQTT: Open Publish Form');
    form = await workbench.webview('Publish');
    await form.getByRole('button', { name: 'Start Local Broker' }).waitFor();
    await pictures('stopped');
    assertNames(await page.main.ariaSnapshot());
  });

  test('while the broker starts, every view says so, and none offers to start it', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Start Local Broker');
    const page = await MessagesPage.in(workbench);
    for (const title of views) {
      await waitForText(workbench.pane(title).welcome, 'The local broker is starting…');
      assert.equal(await workbench.pane(title).welcome.getByRole('button').count(), 0, title);
    }
    for (const frame of [page.frame, form]) {
      await frame.getByText('The local broker is starting…').waitFor();
      assert.equal(await frame.getByRole('button', { name: 'Start Local Broker' }).count(), 0);
    }
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: true }).waitFor();
    await pictures('starting');
    assertNames(await page.main.ariaSnapshot());
    await letThrough(configFile, '{}');
    port = await brokerStarted(workbench);
  });

  test('with a broker and no message, every view says what will be there', async () => {
    const { workbench } = window;
    const page = await MessagesPage.in(workbench);
    await waitForText(page.main, 'No messages yet');
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: false }).waitFor();
    for (const title of ['Topics', 'Clients', 'Busiest Topics', 'Retained Messages'])
      await workbench.pane(title).welcome.waitFor();
    await pictures('empty');
    assertNames(await page.main.ariaSnapshot());
  });

  test('with messages every view shows them', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', 'plant/boiler', '-m', '{"celsius":71.5,"ok":true}', '-r');
    await publish(t, port, '-t', 'plant/pump', '-m', '12.5');
    const page = await MessagesPage.in(workbench);
    await page.waitForCount('2 messages');
    await workbench.pane('Topics').row('plant').waitFor();
    await workbench.pane('Retained Messages').row('plant/boiler').waitFor();
    await pictures('shown');
    assertNames(await page.main.ariaSnapshot());
  });

  test('a message whose schema is on its way is shown as it came, and read when the schema is there', async (t) => {
    const { workbench } = window;
    // Field 1 is the text "hall".
    await publish(t, port, '-t', 'plant/reading', '-m', '\n\u0004hall');
    const page = await MessagesPage.in(workbench);
    await page.waitForCount('3 messages');
    await waitForText(page.message.region, 'The decoder is still at work');
    await waitForText(page.message.payload, 'hall');
    await page.list.press('End');
    await page.list.press('Enter');
    const inspector = await InspectorPage.in(workbench, 'plant/reading');
    await waitForText(inspector.message.region, 'The decoder is still at work');
    await waitForText(inspector.message.payload, 'hall');
    // A plot of all of them waits for this one, and shows what it has read.
    await publish(t, port, '-t', 'plant/pump', '-m', '14');
    await page.waitForCount('4 messages');
    // It opens beside what is in use.
    await workbench.tab('plant/reading').click();
    await workbench.runCommand('MQTT: Plot…');
    await workbench.quickInput.answer('Topic with numbers', 'plant/+');
    const plot = await workbench.webview('Plot: plant/+');
    await plot.getByRole('progressbar', { name: 'Reading the history: 50 %' }).waitFor();
    await waitForText(plot.getByRole('application'), 'plant/pump: newest 12.5');
    await pictures('decoding');
    for (const tree of [page.main, inspector.main, plot.getByRole('main')])
      assertNames(await tree.ariaSnapshot());
    await page.row(/plant\/reading/).click();
    await letThrough(schemaFile, 'syntax = "proto3";\nmessage Reading { string place = 1; }\n');
    await waitForText(page.message.payload, '"place": "hall"');
    await page.message.region.getByText('The decoder is still at work').waitFor({ state: 'detached' });
    await waitForText(inspector.message.payload, '"place": "hall"');
    await waitForText(plot.getByRole('application'), 'plant/pump: newest 14');
    await plot.getByRole('progressbar').waitFor({ state: 'detached' });
    await page.list.press('End');
  });

  test('paused, the views stand still and count what waits', async (t) => {
    const { workbench } = window;
    const page = await MessagesPage.in(workbench);
    await workbench.runCommand('MQTT: Pause Topics');
    await waitForText(workbench.pane('Topics').header, 'paused, 0 messages since');
    await page.list.press(' ');
    await waitForText(page.flow, 'Paused');
    await publish(t, port, '-t', 'plant/pump', '-m', '13');
    await waitForText(workbench.pane('Topics').header, 'paused, 1 message since');
    await waitForText(page.frame.getByRole('main'), '1 new message');
    await pictures('paused');
    assertNames(await page.main.ariaSnapshot());
  });

  test('when the broker stops, what was seen stays, and the views say that it is gone', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Stop Local Broker');
    const page = await MessagesPage.in(workbench);
    await waitForText(page.main, 'broker not running');
    await workbench.pane('Topics').row('plant').waitFor();
    await pictures('gone');
    assertNames(await page.main.ariaSnapshot());
  });

  /** Through a pipe that somebody waits at. */
  async function letThrough(pipe: string, text: string): Promise<void> {
    const file = await open(pipe, 'w');
    await file.writeFile(text);
    await file.close();
  }

  async function pictures(state: string): Promise<void> {
    for (const theme of themes) {
      await window.setTheme(theme);
      await window.screenshot(`states-${state}-${theme}`);
    }
  }
});

/** In a snapshot a control without a name is its role and no more. */
function assertNames(tree: string): void {
  const nameless = tree
    .split('\n')
    .filter((line) =>
      /^\s*- (button|checkbox|radio|switch|slider|spinbutton|img|tab|tablist|combobox|textbox|searchbox|listbox|option|link|region|separator|progressbar|application|table|grid|toolbar|menuitem)( \[[^\]]*\])*(:|$)/.test(
        line,
      ),
    );
  assert.deepEqual(nameless, [], tree);
}
