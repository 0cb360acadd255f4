/**
 * The Topics view through the screen: what a row says, filter, order, pause, pins, reveal, depth, and removing.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');

const longestTopic = `long/${'x'.repeat(65_530)}`;
const manyTopics = 100_000;

describe('the Topics view', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.topics.dimAfterSeconds': 0 },
  });
  let port = 0;
  const topics = () => window.workbench.pane('Topics');

  test('a row shows the newest payload in a form that fits it, and whether it is retained', async (t) => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    // Room for the rows: one that is scrolled out of sight does not exist.
    for (const title of ['Broker', 'Clients']) await workbench.pane(title).collapse();
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '71.5');
    await publish(t, port, '-t', 'plant/boiler/state', '-m', '{\n  "on": true\n}', '-r', '-q', '1');
    await topics().row('plant').expand();
    await topics().row('boiler').expand();
    await topics().row('temperature').waitForDescription('71.5');
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '72');
    await topics().row('temperature').waitForDescription('72 ↑ · 2 messages');
    await topics().row('state').waitForDescription('{"on": true} · retained · 1 message');
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'bytes' });
    client.sendPublish('plant/boiler/raw', Uint8Array.of(0xca, 0xfe, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    await client.ping();
    await topics().row('raw').waitForDescription('12 B: CA FE 01 00 00 00 00 00 …');
  });

  test('the filter narrows while one types, by topic and by payload, and Escape brings back what was', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', 'office/lamp', '-m', 'ON FIRE');
    await topics().row('office').waitFor();
    await topics().titleAction('Filter Topics…');
    await workbench.quickInput.waitFor('Filter Topics');
    await workbench.quickInput.fill('fire');
    await workbench.quickInput.waitForMessage('1 topic match');
    await topics().row('lamp').waitForDescription('ON FIRE');
    assert.deepEqual(await topics().labels(), ['office', 'lamp']);
    await workbench.quickInput.fill('boiler/t');
    await topics().row('temperature').waitFor();
    assert.deepEqual(await topics().labels(), ['plant', 'boiler', 'temperature']);
    await workbench.quickInput.cancel();
    await topics().row('office').waitFor();
  });

  test('a filter stays until it is cleared, says what it is, and takes in topics that come later', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT Workbench: Focus on Topics View');
    await workbench.page.keyboard.press('Control+f');
    await workbench.quickInput.answer('Filter Topics', 'lamp');
    await waitForText(topics().locator, '1 topic with “lamp” in its name or last payload');
    await publish(t, port, '-t', 'garage/lamp', '-m', 'off');
    await topics().row('garage').waitFor();
    await publish(t, port, '-t', 'garage/door', '-m', 'open');
    await topics().row('lamp', { level: 2 }).waitFor();
    await waitForText(topics().locator, '2 topics with “lamp”');
    await workbench.runCommand('MQTT: Filter Topics…');
    await workbench.quickInput.answer('Filter Topics', 'nothing like it');
    await waitForText(topics().welcome, 'No topic matches the filter');
    await topics().welcomeAction('Clear Topic Filter');
    // As they were: open.
    await topics().row('temperature', { level: 3 }).waitFor();
    await topics().row('door').waitFor('hidden');
  });

  test('by last activity the newest comes first, and the view says so', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Sort Topics…');
    await workbench.quickInput.choose('What comes first?', 'By Last Activity');
    await waitForText(topics().header, 'by last activity');
    await publish(t, port, '-t', 'office/lamp', '-m', 'off');
    await topics().rows.first().filter({ hasText: 'office' }).waitFor();
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '70');
    await topics().rows.first().filter({ hasText: 'plant' }).waitFor();
    await workbench.runCommand('MQTT: Sort Topics…');
    await workbench.quickInput.choose('What comes first?', 'By Name');
    await topics().rows.first().filter({ hasText: 'garage' }).waitFor();
  });

  test('paused, the tree stands still and counts what comes; then it catches up', async (t) => {
    await topics().titleAction('Pause Topics');
    await waitForText(topics().header, 'paused, 0 messages since');
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '99');
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '100');
    await waitForText(topics().header, 'paused, 2 messages since');
    await topics().row('temperature').waitForDescription('70 ↓');
    await topics()
      .row('temperature')
      .locator.and(window.workbench.page.locator('[aria-label*="paused"]'))
      .waitFor();
    await topics().titleAction('Resume Topics');
    await topics().row('temperature').waitForDescription('100 ↑');
  });

  test('a pinned topic is at the top, with its whole name, also before it is heard', async (t) => {
    const { workbench } = window;
    await topics().row('temperature').contextMenu('Pin Topic');
    await topics().row('plant/boiler/temperature', { level: 1 }).waitForDescription('100');
    await workbench.runCommand('MQTT: Pin Topic');
    await workbench.quickInput.answer('Topic to keep at the top', 'not/yet');
    await topics().row('not/yet').waitForDescription('nothing heard yet');
    assert.deepEqual((await topics().labels()).slice(0, 2), ['plant/boiler/temperature', 'not/yet']);
    await publish(t, port, '-t', 'not/yet', '-m', '1');
    await topics().row('not/yet').waitForDescription(/^1 /);
    await publish(t, port, '-t', 'not/yet', '-m', '2');
    await topics().row('not/yet').waitForDescription('2 ↑');
    await topics().row('plant/boiler/temperature').inlineAction('Unpin Topic');
    await topics().row('plant/boiler/temperature').waitFor('hidden');
  });

  test('a topic is revealed by name, however deep or far down it is', async () => {
    const { workbench } = window;
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'many' });
    for (let i = 0; i < manyTopics; i++) {
      client.sendPublish(`many/${String(i).padStart(5, '0')}`, String(i));
      if (i % 10_000 === 0) await client.ping();
    }
    await client.ping();
    await topics().row('many').waitForDescription('100,000 topics');
    client.sendPublish('/a//deep/1/2/3/4', 'found');
    client.sendPublish(longestTopic, 'far');
    await client.ping();
    await workbench.runCommand('MQTT: Reveal Topic…');
    await workbench.quickInput.waitFor('Topic to show');
    await workbench.quickInput.fill('many/77777');
    await workbench.quickInput.pick('many/77777');
    const selected = topics().locator.locator('.monaco-list-row.selected');
    await waitForText(selected, '77777');
    await workbench.runCommand('MQTT: Reveal Topic…');
    await workbench.quickInput.waitFor('Topic to show');
    await workbench.quickInput.fill('deep');
    await workbench.quickInput.pick('/a//deep/1/2/3/4');
    await waitForText(selected, 'found');
    await topics().row('(empty)', { level: 1 }).waitFor();
    await workbench.runCommand('MQTT: Reveal Topic…');
    await workbench.quickInput.waitFor('Topic to show');
    await workbench.quickInput.fill('long/xxxx');
    await workbench.quickInput.pick(/^long\/x+…$/);
    await waitForText(selected, 'far');
  });

  test('of 100,000 topics a filter shows those that match within its pause', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Filter Topics…');
    await workbench.quickInput.waitFor('Filter Topics');
    await workbench.quickInput.fill('7777');
    await workbench.quickInput.waitForMessage(/topics match/);
    await topics().row('07777').waitFor();
    await window.setTheme('light');
    await window.screenshot('topicsView-filter');
    await workbench.quickInput.accept();
    await workbench.runCommand('MQTT: Clear Topic Filter');
    await topics().row('garage').waitFor();
  });

  test('a branch is opened to a depth and closed again, and what would be too much is said', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Collapse to Depth…');
    await workbench.quickInput.choose('How many levels', '1 level');
    await topics().row('temperature').waitFor('hidden');
    await topics().row('plant').contextMenu('Expand to Depth…');
    await workbench.quickInput.choose('How many levels', '2 levels');
    await topics().row('temperature', { level: 3 }).waitFor();
    await topics().row('plant').contextMenu('Collapse to Depth…');
    await workbench.quickInput.choose('How many levels', '1 level');
    await topics().row('temperature').waitFor('hidden');
    await topics().row('boiler').waitFor();
    await window.screenshot('topicsView-depth');
  });

  test('Delete removes the selected branch from the view, and asks for many; its next message brings it back', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Collapse to Depth…');
    await workbench.quickInput.choose('How many levels', '1 level');
    await topics().row('boiler').waitFor('hidden');
    await topics().row('many').locator.locator('.label-name').click();
    await workbench.page.keyboard.press('Delete');
    await workbench.quickInput.choose('has 100,000 topics below it', 'Remove 100,000 topics');
    await topics().row('many').waitFor('hidden');
    await publish(t, port, '-t', 'many/back', '-m', '1');
    await topics().row('many').waitForDescription('1 topic');
    await window.screenshot('topicsView-end');
  });
});
