/**
 * A fault, through the screen: from the palette for one board, whose messages are lost while another gets its own; seen in
 * the status bar; stopped there; one from a board's row, told to mosquitto_pub; a preset for some boards beside a fault of
 * some topics; and one of chance, had again by its seed.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PacketsPage } from '../host/packetsPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { mosquittoPub, publish, startBroker, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const faultStatus = 'mqttWorkbench.faultStatus';

describe('a fault, with mosquitto_pub and mosquitto_sub as boards', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  const suite = ownedBySuite();
  let port = 0;

  test('it is injected from the palette, and the board that is meant gets no message until it is stopped', async (t) => {
    const { workbench } = window;
    port = await startBroker(workbench);
    await workbench.openViews('MQTT Workbench');
    const board = await subscribe(suite, port, '-i', 'board-7', '-t', 'cmd', '-q', '1', '-F', 'got %p');
    const other = await subscribe(suite, port, '-i', 'board-8', '-t', 'cmd', '-q', '1', '-F', 'got %p');
    const lost = await RawClient.overTcp(port, 4);
    await lost.connect({ clientId: 'board-6', keepAliveSeconds: 60 });
    await lost.breakOff();
    await workbench
      .pane('Clients')
      .row('board-6')
      .waitForDescription(/^gone · left without DISCONNECT/);
    await workbench.runCommand('MQTT: Inject Fault…');
    await workbench.quickInput.waitFor('What is to go wrong?');
    await window.screenshot('fault-choice');
    // What it does is searched as well as its name.
    await workbench.quickInput.fill('puback');
    await workbench.quickInput.pick('Drop Packets');
    await workbench.quickInput.waitFor('For whom?');
    await waitForText(workbench.quickInput.row('board-6'), /not connected · 127\.0\.0\.1/);
    await workbench.quickInput.pick('board-7');
    await workbench.quickInput.choose('Which packets?', 'Messages to the client');
    await workbench.quickInput.choose('How many of these packets?', 'All of them');
    const status = workbench.statusBarItem(faultStatus);
    await waitForText(status, '1 MQTT fault on');
    const row = workbench.pane('Broker').row('1 MQTT fault on');
    await row.waitForDescription('Drop Packets (100 % of PUBLISH to the client)');

    await publish(t, port, '-t', 'cmd', '-m', 'lost', '-q', '1');
    await other.waitFor('stdout', /^got lost$/m);
    for (const theme of ['light', 'dark'] as const) {
      await window.setTheme(theme);
      await window.screenshot(`fault-on-${theme}`);
    }
    await status.click();
    await workbench.quickInput.waitFor('1 MQTT fault on');
    await window.screenshot('fault-list');
    await workbench.quickInput.choose(
      '1 MQTT fault on',
      'Stop Drop Packets (100 % of PUBLISH to the client)',
    );
    await status.waitFor({ state: 'hidden' });
    await row.waitFor('hidden');
    await publish(t, port, '-t', 'cmd', '-m', 'found', '-q', '1');
    const [text] = await board.waitFor('stdout', /^got .*$/m);
    assert.equal(text, 'got found');
    await other.waitFor('stdout', /^got found$/m);
  });

  test('it is injected from a board’s row, and all are stopped from the palette', async (t) => {
    const { workbench } = window;
    await workbench.pane('Clients').row('board-7').contextMenu('Inject Fault…');
    await workbench.quickInput.waitFor('What is to go wrong?');
    await workbench.quickInput.fill('refuse');
    await workbench.quickInput.pick('Refuse CONNECT');
    await workbench.quickInput.choose('Reason code of CONNACK', 'Server unavailable');
    const status = workbench.statusBarItem(faultStatus);
    await waitForText(status, '1 MQTT fault on');
    const refused = await mosquittoPub(t, port, '-V', '5', '-i', 'board-7', '-t', 'cmd', '-m', 'x');
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, /unavailable/i);
    await publish(t, port, '-V', '5', '-i', 'board-9', '-t', 'cmd', '-m', 'x', '-q', '1');
    await workbench.runCommand('MQTT: Stop All Faults');
    await status.waitFor({ state: 'hidden' });
    await publish(t, port, '-V', '5', '-i', 'board-9', '-t', 'cmd', '-m', 'x', '-q', '1');
  });

  test('a board that a fault closes on is told as that, and warned of nothing, however often it comes back', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Inject Fault…');
    await quickInput.waitFor('What is to go wrong?');
    await quickInput.fill('handshake');
    await quickInput.pick('Close During the Handshake');
    await quickInput.choose('For whom?', 'board-6');
    await quickInput.choose('When?', 'Behind CONNACK');
    const status = workbench.statusBarItem(faultStatus);
    await waitForText(status, '1 MQTT fault on');
    const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
    for (let round = 0; round < 7; round++) {
      const board = await RawClient.overTcp(port, 4);
      await board.connect({ clientId: 'board-6', keepAliveSeconds: 60, will });
      await board.closed();
    }
    const row = workbench.pane('Clients').row('board-6');
    await row.waitForDescription(/^gone · closed by an injected fault · 127\.0\.0\.1/);
    await row.expand();
    await workbench
      .pane('Clients')
      .row('Last disconnect', { level: 2 })
      .waitForDescription(/An injected fault closed the connection: Close During the Handshake\.$/);
    await window.screenshot('fault-not-blamed');
    await row.collapse();
    await workbench.runCommand('MQTT: Stop All Faults');
    await status.waitFor({ state: 'hidden' });
  });

  test('a captive portal meets the boards of a pattern, a lost message those of a topic, and nothing else is touched', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    const status = workbench.statusBarItem(faultStatus);
    const listener = await RawClient.overTcp(port, 4);
    await listener.connect({ clientId: 'listener' });
    await listener.subscribe('noise/#');
    await listener.subscribe('cmd/#');
    await workbench.runCommand('MQTT: Inject Fault…');
    await quickInput.choose('What is to go wrong?', 'Captive Portal');
    await quickInput.choose('For whom?', 'Clients by Their Id…');
    await quickInput.answer('Client id: * stands for any characters', 'hotel-*');
    await workbench.pane('Broker').row('1 MQTT fault on').waitForDescription('Captive Portal');
    await workbench.runCommand('MQTT: Inject Fault…');
    await quickInput.choose('What is to go wrong?', 'Drop Packets');
    await quickInput.choose('For whom?', 'Messages on Topics…');
    await quickInput.answer('Topic filter of the messages', 'noise/#');
    await quickInput.choose('Which packets?', 'Messages to the client');
    await quickInput.choose('How many of these packets?', 'All of them');
    await waitForText(status, '2 MQTT faults on');
    // What a fault loses is in the trace all the same: the Packets view says that one is on.
    await workbench.runCommand('MQTT: Start Packet Trace');
    const packets = await PacketsPage.in(workbench);
    await packets.waitForCount('2 faults on');

    const hotel = await RawClient.overTcp(port, 4);
    hotel.sendConnect({ clientId: 'hotel-1' });
    // Read as MQTT, the page's first bytes are a packet of 86 bytes.
    assert.match(Buffer.from(await hotel.nextBytes()).toString(), /^HTTP\/1\.1 302 Found\r\n/);
    await hotel.closed();
    await publish(t, port, '-i', 'home-1', '-t', 'noise/1', '-m', 'lost', '-q', '1');
    await publish(t, port, '-i', 'home-1', '-t', 'cmd/1', '-m', 'found', '-q', '1');
    assert.equal((await listener.expectMessage()).topic, 'cmd/1');
    await status.click();
    await quickInput.row('Stop Drop Packets (100 % of PUBLISH to the client)').waitFor();
    await waitForText(quickInput.rows, /for hotel-\* · /);
    await waitForText(quickInput.rows, /for noise\/# · /);
    await window.screenshot('fault-list-two');
    await quickInput.cancel();

    await workbench.runCommand('MQTT: Stop All Faults');
    await status.waitFor({ state: 'hidden' });
    await packets.frame.getByText('2 faults on').waitFor({ state: 'hidden' });
    await publish(t, port, '-i', 'hotel-1', '-t', 'noise/2', '-m', 'found', '-q', '1');
    assert.equal((await listener.expectMessage()).topic, 'noise/2');
  });

  test('what befell a board by chance befalls it again with the seed that the log tells', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    const status = workbench.statusBarItem(faultStatus);
    const board = await RawClient.overTcp(port, 4);
    await board.connect({ clientId: 'board-9' });
    await board.subscribe('jobs/#');
    const askForSeed = async (): Promise<void> => {
      await workbench.runCommand('MQTT: Inject Fault…');
      await quickInput.choose('What is to go wrong?', 'Drop Packets');
      await quickInput.choose('For whom?', 'board-9');
      await quickInput.choose('Which packets?', 'Messages to the client');
      await quickInput.choose('How many of these packets?', 'Some, by Chance…');
      await quickInput.answer('Share of these packets', '50');
      await quickInput.waitFor('Seed of what is left to chance');
    };
    /** Of twenty messages, those that came through. */
    const comeThrough = async (): Promise<string[]> => {
      for (let job = 1; job <= 20; job++) board.sendPublish(`jobs/${job}`, '');
      board.send({ kind: 'pingreq' });
      const topics: string[] = [];
      for (let packet = await board.next(); packet.kind === 'publish'; packet = await board.next())
        topics.push(packet.topic);
      return topics;
    };

    await askForSeed();
    await quickInput.accept();
    await waitForText(status, '1 MQTT fault on');
    await workbench.runCommand('MQTT: Show Log');
    const said = /"seed":(\d+),"rules":\[\{"clientId":"board-9"/;
    await waitForText(workbench.output, said);
    // The panel may have broken the line.
    const [, seed = ''] = said.exec((await workbench.outputText()).replaceAll('\n', '')) ?? [];
    const first = await comeThrough();
    assert.ok(first.length < 20, `of 20 messages ${first.length} came through`);
    await workbench.runCommand('MQTT: Stop All Faults');
    await status.waitFor({ state: 'hidden' });

    await askForSeed();
    await quickInput.fill('0x2A');
    await quickInput.accept();
    await quickInput.waitForMessage('A seed is a whole number from 0 to 4294967295, as the log has it.');
    await window.screenshot('fault-seed');
    await quickInput.fill(seed);
    await quickInput.accept();
    await waitForText(status, '1 MQTT fault on');
    assert.deepEqual(await comeThrough(), first);
    await status.click();
    await waitForText(quickInput.rows, new RegExp(`for board-9 · (\\d+ times so far · )?seed ${seed}`));
    await quickInput.cancel();
  });
});
