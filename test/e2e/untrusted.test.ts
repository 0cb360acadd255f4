/**
 * A folder that the person does not trust brings settings that would start a broker for the whole network, and names
 * another one, to be connected to at once. They do nothing, until the person trusts the folder; and even then none of them
 * exposes the broker.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort, isListenedOnEverywhere, isTaken } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker, statusBarId } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto');
const wantedByFolder = await freePort();
const otherPort = await freePort();

describe('a folder in Restricted Mode whose settings start a broker, expose it, and name another', {
  skip,
}, () => {
  const window = useVscodeWindow({
    workspaceTrust: true,
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: {
      '.vscode/settings.json': JSON.stringify({
        'mqttWorkbench.broker.host': '0.0.0.0',
        'mqttWorkbench.broker.port': wantedByFolder,
        'mqttWorkbench.broker.autoStart': true,
        'mqttWorkbench.connections': [
          { name: 'Theirs', url: `mqtt://127.0.0.1:${otherPort}`, connectOnStart: true },
          { name: 'Wrong', url: 'nonsense' },
        ],
      }),
    },
  });
  const owner = ownedBySuite();
  let other: MosquittoBroker;

  before(async () => {
    other = await MosquittoBroker.start(owner, { configuration: [`listener ${otherPort} 127.0.0.1`] });
  });

  const connections = () => window.workbench.pane('Connections');

  test('no broker starts, and the view says so', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    const { welcome } = workbench.pane('Broker');
    await waitForText(welcome, 'In Restricted Mode no setting starts or exposes a broker. You still can.');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
    assert.equal(await isTaken(wantedByFolder), false);
  });

  test("the person's own command starts one, on this computer alone and on the person's port", async () => {
    const { workbench } = window;
    // Says "is running", not "is running already": nothing had been started before.
    const port = await startBroker(workbench);
    assert.notEqual(port, wantedByFolder);
    await workbench.pane('Broker').row(`mqtt://127.0.0.1:${port}`).waitForDescription('local only');
    assert.equal(await isListenedOnEverywhere(port), false);
    await workbench.runCommand('MQTT: Stop Local Broker');
    await waitForText(workbench.statusBarItem(statusBarId), 'MQTT: stopped');
  });

  test('no keys for TLS are made, and the message says what to do', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Set Up TLS…');
    const toast = workbench.toast(
      'In Restricted Mode no keys and certificates are made. Trust this folder first.',
    );
    await toast.waitFor();
    assert.deepEqual(await toast.buttons(), ['Manage Workspace Trust']);
    await toast.close();
  });

  test('the broker that the folder names is shown, and says that it is not connected', async () => {
    await connections().expand();
    await connections().row('Theirs').waitForDescription('Restricted Mode: not connected');
    await connections().row('Wrong').waitFor('hidden');
    await window.screenshot('connection-untrusted-folder');
  });

  test('Connect says why it does not, and what to do', async () => {
    const { workbench } = window;
    await connections().row('Theirs').inlineAction('Connect…');
    const toast = workbench.toast('In Restricted Mode nothing is connected to that this folder names');
    await toast.waitFor();
    await window.screenshot('connection-untrusted-refused');
    await toast.close();
    await connections().row('Theirs').contextMenu('Test Connection…');
    await toast.close();
    await connections().row('Theirs').contextMenu('Edit Connection…');
    await toast.click('Manage Workspace Trust');
    assert.doesNotMatch(other.log, /New connection/);
  });

  test('once the folder is trusted, its auto start holds, and its host still does not', async () => {
    const { workbench } = window;
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await waitForText(workbench.statusBarItem(statusBarId), /MQTT: \d+/);
    const port = await shownPort();
    assert.notEqual(port, wantedByFolder);
    assert.equal(await isTaken(port), true);
    assert.equal(await isListenedOnEverywhere(port), false);
  });

  test('the broker that it names is connected, as the folder says', async () => {
    await connections()
      .row('Theirs')
      .waitForDescription(/^connected/);
    await other.waitForLog(/New client connected from 127\.0\.0\.1:\d+ as mqtt-workbench-/);
  });

  test('a window that opens on a trusted folder starts its broker by itself', async () => {
    const { workbench } = window;
    await workbench.page.reload();
    await waitForText(workbench.statusBarItem(statusBarId), /MQTT: \d+/);
    const port = await shownPort();
    assert.equal(await isTaken(port), true);
    assert.equal(await isListenedOnEverywhere(port), false);
  });

  async function shownPort(): Promise<number> {
    const text = await window.workbench.statusBarItem(statusBarId).innerText();
    return Number(/MQTT: (\d+)/.exec(text)?.[1]);
  }
});
