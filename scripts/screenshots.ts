/**
 * Takes the pictures of docs/images in a real VS Code, with the sample workspace and its virtual device:
 * `npm run package && npx node scripts/screenshots.ts`.
 *
 * Those of docs/debugging-a-device.md are what the test of its stories leaves; all others are taken here.
 *
 * What a person would see is waited for, and nothing is painted over. A picture that would show an address of this
 * machine's network is left out: the one of the exposed broker is taken only where every address is one that the
 * registries keep for documentation (RFC 5737), as in a network namespace with a bridge of such an address.
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { statusBarId } from '../test/e2e/story.ts';
import { ConnectionFormPage } from '../test/host/connectionFormPage.ts';
import { InspectorPage, MessagesPage } from '../test/host/messagePages.ts';
import { openVscodeWindow, type Theme, type VscodeWindow } from '../test/host/vscodeWindow.ts';
import { waitForText } from '../test/host/workbench.ts';
import { Program } from '../test/support/program.ts';
import { inRepository, outFolder } from '../test/support/repository.ts';

const imagesFolder = inRepository('docs/images');
const themes: readonly Theme[] = ['light', 'dark'];
const DOCUMENTATION_ADDRESS = /^(192\.0\.2|198\.51\.100|203\.0\.113)\./;

/** The pictures of docs/debugging-a-device.md, by their stories. */
const fieldStories = ['will', 'drops', 'field', 'tls', 'twins'];

mkdirSync(imagesFolder, { recursive: true });
takeFieldStories();
await using ends = new AsyncDisposableStack();
const window = ends.use(
  await openVscodeWindow({
    workspaceFolder: inRepository('examples'),
    viewport: { width: 1280, height: 800 },
  }),
);
const { workbench } = window;

await workbench.openViews('MQTT Workbench');
await workbench.runCommand('MQTT: Start Local Broker');
await workbench.toast('The local broker is running at').close();
const device = Program.start(
  { after: (end) => ends.defer(async () => void (await end())) },
  process.execPath,
  [inRepository('examples/virtual-device/device.js')],
);
await device.waitFor('stdout', /connected to/);

await takeOverview(window);
await takeInspector(window);
await takePublishForm(window);
await takeConnectionForm(window);
await takeExposed(window);

async function takeOverview({ workbench }: VscodeWindow): Promise<void> {
  const topics = workbench.pane('Topics');
  await topics.row('greenhouse').expand();
  await topics.row('node-1').expand();
  await topics.row('telemetry').click();
  const page = await MessagesPage.about(workbench, 'greenhouse/node-1/telemetry');
  // A list with something in it.
  await page.list.getByRole('option').nth(5).waitFor();
  for (const theme of themes) await takePicture('overview', theme);
}

/** A message beside the device's source, with the newest values of one of its numbers below. */
async function takeInspector({ workbench }: VscodeWindow): Promise<void> {
  await workbench.runCommand('Go to File...');
  await workbench.quickInput.fill('device.js');
  await workbench.quickInput.pick('device.js');
  await workbench.tab('device.js').waitFor();
  const page = await MessagesPage.about(workbench, 'greenhouse/node-1/telemetry');
  await page.list.press('Enter');
  const inspector = await InspectorPage.in(workbench, 'greenhouse/node-1/telemetry');
  await inspector.message.openDetails();
  await workbench.runCommand('View: Hide Panel');
  for (const theme of themes) await takePicture('inspector', theme);
  await workbench.runCommand('View: Close All Editors');
}

async function takePublishForm({ workbench }: VscodeWindow): Promise<void> {
  await workbench.runCommand('MQTT: Open Publish Form');
  const form = await workbench.webview('Publish');
  await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('greenhouse/node-1/led/set');
  await form.getByRole('radio', { name: 'JSON' }).check({ force: true });
  await form.getByRole('textbox', { name: 'Payload' }).fill('{\n  "on": true,\n  "brightness": 40\n}');
  await form.getByText('MQTT 5 Properties').click();
  await form.getByLabel('Content type').fill('application/json');
  await form.getByRole('textbox', { name: 'Payload' }).press('Control+Enter');
  await waitForText(form.getByRole('status').first(), 'Published to');
  await workbench.pane('Topics').row('led').waitForDescription('"on": true');
  await form.getByRole('combobox', { name: 'Topic', exact: true }).hover();
  await workbench.page.mouse.wheel(0, -1000);
  await form.getByRole('combobox', { name: 'Topic', exact: true }).focus();
  for (const theme of themes) await takePicture('publish', theme);
}

/** With a test of it, of the broker that runs here. */
async function takeConnectionForm({ workbench }: VscodeWindow): Promise<void> {
  const [, port = ''] = /(\d+)/.exec(await workbench.statusBarItem(statusBarId).innerText()) ?? [];
  await workbench.runCommand('MQTT: Add Connection…');
  const form = await ConnectionFormPage.open(workbench, 'New Connection');
  await form.fill('Host', `mqtt://127.0.0.1:${port}`);
  await form.waitForValue('Port', port);
  await form.fill('Name', 'Gateway');
  await form.field('red').check();
  await form.button('Test Connection').click();
  await waitForText(form.summary, 'The connection works.');
  await form.field('Host').focus();
  for (const theme of themes) await takePicture('connection-form', theme);
}

async function takeExposed({ workbench }: VscodeWindow): Promise<void> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'));
  if (addresses.length === 0 || !addresses.every((address) => DOCUMENTATION_ADDRESS.test(address))) {
    console.log('broker-exposed: left out, for it would show the addresses of this machine');
    return;
  }
  await workbench.runCommand('MQTT: Expose Broker on the Local Network…');
  await workbench.quickInput.choose('Who on this network', 'Expose with User Name and Password');
  await workbench.quickInput.answer('User name that clients must give', 'board');
  await workbench.quickInput.answer('Password that clients must give', 'correct horse battery');
  await workbench.quickInput.waitFor('The broker is exposed.');
  await workbench.pane('Broker').row('Exposed on the LAN').waitFor();
  await takePicture('broker-exposed', 'dark');
}

function takeFieldStories(): void {
  const stories = inRepository('test/e2e/fieldStories.test.ts');
  execFileSync(process.execPath, ['--test', stories], { stdio: 'inherit' });
  for (const story of fieldStories) {
    const name = `field-${story}-dark.png`;
    copyFileSync(join(outFolder, 'screenshots', name), join(imagesFolder, name));
    console.log(join(imagesFolder, name));
  }
}

async function takePicture(name: string, theme: Theme): Promise<void> {
  await window.setTheme(theme);
  await workbench.page.locator('.monaco-progress-container.active').waitFor({ state: 'hidden' });
  // Out of the way of tooltips and hover colours.
  await workbench.page.mouse.move(640, 2);
  const path = join(imagesFolder, `${name}-${theme}.png`);
  await workbench.page.screenshot({ path });
  console.log(path);
}
