/**
 * The Messages view under a person's hands: it follows, it holds still when asked or looked at, it finds what is asked
 * for, and it can be used by keyboard and by ear.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tabOrder } from '../host/accessibleNames.ts';
import { MessagesPage } from '../host/messagePages.ts';
import { assertAligned, assertStays } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText, waitForValue } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { brokerStarted, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium');
const topic = 'oven/temperature';
const FLOOD_BATCHES = 10;
const FLOOD_BATCH_MESSAGES = 500;
const everyEdge = ['left', 'top', 'right', 'bottom'] as const;
const columns = {
  times: ['.row-time', 'left', 'right'],
  topics: ['.row-topic', 'left', 'right'],
  payloads: ['.row-content', 'left', 'right'],
  sizes: ['.row-size', 'left', 'right'],
} as const;

describe('the Messages view', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.history.megabytes': 1 },
  });
  let oven: RawClient;
  let page: MessagesPage;
  let published = 0;

  test('without a broker it says so, and starts one', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await workbench.runCommand('MQTT: Open Messages');
    page = await MessagesPage.in(workbench);
    await page.frame.getByText('No broker is running').waitFor();
    await page.frame.getByRole('button', { name: 'Start Local Broker' }).click();
    oven = await RawClient.overTcp(await brokerStarted(workbench), 5);
    await oven.connect({ clientId: 'oven' });
    await page.frame.getByText('No messages yet').waitFor();
  });

  test('it shows the messages of all topics, newest last, and the newest is selected', async () => {
    await send('{"celsius":180}', '{"celsius":181}');
    oven.sendPublish('oven/door', 'shut');
    published++;
    await oven.ping();
    await page.row(/oven\/temperature.*"celsius":180/).waitFor();
    await page.waitForSelected(/oven\/door.*shut/);
    await waitForText(page.flow, 'Following');
    await page.waitForCount('3 messages');
  });

  test('a topic opened in the tree shows its messages alone', async () => {
    const { workbench } = window;
    const topics = workbench.pane('Topics');
    await topics.row('oven').expand();
    await topics.row('temperature').click();
    page = await MessagesPage.about(workbench, topic);
    await page.waitForSelected('"celsius":181');
    await page.waitForCount('2 messages');
    assert.equal(await page.list.getByRole('option').count(), 2);
  });

  test('it follows what comes', async () => {
    await send('{"celsius":183}');
    await page.waitForSelected('"celsius":183');
    await waitForText(page.message.payload, '"celsius": 183');
  });

  test('Space holds it still, what comes is counted, and Space again shows it', async () => {
    await page.list.focus();
    await page.list.press(' ');
    await waitForText(page.flow, 'Paused');
    await send('{"celsius":184}', '{"celsius":185}');
    await page.frame.getByRole('button', { name: '2 new messages' }).waitFor();
    await page.waitForSelected('"celsius":183');
    assert.equal(await page.list.getByRole('option').count(), 3);
    await page.list.press(' ');
    await page.waitForSelected('"celsius":185');
    await waitForText(page.flow, 'Following');
    assert.equal(await page.list.getByRole('option').count(), 5);
  });

  test('looking at an older message by the arrow keys holds it too, until the new ones are asked for', async () => {
    await page.list.press('ArrowUp');
    await page.list.press('ArrowUp');
    await page.waitForSelected('"celsius":183');
    await waitForText(page.message.payload, '"celsius": 183');
    await waitForText(page.flow, 'Scroll locked');
    await send('{"celsius":186}');
    await page.frame.getByRole('button', { name: '1 new message' }).click();
    await page.waitForSelected('"celsius":186');
    await waitForText(page.flow, 'Following');
    await page.list.press('Home');
    await page.waitForSelected('"celsius":180');
    await page.list.press('End');
    await page.waitForSelected('"celsius":186');
  });

  test('scrolling back holds it still, over as many messages as there are', async () => {
    await send(...Array.from({ length: 1000 }, (_, i) => `{"celsius":${1000 + i}}`));
    await page.waitForSelected('"celsius":1999');
    await page.waitForCount('1,006 messages');
    await page.list.hover();
    await window.workbench.page.mouse.wheel(0, -300);
    await waitForText(page.flow, 'Scroll locked');
    await send('{"celsius":300}');
    await page.frame.getByRole('button', { name: '1 new message' }).waitFor();
    await page.list.focus();
    await page.list.press('Home');
    await page.waitForSelected('"celsius":180');
    const first = page.list.getByRole('option', { selected: true });
    assert.equal(await first.getAttribute('aria-posinset'), '1');
    assert.equal(await first.getAttribute('aria-setsize'), '1006');
    await page.frame.getByRole('button', { name: '1 new message' }).click();
    await page.waitForSelected('"celsius":300');
  });

  test('a text that is searched for is marked, and Enter goes from match to match', async () => {
    await page.frame.getByRole('button', { name: 'Show matches only' }).click();
    await page.text.fill('199');
    await page.text.press('Shift+Enter');
    await page.waitForSelected('"celsius":1999');
    await waitForText(page.list.locator('.list-row-selected .hit'), '199');
    await waitForText(page.message.payload.locator('.hit').first(), '199');
    await page.text.press('Enter');
    await page.waitForSelected('"celsius":1199');
    await waitForText(page.frame.locator('.query-outcome'), 'From the other end');
    await page.text.fill('fahrenheit');
    await page.text.press('Enter');
    await waitForText(page.frame.locator('.query-outcome'), 'No match');
    await page.waitForCount('1,007 messages');
  });

  test('as a filter, a text leaves the matches alone, and what was looked at stays when it goes', async () => {
    await page.text.fill('"celsius":150');
    await page.frame.getByRole('button', { name: 'Show matches only' }).click();
    await page.waitForCount('10 messages');
    await page.row('"celsius":1500').click();
    await page.text.fill('');
    await page.waitForCount('1,007 messages');
    await page.waitForSelected('"celsius":1500');
    await waitForText(page.flow, 'Scroll locked');
  });

  test('a branch, a client and a wrong filter', async () => {
    const { workbench } = window;
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.waitForCount('1,008 messages');
    await page.topicFilter.fill('oven/#/x');
    await page.frame.getByText('The wildcard # must be the last level').waitFor({ state: 'attached' });
    await page.topicFilter.fill('oven/+');
    await MessagesPage.about(workbench, 'oven/+');
    await page.text.fill('temperature');
    await waitForText(page.list.locator('.row-topic .hit').first(), 'temperature');
    await page.text.fill('');
    await page.client.fill('nobody');
    await page.frame.getByText('No message matches').waitFor();
    await window.screenshot('messagesView-no-match');
    await page.frame.getByRole('button', { name: 'Clear Filter' }).last().click();
    await workbench.pane('Clients').row('oven').contextMenu('Open Messages');
    // First: there are as many without it.
    await waitForValue(page.client, 'oven');
    await page.waitForCount('1,008 messages');
    await workbench.pane('Topics').row('door').click();
    await MessagesPage.about(workbench, 'oven/door');
    await page.waitForCount('1 message');
    await workbench.pane('Topics').row('oven').contextMenu('Open Messages');
    await MessagesPage.about(workbench, 'oven/#');
    await page.waitForCount('1,008 messages');
    await workbench.pane('Topics').row('temperature').click();
    await MessagesPage.about(workbench, topic);
  });

  test('a time is gone to, and what is no time is said', async () => {
    await page.time.fill('soon');
    await page.time.press('Enter');
    await page.frame.locator('#time[aria-invalid=true]').waitFor();
    await page.time.fill('2001-02-03 04:05');
    await page.time.press('Enter');
    await page.waitForSelected('"celsius":180');
    await page.list.press('End');
    await page.waitForSelected('"celsius":300');
  });

  test('the tabs of the payload are walked by arrow keys', async () => {
    await page.message.tab('JSON').press('ArrowRight');
    await page.frame.getByRole('tab', { name: 'Hex', selected: true }).waitFor();
    await waitForText(page.message.payload, '7b 22 63 65 6c 73');
    await page.message.tab('Hex').press('ArrowLeft');
    await page.frame.getByRole('tab', { name: 'JSON', selected: true }).waitFor();
  });

  test('Copy Payload and Ctrl+C in the list copy what the device sent', async () => {
    const { workbench } = window;
    await page.message.button('Copy Payload').click();
    await waitForClipboard(workbench, '{"celsius":300}');
    await page.list.press('ArrowUp');
    await page.waitForSelected('"celsius":1999');
    await page.list.press('Control+c');
    await waitForClipboard(workbench, '{"celsius":1999}');
    await page.list.press('End');
    await page.waitForSelected('"celsius":300');
    await waitForText(page.message.payload, '"celsius": 300');
  });

  test('every control has a name, in an order that follows the eye', async () => {
    await page.topicFilter.focus();
    assert.deepEqual(await tabOrder(page.frame, 'Payload'), [
      'Topic filter',
      'Publishing client',
      'Search topics and payloads',
      'Show matches only',
      'Go to time',
      'Clear Filter',
      'Pause',
      'Messages, newest last',
      'Size of the message list',
      'Open in Inspector',
      'Copy Payload',
      'Copy As…',
      'Compare with Previous',
      'Plot Values…',
      'Save Payload…',
      'Open in Editor',
      'Publish Again',
      'Details',
      'JSON',
      'Decoder',
      'Always Decode This Way…',
      'Payload',
    ]);
  });

  test('Compare with Previous shows both in the diff editor, Open in Editor one of them', async () => {
    const { workbench } = window;
    await page.message.button('Compare with Previous').click();
    await workbench.page.locator('.monaco-diff-editor').first().waitFor();
    await page.message.button('Open in Editor').click();
    await workbench.page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
    await waitForText(workbench.page.locator('.editor-instance .view-line'), '{"celsius":300}');
    assert.equal(await workbench.editorText(), '{"celsius":300}');
  });

  test('hidden behind another view and shown again, it is as it was', async () => {
    const { workbench } = window;
    await page.list.focus();
    await page.list.press('Home');
    await page.waitForSelected('"celsius":180');
    await workbench.runCommand('Output: Focus on Output View');
    await page.list.waitFor({ state: 'hidden' });
    await send('{"celsius":301}');
    await workbench.runCommand('MQTT: Open Messages');
    page = await MessagesPage.about(workbench, topic);
    await page.waitForSelected('"celsius":180');
    await waitForText(page.flow, 'Scroll locked');
    await page.waitForCount('1,008 messages');
  });

  test('the list and the message are sized by the arrow keys', async () => {
    const splitter = page.frame.getByRole('separator', { name: 'Size of the message list' });
    const widthOf = async () => (await page.list.boundingBox())?.width ?? 0;
    const before = { width: await widthOf(), share: await splitter.getAttribute('aria-valuenow') };
    // What it says and how wide the list is are drawn together.
    const waitForShare = (share: number): Promise<void> =>
      splitter.and(page.frame.locator(`[aria-valuenow="${share}"]`)).waitFor();
    await splitter.press('ArrowRight');
    await splitter.press('ArrowRight');
    await waitForShare(Number(before.share) + 4);
    assert.ok((await widthOf()) > before.width);
    await splitter.press('ArrowLeft');
    await splitter.press('ArrowLeft');
    await waitForShare(Number(before.share));
    assert.equal(await widthOf(), before.width);
  });

  test('in a narrow panel what is said beside the tabs stays on one line', async () => {
    const splitter = page.frame.getByRole('separator', { name: 'Size of the message list' });
    for (let i = 0; i < 3; i++) await splitter.press('ArrowRight');
    const lines = page.frame.locator('.payload-kind, .panel-counts');
    await waitForText(lines.last(), 'UTF-8');
    const heights = await lines.evaluateAll((elements: { offsetHeight: number }[]) =>
      elements.map((element) => element.offsetHeight),
    );
    assert.equal(heights[0], heights[1]);
    await window.screenshot('messagesView-narrow');
    for (let i = 0; i < 3; i++) await splitter.press('ArrowLeft');
  });

  test('under load the newest is followed, and nothing else moves: no row, no column, no button', async () => {
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.list.press('End');
    await waitForText(page.flow, 'Following');
    await flood();
    await page.message.openDetails();
    await assertStays(
      page.main,
      {
        ...columns,
        fields: ['.query', ...everyEdge],
        counts: ['.status-line', ...everyEdge],
        flow: ['.panel-flow .button', ...everyEdge],
        list: ['.followed-list', ...everyEdge],
        rows: ['.list-row', ...everyEdge],
        selected: ['.list-row-selected', ...everyEdge],
        message: ['.detail', ...everyEdge],
        actions: ['.detail-actions', ...everyEdge],
        details: ['.facts-area', ...everyEdge],
        names: ['.fact dt', 'left', 'top'],
        tabs: ['.tab', ...everyEdge],
        decoder: ['.decoder-menu .select', ...everyEdge],
        payload: ['.payload-body', ...everyEdge],
      },
      flood,
    );
    // Those of rows with more marks than others, too.
    await assertAligned(page.list, columns);
    await window.screenshot('messagesView-flood');
  });

  test('what a small memory for history does not hold is counted to the message, and the oldest went', async () => {
    const counts = page.frame.locator('.panel-counts');
    const [held = 0, dropped = 0] = (
      /^([\d,]+) messages·?\s*([\d,]+) dropped$/.exec(await counts.innerText()) ?? []
    )
      .slice(1)
      .map((digits) => Number(digits.replaceAll(',', '')));
    assert.equal(held + dropped, published, await counts.innerText());
    assert.ok(dropped > FLOOD_BATCHES * FLOOD_BATCH_MESSAGES, `${dropped} dropped`);
    await page.frame.locator('.count[title*="1.00 MiB (setting mqttWorkbench.history.megabytes)"]').waitFor();
    await page.list.press('Home');
    await page.waitForSelected(`"place":${dropped},`);
    const oldest = page.list.getByRole('option', { selected: true });
    assert.equal(await oldest.getAttribute('aria-posinset'), '1');
    assert.equal(await oldest.getAttribute('aria-setsize'), String(held));
    await page.list.press('End');
    await page.waitForSelected(`"place":${published - 1},`);
  });

  test('looked back at, the rows stay where they are while others come and go', async () => {
    for (let i = 0; i < 3; i++) await page.list.press('ArrowUp');
    await waitForText(page.flow, 'Scroll locked');
    const looked = `"place":${published - 4},`;
    await page.waitForSelected(looked);
    await assertStays(
      page.main,
      { ...columns, rows: ['.list-row', ...everyEdge], selected: ['.list-row-selected', ...everyEdge] },
      async () => {
        for (let i = 1; i <= 5; i++) {
          sendNumbered();
          await oven.ping();
          await page.frame
            .getByRole('button', { name: i === 1 ? '1 new message' : `${i} new messages` })
            .waitFor();
        }
      },
    );
    await page.waitForSelected(looked);
  });

  test('when the broker stops, what is shown stays', async () => {
    await window.workbench.runCommand('MQTT: Stop Local Broker');
    await page.waitForCount('broker not running');
    await page.waitForSelected(`"place":${published - 9},`);
  });

  /** More than the history holds, of all lengths and marks. Until the page shows the last of each batch. */
  async function flood(): Promise<void> {
    for (let batch = 0; batch < FLOOD_BATCHES; batch++) {
      for (let i = 0; i < FLOOD_BATCH_MESSAGES; i++) sendNumbered();
      await oven.ping();
      await page.waitForSelected(`"place":${published - 1},`);
    }
  }

  /** `place`: how many were published before it. */
  function sendNumbered(): void {
    const payload = JSON.stringify({ place: published, log: '.'.repeat((published * 37) % 900) });
    const [name, retain] = published % 3 === 0 ? ['oven/fan/rpm', true] : ['oven/log', false];
    oven.sendPublish(name, payload, { retain });
    published++;
  }

  async function send(...payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) oven.sendPublish(topic, payload);
    published += payloads.length;
    await oven.ping();
  }
});
