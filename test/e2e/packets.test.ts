/**
 * The packet trace under a person's hands: off until it is switched on, then every packet of every client, one that is
 * malformed explained to the byte, and a message of QoS 2 as one exchange with its latencies.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { packetKindNames } from '../../src/contracts/trace.ts';
import { nameOf, tabOrder } from '../host/accessibleNames.ts';
import { PacketsPage } from '../host/packetsPage.ts';
import { placesIn } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText, waitForValue } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { hex } from '../support/packetBytes.ts';
import { type Program, run } from '../support/program.ts';
import { RawClient } from '../support/rawClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { brokerStarted, publish, subscribe, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub', 'tshark');

const reservedConnectFlag = hex(`
  10 21              # CONNECT, 33 bytes follow
  00 04 "MQTT" 05    # protocol name and level: 5.0
  C3                 # flags: user name, password, clean start, and the reserved one
  00 3C 00           # keep alive; no properties
  00 07 "esp32-7"    # client identifier
  00 03 "dev"        # user name
  00 06 "pencil"     # password
`);

describe('the packet trace', { skip }, () => {
  const owner = ownedBySuite();
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let page: PacketsPage;
  let port = 0;
  let oven: RawClient;
  let panel: Program;
  const exported = join(temporaryFolder(owner), 'packets.pcapng');
  /** What the list said of the packets that were exported. */
  let rows: readonly string[] = [];

  test('without a broker the view says so, and starts one; then it says that the trace is off', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await workbench.runCommand('MQTT: Show Packets');
    page = await PacketsPage.in(workbench);
    await page.frame.getByText('No broker is running').waitFor();
    await page.frame.getByRole('button', { name: 'Start Local Broker' }).click();
    port = await brokerStarted(workbench);
    await page.frame.getByText('The packet trace is off').waitFor();
  });

  test('switched on, it shows the packets of a client that was connected before', async () => {
    oven = await RawClient.overTcp(port, 5);
    await oven.connect({ clientId: 'oven' });
    await page.frame.getByRole('button', { name: 'Start Packet Trace' }).click();
    await page.frame.getByText('No packets yet').waitFor();
    await waitForText(window.workbench.statusBarItem('mqttWorkbench.traceStatus'), 'Packet Trace');
    await oven.ping();
    await page.row(/PINGREQ, from the client, oven/).waitFor();
    await page.waitForSelected(/PINGRESP, to the client, oven, after \d+\.\d\d ms/);
    await waitForText(page.flow, 'Following');
    await page.waitForCount(/^2 packets$/);
  });

  test('a message of QoS 2 is one exchange: each step with the time since the one before', async (t) => {
    await publish(t, port, '-i', 'meter', '-t', 'plant/meter', '-m', '17', '-q', '2');
    await page.row(/PUBCOMP, to the client, meter, id 1, after \d+\.\d\d ms/).click();
    const steps = page.conversation.getByRole('button');
    await steps.nth(3).waitFor();
    assert.deepEqual(await stepNames(page), [
      'meter to broker: PUBLISH, QoS 2, message 1',
      'broker to meter: PUBREC, message 1, … after what it answers',
      'meter to broker: PUBREL, message 1, … after what it answers',
      'broker to meter: PUBCOMP, message 1, … after what it answers',
    ]);
    await steps.nth(0).click();
    await page.waitForSelected(/PUBLISH, from the client, meter, plant\/meter · QoS 2 · id 1 · 2 bytes/);
    await waitForText(page.flow, 'Scroll locked');
    await window.screenshot('packets-exchange-light');
  });

  test('its way is copied as a sequence diagram', async () => {
    await page.frame.getByRole('button', { name: 'Copy Sequence Diagram (Mermaid)' }).click();
    await window.workbench.page.waitForFunction(
      `navigator.clipboard.readText().then((text) => ['sequenceDiagram', 'meter', 'PUBCOMP'].every((word) => text.includes(word)))`,
    );
  });

  test('a field marks its bytes, and a byte its field: by mouse', async () => {
    await page.field(/^Topic Name/).click();
    await page.waitForMarkedField(/^Topic Name, plant\/meter/);
    assert.match(await page.markedBytes(), /70 6C 61 6E 74 2F 6D 65 74 65 72$/);
    await page.bytes.getByRole('gridcell', { name: 'byte 0, 34' }).click();
    await page.waitForMarkedField(/PUBLISH/);
    assert.equal(await page.markedBytes(), '34');
    // The flags in it, each with what it means.
    await page.field(/^QoS, 2, .*Exactly once/).waitFor();
  });

  test('and by keyboard', async () => {
    await page.fields.focus();
    await page.fields.press('Home');
    await page.fields.press('End');
    await page.waitForMarkedField(/^Payload, 17/);
    assert.equal(await page.markedBytes(), '31 37');
    await page.bytes.focus();
    await page.bytes.press('Home');
    await page.bytes.and(page.frame.locator('[aria-activedescendant="byte-0"]')).waitFor();
    await page.bytes.press('ArrowRight');
    await page.waitForMarkedField(/^Remaining Length/);
    await page.list.focus();
    await page.list.press('ArrowDown');
    await page.waitForSelected(/PUBREC/);
    await page.list.press('Enter');
    await page.frame.locator('#packet-fields:focus').waitFor();
  });

  test('a malformed packet is explained: the byte, the rule, what causes it; its password is not shown', async () => {
    const broken = await RawClient.overTcp(port, 5);
    broken.sendBytes(reservedConnectFlag);
    await broken.closed();
    await page.errorsOnly.click();
    await page.row(/CONNECT, from the client, esp32-7, breaks the standard/).click();
    await waitForText(page.pane, /Byte 9: .+\[MQTT-3\.1\.2-3\]/s);
    await waitForText(page.pane, /Usually: .+What to do: /s);
    const faulty = page.bytes.locator('.byte-fault[role=gridcell]');
    assert.equal(await faulty.innerText(), 'C3');
    // The flag, and not all of its byte.
    await page.waitForMarkedField(/^Reserved, 1, Must be 0/);
    assert.match(
      (await page.fields.locator('.field-faulty').getAttribute('aria-label')) ?? '',
      /^Reserved, 1/,
    );
    await page.fields.focus();
    await page.fields.press('End');
    await page.waitForMarkedField(/^Bytes, 6 bytes, not shown, A secret/);
    assert.equal(await page.markedBytes(), Array(6).fill('••').join(' '));
    await page.frame.getByText('Passwords and authentication data are not kept').waitFor();
    assert.doesNotMatch(await page.main.innerText(), /pencil|70 65 6E 63 69 6C/);
    await page.frame.getByRole('button', { name: 'Copy Bytes as Hex' }).click();
    const masked = [...reservedConnectFlag.subarray(0, -6), ...Buffer.from('******')];
    await waitForClipboard(
      window.workbench,
      masked.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' '),
    );
  });

  test('there is room for more', async () => {
    await window.workbench.runCommand('View: Toggle Maximized Panel');
  });

  for (const theme of ['light', 'dark', 'highContrastDark', 'highContrastLight'] as const) {
    test(`it can be read in the theme ${theme}`, async () => {
      await window.setTheme(theme);
      await page.field(/^Connect Flags/).click();
      await window.screenshot(`packets-malformed-${theme}`);
    });
  }

  test('where there is room for it, a packet is one line', async () => {
    const { page: browserPage } = window.workbench;
    const narrow = browserPage.viewportSize();
    assert.ok(narrow);
    await browserPage.setViewportSize({ ...narrow, width: 2000 });
    await page.frame.locator('.packet-list-one-line').waitFor();
    const row = page.row(/CONNECT, from the client, esp32-7, breaks the standard/);
    await window.screenshot('packets-one-line');
    // Both at one time: the rows may still be on their way to their places.
    const [around, summary] = await placesIn(row, '.packet-summary');
    const places = JSON.stringify({ around, summary });
    assert.ok(around && summary, places);
    assert.ok(summary.top >= around.top && summary.bottom <= around.bottom, places);
    assert.ok(summary.left >= around.left && summary.right <= around.right, places);
    assert.ok(summary.right > summary.left, places);
    await browserPage.setViewportSize(narrow);
    await page.frame.locator('.packet-list-two-lines').waitFor();
  });

  test('its page opens from there, at its heading', async () => {
    const { workbench } = window;
    await window.setTheme('dark');
    await workbench.runCommand('View: Toggle Maximized Panel');
    await page.frame.getByRole('button', { name: 'More about reserved-connect-flag' }).click();
    const preview = await workbench.webview('Preview errors.md');
    await preview.getByRole('heading', { name: 'reserved-connect-flag' }).waitFor();
    await workbench.runCommand('View: Close All Editors');
  });

  test('a type, a topic and a client leave the others out', async () => {
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.kinds.selectOption('PUBLISH');
    await page.waitForCount(/^1 packet$/);
    await page.kinds.selectOption('All types');
    // Not a ping of it while packets are counted; with its second message it says DISCONNECT.
    const ending = ['-k', '200', '-C', '2'];
    panel = await subscribe(owner, port, '-i', 'panel', '-t', 'plant/#', '-q', '1', ...ending);
    await page.topicFilter.fill('plant/meter');
    await page.row(/SUBSCRIBE, from the client, panel/).waitFor();
    await page.row(/PUBCOMP, to the client, meter/).waitFor();
    await page.row(/PING/).first().waitFor({ state: 'hidden' });
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.client.fill('oven');
    await page.frame.getByRole('main', { name: 'Packets of oven' }).waitFor();
    await page.waitForCount(/^2 packets$/);
  });

  test('Show Packets of a client’s row shows its packets alone', async () => {
    const { workbench } = window;
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await workbench.pane('Clients').row('panel').contextMenu('Show Packets');
    await page.frame.getByRole('main', { name: 'Packets of panel' }).waitFor();
    await waitForValue(page.client, 'panel');
    await page.row(/CONNECT, from the client, panel/).waitFor();
    await page.row(/oven/).first().waitFor({ state: 'hidden' });
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    // All of them are there before the list is held still.
    await page.waitForCount(/^\d\d packets$/);
  });

  test('a message that others got has a lane for each client, in the view and in the copied diagram', async (t) => {
    const { workbench } = window;
    await page.list.focus();
    await page.list.press('End');
    await waitForText(page.flow, 'Following');
    await publish(t, port, '-i', 'meter', '-t', 'plant/state', '-m', 'on', '-q', '1');
    await page.row(/PUBACK, from the client, panel/).click();
    await page.conversation.getByRole('button', { name: /^meter to broker: PUBLISH/ }).waitFor();
    assert.deepEqual(await page.frame.locator('.lane-head').allInnerTexts(), ['meter', 'Broker', 'panel']);
    const names = await stepNames(page);
    // The broker may have to wait for its disk before it acknowledges.
    assert.deepEqual(names.toSorted(), [
      'broker to meter: PUBACK, message 1, … after what it answers',
      'broker to panel: PUBLISH, QoS 1, message 1, … after the first',
      'meter to broker: PUBLISH, QoS 1, message 1',
      'panel to broker: PUBACK, message 1, … after what it answers',
    ]);
    // The same in signs, which tell the two times apart.
    const shown = await page.conversation.locator('.lane-time').allInnerTexts();
    assert.deepEqual(shown.map((time) => time.replace(/[\d.]+ m?s$/, '…')).toSorted(), [
      '',
      '+…',
      '↳ …',
      '↳ …',
    ]);
    await page.frame.getByRole('button', { name: 'Copy Sequence Diagram (Mermaid)' }).click();
    await workbench.page.waitForFunction(
      `navigator.clipboard.readText().then((text) => ['C1 as meter', 'C2 as panel', 'C2-->>B'].every((words) => text.includes(words)))`,
    );
    for (const theme of ['highContrastDark', 'light', 'dark'] as const) {
      await window.setTheme(theme);
      await window.screenshot(`packets-lanes-${theme}`);
    }
    const published = page.conversation.getByRole('button', { name: /^meter to broker: PUBLISH/ });
    await published.press('Enter');
    await page.waitForSelected(/PUBLISH, from the client, meter, plant\/state/);
    await published.and(page.frame.locator('[aria-current=step]')).waitFor();
  });

  test('an acknowledgement that comes after the lanes were drawn is added to them, and nothing above it moves', async (t) => {
    // So many that not all of their steps have room.
    const lamps: RawClient[] = [];
    for (let number = 1; number <= 7; number++) {
      const lamp = await RawClient.overTcp(port, 5);
      await lamp.connect({ clientId: `lamp-${number}` });
      await lamp.subscribe('shed/lamps', { qos: 1 });
      lamps.push(lamp);
    }
    const acknowledge = async (lamp: RawClient | undefined): Promise<void> => {
      const publish = await lamp?.expect('publish');
      lamp?.send({ kind: 'puback', packetId: publish?.packetId ?? 0, reasonCode: 0 });
    };
    await page.list.focus();
    await page.list.press('End');
    await waitForText(page.flow, 'Following');
    await publish(t, port, '-i', 'meter', '-t', 'shed/lamps', '-m', 'on', '-q', '1');
    await acknowledge(lamps[0]);
    await lamps[0]?.ping();
    await page.row(/PINGRESP, to the client, lamp-1/).waitFor();
    // Not the newest one: the list would go on to the next.
    await page.row(/PUBACK, from the client, lamp-1/).click();
    await waitForText(page.flow, 'Scroll locked');
    const steps = page.conversation.getByRole('button');
    await steps.nth(9).waitFor();
    await steps.first().scrollIntoViewIfNeeded();
    const lanes = page.frame.locator('.lanes');
    const before = await placesIn(lanes, '.lane-step');
    const [area, opened] = [before[0], before.at(-1)];
    assert.ok(area && opened && opened.bottom > area.bottom, 'the opened step is out of sight');
    await acknowledge(lamps[1]);
    await page.conversation.getByRole('button', { name: /^lamp-2 to broker: PUBACK/ }).waitFor();
    const after = await placesIn(lanes, '.lane-step');
    assert.equal(after.length, before.length + 1);
    assert.deepEqual(after.slice(0, before.length), before);
    await window.screenshot('packets-lanes-late');
    for (const lamp of lamps) await lamp.breakOff();
  });

  test('a step that the filter leaves out is opened beside the list, and without the filter the list goes to it', async () => {
    await page.client.fill('panel');
    await page.frame.getByRole('main', { name: 'Packets of panel' }).waitFor();
    await page.row(/PUBACK, from the client, panel/).click();
    await page.conversation.getByRole('button', { name: /^meter to broker: PUBLISH/ }).click();
    await page.pane.getByText('The filter leaves this packet out of the list.').waitFor();
    await page.pane.getByRole('heading', { name: 'PUBLISH' }).waitFor();
    assert.equal(await page.client.inputValue(), 'panel');
    await window.screenshot('packets-left-out');
    await page.pane.getByRole('button', { name: 'Clear Filter' }).click();
    await page.waitForSelected(/PUBLISH, from the client, meter, plant\/state/);
    await page.pane.getByText('The filter leaves this packet out of the list.').waitFor({ state: 'hidden' });
  });

  test('a message that is sent again over the next connection is so on its lanes, and the arrow is at who gets it', async () => {
    const kept = {
      ...{ clientId: 'gauge', cleanStart: false },
      properties: { sessionExpiryInterval: 60 },
    };
    const lost = await RawClient.overTcp(port, 5);
    await lost.connect(kept);
    lost.sendPublish('shed/gauge', '7', { qos: 2, packetId: 77 });
    await lost.expect('pubrec');
    await lost.breakOff();
    const gauge = await RawClient.overTcp(port, 5);
    await gauge.connect(kept);
    gauge.sendPublish('shed/gauge', '7', { qos: 2, packetId: 77, dup: true });
    await gauge.expect('pubrec');
    await page.client.fill('gauge');
    await page.frame.getByRole('main', { name: 'Packets of gauge' }).waitFor();
    await page.row(/PUBLISH, from the client, gauge, shed\/gauge .* dup/).click();
    const again = page.conversation.getByRole('button', {
      name: /^gauge to broker: PUBLISH, QoS 2, message 77, again \(DUP\)/,
    });
    await again.waitFor();
    await waitForText(again, 'PUBLISH QoS 2 DUP');
    // Two ways of one: the first in, and what answers it back.
    await again.locator('.lane-on').waitFor();
    const answer = page.conversation.getByRole('button', { name: /^broker to gauge: PUBREC/ }).first();
    await answer.locator('.lane-back').waitFor();
    await window.screenshot('packets-lanes-again');
    await gauge.disconnect();
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    // It has gone from the list, too, and not from its field alone: gauge has fewer than ten.
    await page.waitForCount(/^\d\d packets$/);
  });

  test('Space holds the list still and counts what comes; Space again shows it', async () => {
    await page.list.focus();
    await page.list.press('End');
    await waitForText(page.flow, 'Following');
    await page.list.press(' ');
    await waitForText(page.flow, 'Paused');
    await oven.ping();
    await page.frame.getByRole('button', { name: '2 new packets' }).waitFor();
    await page.list.press(' ');
    await page.waitForSelected(/PINGRESP, to the client, oven/);
  });

  test('every control has a name, in an order that follows the eye', async () => {
    // The packet has come as well, and not its row alone.
    await page.exchange.getByRole('button', { name: /PINGRESP/ }).waitFor();
    await page.kinds.focus();
    const names = await tabOrder(page.frame, 'Size of the bytes');
    assert.deepEqual(names.map(withoutTime), [
      ...['Packet types', 'Topic filter', 'Client', 'Errors Only', 'Stop Trace', 'Pause'],
      ...['Packets, newest last', 'Size of the packet list', 'Copy Bytes as Hex'],
      ...['PINGREQ', 'PINGRESP, … after what it answers', 'Bytes', 'Size of the bytes'],
    ]);
  });

  test('stopped, nothing is added and what was kept stays; cleared, it is gone', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Stop Packet Trace');
    await workbench.statusBarItem('mqttWorkbench.traceStatus').waitFor({ state: 'hidden' });
    await page.waitForCount('trace is off');
    await page.client.fill('oven');
    await page.frame.getByRole('main', { name: 'Packets of oven' }).waitFor();
    await page.waitForCount(/^4 packets$/);
    await oven.ping();
    await workbench.runCommand('MQTT: Start Packet Trace');
    await page.frame.getByRole('button', { name: 'Stop Trace' }).waitFor();
    await oven.ping();
    // The newest of those that were kept: by then the others are counted too.
    await oven.publish('oven/state', 'on');
    await page.waitForSelected(/PUBLISH, from the client, oven, oven\/state/);
    await page.waitForCount(/^7 packets$/);
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    // So that what is empty then is the trace, and not a list that is just being made.
    await page.waitForCount(/^\d\d packets$/);
    await workbench.runCommand('MQTT: Clear Packet Trace');
    await page.frame.getByText('No packets yet').waitFor();
  });

  test('a delivery is on the lanes however much came before it; of what came too often they say how much was looked at', async () => {
    const kept = {
      ...{ clientId: 'screen', cleanStart: false },
      properties: { sessionExpiryInterval: 60 },
    };
    const away = await RawClient.overTcp(port, 5);
    await away.connect(kept);
    await away.subscribe('shed/door', { qos: 1 });
    await away.disconnect();
    await oven.publish('shed/door', 'shut', { qos: 1 });
    for (let number = 0; number < 10_002; number++) oven.sendPublish('shed/state', 'on');
    await oven.ping();
    const screen = await RawClient.overTcp(port, 5);
    await screen.connect(kept);
    const { packetId } = await screen.expect('publish');
    screen.send({ kind: 'puback', packetId: packetId ?? 0, reasonCode: 0 });
    await screen.ping();
    await page.topicFilter.fill('shed/door');
    await page.waitForCount(/^6 packets$/);
    await page.row(/PUBLISH, from the client, oven, shed\/door/).click();
    // It is opened, and not the newest, which has its own lanes.
    const opened = page.conversation.locator('[aria-current=step]');
    await opened.and(page.frame.getByRole('button', { name: /^oven to broker: PUBLISH/ })).waitFor();
    await page.conversation.getByRole('button', { name: /^screen to broker: PUBACK/ }).waitFor();
    assert.deepEqual(await page.frame.locator('.lane-head').allInnerTexts(), ['oven', 'Broker', 'screen']);
    const note = page.frame.getByText('the nearest 10,000 before and after were looked at');
    assert.equal(await note.count(), 0);
    await page.topicFilter.fill('shed/state');
    await page.waitForCount(/^10,002 packets$/);
    // The newest, before which the others were.
    await page.list.press('End');
    await page.list.locator('[aria-posinset="10002"]').click();
    await note.waitFor();
    await window.screenshot('packets-lanes-cut');
    await screen.disconnect();
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.waitForCount(/^10,0\d\d packets$/);
    await window.workbench.runCommand('MQTT: Clear Packet Trace');
    await page.frame.getByText('No packets yet').waitFor();
  });

  test('Export Shown Packets writes a file in which tshark has the packets of the list', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-i', 'meter', '-t', 'plant/state', '-m', 'off', '-q', '1');
    await panel.ended;
    await page.row(/DISCONNECT, from the client, panel/).waitFor();
    await workbench.runCommand('MQTT: Clear Packet Trace');
    await page.frame.getByText('No packets yet').waitFor();
    await publish(t, port, '-i', 'meter', '-t', 'shed/meter', '-m', '17', '-q', '2');
    const broken = await RawClient.overTcp(port, 5);
    broken.sendBytes(reservedConnectFlag);
    await broken.closed();
    await page.waitForCount(/^9 packets$/);
    await workbench.runCommand('View: Toggle Maximized Panel');
    await page.row(/^/).nth(8).waitFor();
    rows = await rowNames(page);

    await workbench.runCommand('MQTT: Export Shown Packets…');
    await workbench.quickInput.chooseFile('Export Shown Packets', exported);
    const toast = workbench.toast('Exported 9 packets to packets.pcapng.');
    await toast.waitFor();
    await toast.close();
    const fields = ['mqtt.msgtype', 'tcp.dstport', 'mqtt.clientid', 'mqtt.msgid', 'mqtt.topic', 'mqtt.msg'];
    const { stdout, stderr, exitCode } = await run(t, toolPath('tshark'), [
      ...['-r', exported, '-Y', 'mqtt', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    ]);
    assert.equal(exitCode, 0, stderr);
    const dissected = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    assert.deepEqual(
      dissected.map(([type, toPort]) => {
        const kind = packetKindNames[Number(type) - 1]?.toUpperCase();
        return `${kind}, ${toPort === '1883' ? 'from' : 'to'} the client`;
      }),
      rows.map((row) => row.split(', ').slice(1, 3).join(', ')),
    );
    assert.deepEqual(
      dissected.map((values) => values.slice(2).filter(Boolean).join(' ')),
      ['meter', '', '1 shed/meter 3137', '1', '1', '1', '', 'esp32-7', ''],
    );
  });

  test('Open Packet Capture shows the same rows, and what is wrong with one of them', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Open Packet Capture…');
    await workbench.quickInput.chooseFile('Choose a capture to open', exported);
    await workbench.toast('The packet trace is on. To open a capture stops it').click('Stop and Open');
    await page.waitForCount('capture packets.pcapng');
    await page.waitForCount(/^9 packets$/);
    await page.row(/^/).nth(8).waitFor();
    assert.deepEqual(await rowNames(page), rows);
    await page.row(/CONNECT, from the client, esp32-7, breaks the standard/).click();
    await waitForText(page.pane, /Byte 9: .+\[MQTT-3\.1\.2-3\]/s);
    await window.screenshot('packets-capture');
  });
});

/** Of the conversation, as a screen reader has them; times alone are left out. */
async function stepNames(page: PacketsPage): Promise<string[]> {
  const steps = await page.conversation.getByRole('button').all();
  const names = await Promise.all(steps.map((step) => step.getAttribute('aria-label')));
  return names.map((name) => withoutTime(name ?? ''));
}

/** Of all rows that are in sight. A latency is the difference of two times, which a capture has in microseconds. */
async function rowNames(page: PacketsPage): Promise<string[]> {
  const names = await Promise.all((await page.row(/^/).all()).map(nameOf));
  return names.map((name) => name.replace(/after [\d.]+ ms/, 'after … ms'));
}

function withoutTime(name: string): string {
  return name.replace(/[\d.]+ m?s after/, '… after');
}
