/**
 * Another broker, through the screen: mosquitto with a password. It is added, connected to with the wrong password and the
 * right one, looked at, published to and subscribed at; it is killed, comes back, and is left. Then over TLS, with a
 * certificate that nobody knows.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText, waitForValue } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, statusBarId, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_passwd', 'mosquitto_pub', 'mosquitto_sub');
const password = 'correct-horse';
const asDevice = ['-u', 'device', '-P', 'device-password'];

describe('another broker, with mosquitto as the gateway', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  const owner = ownedBySuite();
  let port = 0;
  let tlsPort = 0;
  let gateway: MosquittoBroker;

  before(async () => {
    port = await freePort();
    tlsPort = await freePort();
    gateway = await MosquittoBroker.start(owner, {
      configuration: [
        `listener ${port} 127.0.0.1`,
        ...[`listener ${tlsPort} 127.0.0.1`, `certfile ${inRepository('test/fixtures/tls/server.crt')}`],
        `keyfile ${inRepository('test/fixtures/tls/server.key')}`,
      ],
      users: { dev: password, device: 'device-password' },
    });
  });

  const connections = () => window.workbench.pane('Connections');
  const topics = () => window.workbench.pane('Topics');

  test('it is added from the view, checked while one types, and a wrong password is told', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.openViews('MQTT Workbench');
    await connections().expand();
    await connections().row('Local Broker').waitForDescription('not running');
    await waitForText(topics().welcome, 'Add a connection if your device has its broker already');
    await window.screenshot('connection-first-sight');
    await topics().welcomeAction('Add Connection…');
    await workbench.tab('New Connection').waitFor();
    await workbench.closeTab('New Connection');
    await workbench.statusBarItem(statusBarId).click();
    await quickInput.choose('The local broker is not running.', 'Add Connection…');
    await workbench.tab('New Connection').waitFor();
    await workbench.closeTab('New Connection');
    await workbench.runCommand('MQTT: Add Connection by Address…');
    await quickInput.waitFor('Address of the broker');
    await quickInput.fill(`127.0.0.1:${port}`);
    await quickInput.waitForMessage(`It says no protocol`);
    await window.screenshot('connection-address');
    await quickInput.fill(`mqtt://127.0.0.1:${port}`);
    await quickInput.accept();
    await quickInput.answer('Name of the connection', 'Gateway');
    await quickInput.answer('User name', 'dev');
    await quickInput.answer('Password', 'wrong');
    const toast = workbench.toast('Gateway does not let dev connect');
    await toast.waitFor();
    await connections().row('Gateway').waitForDescription('could not connect');
    await window.screenshot('connection-refused');
    await toast.click('Enter Password…');
    await quickInput.answer('Password of dev', password);
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
    await connections().row('#').waitFor();
    // The local broker is not running, and that is not what matters now.
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: Gateway');
  });

  test('the password is in no settings file', async () => {
    const settings = readFileSync(join(window.server.dataFolder, 'user/User/settings.json'), 'utf8');
    assert.match(settings, /"name": "Gateway"/);
    assert.ok(!settings.includes(password) && !settings.includes('wrong'), settings);
  });

  test('its topics are a branch of its own, and its messages are looked at as the local broker’s', async (t) => {
    const { workbench } = window;
    await publish(t, port, ...asDevice, '-q', '1', '-t', 'hall/led', '-m', '{"on":false}');
    await publish(t, port, ...asDevice, '-q', '1', '-t', 'hall/led', '-m', '{"on":true}');
    await topics().row('Gateway').expand();
    await topics().row('hall').expand();
    await topics()
      .row('led')
      .waitForDescription(/"on": true/);
    await workbench.runCommand('MQTT: Open Messages');
    const page = await workbench.webview('Messages');
    await page.getByText('The local broker is not running').waitFor();
    await window.screenshot('connection-messages-of-others');
    await page.getByRole('button', { name: 'Show Messages of Gateway' }).click();
    await page.getByText('{"on":true}').first().waitFor();
    await topics().row('led').contextMenu('Open Messages');
    // What is shown is the same as before.
    await waitForValue(page.getByRole('combobox', { name: 'Topic filter' }), 'hall/led');
    await page.getByText('{"on":true}').first().waitFor();
    await window.screenshot('connection-messages');
    // All of this broker, from its row of the Connections view.
    await publish(t, port, ...asDevice, '-q', '1', '-t', 'hall/fan', '-m', 'at full speed');
    await connections()
      .row('#')
      .waitForDescription(/3 messages/);
    await connections().row('Gateway').contextMenu('Open Messages');
    await page.getByText('at full speed').first().waitFor();
    await page.getByText('{"on":true}').first().waitFor();
    await window.screenshot('connection-all-messages');
    await topics().row('led').contextMenu('Compare with Previous');
    await workbench.tab(/↔/).waitFor();
    await window.screenshot('connection-diff');
    await workbench.runCommand('View: Close All Editors');
  });

  test('what is published to it reaches its subscribers, and what it is asked for comes', async (t) => {
    const { workbench } = window;
    const device = await subscribe(t, port, ...asDevice, '-t', 'cmd/#', '-F', 'got %t %p');
    await connections().row('Gateway').inlineAction('Publish…');
    await workbench.quickInput.answer('Topic to publish to', 'cmd/led');
    await workbench.quickInput.answer('Payload as text', 'off');
    await workbench.quickInput.choose('Quality of service', 'QoS 0');
    await device.waitFor('stdout', /^got cmd\/led off$/m);

    await workbench.runCommand('MQTT: Publish…');
    await workbench.quickInput.choose('Broker to publish to', 'Gateway');
    await workbench.quickInput.answer('Topic to publish to', 'cmd/again');
    await workbench.quickInput.answer('Payload as text', 'on');
    await workbench.quickInput.choose('Quality of service', 'QoS 1');
    await device.waitFor('stdout', /^got cmd\/again on$/m);

    await connections().row('Gateway').inlineAction('Subscribe…');
    await workbench.quickInput.answer('Topic filter to subscribe to', 'hall/+');
    await workbench.quickInput.choose('Highest quality of service', 'QoS 1');
    await connections().row('hall/+').waitForDescription('QoS 1 · 0 messages');
    // Matches both subscriptions: mosquitto sends two copies, and the tree has one more.
    await publish(t, port, ...asDevice, '-q', '1', '-t', 'hall/led', '-m', '{"on":false}');
    await connections().row('hall/+').waitForDescription('QoS 1 · 1 message');
    await topics()
      .row('led')
      .waitForDescription(/3 messages/);
    await window.screenshot('connections-light');
  });

  test('it is killed and comes back: the view says so, and its subscriptions stand again', async (t) => {
    const { workbench } = window;
    await gateway.kill();
    await connections().row('Gateway').waitForDescription('lost, tried again at');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: Gateway lost');
    await window.screenshot('connection-lost');
    await gateway.startAgain();
    await workbench.runCommand('MQTT: Connect…');
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
    await gateway.waitForLog(/Sending SUBACK to mqtt-workbench-/);
    await publish(t, port, ...asDevice, '-q', '1', '-t', 'hall/door', '-m', 'open');
    await topics().row('door').waitFor();
  });

  test('it is left, and removed with its topics', async () => {
    const { workbench } = window;
    await connections().row('Gateway').inlineAction('Disconnect…');
    await connections().row('Gateway').waitForDescription('not connected');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    await topics().row('door').waitFor();
    await connections().row('Gateway').contextMenu('Remove Connection…');
    await workbench.quickInput.choose('It is removed from your settings', 'Remove Gateway');
    await connections().row('Gateway').waitFor('hidden');
    await topics().row('Gateway').waitFor('hidden');
    const settings = readFileSync(join(window.server.dataFolder, 'user/User/settings.json'), 'utf8');
    assert.ok(!settings.includes('Gateway'));
  });

  test('over TLS, a certificate that nobody knows is shown, and trusted by its fingerprint', async () => {
    const { workbench, server } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Add Connection by Address…');
    await quickInput.answer('Address of the broker', `mqtts://127.0.0.1:${tlsPort}`);
    await quickInput.answer('Name of the connection', 'Production');
    await quickInput.answer('User name', 'dev');
    await quickInput.answer('Password', password);
    const toast = workbench.toast(
      'No authority that this computer knows has signed the certificate of 127.0.0.1',
    );
    await toast.waitFor();
    await window.screenshot('connection-untrusted');
    // The first of them stands out: the one that is not risky.
    assert.deepEqual(await toast.buttons(), ['Edit Connection…', 'Trust Certificate…']);
    await toast.click('Trust Certificate…');
    await quickInput.waitFor('Does the one who runs the broker name the same SHA-256?');
    await window.screenshot('connection-certificate');
    await quickInput.pick('Trust this certificate, and no other, for this connection');
    await connections()
      .row('Production')
      .waitForDescription(/^connected/);
    const file = join(server.dataFolder, 'user/User/settings.json');
    const { 'mqttWorkbench.connections': profiles } = JSON.parse(readFileSync(file, 'utf8'));
    assert.match(profiles[0].tls.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);

    // From here on the settings files are the test's: a theme is set by writing all of them.
    const changed = { ...profiles[0], color: 'red', icon: 'flame', readOnly: true };
    server.updateSettings({ 'mqttWorkbench.connections': [changed] });
    await connections().row('Production').waitForDescription('read-only');
    await window.screenshot('connection-production-light');
    await window.setTheme('dark');
    await window.screenshot('connection-production-dark');
  });
});
