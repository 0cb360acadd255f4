/**
 * What devices send, read by the decoder that fits: the payloads of test/fixtures/payloads, each made by the encoder that a
 * device would use, published as files by mosquitto_pub.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import protobuf from 'protobufjs';
import { type InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub');
const sample = (name: string): string => inRepository('test/fixtures/payloads', name);
/** What a person has beside their firmware. */
const schemaFiles = [
  'proto/greenhouse.proto',
  'proto/units/quantity.proto',
  'proto/mistaken.proto',
  'weather.avsc',
];
const bed = 'plant/1/reading';

describe('payloads of real devices', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  after(() => rmSync(folder, { recursive: true }));
  const window = useVscodeWindow({
    files: Object.fromEntries(schemaFiles.map((name) => [name, readFileSync(sample(name), 'utf8')])),
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.decoders': [
        { topicFilter: 'plant/+/reading', decoder: 'protobuf', schemaFile: 'proto/greenhouse.proto' },
        { topicFilter: 'plant/mistaken', decoder: 'protobuf', schemaFile: 'proto/mistaken.proto' },
        { topicFilter: 'plant/weather', decoder: 'avro', schemaFile: 'weather.avsc' },
        { topicFilter: 'plant/gbk', decoder: 'text', encoding: 'gbk' },
        { topicFilter: 'plant/latin1', decoder: 'text', encoding: 'latin1' },
      ],
    },
  });
  let port = 0;
  let messages: MessagesPage;
  let inspector: InspectorPage;

  test('Protobuf is read by the schema that its topic is mapped to, and by what that imports', async (t) => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    await inspectSample(t, bed, 'protobuf-reading.bin');
    await shows('Protobuf', /"bed-1"/, /"value": 21\.5/, /"°C"/, /"OPEN"/, /18446744073709551615/);
    await waitForText(inspector.message.payload, /"\$date": "2026-01-02T03:04:05\.678Z"/);
    await window.screenshot('decoders-protobuf');
  });

  test('a field of it is plotted, from the history and as it comes', async (t) => {
    const { workbench } = window;
    await inspector.message.button('Plot Values…').click();
    await workbench.quickInput.choose(`Which number of ${bed}?`, 'temperature.value');
    const panel = await workbench.webview(`Plot: ${bed}`);
    const chart = panel.getByRole('application', { name: 'Plot' });
    await waitForText(chart, `${bed} temperature.value: newest 21.5`);
    const { root } = await protobuf.load(sample('proto/greenhouse.proto'));
    const type = root.lookupType('greenhouse.Reading');
    const warmer = type.encode(type.fromObject({ temperature: { value: 24.25 } })).finish();
    await send(t, bed, warmer);
    await waitForText(chart, 'newest 24.25, 21.5 to 24.25 in view.');
    await window.screenshot('decoders-plot');
    await workbench.closeTab(`Plot: ${bed}`);
  });

  test('bytes that the schema does not fit are told, with the bytes below', async (t) => {
    await inspect(bed, () => send(t, bed, Buffer.from('ff00ff', 'hex')));
    await waitForText(inspector.message.region, /Not readable as Protobuf/);
    await waitForText(inspector.message.payload, 'ff 00 ff');
  });

  test('a mistake in a .proto file is told with its file, its line and what was probably meant', async (t) => {
    await inspectSample(t, 'plant/mistaken', 'protobuf-reading.bin');
    await waitForText(
      inspector.message.region,
      /mistaken\.proto:9: the type units\.Quantitty is not known: did you mean units\.Quantity\?/,
    );
    await waitForText(inspector.message.region, /In .*proto\/mistaken\.proto, line 9\./);
    await window.screenshot('decoders-proto-mistake');
  });

  test('a Sparkplug birth is read whole, and a metric that comes by its alias has the name of its birth', async (t) => {
    await inspectSample(t, 'spBv1.0/plant/NBIRTH/edge', 'sparkplug-nbirth.bin');
    await shows('Sparkplug B', /"Motor\/Speed"/, /1450/, /"rpm"/, /61\.5/, /"2\.4\.1"/, /deadbeef/);
    await window.screenshot('decoders-sparkplug');
    await inspectSample(t, 'spBv1.0/plant/NDATA/edge', 'sparkplug-ndata.bin');
    await shows('Sparkplug B', /"Motor\/Speed"/, /-1450/, /"Motor\/Temperature"/, /64\.25/);
  });

  test('one document is read in CBOR and MessagePack, and as JSON in gzip, zlib and raw deflate', async (t) => {
    for (const [name, tab] of [
      ['cbor-reading.bin', 'CBOR'],
      ['messagepack-reading.bin', 'MessagePack'],
      ['gzip-json.bin', 'JSON (gzip)'],
      ['zlib-json.bin', 'JSON (zlib)'],
      ['deflate-json.bin', 'JSON (deflate)'],
    ] as const) {
      await inspectSample(t, `plant/${name}`, name);
      await shows(tab, /"volts": 3\.3/, /70000/, /"Gewächshaus"/);
    }
    await waitForText(inspector.message.region, 'Unpacked from raw deflate: 69 bytes.');
  });

  test('Avro is read by its schema', async (t) => {
    await inspectSample(t, 'plant/weather', 'avro-weather.bin');
    await shows('Avro', /"roof"/, /"celsius": -4\.25/, /"CLOUDY"/, /1099511627776/);
  });

  test('a text is read in the encoding of its topic', async (t) => {
    await inspectSample(t, 'plant/gbk', 'gbk-text.bin');
    await waitForText(inspector.message.payload, '温度 21.5');
    await inspectSample(t, 'plant/latin1', 'latin1-text.bin');
    await waitForText(inspector.message.payload, 'Außentemperatur: 21,5 °C');
  });

  test('JSON with a mistake is shown as it came, with the place of the mistake', async (t) => {
    await inspectSample(t, 'plant/mistaken-json', 'mistaken-json.bin');
    await waitForText(
      inspector.message.region,
      'Not valid JSON. Line 3, column 17: no value follows the last comma.',
    );
    await waitForText(inspector.message.payload, '"amps": [1, 2,]');
    await window.screenshot('decoders-json-mistake');
  });

  test('photographs in JPEG, GIF and WebP are drawn', async (t) => {
    for (const [name, mediaType] of [
      ['camera.jpg', 'image/jpeg'],
      ['camera.gif', 'image/gif'],
      ['camera.webp', 'image/webp'],
    ] as const) {
      await inspectSample(t, `plant/${name}`, name);
      await waitForText(inspector.message.payload, `${mediaType}, 64 × 48 pixels`);
      const image = inspector.message.payload.getByRole('img');
      // Resolves when it can be drawn, and rejects when it can't.
      await image.evaluate((element) => (element as unknown as { decode(): Promise<void> }).decode());
      const width = await image.evaluate((element) => (element as { naturalWidth?: number }).naturalWidth);
      assert.equal(width, 64, name);
      await window.screenshot(`decoders-${name.replace('.', '-')}`);
    }
  });

  test('an image is drawn, and every part of the page has a name for who does not see it', async (t) => {
    const icon = inRepository('media/icon.png');
    await inspect('plant/camera', () => publish(t, port, '-t', 'plant/camera', '-f', icon));
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

  /** Publishes a file of test/fixtures/payloads as it is, and opens its message. */
  function inspectSample(t: TestContext, topic: string, name: string): Promise<void> {
    return inspect(topic, () => publish(t, port, '-t', topic, '-f', sample(name)));
  }

  /** Has a message sent, and opens it. */
  async function inspect(topic: string, sent: () => Promise<void>): Promise<void> {
    inspector = await messages.inspectSent(window.workbench, topic, sent);
  }

  /** Waits until the payload is read by this decoder, and contains these. */
  async function shows(decoder: string, ...texts: readonly RegExp[]): Promise<void> {
    await inspector.frame.getByRole('tab', { name: decoder, exact: true, selected: true }).waitFor();
    for (const text of texts) await waitForText(inspector.message.payload, text);
  }
});
