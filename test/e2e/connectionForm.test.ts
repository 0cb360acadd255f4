/**
 * The form of a connection, through the screen. One who never made one reaches a broker that wants TLS and a client
 * certificate, by the form alone; then a gateway with a password is made, tested, connected to, looked at, changed and left.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { ConnectionFormPage } from '../host/connectionFormPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { startTokenGate } from '../support/proxies.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_passwd', 'mosquitto_pub', 'mosquitto_sub');
const password = 'correct-horse';
const asDevice = ['-u', 'device', '-P', 'device-password'];
const fixture = (name: string): string => inRepository(`test/fixtures/tls/${name}`);
const certs = ['ca.crt', 'client.crt', 'client.key'];

describe('the form of a connection', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: Object.fromEntries(certs.map((name) => [`certs/${name}`, readFileSync(fixture(name), 'utf8')])),
  });
  const owner = ownedBySuite();
  const ports = { secure: 0, gateway: 0, webSocket: 0 };

  before(async () => {
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    await MosquittoBroker.start(owner, {
      configuration: [
        ...[`listener ${ports.secure} 127.0.0.1`, `certfile ${fixture('server.crt')}`],
        ...[`keyfile ${fixture('server.key')}`, `cafile ${fixture('ca.crt')}`, 'require_certificate true'],
      ],
    });
    await MosquittoBroker.start(owner, {
      users: { dev: password, device: 'device-password' },
      configuration: [
        `listener ${ports.gateway} 127.0.0.1`,
        ...[`listener ${ports.webSocket} 127.0.0.1`, 'protocol websockets'],
      ],
    });
  });

  const connections = () => window.workbench.pane('Connections');
  const topics = () => window.workbench.pane('Topics');
  const settingsFile = (): string =>
    readFileSync(join(window.server.dataFolder, 'user/User/settings.json'), 'utf8');
  const workspaceSettings = (): string => join(window.workspaceFolder, '.vscode/settings.json');
  const profiles = (): Record<string, unknown>[] => JSON.parse(settingsFile())['mqttWorkbench.connections'];
  const inFolder = (name: string): string => join(window.workspaceFolder, 'certs', name);

  test('a newcomer reaches a broker with TLS and a client certificate, told at each step what is missing', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await connections().expand();
    await connections().titleAction('Add Connection…');
    const form = await ConnectionFormPage.open(workbench, 'New Connection');
    await window.screenshot('connection-form-new');

    await form.button('Save and Connect').click();
    await form.waitForNote('host', 'The host is missing');
    // A whole address can be pasted.
    await form.fill('Host', `mqtts://localhost:${ports.secure}`);
    await form.waitForValue('Host', 'localhost');
    await form.waitForValue('Port', String(ports.secure));
    await form.waitForValue('Name', 'localhost');

    await form.button('Test Connection').click();
    await waitForText(form.step('The certificate is not trusted'), 'No authority that this computer knows');
    await waitForText(form.summary, 'The connection does not work.');
    await window.screenshot('connection-form-untrusted');
    await form.button('Go to: Certificate of the authority (CA)').click();
    await form.frame.locator('#field-tls-ca:focus').waitFor();
    const certificate = 'Client Certificate, as a PEM File';
    await form.browse(
      'Certificate of the authority (CA)',
      'Certificate of the Authority, as a PEM File',
      inFolder('ca.crt'),
    );
    await form.waitForValue('Certificate of the authority (CA)', inFolder('ca.crt'));

    await form.button('Test Connection').click();
    await waitForText(
      form.step('does not let this client connect'),
      'wants a client certificate that it knows',
    );
    await form.button('Go to: Client certificate').click();
    await form.browse('Client certificate', certificate, inFolder('client.key'));
    await form.waitForNote('tls.certificate', 'This file is a private key, and a certificate is wanted.');
    await form.browse('Client certificate', certificate, inFolder('client.crt'));
    await form.waitForNote('tls.key', 'fill in both');
    await form.browse(
      'Key of the client certificate',
      'Key of the Client Certificate',
      inFolder('client.key'),
    );
    await form.waitForNote('tls.key', 'A PEM file: .pem, .key.');

    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await waitForText(form.step('TLS 1.3'), 'With the client certificate of');
    await waitForText(
      form.step('The certificate is trusted'),
      'The authority of this connection has signed it.',
    );
    await waitForText(form.step('The broker lets this client connect'), 'Receive maximum');
    await window.screenshot('connection-form-tested-light');
    await form.button('Save and Connect').click();
    await connections()
      .row('localhost')
      .waitForDescription(/^connected/);
    assert.deepEqual(profiles(), [
      {
        url: `mqtts://localhost:${ports.secure}`,
        subscriptions: ['#'],
        name: 'localhost',
        tls: { ca: inFolder('ca.crt'), certificate: inFolder('client.crt'), key: inFolder('client.key') },
      },
    ]);
    await workbench.runCommand('View: Close All Editors');
  });

  test('a gateway with a password: the wrong one is told in the test, the right one is kept and not shown', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Add Connection…');
    const form = await ConnectionFormPage.open(workbench, 'New Connection');
    await form.fill('Host', '127.0.0.1');
    await form.fill('Port', String(ports.gateway));
    await form.fill('Name', 'Gateway');
    await form.fill('User name', 'dev');
    await form.fill('Password', 'wrong');
    await form.button('Test Connection').click();
    await waitForText(form.step('does not let this client connect'), 'Gateway does not let dev connect');
    await window.screenshot('connection-form-refused');
    await form.button('Go to: Password').click();
    await form.frame.locator('#field-password:focus').waitFor();
    await form.fill('Password', password);
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await form.field('red').check();
    await form.fill('Topic filter 1', 'hall/#');
    await form.button('Save').click();
    await waitForText(form.outcome, 'Saved in your settings.');
    await form.waitForValue('Password', '');
    await form.frame.locator('#field-password[placeholder=kept]').waitFor();
    assert.ok(!settingsFile().includes(password));
    assert.deepEqual(profiles()[1], {
      url: `mqtt://127.0.0.1:${ports.gateway}`,
      subscriptions: ['hall/#'],
      name: 'Gateway',
      username: 'dev',
      color: 'red',
    });
    await form.button('Save and Connect').click();
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
  });

  test('it is subscribed to and published to, and what comes is seen', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('View: Close All Editors');
    const device = await subscribe(t, ports.gateway, ...asDevice, '-t', 'cmd/#', '-F', 'got %t %p');
    await connections().row('hall/#').waitFor();
    await publish(t, ports.gateway, ...asDevice, '-q', '1', '-t', 'hall/led', '-m', 'on');
    await topics().row('Gateway').expand();
    await topics().row('hall').expand();
    await topics().row('led').waitForDescription('on');
    await connections().row('Gateway').inlineAction('Publish…');
    await workbench.quickInput.answer('Topic to publish to', 'cmd/led');
    await workbench.quickInput.answer('Payload as text', 'off');
    await workbench.quickInput.choose('Quality of service', 'QoS 0');
    await device.waitFor('stdout', /^got cmd\/led off$/m);
  });

  test('a test leaves the live connection alone, and says so; a change is saved over what is there', async () => {
    const { workbench } = window;
    await connections().row('Gateway').contextMenu('Test Connection…');
    const form = await ConnectionFormPage.open(workbench, 'Connection Gateway');
    await waitForText(form.summary, 'The connection works.');
    await form.frame.getByText('It is connected now. The test has a client id of its own').waitFor();
    await window.screenshot('connection-form-live');
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
    await form.unfold('Session');
    await form.field('Version of MQTT').selectOption('3.1.1');
    await form.fill('Keep alive, seconds', 'often');
    await form.waitForNote('keepAliveSeconds', 'It must be a whole number from 0 to 65535.');
    await window.screenshot('connection-form-fault');
    await form.button('Save').click();
    await form.frame.locator('#field-keepAliveSeconds:focus').waitFor();
    await form.fill('Keep alive, seconds', '15');
    await form.waitForNote('keepAliveSeconds', 'After how much silence');
    await form.button('Save').click();
    await waitForText(form.outcome, 'Saved. It takes effect when it is connected the next time.');
    const { protocolVersion, keepAliveSeconds, username } = profiles()[1] ?? {};
    assert.deepEqual([protocolVersion, keepAliveSeconds, username], ['3.1.1', 15, 'dev']);
    await connections().row('Gateway').inlineAction('Disconnect…');
    await connections().row('Gateway').waitForDescription('not connected');
    await workbench.runCommand('View: Close All Editors');
  });

  test('one with faults in the settings opens with them at its fields, and is mended there', async () => {
    const { workbench } = window;
    const wrong = {
      name: 'Team',
      url: 'mqtt://gateway:port',
      password: 'x',
      keepAliveSeconds: -1,
      team: 'a',
    };
    mkdirSync(dirname(workspaceSettings()), { recursive: true });
    writeFileSync(workspaceSettings(), JSON.stringify({ 'mqttWorkbench.connections': [wrong] }));
    await workbench.toast('The connection Team is not used: password').click('Edit Connection…');
    const form = await ConnectionFormPage.open(workbench, 'Connection Team');
    await form.waitForNote('port', 'The port is a number from 1 to 65535.');
    await form.waitForNote('keepAliveSeconds', 'It must be a whole number');
    await form.frame.getByText('password: Secrets are not kept in settings').waitFor();
    await window.screenshot('connection-form-faults');
    await form.button('Remove password').click();
    await form.fill('Host', '127.0.0.1');
    await form.fill('Port', String(ports.gateway));
    await form.fill('Keep alive, seconds', '');
    // What this version does not know is taken out where the person says so, each by itself.
    await form.frame.getByText('team: There is no such field.').waitFor();
    await form.button('Remove team').click();
    await form.fill('User name', 'dev');
    await form.fill('Password', password);
    await form.button('Save and Connect').click();
    await connections()
      .row('Team')
      .waitForDescription(/^connected/);
    const { 'mqttWorkbench.connections': saved } = JSON.parse(readFileSync(workspaceSettings(), 'utf8'));
    const url = `mqtt://127.0.0.1:${ports.gateway}`;
    assert.deepEqual(saved, [{ name: 'Team', url, username: 'dev' }]);
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  test('a certificate is trusted from the test, by its fingerprint', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Add Connection…');
    const form = await ConnectionFormPage.open(workbench, 'New Connection');
    await form.fill('Host', `mqtt://127.0.0.1:${ports.secure}`);
    await form.fill('Name', 'Trusted');
    await form.button('Test Connection').click();
    await waitForText(form.step('does not let this client connect'), 'Is this a port for TLS');
    await form.button('Use TLS').click();
    await form.button('Trust Certificate…').click();
    await workbench.quickInput.pick('Trust this certificate, and no other, for this connection');
    await waitForText(form.step('The certificate is trusted'), 'trusted by its fingerprint');
    // It has come further.
    await waitForText(form.step('does not let this client connect'), 'wants a client certificate');
    await form.unfold('More for TLS');
    const fingerprint = await form.field('Trusted certificate (SHA-256)').inputValue();
    assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  test('a server that says nothing is waited for, and given up by a button', async (t) => {
    const silent = createServer((socket) => socket.on('error', () => {}));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const form = await ConnectionFormPage.open(window.workbench, '● New Connection');
    const { port } = silent.address() as AddressInfo; // listening: it has one
    await form.field('MQTT').check();
    await form.fill('Port', String(port));
    await form.button('Test Connection').click();
    await form.step('Waiting for the answer of the broker…').waitFor();
    await window.screenshot('connection-form-waiting');
    await form.button('Cancel').click();
    await waitForText(form.summary, 'The test was called off.');
    await form.fill('Port', String(ports.secure));
  });

  test('what is closed without being saved can be opened again as it was', async () => {
    const { workbench } = window;
    await workbench.closeTab('● New Connection');
    await workbench.toast('What was changed of Trusted was not saved.').click('Open Again');
    const form = await ConnectionFormPage.open(workbench, 'New Connection');
    await form.waitForValue('Name', 'Trusted');
    await form.waitForValue('Port', String(ports.secure));
    await form.field('MQTT').check();
    await form.fill('Port', String(ports.gateway));
    // By the keyboard.
    await form.field('Name').press('Control+s');
    await waitForText(form.outcome, 'Saved in your settings.');
    const url = `mqtt://127.0.0.1:${ports.gateway}`;
    assert.deepEqual(profiles().at(-1), { url, subscriptions: ['#'], name: 'Trusted' });
  });

  test('all that a profile can have is there, each with a name for who does not see it', async () => {
    const { workbench } = window;
    const form = await ConnectionFormPage.open(workbench, 'Connection Trusted');
    await form.field('WebSocket with TLS').check();
    for (const title of ['Proxy and subprotocol', 'More for TLS', 'Session', 'Will'])
      await form.unfold(title);
    await form.field('Publish a will when the connection is lost').check();
    await form.button('Options of subscription 1').click();
    await form.button('Add: Headers').click();
    await form.button('Add: User properties').click();
    await form.field('Name 1: Headers').fill('Authorization');
    await form.field('Value 1: Headers').fill('Bearer abc');
    await form.waitForNote('headers', 'Secrets are not kept in settings');
    await form.field('Value 1: Headers').fill('Bearer {secret}');
    await form.field('What {secret} stands for').fill('abc');
    await window.screenshot('connection-form-session');
    const controls = form.frame.locator('input, select, textarea, button, summary');
    for (const control of await controls.all()) {
      const [line = ''] = (await control.ariaSnapshot()).split('\n');
      assert.match(line, /"[^"]+"|^- (text|generic)/, await control.evaluate((each) => each.outerHTML));
    }
    await workbench.moveSideBarEdge(900);
    await window.screenshot('connection-form-narrow');
    await form.field('Key of the client certificate').scrollIntoViewIfNeeded();
    await window.screenshot('connection-form-narrow-files');
    await workbench.moveSideBarEdge(350);
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  test('a key that the settings only say is secret is asked for when it is connected', async () => {
    const { workbench } = window;
    // Room for its row.
    for (const title of ['Broker', 'Topics']) await workbench.pane(title).collapse();
    for (const name of ['localhost', 'Gateway']) await connections().row(name).collapse();
    const tls = { ca: 'certs/ca.crt', certificate: 'certs/client.crt', key: '{secret}' };
    const byHand = { name: 'By hand', url: `mqtts://localhost:${ports.secure}`, tls };
    writeFileSync(workspaceSettings(), JSON.stringify({ 'mqttWorkbench.connections': [byHand] }));
    await connections().row('By hand').waitForDescription('not connected');
    await connections().row('By hand').inlineAction('Connect…');
    await workbench.quickInput.chooseFile('By hand: Key of the Client Certificate', inFolder('ca.crt'));
    await workbench.toast('This file is a certificate').click('Choose Another…');
    await workbench.quickInput.chooseFile('By hand: Key of the Client Certificate', inFolder('client.key'));
    await connections()
      .row('By hand')
      .waitForDescription(/^connected/);
    await connections().row('By hand').inlineAction('Disconnect…');
    await connections().row('By hand').waitForDescription('not connected');
  });

  test('a key is kept in VS Code: its file can go, and nothing of it is in the settings', async () => {
    const { workbench } = window;
    const key = 'Key of the client certificate';
    await connections().row('localhost').inlineAction('Disconnect…');
    await connections().row('localhost').waitForDescription('not connected');
    await connections().row('localhost').contextMenu('Edit Connection…');
    const form = await ConnectionFormPage.open(workbench, 'Connection localhost');
    await window.screenshot('connection-form-files');
    await form.button(`Keep in VS Code: ${key}`).click();
    await workbench.quickInput.chooseFile('Key of the Client Certificate', inFolder('client.key'));
    await form.waitForValue(key, 'kept in VS Code when you save');
    rmSync(inFolder('client.key'));
    await form.button('Save').click();
    await waitForText(form.outcome, 'Saved in your settings.');
    await form.waitForValue(key, 'kept in VS Code');
    assert.deepEqual(profiles()[0]?.tls, {
      ca: inFolder('ca.crt'),
      certificate: inFolder('client.crt'),
      key: '{secret}',
    });
    assert.ok(!settingsFile().includes('PRIVATE KEY'));
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await window.screenshot('connection-form-kept');
    await form.button('Save and Connect').click();
    await connections()
      .row('localhost')
      .waitForDescription(/^connected/);
    // One that is forgotten is gone, and a certificate is none without it.
    await form.button(`Forget: ${key}`).click();
    await form.frame.locator('#field-tls-key:focus').waitFor();
    await form.waitForNote('tls.key', 'fill in both');
    await form.fill(key, '{secret}');
    await form.waitForValue(key, 'kept in VS Code');
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  test('a token in a pasted address becomes a secret, and is nowhere in the settings', async () => {
    const { workbench } = window;
    const gate = await startTokenGate(owner, '/mqtt?device=7&token=gate%2Btoken', ports.webSocket);
    await workbench.runCommand('MQTT: Add Connection…');
    const form = await ConnectionFormPage.open(workbench, 'New Connection');
    await form.fill('Host', `${gate.url}/mqtt?device=7&token=other`);
    await form.waitForValue('Path', '/mqtt?device=7&token={secret}');
    await form.fill('Name', 'Gate');
    await form.fill('User name', 'dev');
    await form.fill('Password', password);
    await form.button('Test Connection').click();
    await waitForText(
      form.step('does not let this client in'),
      'check the headers, and what the address has',
    );
    // Typed where it can be read, it is not taken.
    await form.fill('Path', '/mqtt?device=7&token=gate+token');
    await form.waitForNote('path', 'Secrets are not kept in settings');
    await window.screenshot('connection-form-token');
    await form.fill('Path', '/mqtt?device=7&token={secret}');
    await form.fill('What {secret} stands for', 'gate+token');
    await form.button('Save and Connect').click();
    await connections()
      .row('Gate')
      .waitForDescription(/^connected/);
    assert.deepEqual(gate.targets, ['/mqtt?device=7&token=other', '/mqtt?device=7&token=gate%2Btoken']);
    assert.equal(profiles().at(-1)?.url, `${gate.url}/mqtt?device=7&token={secret}`);
    assert.ok(!/other|gate\+token|gate%2B/.test(settingsFile()));
    await connections().row('Gate').inlineAction('Disconnect…');
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  test('in every theme, with a test that passed', async () => {
    const { workbench, server } = window;
    await workbench.runCommand('MQTT: Test Connection…');
    await workbench.quickInput.choose('Connection to test', 'localhost');
    const form = await ConnectionFormPage.open(workbench, 'Connection localhost');
    await waitForText(form.summary, 'The connection works.');
    // From here on the settings files are the test's: a theme is set by writing all of them.
    server.updateSettings({ 'mqttWorkbench.connections': profiles() });
    await window.screenshot('connection-form-light');
    await window.setTheme('dark');
    await window.screenshot('connection-form-dark');
    await window.setTheme('highContrastDark');
    await window.screenshot('connection-form-high-contrast-dark');
    await window.setTheme('highContrastLight');
    await window.screenshot('connection-form-high-contrast-light');
  });
});
