/**
 * What every view says when the engine has died: nothing pretends to be live or on its way, and what is still shown says
 * why there is no more of it. Then what each shows after Restart. In each theme, with a picture to look at.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { freePort } from '../support/ports.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { exhaustEngine, withoutBounds } from './exhaustedEngine.ts';
import { startBroker, statusBarId } from './story.ts';

const skip = skipUnless('chromium');
const port = await freePort();
const themes = ['dark', 'highContrastLight', 'highContrastDark', 'light'] as const;
/** More than a page reads at once. */
const manyMessages = 300;

describe('the views of an engine that died', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': port, 'mqttWorkbench.broker.configFile': 'broker.json' },
    files: { 'broker.json': JSON.stringify({ limits: withoutBounds }) },
    viewport: { width: 1800, height: 1200 },
  });
  let messages: MessagesPage;
  let inspector: InspectorPage;
  let plot: FrameLocator;
  let form: FrameLocator;

  test('side by side, every view shows what comes', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    for (const title of ['Broker', 'Topics', 'Clients', 'Busiest Topics', 'Retained Messages'])
      await workbench.pane(title).expand();
    await startBroker(workbench);
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'board' });
    board.sendPublish('plant/boiler', '{"celsius":71.5}', { retain: true });
    for (let i = 0; i < manyMessages; i++) board.sendPublish('plant/pump', String(10 + (i % 7)));
    await board.ping();
    // First of all: what was busy is quiet some seconds later.
    await workbench.pane('Busiest Topics').row('plant/pump').waitFor();
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    await messages.waitForCount('301 messages');
    await workbench.runCommand('MQTT: Open Publish Form');
    form = await workbench.webview('Publish');
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: false }).waitFor();
    await messages.list.press('End');
    await messages.list.press('Enter');
    inspector = await InspectorPage.in(workbench, 'plant/pump');
    await waitForText(inspector.message.payload, '15');
    // The plot opens beside what is in use.
    await workbench.tab('plant/pump').click();
    await workbench.page
      .locator('.editor-group-container.active')
      .filter({ has: workbench.tab('plant/pump') })
      .waitFor();
    await inspector.message.button('Plot Values…').click();
    plot = await workbench.webview('Plot: plant/pump');
    await waitForText(plot.getByRole('application'), 'plant/pump: newest 15, 10 to 16 in view.');
    await workbench.pane('Topics').row('plant').waitFor();
    await workbench.pane('Retained Messages').row('plant/boiler').waitFor();
  });

  test('when the engine dies, every view of the side bar is empty, and says how to go on', async () => {
    const { workbench } = window;
    await exhaustEngine(port);
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    for (const title of ['Broker', 'Topics', 'Clients', 'Busiest Topics', 'Retained Messages']) {
      await workbench.pane(title).welcome.getByRole('button', { name: 'Start Local Broker' }).waitFor();
      assert.deepEqual(await workbench.pane(title).labels(), [], title);
    }
  });

  test('the Messages view keeps what it had read, and waits for nothing', async () => {
    await messages.waitForCount(/\d+ messages left/);
    await messages.waitForCount('the MQTT engine stopped');
    assert.equal(await messages.flow.count(), 0);
    await waitForText(messages.message.region, 'the MQTT engine that held it has ended');
    assert.equal(await messages.message.button('Open in Inspector').count(), 0);
    await messages.list.press('Home');
    await messages
      .row(/plant\/pump/)
      .first()
      .waitFor();
    assert.equal(await messages.row('loading').count(), 0);
    await messages.list.press('Enter');
    const toast = window.workbench.toast('This message is gone: the MQTT engine that held it has ended.');
    await toast.close();
  });

  test('the Inspector, the plot and the form keep what they show, and say that no more comes of it', async () => {
    await waitForText(inspector.message.region, 'the MQTT engine that held it has ended');
    await waitForText(inspector.message.payload, '15');
    assert.equal(await inspector.message.button('Copy Payload').count(), 0);
    assert.equal(await inspector.message.decoder.isDisabled(), true);
    await waitForText(plot.getByRole('main'), 'The MQTT engine stopped. What is drawn stays');
    await waitForText(plot.getByRole('application'), 'plant/pump: newest 15, 10 to 16 in view.');
    await plot.getByRole('button', { name: 'Save PNG…' }).waitFor();
    assert.equal(await plot.getByText('Following').count(), 0);
    assert.equal(await plot.getByRole('button', { name: /CSV/ }).count(), 0);
    await waitForText(form.locator('form'), 'there is nowhere to publish to');
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: true }).waitFor();
    await pictures('engine-died');
  });

  test('pages that were out of sight meanwhile say what they can no longer show', async () => {
    const { workbench } = window;
    await reload('Publish');
    form = await workbench.webview('Publish');
    await form.getByRole('button', { name: 'Start Local Broker' }).waitFor();
    await reload('plant/pump');
    inspector = await InspectorPage.in(workbench, 'plant/pump');
    await waitForText(inspector.message.region, 'the MQTT engine that held it has ended');
    await waitForText(inspector.message.payload, '15');
    await reload('Plot: plant/pump');
    plot = await workbench.webview('Plot: plant/pump');
    await waitForText(plot.getByRole('main'), 'The points are gone');
    await workbench.runCommand('View: Toggle Panel Visibility');
    await workbench.page.locator('.part.panel').waitFor({ state: 'hidden' });
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    await messages.frame.getByRole('button', { name: 'Start Local Broker' }).waitFor();
    await pictures('engine-died-shown-again');
  });

  test('after Restart nothing that the engine had held is shown as if it were still there', async () => {
    const { workbench } = window;
    await workbench.toast('The MQTT engine stopped unexpectedly').click('Restart');
    await waitForText(workbench.statusBarItem(statusBarId), `MQTT: ${port}`);
    await waitForText(messages.main, 'No messages yet');
    await waitForText(plot.getByRole('main'), 'Nothing to plot yet');
    await waitForText(inspector.message.region, 'the MQTT engine that held it has ended');
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: false }).waitFor();
    await waitForText(workbench.pane('Topics').welcome, 'No message yet');
    await waitForText(workbench.pane('Busiest Topics').welcome, 'No message came');
    await waitForText(workbench.pane('Retained Messages').welcome, 'holds no retained message');
    await workbench.pane('Broker').row('0 messages').waitFor();
    await pictures('engine-restarted');
  });

  test('and each shows what comes next', async () => {
    const { workbench } = window;
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'board' });
    let sent = 0;
    const send = (): void => {
      board.sendPublish('plant/pump', '99', { retain: true });
      sent++;
    };
    send();
    // Until it was seen: what was busy is quiet some seconds later.
    const goingOn = setInterval(send, 500);
    try {
      await workbench.pane('Busiest Topics').row('plant/pump').waitFor();
    } finally {
      clearInterval(goingOn);
    }
    await board.ping();
    await messages.waitForCount(new RegExp(`\\b${sent} messages?\\b`));
    await messages
      .row(/plant\/pump, 99/)
      .first()
      .waitFor();
    await waitForText(plot.getByRole('application'), 'plant/pump: newest 99');
    await inspector.follow.click();
    await waitForText(inspector.message.payload, '99');
    await workbench.pane('Topics').row('plant').waitFor();
    await workbench.pane('Retained Messages').row('plant/pump').waitFor();
    await window.screenshot('engine-restarted-shown');
  });

  /** Puts another tab over this one for a moment: its page ends, and is made anew. */
  async function reload(title: string): Promise<void> {
    const { workbench } = window;
    await workbench.tab(title).click();
    await workbench.webview(title);
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.tab('Untitled-1').waitFor();
    await workbench.closeTab('Untitled-1');
  }

  async function pictures(state: string): Promise<void> {
    for (const theme of themes) {
      await window.setTheme(theme);
      await window.screenshot(`states-${state}-${theme}`);
    }
  }
});
