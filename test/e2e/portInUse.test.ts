/**
 * The port is taken: the message says which port and by whom, and each of its buttons does what it says.
 *
 * The other program is a real mosquitto. The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { brokerStarted, publish, startBroker, statusBarId, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub');
const takenPort = await freePort();

describe('a port that mosquitto holds already', { skip }, () => {
  const owner = ownedBySuite();
  let mosquitto: Program;
  before(async () => {
    mosquitto = Program.start(owner, toolPath('mosquitto'), ['-p', String(takenPort)]);
    await mosquitto.waitFor('stderr', /running/);
  });
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': takenPort } });

  test('Start Local Broker names the port, the program and its process', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Start Local Broker');
    const toast = workbench.toast(`Port ${takenPort} is in use by mosquitto (process ${mosquitto.pid}).`);
    await toast.waitFor();
    assert.deepEqual(await toast.buttons(), ['Use Another Port', 'Settings']);
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
  });

  test('Settings shows the setting of the port', async () => {
    const { workbench } = window;
    await workbench.toast(`Port ${takenPort} is in use`).click('Settings');
    const setting = workbench.page.locator('.settings-editor .setting-item', { hasText: 'Broker: Port' });
    await setting.waitFor();
    assert.equal(await setting.locator('input').inputValue(), String(takenPort));
    await workbench.closeTab('Settings');
  });

  test('Use Another Port starts the broker on the port that the message promised', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Start Local Broker');
    const toast = workbench.toast(`Port ${takenPort} is in use`);
    await toast.waitFor();
    const promised = Number(/Port (\d+) is free/.exec(await toast.message.innerText())?.[1]);
    await toast.click('Use Another Port');
    assert.equal(await brokerStarted(workbench), promised);

    const onOurs = await subscribe(t, promised, '-t', 'whose', '-v');
    const onMosquitto = await subscribe(t, takenPort, '-t', 'whose', '-v');
    await publish(t, promised, '-t', 'whose', '-m', 'workbench');
    await publish(t, takenPort, '-t', 'whose', '-m', 'mosquitto');
    await onOurs.waitFor('stdout', /^whose workbench$/m);
    await onMosquitto.waitFor('stdout', /^whose mosquitto$/m);
  });

  test('once the port is free again, Start Local Broker takes it', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Stop Local Broker');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    await mosquitto.end('SIGTERM');
    assert.equal(await startBroker(workbench), takenPort);
  });
});
