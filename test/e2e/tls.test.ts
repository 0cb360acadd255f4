/**
 * TLS from the palette: one command makes a CA and a certificate for this computer, the page says what a board needs, a
 * real client connects, and one that trusts another CA is told of in the log, with what to change.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';
import { skipUnless } from '../support/tools.ts';
import {
  copiedCode,
  mosquittoPub,
  publish,
  saveCa,
  setUpTls,
  startBroker,
  subscribe,
  tlsSetUp,
} from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const PAGE = 'Preview TLS for your board.md';

describe('TLS for a device in one step', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.broker.tlsPort': 0 },
    viewport: { width: 1280, height: 900 },
  });
  const saved = (name: string): string => join(window.workspaceFolder, name);
  let tlsPort = 0;

  test('Set Up TLS asks for the kind of keys and the time of the CA, and shows what a board needs', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await startBroker(workbench);
    const setUp = await setUpTls(workbench);
    tlsPort = setUp.tlsPort;
    assert.deepEqual(await setUp.toast.buttons(), ['Export CA…', 'Expose on the Local Network…']);
    await workbench.pane('Broker').row(`mqtts://127.0.0.1:${tlsPort}`).waitForDescription('local only');
    const page = await workbench.webview(PAGE);
    await page.getByRole('heading', { name: 'TLS for your board' }).waitFor();
    await page.getByText('Only this computer reaches the broker now.').waitFor();
    await page
      .locator('code', { hasText: `${hostname().toLowerCase().split('.')[0]}.local` })
      .first()
      .waitFor();
    await page.locator('code', { hasText: 'static const char ca_cert[] =' }).waitFor();
    await window.screenshot('tls-page-light');
    const settings = readFileSync(join(window.server.dataFolder, 'user/Machine/settings.json'), 'utf8');
    assert.match(settings, /"mqttWorkbench\.broker\.tls": true/);
    assert.doesNotMatch(settings, /PRIVATE|BEGIN/);
    // Whoever changes the theme here writes the settings anew, with what it knows of.
    window.server.updateSettings({ 'mqttWorkbench.broker.tls': true });
    await window.setTheme('dark');
    await window.screenshot('tls-page-dark');
    await window.setTheme('light');
  });

  test('the CA is saved as PEM for a client, and is no secret', async () => {
    const { workbench } = window;
    await workbench.toast('The broker has TLS now').click('Export CA…');
    await saveCa(workbench, saved('ca.pem'));
    const text = readFileSync(saved('ca.pem'), 'utf8');
    assert.ok(new X509Certificate(text).ca);
    assert.doesNotMatch(text, /PRIVATE/);
  });

  test('a real client that has the CA connects over TLS, by name and by address', async (t) => {
    const { workbench } = window;
    const trust = ['--cafile', saved('ca.pem'), '-q', '1'];
    await publish(t, tlsPort, '-h', 'localhost', ...trust, '-t', 'plant/door', '-m', 'closed');
    await publish(t, tlsPort, '-h', '127.0.0.1', ...trust, '-t', 'plant/lamp', '-m', 'on');
    const topics = workbench.pane('Topics');
    await topics.row('plant').expand();
    await topics.row('door').waitForDescription('closed');
    await topics.row('lamp').waitForDescription('on');
  });

  test('the code that is copied for this listener has the CA in it already', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.pane('Broker').row(`mqtts://127.0.0.1:${tlsPort}`).inlineAction('Copy Connection Code…');
    await quickInput.choose('What is the device written in?', 'Python');
    await quickInput.answer('Client id of the device', 'door-1');
    const code = await copiedCode(workbench, 'Python: board.py');
    assert.ok(code.includes(`BROKER_PORT = ${tlsPort}\n`), code);
    assert.ok(code.includes(readFileSync(saved('ca.pem'), 'utf8').trim()), code);
    assert.doesNotMatch(code, /PRIVATE/);
  });

  test('a client that trusts another CA is refused, and the log says why and what to change', async (t) => {
    const { workbench } = window;
    const other = ['--cafile', tlsFixture('ca.crt')];
    const { exitCode } = await mosquittoPub(t, tlsPort, '-h', 'localhost', ...other, '-t', 'a', '-m', 'x');
    assert.notEqual(exitCode, 0);
    const refused = workbench.pane('Broker').row('Refused before CONNECT');
    await refused.waitForDescription(
      /^once · 127\.0\.0\.1:\d+: TLS handshake failed: the client does not trust/,
    );
    await refused.click();
    await workbench.output.waitFor();
    await workbench.runCommand('View: Toggle Maximized Panel');
    await waitForText(
      workbench.output,
      /\[warning\] 127\.0\.0\.1:\d+: TLS handshake failed: the client does not trust the broker's certificate \(it sent the alert unknown_ca\): it has no CA, or another one\. Give it the certificate of the CA that signed the broker's, "MQTT Workbench CA .*"\. It offered TLS 1\.3.* and asked for "localhost" \(tls-unknown-ca\)/,
    );
    await window.screenshot('tls-failure-light');
    await window.setTheme('dark');
    await window.screenshot('tls-failure-dark');
    await window.setTheme('light');
  });

  test('no private key is in the log', async () => {
    const { workbench } = window;
    assert.doesNotMatch(await workbench.outputText(), /PRIVATE|BEGIN/);
    await workbench.runCommand('View: Toggle Maximized Panel');
  });

  test('a client certificate is made for a device, which is known by its name then', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: New Client Certificate…');
    await quickInput.answer('Name of the device', '');
    await quickInput.waitForMessage('At least one character is needed.');
    await quickInput.answer('At least one character is needed.', 'board-1');
    await quickInput.choose('Kind of its key', 'EC P-256');
    await quickInput.choose('How long it is to hold', '1 year');
    await quickInput.choose('In which form', 'PEM');
    await quickInput.chooseFile('Save the Certificate and Its Private Key', saved('board-1.pem'));
    const toast = workbench.toast('The certificate of board-1 and its private key are saved');
    await toast.waitFor();
    await toast.close();
    assert.equal(statSync(saved('board-1.pem')).mode & 0o777, 0o600);
    const own = ['--cert', saved('board-1.pem'), '--key', saved('board-1.pem')];
    const trust = ['-h', 'localhost', '--cafile', saved('ca.pem'), '-q', '1'];
    const board = await subscribe(t, tlsPort, ...trust, ...own, '-i', 'esp32', '-t', 'plant/door');
    await waitForText(
      workbench.output,
      /Client "esp32" connected from 127\.0\.0\.1:\d+: MQTT 3\.1\.1 over TLS, .*user "board-1"/,
    );
    // Rows out of sight are not there for a test.
    await workbench.pane('Topics').collapse();
    const clients = workbench.pane('Clients');
    await clients.row('esp32').expand();
    await clients
      .row('Connection', { level: 2 })
      .waitForDescription(/^127\.0\.0\.1:\d+ · MQTT 3\.1\.1 · TLS/);
    await clients.row('User name', { level: 2 }).waitForDescription('board-1');
    await window.screenshot('tls-client');
    await board.end('SIGKILL');
  });

  test('in DER its certificate and its key are two files, both asked for before', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: New Client Certificate…');
    await quickInput.answer('Name of the device', 'board-2');
    await quickInput.choose('Kind of its key', 'EC P-256');
    await quickInput.choose('How long it is to hold', '1 year');
    await quickInput.waitFor('In which form');
    await quickInput.row('DER').waitFor();
    await window.screenshot('tls-client-forms');
    await quickInput.choose('In which form', 'DER');
    await quickInput.chooseFile('Save the Certificate', saved('board-2_cert.der'));
    await quickInput.waitFor('Save Its Private Key');
    await window.screenshot('tls-client-key-file');
    await quickInput.chooseFile('Save Its Private Key', saved('board-2_key.der'));
    const toast = workbench.toast(
      'The certificate of board-2 and its private key are saved in two files: keep that of the key out of version control.',
    );
    await toast.waitFor();
    await window.screenshot('tls-client-two-files');
    assert.deepEqual(await toast.buttons(), ['Show File']);
    await toast.close();
    const certificate = new X509Certificate(readFileSync(saved('board-2_cert.der')));
    assert.ok(certificate.verify(new X509Certificate(readFileSync(saved('ca.pem'))).publicKey));
    const key = readFileSync(saved('board-2_key.der'));
    assert.ok(certificate.checkPrivateKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })));
    assert.equal(statSync(saved('board-2_key.der')).mode & 0o777, 0o600);
  });

  test('Turn Off TLS closes the port; the CA is kept, and Set Up TLS asks nothing the next time', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Turn Off TLS');
    await workbench.toast('The broker has no TLS now').close();
    await workbench
      .pane('Broker')
      .row(/^mqtts:/)
      .waitFor('hidden');
    await workbench.runCommand('MQTT: Set Up TLS…');
    const again = await tlsSetUp(workbench);
    tlsPort = again.tlsPort;
    await again.toast.close();
    const trust = ['-h', 'localhost', '--cafile', saved('ca.pem'), '-q', '1'];
    await publish(t, tlsPort, ...trust, '-t', 'plant/door', '-m', 'again');
  });
});
