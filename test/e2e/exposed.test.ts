/**
 * The board must reach the broker: exposing it is asked for in words that say what it means, protected by a password,
 * shown for as long as it lasts, and ended by one command.
 *
 * The board connects over loopback, where an exposed broker listens too: nothing leaves this machine. The tests are one
 * story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { isListenedOnEverywhere } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { mosquittoPub, publish, startBroker, statusBarId, subscribe, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const lanAddresses = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);
const credentials = ['-u', 'board', '-P', 'correct horse'];

describe('a broker that is exposed on the local network', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let port = 0;

  test('a broker listens on this computer alone, unless the person chooses otherwise', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    await workbench.pane('Broker').row(`mqtt://127.0.0.1:${port}`).waitForDescription('local only');
    assert.equal(await isListenedOnEverywhere(port), false);
  });

  test('Expose asks once, in words that say what it means', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Expose Broker on the Local Network…');
    await quickInput.waitFor('Who on this network may connect, read and publish?');
    await waitForText(
      quickInput.rows,
      /Expose with User Name and Password.*recommended.*Only clients that know them\. They travel readable: there is no TLS\./,
    );
    await waitForText(
      quickInput.rows,
      /Expose without Password.*Anyone on this network can connect, read every message and publish any\./,
    );
  });

  test('Escape leaves the broker as it was', async () => {
    const { workbench } = window;
    await workbench.quickInput.cancel();
    await workbench.quickInput.widget.waitFor({ state: 'hidden' });
    await waitForText(workbench.statusBarItem(statusBarId), `MQTT: ${port}`);
    assert.equal(await isListenedOnEverywhere(port), false);
  });

  test('a user name and a password are offered, and none is refused', async () => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await workbench.runCommand('MQTT: Expose Broker on the Local Network…');
    await quickInput.choose('Who on this network may connect', 'Expose with User Name and Password');
    await quickInput.waitFor('User name that clients must give');
    assert.equal(await quickInput.input.inputValue(), 'board');
    await quickInput.fill('');
    await quickInput.waitForMessage('At least one character is needed.');
    await quickInput.answer('At least one character is needed.', 'board');
    await quickInput.waitFor('Password that clients must give');
    assert.match(await quickInput.input.inputValue(), /^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
    await quickInput.answer('Password that clients must give', 'correct horse');
  });

  // Which of the two holds is the machine's to say; both are told.
  if (lanAddresses.length > 0) {
    test('every address of this computer is listed, and the one that is picked is copied', async () => {
      const { workbench } = window;
      const { quickInput } = workbench;
      await quickInput.waitFor('The broker is exposed. Pick the address to copy into your firmware.');
      await quickInput.row(/^\s*mqtt:/).waitFor();
      const urls = (await quickInput.labels()).filter((label) => label.startsWith('mqtt:'));
      port = Number(urls[0]?.split(':').at(-1));
      const expected = [...lanAddresses, '127.0.0.1'].map((address) => `mqtt://${address}:${port}`);
      assert.deepEqual(urls.toSorted(), expected.toSorted());
      await quickInput.pick(urls[0] ?? '');
      await waitForText(workbench.page.locator('.statusbar'), `Copied ${urls[0]}`);
      await waitForClipboard(workbench, urls[0] ?? '');
    });

    test('a click on an address in the Broker view copies it', async () => {
      const { workbench } = window;
      const url = `mqtt://${lanAddresses[0]}:${port}`;
      await workbench.page.evaluate(`navigator.clipboard.writeText('')`);
      await workbench.pane('Broker').row(url).click();
      await waitForClipboard(workbench, url);
    });
  } else {
    test('without a network, a message and the view say so', async () => {
      const { workbench } = window;
      const toast = workbench.toast('The broker is exposed, but this computer is on no network');
      await toast.waitFor();
      await toast.close();
      await workbench.pane('Broker').row('No network address').waitFor();
      const text = await workbench.statusBarItem(statusBarId).innerText();
      port = Number(/MQTT: (\d+)/.exec(text)?.[1]);
    });
  }

  test('the Broker view and the status bar show that the broker is exposed', async () => {
    const { workbench } = window;
    await workbench.pane('Broker').row('Exposed on the LAN').waitForDescription('with password');
    const item = workbench.statusBarItem(statusBarId);
    await waitForText(item, `MQTT: ${port}`);
    await item.and(workbench.page.locator('.warning-kind')).waitFor();
    await item.locator('.codicon-globe').waitFor();
    const label = await item.locator('[aria-label]').first().getAttribute('aria-label');
    assert.equal(label, `MQTT: The local broker is running on port ${port}, exposed on the local network.`);
    assert.equal(await isListenedOnEverywhere(port), true);
  });

  test('a board without the password, or with a wrong one, is refused', async (t) => {
    for (const wrong of [[], ['-u', 'board', '-P', 'horse']]) {
      const { exitCode, stderr } = await mosquittoPub(t, port, ...wrong, '-t', 'plant/door', '-m', 'open');
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /not authorised|bad user name or password/i);
    }
  });

  test('a board with the password gets through, and so does the workbench itself', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await publish(t, port, ...credentials, '-t', 'plant/door', '-m', 'closed', '-q', '1');
    const topics = workbench.pane('Topics');
    await topics.row('plant').expand();
    await topics.row('door').waitForDescription('closed');

    const board = await subscribe(t, port, ...credentials, '-t', 'plant/lamp', '-v');
    await workbench.runCommand('MQTT: Publish…');
    await quickInput.answer('Topic to publish to', 'plant/lamp');
    await quickInput.answer('Payload as text', 'on');
    await quickInput.choose('Quality of service', 'QoS 1');
    await board.waitFor('stdout', /^plant\/lamp on$/m);
  });

  test('Stop Exposing Broker returns to this computer alone, without a password', async (t) => {
    const { workbench } = window;
    const broker = workbench.pane('Broker');
    await broker.row('Exposed on the LAN').inlineAction('Stop Exposing Broker');
    await broker.row('Exposed on the LAN').waitFor('hidden');
    await broker.row(/^mqtt:\/\/127\.0\.0\.1:\d+$/).waitForDescription('local only');
    const item = workbench.statusBarItem(statusBarId);
    await item.locator('.codicon-broadcast').waitFor();
    port = Number(/MQTT: (\d+)/.exec(await item.innerText())?.[1]);
    assert.equal(await isListenedOnEverywhere(port), false);
    await publish(t, port, '-t', 'plant/door', '-m', 'open', '-q', '1');
  });
});
