/** Random and broken bytes: whatever they are, every decoder has an outcome for them, and no candidate throws. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor2';
import type { DecodeOutcome, DecoderInput, DecodeSettings } from '../../../src/decoders/decoder.ts';
import { numberAt, numericPaths } from '../../../src/decoders/numericPaths.ts';
import type { Decoders } from '../../../src/decoders/registry.ts';
import { hex } from '../../support/bytes.ts';
import { inputOf, testDecoders } from '../../support/decoding.ts';
import { SeededRandom } from '../../support/random.ts';

const payloads = 20_000;
/** The worst that a byte may become: a field of eight bytes that is shown in every reading, indented. */
const maxCharactersPerByte = 400;

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/proto');
const avroSchema = '/fuzz.avsc';
const value = { t: 21.5, list: [1, -70000, 'text'], inner: { on: true, raw: Uint8Array.of(1, 2) } };
const json = '{"t": 21.5, "list": [1, "a\\u00e9", null, {"b": true}]}';

const samples: Uint8Array[] = [
  Buffer.from(json),
  encodeCbor(value),
  encodeMessagePack(value),
  hex('09 00 00 00 00 00 80 35 40 10 05 42 04 CD CC CC 3D 52 06 0A 02 "ok" 10 07 7A 04 32 02 "in"'),
  hex('08 AE A0 E7 12 13 0A 04 "temp" 10 05 20 09 65 00 00 AC 41 28 01 30 00 18 07'),
  hex(
    '"Obj" 01 02 16 "avro.schema" 0A 22 "int" 22 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 02 02 02 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F',
  ),
  hex('89 "PNG" 0D 0A 1A 0A 00 00 00 0D "IHDR" 00 00 01 40 00 00 00 F0 08 02 00 00 00 00 00 00 00'),
  hex('FF D8 FF E0 00 10 "JFIF" 00 01 01 00 00 01 00 01 00 00 FF C2 00 0B 08 00 F0 01 40 01 00 11 00 FF D9'),
  gzipSync(json),
  deflateSync(encodeCbor(value)),
  Buffer.from(Buffer.from(json).toString('base64')),
  Buffer.from('Temperatur 21 °C, größer'),
];
const telling = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x9f, 0xa1, 0xbf, 0xc1, 0xdf, 0xff];
const topics = ['plant/sensor', 'spBv1.0/g/NDATA/e', 'spBv1.0/g/DBIRTH/e/d'];
const contentTypes = [
  undefined,
  'application/json',
  'application/cbor',
  'application/x-protobuf',
  'text/plain',
];

test(`${payloads} random and broken payloads are offered and decoded without a throw`, async () => {
  const random = new SeededRandom(20_260_102);
  const decoders = testDecoders({
    includeFolders: () => [path.join(fixtures, 'vendor')],
    ...withAvroSchema(),
  });
  const counts = { decoded: 0, failed: 0 };
  for (let i = 0; i < payloads; i++) {
    const payload = random.integer(0, 4) === 0 ? random.bytes(random.integer(0, 40)) : mutated(random);
    const contentType = random.pick(contentTypes);
    const input = inputOf(payload, {
      topic: random.pick(topics),
      isCut: random.integer(0, 9) === 0,
      ...(contentType !== undefined && { contentType }),
    });
    try {
      await playPayload(random, decoders, input, counts);
    } catch (error) {
      const shown = `payload ${i} of ${input.topic}: ${Buffer.from(payload).toString('hex')}`;
      assert.fail(`${shown}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  assert.ok(counts.decoded > 10_000 && counts.failed > 2_000, JSON.stringify(counts));
});

async function playPayload(
  random: SeededRandom,
  decoders: Decoders,
  input: DecoderInput,
  counts: Record<DecodeOutcome['kind'], number>,
): Promise<void> {
  decoders.sparkplugNames.observe(input.topic, input.payload);
  const candidates = decoders.candidates(input);
  const [best] = candidates;
  assert.ok(best && candidates.some(({ id, via }) => id === 'hex' && via.length === 0));
  const other = random.pick(decoders.all);
  for (const [id, settings] of [
    [best.id, { via: best.via }],
    [other.id, settingsFor(random, other.id)],
  ] as const) {
    const outcome = await decoders.decode(input, id, settings);
    counts[outcome.kind]++;
    if (outcome.kind === 'failed') {
      assert.doesNotMatch(outcome.message, /^The decoder failed|^$/);
      continue;
    }
    const { view, value: found } = outcome.decoded;
    if (view.kind === 'json' && id !== 'base64' && !isWrapped(input.payload))
      // A thousand for a schema's defaults, which are shown even for no bytes.
      assert.ok(
        view.text.length < 1000 + input.payload.length * maxCharactersPerByte,
        `${id} ${view.text.length}`,
      );
    for (const { path: at, value: number } of numericPaths(found)) assert.equal(numberAt(found, at), number);
  }
}

function isWrapped(payload: Uint8Array): boolean {
  return payload[0] === 0x1f || payload[0] === 0x78;
}

function settingsFor(random: SeededRandom, id: string): DecodeSettings {
  switch (id) {
    case 'protobuf':
      return random.boolean()
        ? {}
        : { schemaFile: path.join(fixtures, 'readings.proto'), messageType: 'acme.Reading' };
    case 'avro':
      return { schemaFile: avroSchema };
    case 'numbers':
      return {
        numberType: random.pick(['int8', 'uint16', 'float32', 'int64']),
        byteOrder: random.pick(['little', 'big']),
      };
    case 'text':
      return { encoding: random.pick(['utf-8', 'gbk', 'latin1', 'utf-16le', 'shift_jis']) };
    case 'json':
      return { via: random.pick([[], ['deflate'], ['brotli']]) };
    default:
      return {};
  }
}

function mutated(random: SeededRandom): Uint8Array {
  let bytes: number[] = [...random.pick(samples)];
  for (let i = random.integer(1, 3); i > 0; i--) {
    const at = random.integer(0, Math.max(0, bytes.length - 1));
    switch (random.integer(0, 5)) {
      case 0: // a bit
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
        break;
      case 1:
        bytes[at] = random.pick(telling);
        break;
      case 2:
        bytes.splice(at, 0, ...random.bytes(random.integer(1, 8)));
        break;
      case 3:
        bytes.splice(at, random.integer(1, 8));
        break;
      case 4: // cut
        bytes = bytes.slice(0, at);
        break;
      default: // another one's end
        bytes = [...bytes.slice(0, at), ...random.pick(samples).subarray(at)];
    }
  }
  return Uint8Array.from(bytes);
}

function withAvroSchema() {
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'nothing', type: { type: 'array', items: 'null' } },
      { name: 'self', type: ['null', 'R', 'string'] },
      { name: 'map', type: { type: 'map', values: ['double', 'bytes'] } },
    ],
  };
  return {
    readFile: async (name: string): Promise<Uint8Array> =>
      name === avroSchema ? Buffer.from(JSON.stringify(schema)) : readFile(name),
  };
}
