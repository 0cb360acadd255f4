/**
 * Into the firmware's source: the code that connects a device is copied from the palette and from an address of the Broker
 * view, and what was copied connects. For a board that can't reach the broker, the way to make it reachable is offered.
 *
 * The tests of each window are one story. Nothing connects but over loopback.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { copiedCode, startBroker, statusBarId } from './story.ts';

const skip = skipUnless('chromium', 'paho');
const lanAddresses = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);
const plainPort = await freePort();
const tlsPort = await freePort();
const whatIsItWrittenIn = 'What is the device written in?';
const clientId = 'Client id of the device. Its topics begin with it.';

describe('the code that connects a device', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let port = 0;

  test('is offered for boards, a simulator, programs and the shell', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    await workbench.runCommand('MQTT: Copy Connection Code…');
    await quickInput.waitFor(whatIsItWrittenIn);
    await quickInput.row('Shell').waitFor();
    assert.deepEqual(await quickInput.labels(), [
      ...['ESP-IDF', 'Arduino with PubSubClient', 'Arduino with ArduinoMqttClient', 'PlatformIO', 'Zephyr'],
      ...['MicroPython', 'Wokwi', 'Rust', 'Python', 'C on Linux', 'Shell'],
    ]);
    await window.screenshot('connection-code-targets');
  });

  test('has the address and the port, and connects as it was copied', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await quickInput.pick('Python');
    await quickInput.answer(clientId, 'greenhouse/node-7');
    const code = await copiedCode(workbench, 'Python: board.py');
    assert.ok(code.includes(`BROKER_HOST = "127.0.0.1"\nBROKER_PORT = ${port}\n`), code);
    const file = join(window.workspaceFolder, 'board.py');
    writeFileSync(file, code);
    const device = Program.start(t, toolPath('paho'), [file]);
    const topics = workbench.pane('Topics');
    await topics.row('greenhouse').expand();
    await topics.row('node-7').expand();
    await topics.row('status').waitForDescription('online');
    await device.end('SIGKILL');
    await topics.row('status').waitForDescription('offline');
  });

  test('for a board says that 127.0.0.1 is the board itself, and offers to expose the broker', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.pane('Broker').row(`mqtt://127.0.0.1:${port}`).inlineAction('Copy Connection Code…');
    await quickInput.choose(whatIsItWrittenIn, 'ESP-IDF');
    await quickInput.waitFor('To a board, 127.0.0.1 is the board itself: it can’t reach this broker yet.');
    await quickInput.row('Copy with the Address of This Computer Alone').waitFor();
    await window.screenshot('connection-code-unreachable');
    await quickInput.pick('Copy with the Address of This Computer Alone');
    await quickInput.waitFor(clientId);
    assert.equal(await quickInput.input.inputValue(), 'greenhouse/node-7');
    await quickInput.accept();
    const code = await copiedCode(workbench, 'ESP-IDF: main/mqtt_start.c');
    assert.ok(code.includes(`#define BROKER_URI "mqtt://127.0.0.1:${port}"`), code);
    assert.match(code, /CHANGE THIS: to a device, this address is the device itself/);
  });

  test('once exposed, it has an address of the network, and the place of the password', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Copy Connection Code…');
    await quickInput.choose(whatIsItWrittenIn, 'Zephyr');
    await quickInput.choose('To a board, 127.0.0.1 is the board itself', 'Expose on the Local Network…');
    await quickInput.choose('Who on this network may connect', 'Expose with User Name and Password');
    await quickInput.answer('User name that clients must give', 'board "7"');
    await quickInput.answer('Password that clients must give', 'correct horse');
    // Which of the two holds is the machine's to say; both are told.
    if (lanAddresses.length === 0) {
      await workbench.toast('The broker is exposed, but this computer is on no network').waitFor();
      return;
    }
    if (lanAddresses.length > 1)
      await quickInput.choose(
        'By which address does the device reach the broker?',
        new RegExp(`mqtt://${lanAddresses[0]?.replaceAll('.', '\\.')}:`),
      );
    await quickInput.waitFor(clientId);
    await quickInput.accept();
    const code = await copiedCode(workbench, 'Zephyr: src/main.c, prj.conf');
    const host = /#define BROKER_HOST "([\d.]+)"/.exec(code)?.[1] ?? '';
    assert.ok(lanAddresses.includes(host), code);
    // Another than before, where the port was free for 127.0.0.1 alone.
    const exposedPort = /#define BROKER_PORT "(\d+)"/.exec(code)?.[1];
    await waitForText(workbench.statusBarItem(statusBarId), new RegExp(`MQTT: ${exposedPort}\\b`));
    assert.ok(code.includes('#define BROKER_USERNAME "board \\"7\\"" /* change */'), code);
    assert.ok(code.includes('#define BROKER_PASSWORD "YOUR_PASSWORD" /* change */'), code);
    assert.ok(!code.includes('correct horse'));
    assert.match(code, /CONFIG_MQTT_LIB=y/);
  });
});

describe('the code for a listener with TLS', { skip }, () => {
  const configuration = {
    port: plainPort,
    tlsPort,
    cert: tlsFixture('server.crt'),
    key: tlsFixture('server.key'),
  };
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.configFile': 'broker.json' },
    files: { 'broker.json': JSON.stringify(configuration) },
  });
  const whichCa = 'This listener has TLS. Which CA signed the broker’s certificate?';

  async function askForPython(): Promise<void> {
    const { workbench } = window;
    await workbench.pane('Broker').row(`mqtts://127.0.0.1:${tlsPort}`).inlineAction('Copy Connection Code…');
    await workbench.quickInput.choose(whatIsItWrittenIn, 'Python');
    await workbench.quickInput.choose(whichCa, 'Choose Its Certificate…');
  }

  test('takes no private key for a certificate', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await startBroker(workbench);
    await askForPython();
    await workbench.quickInput.chooseFile('Certificate of the CA', tlsFixture('server.key'));
    const toast = workbench.toast('There is no certificate in server.key');
    await toast.waitFor();
    await toast.close();
  });

  test('has the certificate of the CA in it, and connects as it was copied', async (t) => {
    const { workbench } = window;
    await askForPython();
    await workbench.quickInput.chooseFile('Certificate of the CA', tlsFixture('ca.crt'));
    await workbench.quickInput.answer(clientId, 'cellar');
    const code = await copiedCode(workbench, 'Python: board.py');
    assert.ok(code.includes(`BROKER_PORT = ${tlsPort}\n`), code);
    assert.ok(code.includes(readFileSync(tlsFixture('ca.crt'), 'utf8').trim()), code);
    const file = join(window.workspaceFolder, 'board.py');
    writeFileSync(file, code);
    const device = Program.start(t, toolPath('paho'), [file]);
    const topics = workbench.pane('Topics');
    await topics.row('cellar').expand();
    await topics.row('status').waitForDescription('online');
    await device.end('SIGKILL');
    await topics.row('status').waitForDescription('offline');
  });
});
