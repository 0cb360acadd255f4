/**
 * The Clients view through the screen: what a session holds and does is seen, a client is disconnected, cut off and
 * forgotten, and two devices with one client id are named in one message.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import type { Program } from '../support/program.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker, subscribe, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const clock = String.raw`\d+:\d+(:\d+)?.*`;

describe('the Clients view', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    viewport: { width: 1500, height: 1100 },
  });
  const owner = ownedBySuite();
  let port = 0;
  let board: RawClient;
  let watcher: RawClient;
  let sleeper: Program;

  test('without a broker the view says what will be there, and with one whom it waits for', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    const clients = workbench.pane('Clients');
    await waitForText(
      clients.welcome,
      'The devices that connect to the local broker appear here. Another broker does not tell who is connected to it.',
    );
    port = await startBroker(workbench);
    await waitForText(
      clients.welcome,
      /No client yet\.[\s\S]*To a board, 127\.0\.0\.1 is the board itself\./,
    );
    await clients.welcome.getByRole('button', { name: 'Expose on the Local Network…' }).waitFor();
    // Rows out of sight are not there for a test.
    for (const title of ['Broker', 'Topics']) await workbench.pane(title).collapse();
  });

  test('a client is listed with what its session holds, and its numbers go on', async () => {
    const clients = window.workbench.pane('Clients');
    board = await RawClient.overTcp(port, 5);
    await board.connect({
      ...{ clientId: 'esp32-lab', username: 'lab', keepAliveSeconds: 60, cleanStart: true },
      will: { topic: 'lab/esp32/gone', payload: Buffer.from('offline'), qos: 1, retain: true },
      properties: { sessionExpiryInterval: 3600, receiveMaximum: 20, maximumPacketSize: 1024 },
    });
    await board.subscribe('lab/esp32/set/#', { qos: 1, noLocal: true, retainHandling: 2 });
    const row = clients.row('esp32-lab');
    await row.waitForDescription(/^127\.0\.0\.1 · MQTT 5\.0$/);
    await waitForText(clients.header, '1 connected');
    await row.expand();
    const fact = (label: string) => clients.row(label, { level: 2 });
    await fact('Connection').waitForDescription(
      new RegExp(String.raw`^127\.0\.0\.1:\d+ · MQTT 5\.0 · TCP · since ${clock}$`),
    );
    await fact('User name').waitForDescription('lab');
    await fact('Keep alive').waitForDescription(/^60 s · given up after 90 s, \d+ s left$/);
    await fact('Session').waitForDescription('clean start · kept for 1 h after the connection');
    await fact('Will').waitForDescription('lab/esp32/gone · QoS 1 · retained · 7 bytes');
    await fact('Waiting for it').waitForDescription('nothing');
    await fact('It takes').waitForDescription('packets up to 1 KiB · 20 messages in flight at a time');
    await fact('Round trip').waitForDescription('not known: it acknowledged no message yet');
    await fact('Subscriptions').waitForDescription('1');
    await clients
      .row('lab/esp32/set/#', { level: 3 })
      .waitForDescription('QoS 1 · not its own messages · no retained messages');

    await publish(owner, port, '-t', 'lab/esp32/set/led', '-m', 'on', '-q', '1');
    const { packetId = 0 } = await board.expectMessage();
    await fact('Waiting for it').waitForDescription(/^1 in flight · 0 queued · \d+ bytes$/);
    await fact('To it').waitForDescription(/^1 message · \d+ bytes · largest \d+ bytes$/);
    board.send({ kind: 'puback', packetId, reasonCode: 0 });
    await fact('Round trip').waitForDescription(/^[\d.,]+ ms to acknowledge a message$/);
    await board.ping();
    await fact('Pings').waitForDescription(/^1 · longest silence [\d.]+ s$/);
    for (const theme of ['light', 'dark'] as const) {
      await window.setTheme(theme);
      await window.screenshot(`clients-${theme}`);
    }
  });

  test('a client of 5.0 is disconnected with the reason that was chosen, and is told', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    await clients.row('esp32-lab').inlineAction('Disconnect Client…');
    await workbench.quickInput.waitFor('What to tell esp32-lab');
    await workbench.quickInput.fill('0x96');
    await workbench.quickInput.pick('0x96 Message rate too high');
    await board.expectDisconnected(0x96);
    await clients
      .row('esp32-lab')
      .waitForDescription('away, session kept · disconnected by the broker · 127.0.0.1 · MQTT 5.0');
    await clients
      .row('Last disconnect', { level: 2 })
      .waitForDescription(/ · The broker closed it: .+ \(0x96 Message rate too high\)$/);
    await clients.row('Session', { level: 2 }).waitForDescription('clean start · expires in 59 min');
    await clients.row('esp32-lab').collapse();
  });

  test('one that is cut off gets no word, and its will goes out', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    watcher = await RawClient.overTcp(port, 5);
    await watcher.connect({ clientId: 'watcher' });
    await watcher.subscribe('wills/#');
    sleeper = await subscribe(
      ...([
        owner,
        port,
        '-i',
        'sleeper',
        '-V',
        '311',
        '-c',
        '-q',
        '1',
        '-t',
        'jobs/#',
        '-k',
        '30',
        '-C',
        '1',
      ] as const),
      ...['--will-topic', 'wills/sleeper', '--will-payload', 'lost'],
    );
    await clients.row('sleeper').waitForDescription(/^127\.0\.0\.1 · MQTT 3\.1\.1$/);
    await clients.row('sleeper').contextMenu('Cut Client Off');
    const { topic, text } = await watcher.expectMessage();
    assert.deepEqual([topic, text], ['wills/sleeper', 'lost']);
    // mosquitto_sub comes back by itself.
    await clients.row('sleeper').expand();
    await clients
      .row('Last disconnect', { level: 2 })
      .waitForDescription(/ · Its socket was closed without a DISCONNECT: /);
    await sleeper.waitFor('stdout', /CONNACK[\s\S]*CONNACK/);
    await clients.row('sleeper').collapse();
  });

  test('at 3.1.1 a client is disconnected without a reason, and the person is told so', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Disconnect Client…');
    await workbench.quickInput.choose('Client to disconnect', 'sleeper');
    const told = workbench.toast('The connection of sleeper is closed. It was not told why: in MQTT 3.1.1');
    await told.waitFor();
    await told.close();
    // Until it has come back, and rests: what stops it then would, in the midst of its work, leave it locked for ever.
    await sleeper.waitFor('stdout', /CONNACK[\s\S]*CONNACK[\s\S]*CONNACK[\s\S]*SUBACK/);
  });

  test('a session is ended with what waits in it, once the person says yes', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    // Its one message, and it says DISCONNECT.
    await publish(owner, port, '-t', 'jobs/0', '-m', 'x', '-q', '1');
    await sleeper.ended;
    await clients.row('sleeper').waitForDescription(/^away, session kept · disconnected · /);
    // By one that is there: a list that somebody comes to is made anew while its menu is used.
    watcher.sendPublish('jobs/1', 'x', { qos: 1 });
    // It was sent a will meanwhile.
    let answer = await watcher.next();
    while (answer.kind !== 'puback') answer = await watcher.next();
    await clients.row('sleeper').contextMenu('End Session of Client');
    await workbench.dialog.waitFor('A message that waits for it is lost.');
    await workbench.dialog.click('End Session');
    await clients.row('sleeper').waitForDescription(/^gone · disconnected · /);
  });

  test('the id is copied, and the list is filtered by a part of it', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    await workbench.runCommand('MQTT: Copy Client ID');
    await workbench.quickInput.choose('Client whose id to copy', 'esp32-lab');
    await waitForClipboard(workbench, 'esp32-lab');
    await clients.titleAction('Filter Clients…');
    await workbench.quickInput.waitFor('A part of the client id');
    await workbench.quickInput.fill('SLEEP');
    await workbench.quickInput.waitFor('1 client match.');
    await workbench.quickInput.accept();
    await clients.row('watcher').waitFor('hidden');
    assert.deepEqual(await clients.labels(), ['sleeper']);
    await waitForText(clients.header, '1 of 3 · SLEEP');
    await clients.titleAction('Filter Clients…');
    await workbench.quickInput.answer('A part of the client id', '');
    await clients.row('watcher').waitFor();
  });

  test('two devices with one client id are named in one message, with both addresses', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    // Hosts of their own, and nothing leaves this machine.
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.2', '127.0.0.3']) {
      const device = await RawClient.overTcp(port, 4, address);
      await device.connect({ clientId: 'twin', keepAliveSeconds: 60 });
    }
    await clients.row('twin').waitForDescription(/^1 warning · 127\.0\.0\.3 · MQTT 3\.1\.1$/);
    // With a warning, it comes first.
    await clients.rows.first().filter({ hasText: 'twin' }).waitFor();
    await clients.row('twin').expand();
    await clients
      .row('Two devices with one client id', { level: 2 })
      .waitForDescription(
        /^127\.0\.0\.[23] and 127\.0\.0\.[23] took the session from each other \d times in /,
      );
    await clients.row('Two devices with one client id', { level: 2 }).click();
    const told = workbench.toast('twin: Two devices with one client id.');
    await told.waitFor();
    assert.match(await told.message.innerText(), /Give each device its own, as from its MAC address\./);
    await told.click('Learn More');
    await workbench.page.locator('.tab', { hasText: 'warnings.md' }).waitFor();
    // It takes the focus, and keys only when it is there.
    await workbench.webview('Preview warnings.md');
    await workbench.page.keyboard.press('Control+F4');
    await clients.row('twin').collapse();
  });

  test('a warning comes below a client that is open, and its subscriptions stay', async () => {
    const clients = window.workbench.pane('Clients');
    const device = await RawClient.overTcp(port, 5);
    await device.connect({ clientId: 'node-7', keepAliveSeconds: 60, properties: { maximumPacketSize: 64 } });
    await device.subscribe('lab/config', { qos: 1 });
    await clients.row('node-7').expand();
    await clients.row('lab/config', { level: 3 }).waitForDescription('QoS 1');
    await publish(owner, port, '-t', 'lab/config', '-m', 'x'.repeat(200), '-q', '1');
    await clients
      .row('Messages too large for it', { level: 2 })
      .waitForDescription(/^A message of 200 bytes on lab\/config was not sent to it: .+ up to 64 bytes\.$/);
    await clients.row('lab/config', { level: 3 }).waitForDescription('QoS 1');
    for (const theme of ['light', 'dark'] as const) {
      await window.setTheme(theme);
      await window.screenshot(`clients-warnings-${theme}`);
    }
  });

  test('the tooltip of a warning says when it was seen, and a device that comes back mended has none', async () => {
    const clients = window.workbench.pane('Clients');
    const tooLarge = clients.row('Messages too large for it', { level: 2 });
    await publish(owner, port, '-t', 'lab/config', '-m', 'x'.repeat(300), '-q', '1');
    await tooLarge.waitForDescription(/^A message of 300 bytes on lab\/config was not sent to it: /);
    assert.match(await tooLarge.tooltip(), /Seen 2 times, first at \d.+, last at \d/);
    const mended = await RawClient.overTcp(port, 5);
    const properties = { maximumPacketSize: 4096 };
    await mended.connect({ clientId: 'node-7', keepAliveSeconds: 60, properties });
    await tooLarge.waitFor('hidden');
    await clients.row('node-7').waitForDescription('127.0.0.1 · MQTT 5.0');
  });

  test('while the view is closed a badge counts warnings, and the log has each with what to change', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    await clients.collapse();
    // What the window tells the extension comes in its order: who has done this knows that the view is closed.
    await workbench.runCommand('MQTT: Copy Broker Address');
    await waitForClipboard(workbench, `mqtt://127.0.0.1:${port}`);
    const device = await RawClient.overTcp(port, 4);
    await device.connect({ clientId: 'silent', keepAliveSeconds: 0 });
    await waitForText(workbench.activity('MQTT Workbench'), '1');
    await clients.expand();
    await clients.row('silent').waitForDescription(/^1 warning · /);
    await waitForText(workbench.activity('MQTT Workbench'), /^\s*$/);
    await workbench.runCommand('MQTT: Explain Warning…');
    await workbench.quickInput.choose('Warning to explain', 'No keep alive');
    const told = workbench.toast('silent: No keep alive.');
    await told.waitFor();
    await told.close();
    await workbench.runCommand('MQTT: Show Log');
    // It takes the focus when it comes, and the palette closes when it loses it.
    await workbench.output.waitFor();
    await workbench.runCommand('View: Toggle Maximized Panel');
    await waitForText(
      workbench.output,
      /\[warning\] Client silent: It connected with a keep alive of 0, .+ Set a keep alive: 30 to 120 s .+ \(docs\/warnings\.md#keepaliveoff\)/,
    );
    await window.screenshot('clients-warning-log');
    await workbench.runCommand('View: Toggle Maximized Panel');
  });

  test('nine hundred clients come at once, and one of them is found', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    const crowd = await Promise.all(
      Array.from({ length: 900 }, async (_, n) => {
        const device = await RawClient.overTcp(port, 4);
        await device.connect({ clientId: `crowd-${n}`, keepAliveSeconds: 60 });
        return device;
      }),
    );
    await waitForText(clients.header, /^Clients\s*90\d connected/);
    await workbench.runCommand('MQTT: Filter Clients…');
    await workbench.quickInput.answer('A part of the client id', 'crowd-899');
    await clients.row('crowd-899').waitForDescription(/^127\.0\.0\.1 · MQTT 3\.1\.1$/);
    assert.deepEqual(await clients.labels(), ['crowd-899']);
    await Promise.all(crowd.map((device) => device.disconnect()));
    await waitForText(clients.locator, 'has crowd-899 in its id.');
    await clients.welcome.waitFor({ state: 'hidden' });
  });
});
