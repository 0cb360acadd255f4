/**
 * The engine's thread dies of what it dies of in life: a client makes it hold more than its heap may. The person is
 * told, the editor keeps running, and Restart brings the broker back where it was. The tests are one story.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { freePort, isTaken } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { exhaustEngine, withoutBounds } from './exhaustedEngine.ts';
import { publish, startBroker, statusBarId, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const port = await freePort();

describe('an engine that dies', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': port, 'mqttWorkbench.broker.configFile': 'broker.json' },
    files: {
      'main.c': 'int main(void) { return 0; }\n',
      'broker.json': JSON.stringify({ limits: withoutBounds }),
    },
  });

  test('a broker runs, with a topic in the tree', async (t) => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    assert.equal(await startBroker(workbench), port);
    await publish(t, port, '-t', 'plant', '-m', 'green');
    await workbench.pane('Topics').row('plant').waitForDescription('green');
  });

  test('when its engine runs out of memory, a message says so, and nothing claims that a broker runs', async () => {
    const { workbench } = window;
    await exhaustEngine(port);
    const toast = workbench.toast('The MQTT engine stopped unexpectedly, and the local broker with it.');
    await toast.waitFor();
    assert.deepEqual(await toast.buttons(), ['Restart', 'Show Log']);
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    await waitForText(workbench.pane('Broker').welcome, 'No broker is running');
    assert.equal(await isTaken(port), false);
  });

  test('the editor keeps running', async () => {
    const { workbench } = window;
    await workbench.runCommand('Go to File...');
    await workbench.quickInput.fill('main.c');
    await workbench.quickInput.pick('main.c');
    await workbench.tab('main.c').waitFor();
    await waitForText(workbench.page.locator('.view-lines'), 'int');
  });

  test('Restart brings the broker back on the same port, and its messages into the tree', async (t) => {
    const { workbench } = window;
    await workbench.toast('The MQTT engine stopped unexpectedly').click('Restart');
    await waitForText(workbench.statusBarItem(statusBarId), `MQTT: ${port}`);
    const board = await subscribe(t, port, '-t', 'plant', '-v');
    await publish(t, port, '-t', 'plant', '-m', 'greener');
    await board.waitFor('stdout', /^plant greener$/m);
    await workbench.pane('Topics').row('plant').waitForDescription('greener · 1 message');
  });
});
