/**
 * A folder that the person does not trust brings settings that would start a broker for the whole network. They do
 * nothing, until the person trusts the folder; and even then none of them exposes the broker.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { freePort, isListenedOnEverywhere, isTaken } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker, statusBarId } from './story.ts';

const skip = skipUnless('chromium');
const wantedByFolder = await freePort();

describe('a folder in Restricted Mode whose settings start and expose a broker', { skip }, () => {
  const window = useVscodeWindow({
    workspaceTrust: true,
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: {
      '.vscode/settings.json': JSON.stringify({
        'mqttWorkbench.broker.host': '0.0.0.0',
        'mqttWorkbench.broker.port': wantedByFolder,
        'mqttWorkbench.broker.autoStart': true,
      }),
    },
  });

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

  test('once the folder is trusted, its auto start holds, and its host still does not', async () => {
    const { workbench } = window;
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await waitForText(workbench.statusBarItem(statusBarId), /MQTT: \d+/);
    const port = await shownPort();
    assert.notEqual(port, wantedByFolder);
    assert.equal(await isTaken(port), true);
    assert.equal(await isListenedOnEverywhere(port), false);
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
