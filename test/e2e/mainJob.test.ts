/**
 * The main job, through the screen: start a broker from the palette, see a board's topics, read a payload, publish one
 * that the board receives. The board is mosquitto_pub and mosquitto_sub; nothing here is ours but the extension.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { Program, run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');

describe('the main job, with mosquitto_pub and mosquitto_sub as the board', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: { 'payload.json': '{ "setpoint": 55 }' },
  });
  let port = '';

  const publish = async (t: Parameters<typeof run>[0], ...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await run(t, toolPath('mosquitto_pub'), ['-p', port, ...args]);
    assert.equal(exitCode, 0, stderr);
  };

  /** Resolves when the board has subscribed. */
  const subscribe = async (t: Parameters<typeof run>[0], ...args: string[]): Promise<Program> => {
    // Into a pipe, mosquitto_sub keeps what -d says to itself until 4 KiB are full: stdbuf makes it line by line.
    const board = Program.start(t, 'stdbuf', ['-oL', toolPath('mosquitto_sub'), '-p', port, '-d', ...args]);
    await board.waitFor('stdout', /Subscribed \(mid/);
    return board;
  };

  test('without a broker, both views say what to do', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await waitForText(workbench.pane('Broker').welcome, 'No broker is running');
    await waitForText(workbench.pane('Topics').welcome, 'The topics that your device publishes appear here');
    await waitForText(workbench.statusBarItem('mqttWorkbench.status'), 'MQTT: stopped');
  });

  test('Start Local Broker listens, and tells the address in a message, the view and the status bar', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Start Local Broker');
    const toast = workbench.toast('The local broker is running at mqtt://127.0.0.1:');
    await toast.waitFor();
    const told = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(await toast.message.innerText());
    port = told?.[1] ?? '';
    assert.notEqual(port, '');
    await waitForText(workbench.statusBarItem('mqttWorkbench.status'), `MQTT: ${port}`);
    await workbench.pane('Broker').row(`mqtt://127.0.0.1:${port}`).waitFor();
    await toast.close();
    await waitForText(workbench.pane('Topics').welcome, 'No message yet');
  });

  test('a board that connects is in the Clients view, and its topics in the tree, a level a node', async (t) => {
    const { workbench } = window;
    await subscribe(t, '-i', 'esp32-boiler', '-t', 'plant/boiler/setpoint');
    await workbench.pane('Clients').row('esp32-boiler').waitFor();

    await publish(t, '-t', 'plant/boiler/temperature', '-m', '71.5');
    await publish(t, '-t', 'plant/boiler/status', '-m', 'online', '-r', '-q', '1');
    const topics = workbench.pane('Topics');
    await topics.row('plant', { level: 1 }).expand();
    await topics.row('boiler', { level: 2 }).expand();
    await topics.row('temperature', { level: 3 }).waitForDescription('71.5');
    await topics.row('status', { level: 3 }).waitForDescription('online');
    await topics.row('status').locator.and(workbench.page.locator('[aria-label*="retained"]')).waitFor();
  });

  test('a topic opened in the tree shows its payload, and follows what comes', async (t) => {
    const { workbench } = window;
    await workbench.pane('Topics').row('temperature').click();
    const page = await MessagesPage.about(workbench, 'plant/boiler/temperature');
    await page.row('71.5').waitFor();
    await waitForText(page.message.payload, '71.5');

    await publish(t, '-t', 'plant/boiler/temperature', '-m', '{"celsius":72.25,"ok":true}');
    await page.frame.getByRole('tab', { name: 'JSON', selected: true }).waitFor();
    await waitForText(page.message.payload, /"celsius": 72\.25/);
    await page.message.tab('Hex').click();
    await waitForText(page.message.payload, '7b 22 63 65');
    await page.message.tab('JSON').click();
  });

  test('MQTT 5 properties, publisher, QoS and retain of a message are shown', async (t) => {
    const { workbench } = window;
    await publish(
      t,
      ...['-V', '5', '-i', 'esp32-boiler', '-q', '2', '-r', '-t', 'plant/boiler/temperature', '-m', '73'],
      ...['-D', 'publish', 'content-type', 'text/plain', '-D', 'publish', 'user-property', 'unit', 'celsius'],
      ...[
        '-D',
        'publish',
        'response-topic',
        'plant/boiler/answer',
        '-D',
        'publish',
        'correlation-data',
        'abc',
      ],
    );
    const page = await MessagesPage.about(workbench, 'plant/boiler/temperature');
    await page.row(/73.*QoS 2.*retained.*from esp32-boiler/).waitFor();
    await page.message.openDetails();
    const detail = page.message.region;
    await waitForText(detail, '4 MQTT 5 properties');
    for (const words of [
      'text/plain',
      'unit',
      'celsius',
      'plant/boiler/answer',
      '61 62 63',
      'esp32-boiler',
    ]) {
      await waitForText(detail, words);
    }
    const row = workbench.pane('Topics').row('temperature');
    await row.waitForDescription('73');
    assert.match(await row.tooltip(), /QoS 2[\s\S]*Published by esp32-boiler[\s\S]*holds a retained message/);
  });

  test('Publish… from the palette refuses a wildcard, says why, and reaches the board', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    const board = await subscribe(t, '-t', 'plant/boiler/setpoint', '-q', '1', '-F', '%t %p QoS %q');
    await workbench.runCommand('MQTT: Publish…');
    await quickInput.waitFor('Topic to publish to');
    await quickInput.fill('plant/+/setpoint');
    await waitForText(quickInput.rows, /wildcard/);
    await quickInput.fill('plant/boiler/temp');
    await quickInput.row('plant/boiler/temperature').waitFor();
    await quickInput.answer('Topic to publish to', 'plant/boiler/setpoint');
    await quickInput.answer('Payload as text', '55');
    await quickInput.choose('Quality of service', 'QoS 1');
    await board.waitFor('stdout', /^plant\/boiler\/setpoint 55 QoS 1$/m);
  });

  test('Publish… remembers what was published last', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Publish…');
    await workbench.quickInput.waitFor('Topic to publish to');
    assert.equal(await workbench.quickInput.input.inputValue(), 'plant/boiler/setpoint');
    await workbench.quickInput.cancel();
  });

  test('a file published from the palette reaches the board byte by byte', async (t) => {
    const { workbench } = window;
    const board = await subscribe(t, '-t', 'plant/boiler/profile', '-F', '%x');
    await workbench.runCommand('Go to File...');
    await workbench.quickInput.fill('payload.json');
    await workbench.quickInput.pick('payload.json');
    await workbench.tab('payload.json').waitFor();
    await workbench.runCommand('MQTT: Publish Selection or File…');
    await workbench.quickInput.choose('What is the payload?', 'payload.json');
    await workbench.quickInput.answer('Topic to publish to', 'plant/boiler/profile');
    await workbench.quickInput.choose('Quality of service', 'QoS 0');
    await board.waitFor('stdout', new RegExp(`^${Buffer.from('{ "setpoint": 55 }').toString('hex')}$`, 'm'));
  });

  test('the publish form sends with Ctrl+Enter, with its MQTT 5 properties, and says what became of it', async (t) => {
    const { workbench } = window;
    const board = await subscribe(t, '-V', '5', '-t', 'plant/#', '-F', '%t %x %R %P');
    await workbench.pane('Topics').row('temperature').inlineAction('Publish…');
    await workbench.quickInput.cancel();
    await workbench.runCommand('MQTT: Open Publish Form');
    const form = await workbench.webview('Publish');
    await form.getByRole('combobox', { name: 'Topic' }).fill('plant/boiler/raw');
    await form.getByRole('radio', { name: 'Hex' }).check({ force: true });
    const payload = form.getByRole('textbox', { name: 'Payload' });
    await payload.fill('ca fe 0');
    await form.getByRole('button', { name: 'Publish', exact: true }).click();
    await waitForText(form.getByRole('status').first(), /mistake/);
    await payload.fill('ca fe 01');
    await form.getByText('MQTT 5 Properties').click();
    await form.getByRole('button', { name: 'Add User Property' }).click();
    await form.getByRole('textbox', { name: 'Name of user property 1' }).fill('source');
    await form.getByRole('textbox', { name: 'Value of user property 1' }).fill('form');
    await payload.press('Control+Enter');
    await board.waitFor('stdout', /^plant\/boiler\/raw cafe01 .*source:form/m);
    await waitForText(form.getByRole('status').first(), 'Published to plant/boiler/raw');
  });

  test('Subscribe… shows what a subscriber is delivered, and Unsubscribe ends it', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Subscribe…');
    await workbench.quickInput.answer('Topic filter to subscribe to', 'garden/+/moisture');
    await workbench.quickInput.choose('Highest quality of service', 'QoS 1');
    const page = await MessagesPage.ofSubscription(workbench, 'garden/+/moisture');
    await publish(t, '-t', 'garden/bed-1/moisture', '-m', '0.31', '-q', '2');
    await page.row(/0\.31.*QoS 1/).waitFor();
    await workbench.runCommand('MQTT: Unsubscribe');
    await workbench.quickInput.pick('garden/+/moisture');
    await workbench.pane('Broker').row('garden/+/moisture').waitFor('hidden');
  });

  test('a retained message is cleared from its row, and is gone for the next subscriber', async (t) => {
    const { workbench } = window;
    const status = workbench.pane('Topics').row('status');
    await status.inlineAction('Clear Retained Message');
    await status.waitForDescription('(no payload)');
    const board = await subscribe(t, '-t', 'plant/boiler/status', '-t', 'barrier', '-v');
    await publish(t, '-t', 'barrier', '-m', 'now');
    await board.waitFor('stdout', /^barrier now$/m);
    assert.doesNotMatch(board.stdout, /^plant\/boiler\/status/m);
  });

  test('a board that vanishes leaves its will in the tree', async (t) => {
    const { workbench } = window;
    const board = await subscribe(
      t,
      ...[
        '-i',
        'esp32-lost',
        '-t',
        'unused',
        '--will-topic',
        'plant/boiler/status',
        '--will-payload',
        'lost',
      ],
    );
    await board.end('SIGKILL');
    await workbench.pane('Topics').row('status').waitForDescription('lost');
  });

  test('Stop Local Broker disconnects the board and says so', async (t) => {
    const { workbench } = window;
    const board = await subscribe(t, '-V', '5', '-t', 'unused');
    await workbench.runCommand('MQTT: Stop Local Broker');
    await board.waitFor('stdout', /Received DISCONNECT \(139\)/);
    await waitForText(workbench.statusBarItem('mqttWorkbench.status'), 'MQTT: stopped');
  });
});
