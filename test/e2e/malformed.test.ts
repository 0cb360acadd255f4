/**
 * A client that breaks the standard: it is disconnected, the log says what an author of firmware needs to find the
 * mistake, its row in the Clients view says the same, and no one else notices.
 *
 * Packets are written down byte by byte. The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PacketsPage } from '../host/packetsPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { hex } from '../support/packetBytes.ts';
import type { Program } from '../support/program.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');

const reservedConnectFlag = hex(`
  10 0F              # CONNECT, 15 bytes follow
  00 04 "MQTT" 05    # protocol name and level: 5.0
  03                 # flags: clean start, and the reserved one
  00 00 00           # keep alive; no properties
  00 02 "r1"         # client identifier
`);
const publishWithQoS3 = hex(`
  36 06              # PUBLISH, QoS bits 11, 6 bytes follow
  00 01 "a"          # topic
  00 01 00           # packet identifier; no properties
`);
const tlsClientHello = hex(`
  16 03 01 00 05     # TLS handshake record of 5 bytes
  01 00 00 01 03     # ClientHello
`);

describe('a client that breaks the standard', { skip }, () => {
  const owner = ownedBySuite();
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let port = 0;
  let bystander: Program;

  test('meanwhile another client is connected', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    bystander = await subscribe(owner, port, '-i', 'bystander', '-t', 'plant/#', '-v');
    await workbench.pane('Clients').row('bystander').waitFor();
  });

  test('a CONNECT with a reserved flag ends the connection, and the log names packet, byte, clause and code [MQTT-3.1.2-3]', async () => {
    const { workbench } = window;
    const client = await RawClient.overTcp(port, 5);
    client.sendBytes(reservedConnectFlag);
    await client.closed();
    await workbench.runCommand('MQTT: Show Log');
    // It takes the focus when it comes, and the palette closes when it loses it.
    await workbench.output.waitFor();
    await workbench.runCommand('View: Toggle Maximized Panel');
    await waitForText(
      workbench.output,
      /\[error\] 127\.0\.0\.1:\d+ is disconnected: CONNECT, byte 9: .+ \[MQTT-3\.1\.2-3\] \(0x81 Malformed Packet, reserved-connect-flag\)/,
    );
  });

  test('a PUBLISH with QoS 3 is told 0x81, and the log names its client too [MQTT-3.3.1-4]', async () => {
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'esp32-broken' });
    client.sendBytes(publishWithQoS3);
    await client.expectDisconnected(0x81);
    await waitForText(
      window.workbench.output,
      /\[error\] Client "esp32-broken" at 127\.0\.0\.1:\d+ is disconnected: PUBLISH, byte 0: .+ \[MQTT-3\.3\.1-4\] \(0x81 Malformed Packet, qos-invalid\)/,
    );
  });

  test('a device that speaks TLS to this port is told what to change', async () => {
    const client = await RawClient.overTcp(port, 4);
    client.sendBytes(tlsClientHello);
    await client.closed();
    await waitForText(
      window.workbench.output,
      /byte 0: The stream starts with a TLS handshake .+ turn TLS off in the device/,
    );
  });

  test('what a client calls itself can write no line of its own into the log', async () => {
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'liar\n[error] all is lost' });
    client.sendBytes(publishWithQoS3);
    await client.expectDisconnected(0x81);
    await waitForText(window.workbench.output, /\[error\] Client "liar\\n\[error\] all is lost" at/);
  });

  test('the other client has noticed nothing, and the Clients view says of each how it fared', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', 'plant/door', '-m', 'closed');
    await bystander.waitFor('stdout', /^plant\/door closed$/m);
    assert.doesNotMatch(bystander.stdout, /DISCONNECT/);
    assert.equal(bystander.stdout.match(/sending CONNECT/g)?.length, 1);
    await workbench.runCommand('View: Toggle Maximized Panel');
    const clients = workbench.pane('Clients');
    await clients.row('bystander').waitForDescription(/^127\.0\.0\.1 · /);
    await clients.row('esp32-broken').waitForDescription(/gone · protocol fault · /);
    await clients.row('esp32-broken').locator.locator('.codicon-error').waitFor();
    // Rows out of sight are not there for a test.
    for (const title of ['Broker', 'Topics']) await workbench.pane(title).collapse();
    await clients.row('esp32-broken').expand();
    await clients
      .row('Last disconnect', { level: 2 })
      .waitForDescription(
        / ago · The broker closed it for a fault in PUBLISH, byte 0: .+ \[MQTT-3\.3\.1-4\] \(qos-invalid\)$/,
      );
    await window.screenshot('clients-fault');
  });

  test('a click on how it ended tells all of it, and leads to the page of the fault and to its packets', async () => {
    const { workbench } = window;
    const ended = workbench.pane('Clients').row('Last disconnect', { level: 2 });
    const told = workbench.toast('esp32-broken: The broker closed it for a fault in PUBLISH, byte 0:');
    await ended.click();
    await told.waitFor();
    assert.deepEqual(await told.buttons(), ['Learn More', 'Start Packet Trace']);
    await window.screenshot('disconnect-explained');
    await told.click('Learn More');
    await workbench.webview('Preview errors.md');
    await workbench.runCommand('View: Close All Editors');
    await ended.click();
    await told.click('Start Packet Trace');
    const packets = await PacketsPage.in(workbench);
    await waitForText(packets.frame.locator('body'), /No packet matches/);
    assert.equal(await packets.client.inputValue(), 'esp32-broken');
    await ended.click();
    await told.waitFor();
    assert.deepEqual(await told.buttons(), ['Learn More', 'Show Packets']);
    await told.close();
  });
});
