/**
 * The Topics view through the screen: what a row says, filter, order, pause, pins, reveal, depth, and removing.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessagesPage } from '../host/messagePages.ts';
import { assertStays } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');

const longestTopic = `long/${'x'.repeat(65_530)}`;
const manyTopics = 100_000;

describe('the Topics view', { skip }, () => {
  let refreshes = 0;
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.topics.dimAfterSeconds': 0 },
    // What the extension host tells the window: that rows of this tree have changed is among it.
    onPage: (page) =>
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          const text = typeof payload === 'string' ? payload : payload.toString('latin1');
          if (text.includes('$refresh') && text.includes('mqttWorkbench.topics')) refreshes++;
        }),
      ),
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

  test('a screen reader is told what the arrow, the colour and the icon tell the eye', async (t) => {
    await topics().waitForSpoken('temperature, 72 ↑ · 2 messages, rising');
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '71');
    await topics().waitForSpoken(/^temperature, 71 ↓ · 3 messages.*, falling$/);
    await publish(t, port, '-t', 'plant/boiler/temperature', '-m', '71');
    await topics().waitForSpoken(/^temperature, 71 → · 4 messages.*, unchanged$/);
    await topics().waitForSpoken(/^state, {"on": true} · retained · 1 message$/);
    await topics().waitForSpoken(/^boiler, 3 topics · 6 messages/);
  });

  test('Enter on a row opens its messages, and Shift+F10 its menu', async () => {
    const { workbench } = window;
    await topics().focusRow('temperature');
    await workbench.page.keyboard.press('Enter');
    const messages = await MessagesPage.about(workbench, 'plant/boiler/temperature');
    await messages.waitForCount('4 messages');
    await topics().keyboardMenu('state', 'Clear Retained Message');
  });

  test('while values come, the rows stay where they are, and with them the one that is selected', async () => {
    const { workbench } = window;
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'board' });
    await topics().focusRow('state');
    await workbench.page.keyboard.press('Enter');
    await MessagesPage.about(workbench, 'plant/boiler/state');
    const all = ['left', 'top', 'right', 'bottom'] as const;
    await assertStays(
      workbench.page.locator('.part.sidebar'),
      {
        views: ['.pane-header', ...all],
        rows: ['[role=treeitem]', ...all],
        labels: ['[role=treeitem] .label-name', 'left', 'top'],
        selected: ['[role=treeitem].selected', ...all],
      },
      async () => {
        for (const value of ['1', '1000000.5', 'a text in place of a number', '7']) {
          for (let i = 0; i < 500; i++) board.sendPublish('plant/boiler/temperature', value);
          board.sendPublish('plant/boiler/raw', value);
          await board.ping();
          for (const label of ['temperature', 'raw']) await topics().row(label).waitForDescription(value);
        }
      },
    );
    await board.disconnect();
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
    await topics().waitForFocus();
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

  test('by rate the busiest comes first, and its row says how fast it is', async () => {
    const { workbench } = window;
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'flooder' });
    await workbench.runCommand('MQTT: Sort Topics…');
    await workbench.quickInput.choose('What comes first?', 'By Rate');
    await waitForText(topics().header, 'by rate');
    for (const [busiest, quieter] of [
      ['plant', 'office'],
      ['office', 'plant'],
    ] as const) {
      // Until it was seen.
      const flood = setInterval(() => {
        for (let i = 0; i < 20; i++) board.sendPublish(`${busiest}/lamp`, 'on');
        board.sendPublish(`${quieter}/lamp`, 'on');
      }, 100);
      try {
        await topics().rows.first().filter({ hasText: busiest }).waitFor();
        await topics()
          .row(busiest)
          .waitForDescription(/ messages · \d+\/s$/);
        await window.screenshot(`topicsView-by-rate-${busiest}`);
      } finally {
        clearInterval(flood);
      }
    }
    await board.disconnect();
    await workbench.runCommand('MQTT: Sort Topics…');
    await workbench.quickInput.choose('What comes first?', 'By Name');
    await topics().rows.first().filter({ hasText: 'garage' }).waitFor();
  });

  test('what was not heard from for a while is dimmed, and said to be quiet', async () => {
    const { workbench } = window;
    window.server.updateSettings({ 'mqttWorkbench.topics.dimAfterSeconds': 1 });
    await topics().waitForSpoken(/^state, .*, quiet$/);
    const icon = topics().row('state').locator.locator('.custom-view-tree-node-item-icon');
    const coloured = icon.and(workbench.page.locator('[style*="color"]'));
    await coloured.waitFor();
    await window.screenshot('topicsView-quiet');
    window.server.updateSettings({ 'mqttWorkbench.topics.dimAfterSeconds': 0 });
    await topics().waitForSpoken(/^state, {"on": true} · retained · 1 message$/);
    await coloured.waitFor({ state: 'detached' });
  });

  test('hidden, the tree is told nothing; shown again, it has the newest', async () => {
    const { workbench } = window;
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'unseen' });
    const sendAndSee = async (value: string): Promise<void> => {
      board.sendPublish('plant/boiler/temperature', value);
      await board.ping();
      // With what is around it in the row: its time may have these digits, too.
      await messages.waitForSelected(`, ${value}, 2 B`);
    };
    await workbench.runCommand('MQTT: Open Messages');
    await topics().row('temperature').click();
    const messages = await MessagesPage.about(workbench, 'plant/boiler/temperature');
    await sendAndSee('80');
    await topics().row('temperature').waitForDescription('80 ↑');
    await workbench.activity('Explorer').click();
    await topics().locator.waitFor({ state: 'hidden' });
    // What was on its way when the view went is there by then.
    await sendAndSee('81');
    const before = refreshes;
    assert.ok(before > 0);
    for (let value = 82; value <= 90; value++) await sendAndSee(`${value}`);
    await sendAndSee('70');
    assert.equal(refreshes, before);
    await workbench.openViews('MQTT Workbench');
    await topics().row('temperature').waitForDescription('70 ↓');
    assert.ok(refreshes > before);
    await board.disconnect();
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
    await topics().waitForSpoken(/^plant\/boiler\/temperature, 100 .*, pinned$/);
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
