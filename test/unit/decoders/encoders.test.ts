/** What a person writes becomes bytes, and the decoders read them back as the same document. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BinaryFormat, encoderFor } from '../../../src/decoders/encoders.ts';
import { createDecoders } from '../../../src/decoders/registry.ts';
import { SchemaFiles } from '../../../src/decoders/schemaFiles.ts';
import { topicMatches } from '../../../src/mqtt/topics.ts';

const proto = `
syntax = "proto3";
package acme;
import "google/protobuf/timestamp.proto";
enum Mode { OFF = 0; HEAT = 1; COOL = 2; }
message Point { sint32 x = 1; double y = 2; }
message Reading {
  string name = 1;
  uint64 serial = 2;
  float celsius = 3;
  Mode mode = 4;
  repeated int32 samples = 5;
  repeated Point points = 6;
  map<string, int32> counts = 7;
  bytes raw = 8;
  bool ok = 9;
  google.protobuf.Timestamp at = 10;
  sfixed64 offset = 11;
  int32 negative = 12;
}`;

const readFile = async (path: string): Promise<Uint8Array> => {
  if (path !== '/reading.proto') throw new Error('ENOENT');
  return new TextEncoder().encode(proto);
};
const choice = {
  topicFilter: '#',
  decoder: 'protobuf',
  schemaFile: '/reading.proto',
  messageType: 'Reading',
} as const;
const decoders = createDecoders({ matches: topicMatches, readFile });

async function encode(format: BinaryFormat, text: string, chosen = true): Promise<Uint8Array | string> {
  const files = new SchemaFiles(readFile, () => []);
  const found = await encoderFor(format, chosen ? choice : undefined, files);
  if (found.kind === 'problem') return found.message;
  const made = found.encode(text);
  return made.kind === 'bytes' ? made.bytes : made.message;
}

async function hex(format: BinaryFormat, text: string): Promise<string> {
  const bytes = await encode(format, text);
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('hex');
}

async function readBack(format: BinaryFormat, bytes: Uint8Array): Promise<unknown> {
  const input = { topic: 'a', payload: bytes, isCut: false };
  const outcome =
    format === 'protobuf' ? await decoders.decodeChosen(input, choice) : await decoders.decode(input, format);
  assert.ok(outcome.kind === 'decoded' && outcome.decoded.view.kind === 'json', JSON.stringify(outcome));
  return JSON.parse(outcome.decoded.view.text);
}

const documents: Record<string, string> = {
  'a reading': '{"t": 21.5, "ok": true, "name": "boiler", "none": null, "list": [1, -1, [], {}]}',
  'whole numbers of every size': `[${[0, 23, 24, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, -1, -24, -25, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649].join()}]`,
  'long texts, lists and maps': JSON.stringify({
    text: ['x'.repeat(31), 'x'.repeat(32), 'x'.repeat(256), 'x'.repeat(70_000)],
    list: Array.from({ length: 300 }, (_, i) => i),
    map: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])),
  }),
  bytes: '{"$bytes": "00ff10"}',
  'not a number': '[{"$float": "NaN"}, {"$float": "-Infinity"}]',
  'a time': '{"at": {"$date": "2026-01-02T03:04:05.678Z"}}',
  'a time before 1970': '{"$date": "1900-01-01T00:00:00Z"}',
  'a map whose keys are no texts': '{"$map": [[true, 1], [null, 2]]}',
};

for (const format of ['cbor', 'messagePack'] as const) {
  describe(format, () => {
    for (const [name, text] of Object.entries(documents))
      test(`${name}: the decoder reads back what was written`, async () => {
        const bytes = await encode(format, text);
        assert.ok(typeof bytes !== 'string', String(bytes));
        const back = (await readBack(format, bytes)) as { at?: { $date: string }; $date?: string };
        // MessagePack keeps the time, and not how many digits it was written with.
        if (name.startsWith('a time')) {
          const time = back.at?.$date ?? back.$date ?? '';
          const written = /"(\d{4}-[^"]+)"/.exec(text)?.[1] ?? '';
          assert.equal(Date.parse(time), Date.parse(written));
        } else assert.deepEqual(back, JSON.parse(text));
      });
  });
}

test('CBOR is written as RFC 8949 has it in its examples', async () => {
  const examples: [string, string][] = [
    ['0', '00'],
    ['23', '17'],
    ['24', '1818'],
    ['1000000', '1a000f4240'],
    ['18446744073709551615', '1bffffffffffffffff'],
    ['18446744073709551616', 'c249010000000000000000'],
    ['-18446744073709551616', '3bffffffffffffffff'],
    ['-18446744073709551617', 'c349010000000000000000'],
    ['-1000', '3903e7'],
    ['100000.0', 'fa47c35000'],
    ['1.1', 'fb3ff199999999999a'],
    ['{"$undefined": true}', 'f7'],
    ['{"$simple": 255}', 'f8ff'],
    ['{"$tag": 32, "$value": "a"}', 'd8206161'],
    ['"\\u00fc"', '62c3bc'],
    ['[1, [2, 3]]', '8201820203'],
    ['{"a": 1}', 'a1616101'],
    ['{"$date": "2013-03-21T20:04:00Z"}', 'c074323031332d30332d32315432303a30343a30305a'],
  ];
  for (const [text, expected] of examples) assert.equal(await hex('cbor', text), expected, text);
});

test('MessagePack is written as its specification has it, its timestamps in each of three sizes', async () => {
  const examples: [string, string][] = [
    ['18446744073709551615', 'cfffffffffffffffff'],
    ['-9223372036854775808', 'd38000000000000000'],
    ['1.0', 'ca3f800000'],
    ['{"$date": "1970-01-01T00:00:01Z"}', 'd6ff00000001'],
    ['{"$date": "1970-01-01T00:00:01.000000001Z"}', 'd7ff0000000400000001'],
    ['{"$date": "1969-12-31T23:59:59Z"}', 'c70cff00000000ffffffffffffffff'],
    ['{"$extension": 5, "$value": {"$bytes": "0102"}}', 'd5050102'],
  ];
  for (const [text, expected] of examples) assert.equal(await hex('messagePack', text), expected, text);
});

test('Protobuf: the decoder reads back what was written, by the schema of the topic', async () => {
  const reading = {
    name: 'boiler',
    serial: 18446744073709,
    celsius: 21.5,
    mode: 'HEAT',
    samples: [1, -2, 300],
    points: [{ x: -3, y: 0.5 }],
    counts: { a: 1, b: 2 },
    raw: { $bytes: '00ff' },
    ok: true,
    at: { $date: '2026-01-02T03:04:05.678Z' },
    offset: -5,
    negative: -1,
  };
  const bytes = await encode('protobuf', JSON.stringify(reading));
  assert.ok(typeof bytes !== 'string', String(bytes));
  assert.deepEqual(await readBack('protobuf', bytes), reading);
  // Packed, as proto3 has it: field 5, three bytes and ten and two.
  assert.equal(await hex('protobuf', '{"samples": [1, 300]}'), '2a0301ac02');
  assert.equal(await hex('protobuf', '{"serial": 18446744073709551615}'), '10ffffffffffffffffff01');
});

const problems: [BinaryFormat, string, RegExp][] = [
  ['cbor', '{"a": [1, {"$bytes": "0"}]}', /^\.a\[1\]\.\$bytes: pairs of hex digits/],
  ['cbor', '{"$extension": 1, "$value": {"$bytes": ""}}', /CBOR has no extensions/],
  ['cbor', '{"a b": {"$date": "yesterday"}}', /^\["a b"\]\.\$date: a time/],
  ['messagePack', '{"a": 18446744073709551616}', /^\.a: whole numbers of MessagePack take 64 bits/],
  ['messagePack', '{"a": {"$undefined": true}}', /^\.a: MessagePack has no undefined/],
  ['messagePack', '{"$tag": 1, "$value": 1}', /MessagePack has no tags/],
  ['protobuf', '{"celcius": 1}', /^\.celcius: acme\.Reading has no such field: did you mean “celsius”\?/],
  [
    'protobuf',
    '{"points": [{"x": 1.5}]}',
    /^\.points\[0\]\.x: a whole number from -2147483648 to 2147483647/,
  ],
  ['protobuf', '{"serial": -1}', /^\.serial: a whole number from 0 to 18446744073709551615/],
  ['protobuf', '{"mode": "HEATT"}', /^\.mode: did you mean “HEAT”\?/],
  ['protobuf', '{"samples": 1}', /^\.samples: a list is wanted/],
  ['protobuf', '{"raw": "text"}', /^\.raw: \{"\$bytes": "…"\} is wanted/],
  ['protobuf', '{"counts": {"a": "x"}}', /^\.counts\.a: a whole number/],
  ['protobuf', '[]', /^an object is wanted, a acme\.Reading/],
];
for (const [format, text, expected] of problems)
  test(`${format}: ${text} is refused with the place in it`, async () => {
    const message = await encode(format, text);
    assert.match(String(message), expected);
  });

test('without a schema there is no Protobuf, and it is said where to name one', async () => {
  assert.match(String(await encode('protobuf', '{}', false)), /mqttWorkbench\.decoders/);
  const files = new SchemaFiles(readFile, () => []);
  const missing = await encoderFor('protobuf', { ...choice, schemaFile: '/nowhere.proto' }, files);
  assert.match(missing.kind === 'problem' ? missing.message : '', /nowhere\.proto can't be read/);
});

test('what is nested too deep is refused, and ends nothing', async () => {
  const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const message = await encode('cbor', text).catch((error: unknown) => error);
  assert.match(String(message), /nested deeper/);
});
