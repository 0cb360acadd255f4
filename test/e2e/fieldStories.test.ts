/**
 * The field stories of docs/debugging-a-device.md, as a person lives them: a device misbehaves, the views say what it does
 * and why, and the device that does it right is seen to live. The page has its pictures from here, by
 * scripts/screenshots.ts.
 *
 * What takes minutes in the field takes seconds here, by shorter keep alives and a NAT that forgets sooner.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PacketsPage } from '../host/packetsPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { hex } from '../support/packetBytes.ts';
import { RawClient } from '../support/rawClient.ts';
import { inRepository } from '../support/repository.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';
import { skipUnless } from '../support/tools.ts';
import { mosquittoPub, publish, saveCa, setUpTls, startBroker, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');

/** `reconnectLoop` in docs/warnings.md. */
const LOST_OFTEN_ENOUGH = 5;

describe('stories of the field', { skip }, () => {
  const window = useVscodeWindow({
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.broker.tlsPort': 0,
      // VS Code's message about each port that is listened on would lie over the views.
      'remote.autoForwardPorts': false,
    },
    viewport: { width: 1280, height: 800 },
  });
  const owner = ownedBySuite();
  let port = 0;

  test('the broker is started, and the Clients view has room', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    for (const title of ['Broker', 'Topics']) await workbench.pane(title).collapse();
  });

  test('a will never fires: the board says DISCONNECT before it sleeps; cut off, its will goes out', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    const dashboard = await subscribe(owner, port, '-i', 'dashboard', '-t', 'status/#', '-F', 'got %t %p');
    await workbench.runCommand('MQTT: Show Packets');
    const page = await PacketsPage.in(workbench);
    await page.frame.getByRole('button', { name: 'Start Packet Trace' }).click();
    await page.frame.getByText('No packets yet').waitFor();
    const will = ['--will-topic', 'status/sensor-3', '--will-payload', 'offline', '--will-retain'];
    const sensor = ['-i', 'sensor-3', '-q', '1', ...will];
    await publish(owner, port, ...sensor, '-t', 'status/sensor-3', '-m', 'online');
    await dashboard.waitFor('stdout', /^got status\/sensor-3 online$/m);

    // A goodbye takes the will back: the dashboard goes on believing that it is there.
    await workbench.moveSideBarEdge(300);
    await workbench.runCommand('View: Toggle Maximized Panel');
    await page.client.fill('sensor-3');
    await page.frame.getByRole('main', { name: 'Packets of sensor-3' }).waitFor();
    await page
      .row(/dashboard/)
      .first()
      .waitFor({ state: 'hidden' });
    await page.row(/CONNECT, from the client, sensor-3, .*will status\/sensor-3/).waitFor();
    await page.row(/DISCONNECT, from the client, sensor-3/).click();
    await page.field(/DISCONNECT.*its will is not published/).waitFor();
    await takePictures('will');
    await workbench.runCommand('View: Toggle Maximized Panel');

    // The same board, that is lost rather than done.
    const awake = await subscribe(owner, port, ...sensor, '-t', 'sensor-3/set', '-C', '1');
    await clients.row('sensor-3').waitForDescription(/^127\.0\.0\.1 · MQTT 3\.1\.1$/);
    await clients.row('sensor-3').contextMenu('Cut Client Off');
    await dashboard.waitFor('stdout', /^got status\/sensor-3 offline$/m);
    // It comes back by itself, and leaves with a word: a signal in the midst of that could lock it.
    await awake.waitFor('stdout', /CONNACK[\s\S]*CONNACK[\s\S]*SUBACK/);
    await publish(owner, port, '-t', 'sensor-3/set', '-m', 'sleep', '-q', '1');
    await awake.ended;
    // What is out of sight in the list does not exist: of the dashboard there is this and the one before.
    await page.client.fill('dashboard');
    await page.frame.getByRole('main', { name: 'Packets of dashboard' }).waitFor();
    await page
      .row(/PUBLISH, to the client, dashboard, status\/sensor-3/)
      .nth(1)
      .waitFor();
    await page.frame.getByRole('button', { name: 'Clear Filter' }).click();
    await page.frame.getByRole('main', { name: 'Packets', exact: true }).waitFor();
    await workbench.runCommand('View: Hide Panel');
    await workbench.moveSideBarEdge(900);
  });

  test('drops every one and a half keep alives: the board does not ping; one that does stays', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    for (let lost = 0; lost < LOST_OFTEN_ENOUGH; lost++) {
      const silent = await RawClient.overTcp(port, 4);
      await silent.connect({ clientId: 'pump-1', keepAliveSeconds: 1 });
      // Its loop hangs in a driver: not a ping comes.
      await silent.expectClosed();
    }
    await clients
      .row('pump-1')
      .waitForDescription('3 warnings · gone · keep alive ran out · 127.0.0.1 · MQTT 3.1.1');
    await clients.row('pump-1').expand();
    await clients
      .row('Connection', { level: 2 })
      .waitForDescription(/^none; the last one: 127\.0\.0\.1:\d+ · MQTT 3\.1\.1 · TCP$/);
    await clients
      .row('Last disconnect', { level: 2 })
      .waitForDescription(/nothing came from it for 1\.5 s, one and a half times its keep alive of 1 s/);
    const loop = clients.row('Connects again and again', { level: 2 });
    await loop.waitForDescription(/^Its last 5 connections ended without a DISCONNECT, \d+(\.\d)? s apart/);
    await loop.click();
    const told = workbench.toast('pump-1: Connects again and again.');
    await waitForText(
      told.message,
      /does not ping, or something .+ Call the client’s loop within each keep alive/,
    );
    await takePictures('drops');
    await told.close();
    await clients.row('pump-1').collapse();

    await subscribe(owner, port, '-i', 'pump-2', '-t', 'pump-2/set', '-k', '5');
    await clients.row('pump-2').expand();
    await clients.row('Pings', { level: 2 }).waitForDescription(/^([2-9]|\d\d) · /);
    await clients.row('pump-2').waitForDescription(/^127\.0\.0\.1 · MQTT 3\.1\.1$/);
    await clients.row('pump-2').collapse();
  });

  test('works at the desk and not in the field: a NAT forgets the board that is quiet for too long', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Inject Fault…');
    await quickInput.waitFor('What is to go wrong?');
    await quickInput.fill('idle');
    await quickInput.pick('Dead When Idle');
    await quickInput.choose('For whom?', 'Clients by Their Id…');
    await quickInput.answer('* stands for any characters', 'tracker-*');
    await quickInput.answer('Seconds without a packet until the connection goes dead', '8');
    const status = workbench.statusBarItem('mqttWorkbench.faultStatus');
    await waitForText(status, '1 MQTT fault on');

    const command = ['-q', '1', '-c', '-t', 'fleet/cmd', '-F', 'got %p'];
    const long = await subscribe(owner, port, '-i', 'tracker-1', '-k', '300', ...command);
    const short = await subscribe(owner, port, '-i', 'tracker-2', '-k', '5', ...command);
    await clients.row('tracker-2').expand();
    // Three times five seconds at least: by then tracker-1 was quiet for longer than the NAT remembers.
    await clients.row('Pings', { level: 2 }).waitForDescription(/^([3-9]|\d\d) · /);
    await clients.row('tracker-2').collapse();

    // Who stays: a list from which somebody leaves moves under the mouse.
    const office = await RawClient.overTcp(port, 4);
    await office.connect({ clientId: 'office', keepAliveSeconds: 60 });
    await clients.row('office').waitFor();
    await office.publish('fleet/cmd', 'report', { qos: 1 });
    await short.waitFor('stdout', /^got report$/m);
    await clients.row('tracker-1').expand();
    const fact = (label: string) => clients.row(label, { level: 2 });
    await fact('Waiting for it').waitForDescription(/^1 in flight/);
    await fact('Pings').waitForDescription(/^none yet · longest silence \d\d[\d.]* s$/);
    await fact('Keep alive longer than NAT remembers').click();
    const told = workbench.toast('tracker-1: Keep alive longer than NAT remembers.');
    await waitForText(told.message, /Set a keep alive below 240 s\./);
    await takePictures('field');
    await told.close();

    // The fix, on the same board: it comes back, and gets what it missed.
    const fixed = await subscribe(owner, port, '-i', 'tracker-1', '-k', '5', ...command);
    await fixed.waitFor('stdout', /^got report$/m);
    await fact('Last disconnect').waitForDescription(/connected with the same client id/);
    await fact('Pings').waitForDescription(/^([3-9]|\d\d) · /);
    await office.publish('fleet/cmd', 'again', { qos: 1 });
    await fixed.waitFor('stdout', /^got again$/m);
    await long.end('SIGKILL');
    await clients.row('tracker-1').collapse();
    await workbench.runCommand('MQTT: Stop All Faults');
    await status.waitFor({ state: 'hidden' });
  });

  test('TLS refuses: the client lacks the CA, the log says so, and with the CA it connects', async () => {
    const { workbench } = window;
    const { toast, tlsPort } = await setUpTls(workbench);
    await toast.close();
    await workbench.webview('Preview TLS for your board.md');
    await workbench.runCommand('View: Close All Editors');
    window.server.updateSettings({ 'mqttWorkbench.broker.tls': true });
    const broker = workbench.pane('Broker');
    await broker.expand();

    const message = ['-h', 'localhost', '-i', 'door-1', '-q', '1', '-t', 'doors/1', '-m', 'open'];
    const otherCa = tlsFixture('ca.crt');
    const { exitCode } = await mosquittoPub(owner, tlsPort, ...message, '--cafile', otherCa);
    assert.notEqual(exitCode, 0);
    const refused = broker.row('Refused before CONNECT');
    await refused.waitForDescription(/^once · .*the client does not trust/);
    await refused.click();
    await waitForText(workbench.output, /\(tls-unknown-ca\)/);
    await workbench.moveSideBarEdge(560);
    await workbench.runCommand('View: Toggle Maximized Panel');
    await takePictures('tls');
    await workbench.runCommand('View: Toggle Maximized Panel');
    await workbench.moveSideBarEdge(900);

    await workbench.runCommand('MQTT: Export CA Certificate…');
    const ca = join(window.workspaceFolder, 'ca.pem');
    await saveCa(workbench, ca);
    await subscribe(owner, tlsPort, '-h', 'localhost', '-i', 'door-1', '--cafile', ca, '-t', 'doors/1/set');
    await workbench
      .pane('Clients')
      .row('door-1')
      .waitForDescription(/^127\.0\.0\.1 · MQTT 3\.1\.1$/);
    await workbench.runCommand('View: Hide Panel');
    await broker.collapse();
  });

  test('two boards fight: one client id, both addresses are named; with an id each both stay', async () => {
    const { workbench } = window;
    const clients = workbench.pane('Clients');
    // Hosts of their own, and nothing leaves this machine.
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.2', '127.0.0.3'])
      await (await RawClient.overTcp(port, 4, address)).connect({ clientId: 'esp32', keepAliveSeconds: 60 });
    await clients.row('esp32').waitForDescription('1 warning · 127.0.0.3 · MQTT 3.1.1');
    await clients.row('esp32').expand();
    await clients
      .row('Last disconnect', { level: 2 })
      .waitForDescription(/127\.0\.0\.3:\d+ connected with the same client id/);
    await clients.row('Two devices with one client id', { level: 2 }).click();
    const told = workbench.toast('esp32: Two devices with one client id.');
    await waitForText(
      told.message,
      /127\.0\.0\.[23] and 127\.0\.0\.[23] took the session from each other 3 times in [1-9\d.]+ s/,
    );
    await takePictures('twins');
    await told.close();

    const boards = [
      await RawClient.overTcp(port, 4, '127.0.0.2'),
      await RawClient.overTcp(port, 4, '127.0.0.3'),
    ];
    for (const [index, board] of boards.entries())
      await board.connect({ clientId: `esp32-${index + 1}`, keepAliveSeconds: 60 });
    for (const board of boards) await board.ping();
    await clients.row('esp32-1').waitForDescription(/^127\.0\.0\.2 · MQTT 3\.1\.1$/);
    await clients.row('esp32-2').waitForDescription(/^127\.0\.0\.3 · MQTT 3\.1\.1$/);
    await clients.row('esp32').collapse();
  });

  test('a malformed packet is explained to the byte, with what causes it; without it the message arrives', async () => {
    const { workbench } = window;
    await workbench.moveSideBarEdge(300);
    await workbench.runCommand('MQTT: Show Packets');
    const page = await PacketsPage.in(workbench);
    const board = await RawClient.overTcp(port, 4);
    const file = inRepository('test/firmware-bugs/topic-with-trailing-nul.hex');
    board.sendBytes(hex(readFileSync(file, 'utf8')));
    await board.closed();
    await page.errorsOnly.click();
    await workbench.runCommand('View: Toggle Maximized Panel');
    await page.row(/PUBLISH, from the client, board-1, breaks the standard/).click();
    await waitForText(page.pane, /Byte 14: .+ null character.+Usually: A length by sizeof/s);
    await takePictures('malformed');
    await publish(owner, port, '-i', 'board-1', '-q', '1', '-t', 'oven/state', '-m', '21.5');
    await page.errorsOnly.click();
    await page.row(/PUBACK, to the client, board-1/).waitFor();
  });

  /** The page has the dark one. */
  async function takePictures(story: string): Promise<void> {
    const { page } = window.workbench;
    for (const theme of ['light', 'dark'] as const) {
      await window.setTheme(theme);
      await page.locator('.monaco-progress-container.active').waitFor({ state: 'hidden' });
      // Out of the way of tooltips and hover colours.
      await page.mouse.move(640, 2);
      await window.screenshot(`field-${story}-${theme}`);
    }
  }
});
