/**
 * Retained messages and the load, through the screen: what the broker holds is listed, a branch of it cleared and
 * brought back with every property; and what floods the broker is named.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SubscriptionRequest } from '../../src/mqtt/packets.ts';
import { assertStays } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { run } from '../support/program.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const moisture = 'garden/bed-1/moisture';
const clearBranch = 'Clear Retained Messages of Branch…';

/** Of the topics of which very many are retained. */
const levels = 'abcdefghij'.split('');

/** A name or `+` at each level. What is retained is not sent to it. */
function everyFilterOf(names: readonly string[]): SubscriptionRequest[] {
  return Array.from({ length: 2 ** names.length }, (_, filter) => ({
    topicFilter: `deep/${names.map((name, level) => (filter & (1 << level) ? '+' : name)).join('/')}/+`,
    ...{ qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 2 },
  }));
}

describe('retained messages and the busiest topics', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    // Room for some rows of a view below all the others.
    viewport: { width: 1280, height: 1200 },
  });
  let port = 0;

  test('without a broker both views say what will be there', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    for (const [title, text] of [
      ['Retained Messages', 'The messages that the broker keeps'],
      ['Busiest Topics', 'The topics and clients that load the broker'],
    ] as const) {
      await workbench.pane(title).expand();
      await waitForText(workbench.pane(title).welcome, text);
    }
    port = await startBroker(workbench);
    await waitForText(
      workbench.pane('Retained Messages').welcome,
      'The local broker holds no retained message',
    );
    await waitForText(workbench.pane('Busiest Topics').welcome, 'No message came in the last seconds');
  });

  test('retained messages are listed with size, age and expiry', async (t) => {
    const { workbench } = window;
    await publish(
      t,
      port,
      ...['-V', '5', '-t', moisture, '-m', '0.31', '-q', '2', '-r'],
      ...['-D', 'publish', 'content-type', 'text/plain'],
      ...['-D', 'publish', 'payload-format-indicator', '1'],
      ...['-D', 'publish', 'response-topic', 'garden/answers'],
      ...['-D', 'publish', 'correlation-data', 'abc'],
      ...['-D', 'publish', 'user-property', 'unit', 'percent'],
      ...['-D', 'publish', 'message-expiry-interval', '7200'],
    );
    await publish(t, port, '-t', 'garden/bed-2/moisture', '-m', '0.4', '-q', '1', '-r');
    await publish(t, port, '-t', 'house/lamp', '-m', 'on', '-q', '1', '-r');
    const retained = workbench.pane('Retained Messages');
    await retained.row('house/lamp').waitForDescription('2 bytes · just now');
    await retained.row(moisture).waitForDescription('4 bytes · just now · expires in 1 h');
    assert.deepEqual(await retained.labels(), [moisture, 'garden/bed-2/moisture', 'house/lamp']);
    await waitForText(retained.header, '3 · 9 bytes');
  });

  test('a branch is cleared only when the person says yes to how many', async () => {
    const { workbench } = window;
    const retained = workbench.pane('Retained Messages');
    await askToClearGarden();
    await workbench.dialog.waitFor('Clear 2 retained messages of garden/#?');
    await workbench.dialog.waitFor('Undo Clear Retained brings them back');
    await window.screenshot('retained-question');
    await workbench.dialog.click('Cancel');
    await retained.row(moisture).waitFor();
    await askToClearGarden();
    await workbench.dialog.click('Clear 2');
    await workbench.toast('2 retained messages of garden/# cleared.').waitFor();
    for (const topic of [moisture, 'garden/bed-2/moisture']) await retained.row(topic).waitFor('hidden');
    await window.screenshot('retained-cleared');
    assert.deepEqual(await retained.labels(), ['house/lamp']);
  });

  test('undo brings them back as they were, for who subscribes now', async (t) => {
    const { workbench } = window;
    await workbench.toast('2 retained messages of garden/# cleared.').click('Undo');
    const told = workbench.toast('2 retained messages published again.');
    await told.waitFor();
    await told.close();
    await workbench.pane('Retained Messages').row(moisture).waitFor();
    const board = await run(t, toolPath('mosquitto_sub'), [
      ...['-p', `${port}`, '-V', '5', '-q', '2', '-t', 'garden/#', '-C', '2', '-W', '20'],
      ...['-F', '%t|%p|qos %q|retain %r|%C|%F|%R|%D|%P|%E'],
    ]);
    const [first, second] = board.stdout.trim().split('\n').sort();
    const [expiry] = /\d+$/.exec(first ?? '') ?? [];
    assert.equal(
      first?.replace(/\d+$/, ''),
      `${moisture}|0.31|qos 2|retain 1|text/plain|1|garden/answers|abc|unit:percent|`,
    );
    assert.ok(Number(expiry) > 7000 && Number(expiry) <= 7200, expiry);
    assert.match(second ?? '', /^garden\/bed-2\/moisture\|0\.4\|qos 1\|retain 1\|/);
  });

  test('one is cleared from its row without a question, and comes back by the button of the view', async () => {
    const { workbench } = window;
    const retained = workbench.pane('Retained Messages');
    await retained.row('house/lamp').inlineAction('Clear Retained Message');
    await retained.row('house/lamp').waitFor('hidden');
    await retained.titleAction('Undo Clear Retained');
    const told = workbench.toast('1 retained message published again.');
    await told.waitFor();
    await told.close();
    await retained.row('house/lamp').waitFor();
  });

  test('a filter shows a part of them, and says when nothing matches', async () => {
    const { workbench } = window;
    const retained = workbench.pane('Retained Messages');
    await filter('LAMP');
    await retained.row(moisture).waitFor('hidden');
    assert.deepEqual(await retained.labels(), ['house/lamp']);
    await waitForText(retained.header, '1 of 3 · LAMP');
    await filter('nowhere/#');
    await waitForText(retained.locator, 'No retained message matches nowhere/#.');
    await filter('');
    await retained.row(moisture).waitFor();
  });

  test('a long list is gone through page by page, forth and back', async () => {
    const { workbench } = window;
    const retained = workbench.pane('Retained Messages');
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'board' });
    for (let n = 1; n <= 4500; n++) board.sendPublish(`many/${n}`, 'x', { retain: true });
    await board.ping();
    await filter('many/#');
    await waitForText(retained.header, '4,500 of 4,503');
    for (const [page, hidden] of ['3,500', '2,500', '1,500', '500'].entries()) {
      await toEnd('End');
      await retained.row('Show more…').waitForDescription(`${hidden} not shown`);
      await retained.row('Show more…').click();
      // The last of those that were shown is gone to, with the new ones below it.
      await retained.row(`many/${1000 * (page + 1)}`).waitForSelected();
      await retained.row(`many/${1000 * (page + 1) + 1}`).waitFor();
    }
    await toEnd('End');
    await retained.row('many/4500').waitFor();
    await toEnd('Home');
    await retained.row('Show earlier…').waitForDescription('2,000 not shown');
    await window.screenshot('retained-earlier');
    await retained.row('Show earlier…').click();
    await retained.row('many/2001').waitForSelected();
    await retained.row('many/2000').waitFor();
    await filter('');
    await waitForText(retained.header, /4,503 · /);
    await toEnd('Home');
    await retained.row(moisture).waitFor();
  });

  test('rows have their menu by keyboard, and say to a screen reader what they show', async () => {
    const { workbench } = window;
    await workbench.pane('Broker').keyboardMenu(`mqtt://127.0.0.1:${port}`, 'Copy Broker Address');
    await workbench.pane('Retained Messages').keyboardMenu('house/lamp', 'Clear Retained Message');
    await workbench.pane('Retained Messages').waitForSpoken(/^house\/lamp, 2 bytes · .*(just now|ago)$/);
    await workbench.pane('Connections').expand();
    await workbench.pane('Connections').keyboardMenu('Local Broker', 'Stop Local Broker');
    await workbench.pane('Connections').waitForSpoken(/^Local Broker.* running on port \d+/);
    await workbench.pane('Connections').collapse();
  });

  test('what floods the broker is named with its rate, its share and its publisher', async () => {
    const { workbench } = window;
    const busiest = workbench.pane('Busiest Topics');
    const flooder = await RawClient.overTcp(port, 5);
    await flooder.connect({ clientId: 'pump-7' });
    // Until all of it was seen: what a flood that is over leaves on the screen is gone soon.
    const flood = setInterval(() => {
      for (let n = 0; n < 90; n++) flooder.sendPublish('plant/pump/raw', 'x'.repeat(100));
      for (let n = 0; n < 10; n++) flooder.sendPublish('plant/pump/state', 'x');
    }, 100);
    try {
      const row = busiest.row('plant/pump/raw');
      await row.waitForDescription(/^[\d,]+\/s · [\d.]+ (KiB|bytes)\/s · [89]\d % · from pump-7$/);
      await waitForText(busiest.header, /\/s · .*\/s/);
      for (const [place, topic] of ['plant/pump/raw', 'plant/pump/state'].entries())
        await busiest.rows.nth(place).filter({ hasText: topic }).waitFor();
      await window.screenshot('busiest-topics');
      await assertStays(
        workbench.page.locator('.part.sidebar'),
        {
          views: ['.pane-header', 'left', 'top', 'right', 'bottom'],
          rows: ['[role=treeitem]', 'left', 'top', 'right', 'bottom'],
          labels: ['[role=treeitem] .label-name', 'left', 'top'],
        },
        async () => {
          for (let looked = 0; looked < 3; looked++) {
            const before = await row.description.innerText();
            await row.description.filter({ hasNotText: before }).waitFor();
          }
        },
      );
      await busiest.waitForSpoken(/^plant\/pump\/raw, [\d,]+\/s · .* · from pump-7$/);
      await busiest.keyboardMenu('plant/pump/raw', 'Copy Topic');
      await workbench.pane('Clients').keyboardMenu('pump-7', 'Copy Client ID');
      await busiest.row('Busiest Clients').expand();
      await busiest.row('pump-7').waitForDescription(/(9\d|100) %$/);
    } finally {
      clearInterval(flood);
    }
  });

  test('clearing very many shows how far it is and is called off, and those cleared come back', async () => {
    const { workbench } = window;
    const retained = workbench.pane('Retained Messages');
    const board = await RawClient.overTcp(port, 5);
    await board.connect({ clientId: 'board' });
    for (let n = 0; n < 15_000; n++)
      board.sendPublish(`deep/${levels.join('/')}/${n}`, 'x', { retain: true });
    await board.ping();
    await waitForText(retained.header, /19,503 · /);
    // Each of them is sought among so many filters: it takes seconds.
    const watcher = await RawClient.overTcp(port, 5);
    await watcher.connect({ clientId: 'watcher' });
    watcher.send({ kind: 'subscribe', packetId: 1, subscriptions: everyFilterOf(levels) });
    await watcher.expect('suback');
    await workbench.runCommand(`MQTT: ${clearBranch}`);
    await workbench.quickInput.choose(
      'Which retained messages of the local broker to clear',
      'Topic Filter…',
    );
    await workbench.quickInput.answer('Topic filter of the retained messages to clear', 'deep/#');
    await workbench.dialog.click('Clear 15,000');
    const progress = workbench.toast(/Clear Retained Messages.*[1-9][\d,]* of 15,000/);
    await progress.waitFor();
    await window.screenshot('retained-progress');
    await progress.click('Cancel');
    const stopped = workbench.toast(/^Stopped: [\d,]+ of 15,000 retained messages of deep\/# cleared\./);
    await stopped.waitFor();
    await watcher.breakOff();
    const [, cleared = ''] = /([\d,]+) of/.exec(await stopped.message.innerText()) ?? [];
    const clearedCount = Number(cleared.replace(',', ''));
    assert.ok(clearedCount > 0 && clearedCount < 15_000, cleared);
    await waitForText(retained.header, `${(19_503 - clearedCount).toLocaleString('en')} · `);
    await stopped.click('Undo');
    await workbench.toast(`${cleared} retained messages published again.`).waitFor();
    await waitForText(retained.header, /19,503 · /);
  });

  async function askToClearGarden(): Promise<void> {
    const { workbench } = window;
    await workbench.pane('Retained Messages').row(moisture).contextMenu(clearBranch);
    await workbench.quickInput.pick('garden/#');
  }

  async function toEnd(key: 'Home' | 'End'): Promise<void> {
    await window.workbench.pane('Retained Messages').locator.locator('.monaco-list').press(key);
  }

  async function filter(text: string): Promise<void> {
    const { workbench } = window;
    await workbench.pane('Retained Messages').titleAction('Filter Retained Messages…');
    await workbench.quickInput.answer('A part of the topic', text);
  }
});
