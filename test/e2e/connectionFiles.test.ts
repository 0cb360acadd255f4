/**
 * Connections of other programs, through the screen: a command of mosquitto_sub with its password, the settings of MQTT
 * Explorer, and VSMqtt's in the same settings. What can't be taken over is told; nothing secret is in the settings, nor in
 * what is exported. Then a proxy that is not there, messages that wait for a broker that is away, and some that waited there.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_passwd', 'mosquitto_sub');
const password = 'correct horse';

describe('connections of other programs', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: {
      '.vscode/settings.json': JSON.stringify({
        'vsmqtt.brokerProfiles': [
          { name: 'Of VSMqtt', host: '127.0.0.1', port: 1, password: 'vsmqtt-secret' },
        ],
      }),
    },
  });
  const owner = ownedBySuite();
  let port = 0;
  let gateway: MosquittoBroker;

  before(async () => {
    port = await freePort();
    gateway = await MosquittoBroker.start(owner, {
      configuration: [`listener ${port} 127.0.0.1`],
      users: { dev: password, device: 'device-password' },
    });
  });

  const connections = () => window.workbench.pane('Connections');
  const settings = (): string =>
    readFileSync(join(window.server.dataFolder, 'user/User/settings.json'), 'utf8');

  test('a command of mosquitto_sub becomes a connection, and what has no place is told', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.openViews('MQTT Workbench');
    await connections().expand();
    await workbench.runCommand('MQTT: Import Connections…');
    await quickInput.waitFor('Where the connections are');
    await window.screenshot('connection-import-from');
    await quickInput.pick('A link or a command');
    await quickInput.waitFor('A link, or a command of mosquitto_pub or mosquitto_sub');
    await quickInput.fill('broker');
    await quickInput.waitForMessage('It is neither a link');
    await quickInput.fill(
      `mosquitto_sub -h 127.0.0.1 -p ${port} -u dev -P '${password}' -V 5 -t 'hall/#' --psk abcd`,
    );
    await quickInput.accept();
    await quickInput.waitFor('Connections of the command line to import');
    await window.screenshot('connection-import-choice');
    await quickInput.accept();
    const toast = workbench.toast(
      '127.0.0.1 is in your settings now. Not all that they had could be taken over',
    );
    await toast.click('Show What Is Missing');
    await waitForText(workbench.output, /127\.0\.0\.1: --psk: nothing here stands for it/);
    await window.screenshot('connection-import-missing');
    await workbench.runCommand('View: Hide Panel');
    await connections().row('127.0.0.1').inlineAction('Connect…');
    // Nobody is asked for a password: it came with the command.
    await connections()
      .row('127.0.0.1')
      .waitForDescription(/^connected/);
    await connections().row('hall/#').waitFor();
    assert.ok(!settings().includes(password));
  });

  test('MQTT Explorer’s settings are read from their file, and VSMqtt’s from the settings', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Import Connections…');
    await quickInput.choose('Where the connections are', 'A file');
    await quickInput.chooseFile(
      'Choose the file that has the connections',
      inRepository('test/fixtures/imports/mqtt-explorer.json'),
    );
    await quickInput.waitFor('Connections of MQTT Explorer to import');
    await window.screenshot('connection-import-explorer');
    await quickInput.accept();
    await workbench.toast('2 connections are in your settings now').waitFor();
    await connections().row('Plant').waitForDescription('not connected');
    await workbench.runCommand('MQTT: Import Connections…');
    await quickInput.choose('Where the connections are', 'The profiles of VSMqtt, in these settings');
    await quickInput.waitFor('Connections of VSMqtt to import');
    await quickInput.accept();
    await connections().row('Of VSMqtt').waitForDescription('not connected');
    for (const secret of ['explorer-secret', 'vsmqtt-secret', 'BEGIN CERTIFICATE'])
      assert.ok(!settings().includes(secret));
    assert.ok(settings().includes('{secret}'));
  });

  test('they are exported without anything secret', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    const file = join(window.workspaceFolder, 'exported.json');
    await workbench.runCommand('MQTT: Export Connections…');
    await quickInput.waitFor('Connections to export');
    await quickInput.accept();
    await quickInput.chooseFile('Export Connections', file);
    await workbench.toast('The connections are exported, without passwords and other secrets').waitFor();
    const text = readFileSync(file, 'utf8');
    const { 'mqttWorkbench.connections': exported } = JSON.parse(text);
    assert.deepEqual(
      exported.map(({ name }: { name: string }) => name),
      ['127.0.0.1', 'mqtt.eclipseprojects.io', 'Plant', 'Of VSMqtt'],
    );
    for (const secret of [password, 'explorer-secret', 'vsmqtt-secret']) assert.ok(!text.includes(secret));
  });

  test('a proxy that is not there is told as that, and not as a broker that is not', async () => {
    const { workbench, server } = window;
    const proxy = { url: `http://127.0.0.1:${await freePort()}` };
    server.updateSettings({
      'mqttWorkbench.connections': [
        { name: 'Away', url: `mqtt://127.0.0.1:${port}`, proxy },
        { name: 'Gateway', url: `mqtt://127.0.0.1:${port}`, username: 'dev', whileOffline: 'queue' },
        {
          ...{ name: 'Desk', url: `mqtt://127.0.0.1:${port}`, username: 'dev', clientId: 'desk' },
          ...{
            cleanStart: false,
            sessionExpirySeconds: 600,
            subscriptions: [{ topicFilter: 'night/#', qos: 1 }],
          },
        },
      ],
    });
    await connections().row('Away').inlineAction('Connect…');
    await workbench.toast(`No proxy listens at ${proxy.url}`).waitFor();
    await window.screenshot('connection-proxy');
    await workbench.toast(`No proxy listens at ${proxy.url}`).close();
  });

  test('what is published to a broker that is away waits, where the person has said so, and is sent', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await connections().row('Gateway').inlineAction('Connect…');
    await quickInput.answer('Password of dev', password);
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
    await gateway.kill();
    await connections().row('Gateway').waitForDescription('lost, tried again at');
    await connections().row('Gateway').contextMenu('Publish…');
    await quickInput.answer('Topic to publish to', 'cmd/led');
    await quickInput.answer('Payload as text', 'on');
    await quickInput.choose('Quality of service', 'QoS 1, retained');
    await connections().row('Gateway').waitForDescription('1 message to send · lost');
    await window.screenshot('connection-queue');
    await gateway.startAgain();
    await workbench.runCommand('MQTT: Connect…');
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected(?!.*to send)/);
    const device = await subscribe(
      t,
      port,
      ...['-u', 'device', '-P', 'device-password', '-t', 'cmd/#', '-F', 'got %t %p'],
    );
    await device.waitFor('stdout', /^got cmd\/led on$/m);
  });

  test('what waited in a session is marked', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await connections().row('Desk').inlineAction('Connect…');
    await quickInput.answer('Password of dev', password);
    await connections()
      .row('Desk')
      .waitForDescription(/^connected/);
    await connections().row('Desk').inlineAction('Disconnect…');
    await connections().row('Desk').waitForDescription('not connected');
    const asDevice = ['-u', 'device', '-P', 'device-password', '-q', '1'];
    await publish(t, port, ...asDevice, '-t', 'night/door', '-m', 'opened');
    await connections().row('Desk').inlineAction('Connect…');
    await workbench.pane('Topics').row('Desk').expand();
    await workbench.pane('Topics').row('night').expand();
    await workbench.pane('Topics').row('door').waitForDescription('opened');
    await workbench.pane('Topics').row('door').contextMenu('Open Messages');
    const page = await workbench.webview('Messages');
    await page.locator('.mark-waited').first().waitFor();
    await window.screenshot('connection-waited');
  });
});
