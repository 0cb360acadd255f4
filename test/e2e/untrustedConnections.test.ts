/**
 * A folder that the person does not trust names a broker, to be connected to at once. It is shown, and nothing connects to
 * it, until the person trusts the folder.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';

const skip = skipUnless('chromium', 'mosquitto');
const port = await freePort();

describe('a folder in Restricted Mode whose settings name a broker', { skip }, () => {
  const window = useVscodeWindow({
    workspaceTrust: true,
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: {
      '.vscode/settings.json': JSON.stringify({
        'mqttWorkbench.connections': [
          { name: 'Theirs', url: `mqtt://127.0.0.1:${port}`, connectOnStart: true },
          { name: 'Wrong', url: 'nonsense' },
        ],
      }),
    },
  });
  const owner = ownedBySuite();
  let broker: MosquittoBroker;

  before(async () => {
    broker = await MosquittoBroker.start(owner, { configuration: [`listener ${port} 127.0.0.1`] });
  });

  const connections = () => window.workbench.pane('Connections');

  test('it is shown, and says that it is not connected', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
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
    await toast.click('Manage Workspace Trust');
    assert.doesNotMatch(broker.log, /New connection/);
  });

  test('once the folder is trusted, it is connected as the folder says', async () => {
    const { workbench } = window;
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await connections()
      .row('Theirs')
      .waitForDescription(/^connected/);
    await broker.waitForLog(/New client connected from 127\.0\.0\.1:\d+ as mqtt-workbench-/);
  });
});
