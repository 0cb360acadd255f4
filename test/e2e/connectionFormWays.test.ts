/**
 * The form of a connection, through the screen, on the ways to a broker that are seldom gone: proxies, a Unix socket and a
 * client certificate in PKCS#12. And how it is used without a mouse, and what becomes of a connection that is renamed.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { ConnectionFormPage } from '../host/connectionFormPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';

const skip = skipUnless('chromium', 'mosquitto');
const fixture = (name: string): string => inRepository(`test/fixtures/tls/${name}`);
const user = { username: 'me', password: 'proxy-password' };

describe('the form of a connection, on all ways', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  const owner = ownedBySuite();
  const ports = { plain: 0, strict: 0 };
  const socketPath = join(temporaryFolder(owner), 'broker.sock');

  before(async () => {
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    await MosquittoBroker.start(owner, {
      configuration: [
        `listener ${ports.plain} 127.0.0.1`,
        ...[`listener ${ports.strict} 127.0.0.1`, `certfile ${fixture('server.crt')}`],
        ...[`keyfile ${fixture('server.key')}`, `cafile ${fixture('ca.crt')}`, 'require_certificate true'],
        `listener 0 ${socketPath}`,
      ],
    });
  });

  const connections = () => window.workbench.pane('Connections');
  const settingsFile = (): string =>
    readFileSync(join(window.server.dataFolder, 'user/User/settings.json'), 'utf8');
  const profiles = (): Record<string, unknown>[] => JSON.parse(settingsFile())['mqttWorkbench.connections'];

  async function newForm(): Promise<ConnectionFormPage> {
    await window.workbench.runCommand('MQTT: Add Connection…');
    return ConnectionFormPage.open(window.workbench, 'New Connection');
  }

  async function saveAndConnect(form: ConnectionFormPage, name: string): Promise<void> {
    await form.button('Save and Connect').click();
    await connections()
      .row(name)
      .waitForDescription(/^connected/);
    // Room for the rows of the next ones.
    await connections().row(name).collapse();
    await connections().row(name).inlineAction('Disconnect…');
    await connections().row(name).waitForDescription('not connected');
    await window.workbench.runCommand('View: Close All Editors');
    await window.workbench.runCommand('Notifications: Clear All Notifications');
  }

  test('a client certificate in PKCS#12: a wrong passphrase is told, the right one opens it', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    for (const title of ['Broker', 'Topics']) await workbench.pane(title).collapse();
    await connections().expand();
    const form = await newForm();
    await form.fill('Host', `mqtts://localhost:${ports.strict}`);
    await form.fill('Certificate of the authority (CA)', fixture('ca.crt'));
    await form.unfold('More for TLS');
    await form.fill('Or both in one file (PKCS#12)', fixture('client.p12'));
    await form.fill('Passphrase of the key', 'wrong');
    await form.button('Test Connection').click();
    await waitForText(form.step('No TLS'), 'The passphrase does not open the PKCS#12 file.');
    await window.screenshot('connection-form-pkcs12-wrong');
    await form.button('Go to: Passphrase of the key').click();
    await form.frame.locator('#field-passphrase:focus').waitFor();
    await form.fill('Passphrase of the key', 'workbench');
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await waitForText(form.step('TLS 1.3'), 'With the client certificate of test-device');
    const trust = form.step('The certificate is trusted');
    await waitForText(trust, 'The authority of this connection has signed it.');
    await trust.locator('summary').click();
    await trust.getByText('Signed by', { exact: true }).waitFor();
    await window.screenshot('connection-form-pkcs12');
    await saveAndConnect(form, 'localhost');
    assert.deepEqual(profiles()[0]?.tls, { ca: fixture('ca.crt'), pkcs12: fixture('client.p12') });
    assert.ok(!settingsFile().includes('workbench"'));
  });

  test('through a SOCKS proxy, which does not let everyone', async () => {
    const proxy = await startSocksProxy(owner, { user });
    const form = await newForm();
    await form.fill('Host', `mqtt://127.0.0.1:${ports.plain}`);
    await form.fill('Name', 'Behind SOCKS');
    await form.unfold('Proxy');
    await form.fill('Proxy', proxy.url);
    await form.fill('User name at the proxy', user.username);
    await form.fill('Password at the proxy', 'wrong');
    await form.button('Test Connection').click();
    await form.step('No way through the proxy').waitFor();
    await window.screenshot('connection-form-proxy-refused');
    await form.button('Go to: Password at the proxy').click();
    await form.frame.locator('#field-proxyPassword:focus').waitFor();
    await form.fill('Password at the proxy', user.password);
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await waitForText(form.step('The proxy has opened a way to 127.0.0.1'), proxy.url);
    await window.screenshot('connection-form-socks');
    assert.ok(proxy.targets.length > 0);
    assert.ok(proxy.targets.every((target) => target === `127.0.0.1:${ports.plain}`));
    await saveAndConnect(form, 'Behind SOCKS');
    assert.deepEqual(profiles()[1]?.proxy, { url: proxy.url, username: user.username });
    assert.ok(!settingsFile().includes(user.password));
  });

  test('through an HTTP proxy, with TLS behind it', async () => {
    const proxy = await startHttpProxy(owner, { user });
    const form = await newForm();
    await form.fill('Host', `mqtts://localhost:${ports.strict}`);
    await form.fill('Name', 'Behind HTTP');
    await form.fill('Certificate of the authority (CA)', fixture('ca.crt'));
    await form.fill('Client certificate', fixture('client.crt'));
    await form.fill('Key of the client certificate', fixture('client.key'));
    await form.unfold('Proxy');
    await form.fill('Proxy', proxy.url);
    await form.fill('User name at the proxy', user.username);
    await form.fill('Password at the proxy', user.password);
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await waitForText(form.step('The proxy has opened a way to localhost'), proxy.url);
    await waitForText(form.step('TLS 1.3'), 'With the client certificate of test-device');
    assert.deepEqual(new Set(proxy.targets), new Set([`localhost:${ports.strict}`]));
    await saveAndConnect(form, 'Behind HTTP');
  });

  test('by a Unix socket', async () => {
    const form = await newForm();
    await form.field('Unix socket').check();
    await form.fill('Path', `${socketPath}-none`);
    await form.fill('Name', 'By socket');
    await form.button('Test Connection').click();
    await form.step('No connection').waitFor();
    await form.fill('Path', socketPath);
    await form.button('Test Connection').click();
    await waitForText(form.summary, 'The connection works.');
    await form.step('Connected to the socket').waitFor();
    await window.screenshot('connection-form-unix');
    await form.button('Save and Connect').click();
    await connections()
      .row('By socket')
      .waitForDescription(/^connected/);
    assert.equal(profiles().at(-1)?.url, `mqtt+unix://${socketPath}`);
    await window.workbench.runCommand('View: Close All Editors');
  });

  test('one that is connected and renamed goes on under its new name, in one row', async () => {
    const { workbench } = window;
    await connections().row('By socket').contextMenu('Edit Connection…');
    const form = await ConnectionFormPage.open(workbench, 'Connection By socket');
    await form.fill('Name', 'Renamed');
    await form.button('Save').click();
    await waitForText(form.outcome, 'Saved. The connection goes on under the new name.');
    await connections()
      .row('Renamed')
      .waitForDescription(/^connected/);
    await connections().row('By socket').waitFor('hidden');
    await window.screenshot('connection-form-renamed');
    await connections().row('Renamed').inlineAction('Disconnect…');
    await connections().row('Renamed').waitForDescription('not connected');
    await workbench.runCommand('View: Close All Editors');
  });

  test('the focus stays where something was taken away, and what is wrong is told at its input', async () => {
    const form = await newForm();
    const focused = (label: string): Promise<void> =>
      form.frame.locator(`:focus[aria-label="${label}"]`).waitFor();
    await form.button('Add Subscription').press('Enter');
    await focused('Topic filter 2');
    await form.button('Add Subscription').press('Enter');
    await focused('Topic filter 3');
    for (const [i, filter] of ['a', 'b', 'c'].entries()) await form.fill(`Topic filter ${i + 1}`, filter);
    await form.button('Options of subscription 1').press('Enter');
    await form.button('Remove subscription 1').press('Enter');
    await focused('Topic filter 1');
    await form.waitForValue('Topic filter 1', 'b');
    // They were of the one that is gone.
    assert.equal(await form.frame.locator('.row-options').count(), 0);
    await form.button('Remove subscription 2').press('Enter');
    await focused('Topic filter 1');
    await form.button('Remove subscription 1').press('Enter');
    await form.frame.locator(':focus', { hasText: 'Add Subscription' }).waitFor();

    await form.field('WebSocket with TLS').check();
    await form.button('Add: Headers').press('Enter');
    await focused('Name 1: Headers');
    await form.fill('Name 1: Headers', 'X-Site');
    await form.fill('Value 1: Headers', 'hall');
    await form.button('Add: Headers').press('Enter');
    await form.fill('Name 2: Headers', 'Cookie');
    await form.fill('Value 2: Headers', 'abc');
    await form.waitForNote('headers', 'Secrets are not kept in settings');
    const wrong = form.frame.locator('#field-headers input[aria-invalid=true]');
    assert.deepEqual(
      await wrong.evaluateAll((inputs) => inputs.map((input) => input.getAttribute('aria-label'))),
      ['Value 2: Headers'],
    );
    assert.equal(await wrong.getAttribute('aria-describedby'), 'field-headers-note');
    await window.screenshot('connection-form-headers');
    await form.button('Remove 2: Headers').press('Enter');
    await focused('Name 1: Headers');
    await form.button('Remove 1: Headers').press('Enter');
    await form.frame.locator(':focus', { hasText: 'Add: Headers' }).waitFor();

    const ca = 'Certificate of the authority (CA)';
    await form.button(`Keep in VS Code: ${ca}`).press('Enter');
    await window.workbench.quickInput.chooseFile('Certificate of the Authority', fixture('ca.crt'));
    await form.waitForValue(ca, 'kept in VS Code when you save');
    await focused(`Replace: ${ca}`);
    await form.button(`Forget: ${ca}`).press('Enter');
    await form.frame.locator('#field-tls-ca:focus').waitFor();
  });

  test('a secret that is forgotten leaves the focus in its field, also where nothing else asks for it', async () => {
    const { workbench } = window;
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await connections().row('localhost').contextMenu('Edit Connection…');
    const form = await ConnectionFormPage.open(workbench, 'Connection localhost');
    await form.fill('Or both in one file (PKCS#12)', '');
    await form.button('Forget: Passphrase of the key').press('Enter');
    await form.button('Forget: Passphrase of the key').waitFor({ state: 'detached' });
    await form.frame.locator('#field-passphrase:focus').waitFor();
  });
});
