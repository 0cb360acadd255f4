/**
 * What devices send, read by the decoder that fits: files that mosquitto_pub sends, Protobuf and Sparkplug as protobufjs
 * encodes them, bytes wrapped in gzip, a text that is no UTF-8, and one that its decoder can't read.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import protobuf from 'protobufjs';
import { type InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');
const schema = `syntax = "proto3";
package plant;
message Reading {
  double temperature = 1;
  uint64 serial_number = 2;
  string place = 3;
}
`;

const reading = protobuf.parse(schema).root.lookupType('plant.Reading');
const sparkplug = protobuf
  .parse(readFileSync(inRepository('test/fixtures/proto/sparkplug_b.proto'), 'utf8'), { keepCase: true })
  .root.lookupType('sparkplug.Payload');

function encodeAs(type: protobuf.Type, value: object): Uint8Array {
  return type.encode(type.fromObject(value)).finish();
}

describe('payloads of real devices', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  after(() => rmSync(folder, { recursive: true }));
  const window = useVscodeWindow({
    files: { 'proto/reading.proto': schema },
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.decoders': [
        {
          topicFilter: 'plant/+/reading',
          decoder: 'protobuf',
          schemaFile: 'proto/reading.proto',
          messageType: 'plant.Reading',
        },
        { topicFilter: 'plant/gbk', decoder: 'text', encoding: 'gbk' },
      ],
    },
  });
  let port = 0;
  let messages: MessagesPage;
  let inspector: InspectorPage;

  test('Protobuf is read by the schema that its topic is mapped to', async (t) => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    const value = { temperature: 21.5, serialNumber: '18446744073709551615', place: 'hall' };
    await inspect(t, 'plant/1/reading', encodeAs(reading, value));
    await shows('Protobuf', /"temperature": 21\.5/, /18446744073709551615/, /"hall"/);
  });

  test('bytes that the schema does not fit are told, with the bytes below', async (t) => {
    await inspect(t, 'plant/1/reading', Buffer.from('ff00ff', 'hex'));
    await waitForText(inspector.message.region, /Not readable as Protobuf/);
    await waitForText(inspector.message.payload, 'ff 00 ff');
  });

  test('a Sparkplug metric that comes by its alias has the name of its birth', async (t) => {
    const birth = { metrics: [{ name: 'Motor/Speed', alias: 17, datatype: 3, int_value: 0 }] };
    await send(t, 'spBv1.0/plant/NBIRTH/edge', encodeAs(sparkplug, birth));
    const data = { metrics: [{ alias: 17, int_value: 0xffff_fffe }] };
    await inspect(t, 'spBv1.0/plant/NDATA/edge', encodeAs(sparkplug, data));
    await shows('Sparkplug B', /"Motor\/Speed"/, /-2/);
  });

  test('JSON in gzip, MessagePack and GBK are read', async (t) => {
    await inspect(t, 'plant/gzip', gzipSync('{"volts": 3.3}'));
    await waitForText(inspector.message.payload, '"volts": 3.3');
    await waitForText(inspector.message.region, 'gzip');
    await inspect(t, 'plant/packed', encodeMessagePack({ amps: [1, 2, 3], ok: true }));
    await shows('MessagePack', /"amps"/);
    // 温度, temperature.
    await inspect(t, 'plant/gbk', Buffer.from('cec2b6c8', 'hex'));
    await waitForText(inspector.message.payload, '温度');
  });

  test('an image is drawn, and every part of the page has a name for who does not see it', async (t) => {
    await inspect(t, 'plant/camera', readFileSync(inRepository('media/icon.png')));
    await inspector.message.payload.getByRole('img').waitFor();
    const tree = await inspector.frame.getByRole('main').ariaSnapshot();
    for (const line of tree.split('\n')) {
      // A control or an image without a name would be `- button`, `- img` and no more.
      assert.doesNotMatch(line, /^\s*- (button|img|tab|combobox|textbox|link|region|toolbar)(:|$)/, tree);
    }
    for (const name of [
      'button "Copy Payload"',
      'button "Previous Message"',
      'tab "Image',
      'combobox "Decoder"',
    ])
      assert.ok(tree.includes(name), `${name} in\n${tree}`);
    for (const theme of ['highContrastLight', 'highContrastDark', 'dark', 'light'] as const) {
      await window.setTheme(theme);
      await window.screenshot(`decoders-image-${theme}`);
    }
  });

  async function send(t: TestContext, topic: string, payload: Uint8Array): Promise<void> {
    const file = join(folder, 'payload.bin');
    writeFileSync(file, payload);
    await publish(t, port, '-t', topic, '-f', file);
  }

  /** Sends a message, and opens it. */
  async function inspect(t: TestContext, topic: string, payload: Uint8Array): Promise<void> {
    inspector = await messages.inspectSent(window.workbench, topic, () => send(t, topic, payload));
  }

  /** Waits until the payload is read by this decoder, and contains these. */
  async function shows(decoder: string, ...texts: readonly RegExp[]): Promise<void> {
    await inspector.frame.getByRole('tab', { name: decoder, selected: true }).waitFor();
    for (const text of texts) await waitForText(inspector.message.payload, text);
  }
});
