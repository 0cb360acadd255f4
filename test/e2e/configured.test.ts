/**
 * A broker from a configuration file: more listeners than one, messages that outlive it, a mistake that is shown in the
 * file, and a question before anyone else on the network is let in.
 *
 * The tests are one story.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { freePort, isListenedOnEverywhere } from '../support/ports.ts';
import { run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { brokerStarted, publish, startBroker, statusBarId } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const port = await freePort();
const wsPort = await freePort();
const configuration = { port, wsPort, persist: 'state', limits: { maxSubscriptions: 1 } };

describe('a broker with a configuration file', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.configFile': 'broker.json' },
    files: { 'broker.json': JSON.stringify(configuration) },
  });
  const write = (text: string): void => writeFileSync(join(window.workspaceFolder, 'broker.json'), text);

  test('it listens where the file says, and the Broker view shows every address', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    assert.equal(await startBroker(workbench), port);
    await workbench.pane('Broker').row(`mqtt://127.0.0.1:${port}`).waitFor();
    await workbench.pane('Broker').row(`ws://127.0.0.1:${wsPort}`).waitFor();
  });

  test('retained messages outlive it, in the folder that the file names', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', 'plant', '-m', 'green', '-r', '-q', '1');
    await workbench.pane('Topics').row('plant').waitForDescription('green');
    await workbench.runCommand('MQTT: Restart');
    // The new one runs: while there is none, a command would offer to start it.
    await workbench.pane('Broker').row('0 messages').waitFor();
    await workbench.runCommand('MQTT: Clear Retained Message');
    await workbench.quickInput.waitFor('Topic whose retained message to clear');
    await workbench.quickInput.row('plant').waitFor();
    await workbench.quickInput.cancel();
  });

  test('a limit of the file that a board meets is named in the Broker view', async (t) => {
    const { workbench } = window;
    const board = run(t, toolPath('mosquitto_sub'), [
      '-p',
      `${port}`,
      '-V',
      'mqttv5',
      '-t',
      'one',
      '-t',
      'two',
      '-E',
    ]);
    assert.equal((await board).exitCode, 0);
    await workbench.pane('Broker').row('Limits reached').waitForDescription('maxSubscriptions once');
    await window.screenshot('configured-limits');
  });

  test('a mistake is told with its name, and the button opens the file', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Stop Local Broker');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    write(JSON.stringify({ prot: port }));
    await workbench.runCommand('MQTT: Start Local Broker');
    const toast = workbench.toast(`"prot" is no setting, did you mean "port"?`);
    await toast.waitFor();
    assert.deepEqual(await toast.buttons(), ['Open File']);
    await toast.click('Open File');
    await workbench.tab('broker.json').waitFor();
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
  });

  test('a file that lets others connect is asked about, and can be followed on this computer alone', async () => {
    const { workbench } = window;
    write(JSON.stringify({ host: '0.0.0.0', port }));
    await workbench.runCommand('MQTT: Start Local Broker');
    await workbench.quickInput.waitFor('lets others on the network connect');
    await window.screenshot('configured-asks');
    await workbench.quickInput.pick('Start on This Computer Only');
    assert.equal(await brokerStarted(workbench), port);
    assert.equal(await isListenedOnEverywhere(port), false);
  });
});
