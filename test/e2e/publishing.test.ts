/**
 * The publish form and another broker, through the screen: mosquitto is published to in 5.0 and in 3.1.1, a request is
 * answered by a device, a message is repeated while the form is closed, saved, published again, and subscribed to with the
 * options of 5.0.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connectAsync } from 'mqtt';
import type { FrameLocator } from 'playwright-core';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub');

describe('publishing to another broker', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
    files: { 'payload.json': '{ "setpoint": 55 }' },
  });
  const owner = ownedBySuite();
  let port = 0;
  let gateway: MosquittoBroker;

  before(async () => {
    port = await freePort();
    gateway = await MosquittoBroker.start(owner, { configuration: [`listener ${port} 127.0.0.1`] });
  });

  const connections = () => window.workbench.pane('Connections');
  /** While the row above it is drawn anew, as its rate changes, VS Code does not know which row is clicked on. */
  const calmRow = async (topicFilter: string) => {
    await connections().row('Gateway').waitForDescription(/ ms$/);
    return connections().row(topicFilter);
  };
  const outcome = (form: FrameLocator) => form.locator('.publish-footer [role=status]');
  /** Of the first profile, as the settings have them that VS Code writes to where a workspace is remote. */
  const savedSubscriptions = () => {
    const file = join(window.server.dataFolder, 'user/Machine/settings.json');
    return JSON.parse(readFileSync(file, 'utf8'))['mqttWorkbench.connections'][0].subscriptions;
  };
  let form: FrameLocator;

  test('the form opens for a connection, says which, and publishes to it', async (t) => {
    const { workbench, server } = window;
    const url = `mqtt://127.0.0.1:${port}`;
    server.updateSettings({
      'mqttWorkbench.connections': [
        { name: 'Gateway', url, color: 'red', icon: 'flame', connectOnStart: true },
        {
          name: 'Old Gateway',
          url,
          protocolVersion: '3.1.1',
          color: 'blue',
          confirmPublish: true,
          connectOnStart: true,
        },
        { name: 'Production', url, readOnly: true, color: 'purple', connectOnStart: true },
      ],
    });
    await workbench.openViews('MQTT Workbench');
    await connections().expand();
    for (const name of ['Gateway', 'Old Gateway', 'Production'])
      await connections()
        .row(name)
        .waitForDescription(/^connected/);
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', '%t %p %C');
    await connections().row('Gateway').contextMenu('Open Publish Form');
    form = await workbench.webview('Publish to Gateway');
    await form.getByRole('button', { name: 'Publish to Gateway' }).waitFor();
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('plant/setpoint');
    await form.getByRole('radio', { name: 'JSON' }).check({ force: true });
    await form.getByRole('textbox', { name: 'Payload', exact: true }).fill('{"t": 21.5}');
    await form.getByText('MQTT 5 Properties').click();
    await form.getByRole('textbox', { name: 'Content type' }).fill('application/json');
    await form.getByRole('button', { name: 'Publish', exact: true }).click();
    await device.waitFor('stdout', /^plant\/setpoint {"t": 21.5} application\/json$/m);
    await waitForText(outcome(form), 'Published to plant/setpoint');
    await form.locator('.side').getByText('plant/setpoint').waitFor();
    await window.screenshot('publish-gateway-light');
  });

  test('a connection of 3.1.1 says at each field that it is not sent, and one that wants to be asked about asks', async (t) => {
    const { workbench } = window;
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', '%t %p [%C]');
    await form.getByRole('button', { name: 'Publish to Gateway' }).click();
    await workbench.quickInput.waitFor('Broker to publish to');
    await window.screenshot('publish-choose-target');
    await workbench.quickInput.pick('Old Gateway');
    await form.getByText('Not sent: MQTT 3.1.1 has no properties.').first().waitFor();
    await form.getByText('You are asked before something is published to it.').waitFor();
    await form.getByRole('button', { name: 'Publish', exact: true }).click();
    await workbench.quickInput.waitFor('You asked to be asked');
    await workbench.quickInput.cancel();
    await waitForText(outcome(form), 'Not published to plant/setpoint.');
    await form.getByRole('button', { name: 'Publish', exact: true }).click();
    await workbench.quickInput.choose('You asked to be asked', 'Publish to Old Gateway');
    await device.waitFor('stdout', /^plant\/setpoint {"t": 21.5} \[\]$/m);
    await waitForText(outcome(form), 'MQTT 3.1.1 has no properties: it went without them.');
    await window.screenshot('publish-3.1.1');
  });

  test('a read-only connection refuses, and says why', async () => {
    const { workbench } = window;
    await form.getByRole('button', { name: 'Publish to Old Gateway' }).click();
    await workbench.quickInput.choose('Broker to publish to', 'Production');
    await form.getByText('Production is read-only').waitFor();
    await form.getByRole('button', { name: 'Publish', exact: true, disabled: true }).waitFor();
    await window.screenshot('publish-read-only');
    await form.getByRole('button', { name: 'Publish to Production' }).click();
    await workbench.quickInput.choose('Broker to publish to', 'Gateway');
    await form.getByRole('button', { name: 'Publish to Gateway' }).waitFor();
  });

  test('a request is answered, and the answer is shown with its time', async (t) => {
    const device = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
    t.after(() => device.endAsync(true));
    await device.subscribeAsync('plant/ask');
    device.on('message', (_topic, payload, packet) => {
      const { responseTopic = '', correlationData } = packet.properties ?? {};
      const properties = { ...(correlationData && { correlationData }), userProperties: { fw: '2.4.1' } };
      device.publish(responseTopic, `{"answer": ${payload.toString()}}`, { properties });
    });
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('plant/ask');
    await form.getByRole('button', { name: 'Request' }).click();
    const side = form.locator('.side');
    await side.getByText('{"answer": {"t": 21.5}}').waitFor();
    await side.getByText(/^after [\d.]+ ms$/).waitFor();
    await side.getByText('2.4.1').waitFor();
    assert.match(
      await form.getByRole('combobox', { name: 'Response topic' }).inputValue(),
      /^mqtt-workbench\/response\/[0-9a-f]{8}$/,
    );
    await window.screenshot('publish-response-light');
    await window.setTheme('dark');
    await window.screenshot('publish-response-dark');
    await window.setTheme('light');
    // Where there is no room beside the form, its lists are below it.
    await window.workbench.moveSideBarEdge(700);
    await form.getByRole('button', { name: 'Request' }).click();
    await waitForText(outcome(form), 'Published to plant/ask, and answered.');
    await side.getByText('2.4.1').scrollIntoViewIfNeeded();
    await window.screenshot('publish-narrow-light');
    await window.workbench.moveSideBarEdge(348);
  });

  test('a message is saved in the workspace, and published from the palette', async (t) => {
    const { workbench, workspaceFolder } = window;
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %t %p');
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('plant/mode');
    await form.getByRole('button', { name: 'Save…' }).click();
    await workbench.quickInput.answer('Name of the message', 'Boiler to 21.5');
    await workbench.quickInput.choose('Who is to have it?', 'Everyone who works in this folder');
    await form.locator('.side').getByText('Boiler to 21.5').waitFor();
    const file = join(workspaceFolder, '.vscode/mqtt-messages.json');
    assert.ok(existsSync(file));
    const { messages } = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(
      [messages[0].name, messages[0].connection, messages[0].topic],
      ['Boiler to 21.5', 'Gateway', 'plant/mode'],
    );
    await workbench.runCommand('MQTT: Publish Saved…');
    await workbench.quickInput.waitFor('Message to publish');
    await window.screenshot('publish-saved');
    await workbench.quickInput.pick('Boiler to 21.5');
    await device.waitFor('stdout', /^got plant\/mode {"t": 21.5}$/m);
  });

  test('what is selected in an editor is published alone', async (t) => {
    const { workbench } = window;
    await workbench.runCommand('Go to File...');
    await workbench.quickInput.fill('payload.json');
    await workbench.quickInput.pick('payload.json');
    await workbench.tab('payload.json').waitFor();
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %t %p');
    await workbench.page
      .locator('.view-line span', { hasText: /^"?setpoint"?$/ })
      .last()
      .dblclick();
    await workbench.runCommand('MQTT: Publish Selection or File…');
    await workbench.quickInput.choose('Broker to publish to', 'Gateway');
    await workbench.quickInput.answer('Topic to publish to', 'plant/selected');
    await workbench.quickInput.choose('Quality of service', 'QoS 0');
    await device.waitFor('stdout', /^got plant\/selected setpoint$/m);
  });

  test('what is in an editor is published, and becomes the payload of the form', async (t) => {
    const { workbench } = window;
    // Nothing is selected any more.
    await workbench.page.locator('.view-line').first().click();
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %t %p');
    await workbench.runCommand('MQTT: Publish Selection or File…');
    await workbench.quickInput.choose('What is the payload?', 'payload.json');
    await workbench.quickInput.choose('Broker to publish to', 'Gateway');
    await workbench.quickInput.answer('Topic to publish to', 'plant/profile');
    await workbench.quickInput.choose('Quality of service', 'QoS 0');
    await device.waitFor('stdout', /^got plant\/profile { "setpoint": 55 }$/m);
    await workbench.runCommand('MQTT: Open Publish Form');
    form = await workbench.webview('Publish to Gateway');
    await form.getByRole('button', { name: 'From Editor' }).click();
    const payload = form.getByRole('textbox', { name: 'Payload', exact: true });
    await form.getByText('18 bytes').waitFor();
    assert.equal(await payload.inputValue(), '{ "setpoint": 55 }');
  });

  test('a document that is written as JSON is sent as CBOR, and what can’t be is said at the payload', async (t) => {
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %x');
    await form.getByRole('radio', { name: 'CBOR' }).check({ force: true });
    await form.getByText('12 bytes').waitFor();
    await form.getByRole('button', { name: 'Publish', exact: true }).click();
    await device.waitFor('stdout', /^got a168736574706f696e741837$/m);
    await form.getByRole('radio', { name: 'Protobuf' }).check({ force: true });
    await form.getByText('no schema is chosen for this topic').waitFor();
    await window.screenshot('publish-protobuf-light');
    await form.getByRole('radio', { name: 'JSON' }).check({ force: true });
  });

  test('what was published is published again, and taken into the form', async (t) => {
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %t %p');
    await form.getByRole('button', { name: 'Publish again: plant/ask' }).click();
    await device.waitFor('stdout', /^got plant\/ask {"t": 21.5}$/m);
    await form.getByRole('button', { name: 'Into the form: plant/ask' }).first().click();
    const topic = form.getByRole('combobox', { name: 'Topic', exact: true });
    await form.getByText('11 bytes').waitFor();
    assert.equal(await topic.inputValue(), 'plant/ask');
    await form.getByRole('button', { name: 'Remove Boiler to 21.5' }).click();
    const toast = window.workbench.toast('Removed Boiler to 21.5 from the saved messages.');
    await toast.click('Undo');
    await form.locator('.side').getByText('Boiler to 21.5').waitFor();
  });

  test('a message is repeated with a counter, also while the form is closed, until it is stopped', async (t) => {
    const { workbench } = window;
    const device = await subscribe(t, port, '-V', '5', '-t', 'plant/#', '-F', 'got %t %p');
    await form.getByRole('combobox', { name: 'Topic', exact: true }).fill('plant/tick');
    await form
      .getByRole('textbox', { name: 'Payload', exact: true })
      .fill('{"n": {{counter}}, "at": "{{time}}"}');
    await form.getByText('Filled in each time: {{counter}} {{time}}').waitFor();
    await form.getByText('Repeat', { exact: true }).click();
    await form.getByRole('textbox', { name: 'Every' }).fill('200');
    await form.getByRole('button', { name: 'Start' }).click();
    await device.waitFor('stdout', /^got plant\/tick {"n": 3, "at": "\d{4}-\d\d-\d\dT[\d:.]+Z"}$/m);
    await form.locator('.row-traits', { hasText: 'every 200 ms' }).waitFor();
    await window.screenshot('publish-repeat-light');
    await window.setTheme('dark');
    await window.screenshot('publish-repeat-dark');
    await window.setTheme('light');
    await workbench.closeTab('Publish to Gateway');
    const status = workbench.statusBarItem('mqttWorkbench.repeatStatus');
    await waitForText(status, 'Repeating');
    const before = device.stdout.match(/plant\/tick/g)?.length ?? 0;
    await device.waitFor('stdout', new RegExp(`"n": ${before + 3},`));
    await status.click();
    await workbench.quickInput.choose('What is not to be published any more?', 'Stop plant/tick');
    await status.waitFor({ state: 'hidden' });
  });

  test('a repeat ends with its connection, and says so', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Open Publish Form');
    form = await workbench.webview('Publish to Gateway');
    await form.getByText('Repeat', { exact: true }).click();
    await form.getByRole('button', { name: 'Start' }).click();
    await waitForText(workbench.statusBarItem('mqttWorkbench.repeatStatus'), 'Repeating');
    await gateway.kill();
    const toast = workbench.toast('The repeat to plant/tick ended after');
    await toast.waitFor();
    await waitForText(outcome(form), 'The repeat to plant/tick ended after');
    // Soon: each pause until it is tried again is twice the one before it.
    await gateway.startAgain();
    await window.screenshot('publish-repeat-ended');
    await toast.close();
    // By itself, sooner or later.
    await connections()
      .row('Gateway')
      .waitForDescription(/^connected/);
  });

  test('a subscription with the options of 5.0 does not bring back what is published here', async (t) => {
    const { workbench } = window;
    const { quickInput } = workbench;
    await connections().row('Gateway').inlineAction('Subscribe…');
    await quickInput.answer('Topic filter to subscribe to', 'plant/+');
    await quickInput.choose('Highest quality of service', 'More Options…');
    await quickInput.choose('Options of the subscription', 'No Local: off');
    // Each answer brings a new list that asks the same: what was chosen tells it from the one before.
    await quickInput.row('No Local: on').waitFor();
    await quickInput.choose('Options of the subscription', 'QoS 0');
    await quickInput.row('QoS 1').waitFor();
    await window.screenshot('subscribe-options');
    await quickInput.pick('Subscribe');
    await connections().row('plant/+').waitForDescription('QoS 1 · No Local · 0 messages');
    await connections().row('Gateway').inlineAction('Publish…');
    await quickInput.answer('Topic to publish to', 'plant/own');
    await quickInput.answer('Payload as text', 'own');
    await quickInput.choose('Quality of service', 'QoS 1');
    await publish(t, port, '-q', '1', '-t', 'plant/other', '-m', 'x');
    await connections().row('plant/+').waitForDescription('QoS 1 · No Local · 1 message');
  });

  test('a muted subscription counts on, and its messages are in no tree', async (t) => {
    const { workbench } = window;
    await (await calmRow('plant/+')).inlineAction('Mute Subscription');
    await connections().row('plant/+').waitForDescription('muted · QoS 1 · No Local · 1 message');
    await publish(t, port, '-q', '1', '-t', 'plant/quiet', '-m', 'x');
    await connections().row('plant/+').waitForDescription('muted · QoS 1 · No Local · 2 messages');
    await window.screenshot('subscription-muted-light');
    await (await calmRow('plant/+')).inlineAction('Unmute Subscription');
    await connections()
      .row('plant/+')
      .waitForDescription(/^QoS 1 · No Local · 2 messages$/);
    await publish(t, port, '-q', '1', '-t', 'plant/loud', '-m', 'x');
    await connections().row('plant/+').waitForDescription('QoS 1 · No Local · 3 messages');
    await workbench.pane('Topics').row('Gateway').expand();
    await workbench.pane('Topics').row('plant').expand();
    await workbench.pane('Topics').row('loud').waitFor();
    await workbench.pane('Topics').row('quiet').waitFor('hidden');
  });

  test('made once more, it brings retained messages again', async (t) => {
    await publish(t, port, '-q', '1', '-r', '-t', 'plant/kept', '-m', 'x');
    await connections().row('plant/+').waitForDescription('QoS 1 · No Local · 4 messages');
    await (await calmRow('plant/+')).contextMenu('Subscribe Again');
    await connections().row('plant/+').waitForDescription('QoS 1 · No Local · 5 messages');
  });

  test('it is saved with the profile, and ended', async () => {
    const { workbench } = window;
    await (await calmRow('plant/+')).contextMenu('Save Subscription with Profile');
    await waitForText(
      workbench.page.locator('.statusbar'),
      'plant/+ is subscribed to at each connect of Gateway.',
    );
    assert.deepEqual(savedSubscriptions(), [{ topicFilter: 'plant/+', qos: 1, noLocal: true }]);
    await (await calmRow('plant/+')).inlineAction('Unsubscribe');
    await connections().row('plant/+').waitFor('hidden');
  });
});
