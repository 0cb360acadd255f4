/** Protobuf by .proto files (test/fixtures/proto) and without; the samples are encoded by protobufjs, or by hand. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, test } from 'node:test';
import protobuf from 'protobufjs';
import type { DecodeSettings } from '../../../src/decoders/decoder.ts';
import { hex } from '../../support/bytes.ts';
import {
  decodeAs,
  decodedOf,
  failureOf,
  inputOf,
  jsonOf,
  jsonTextOf,
  offered,
  testDecoders,
} from '../../support/decoding.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/proto');
const vendor = path.join(fixtures, 'vendor');
const readings = path.join(fixtures, 'readings.proto');
const decoders = testDecoders({ includeFolders: () => [vendor] });
const root = new protobuf.Root();

before(async () => {
  root.resolvePath = (origin, target) => {
    if (target === 'google/protobuf/descriptor.proto')
      return path.join(path.dirname(createRequire(import.meta.url).resolve('protobufjs')), target);
    if (target.startsWith('google/')) return target;
    if (target.startsWith('acme/')) return path.join(vendor, target);
    return path.resolve(origin === '' ? fixtures : path.dirname(origin), target);
  };
  await root.load([readings, path.join(fixtures, 'legacy.proto')], { keepCase: true });
});

function encode(typeName: string, value: object): Uint8Array {
  const type = root.lookupType(typeName);
  return type.encode(type.fromObject(value)).finish();
}

function decodeReading(payload: Uint8Array, settings: DecodeSettings = {}) {
  return decoders.decode(inputOf(payload), 'protobuf', {
    schemaFile: readings,
    messageType: 'acme.Reading',
    ...settings,
  });
}

/** Without what is there by default. */
async function sentFields(payload: Uint8Array): Promise<Record<string, unknown>> {
  const value = jsonOf(await decodeReading(payload)) as Record<string, unknown>;
  const defaults = JSON.stringify([0, '', false, 'UNKNOWN', { $bytes: '' }]);
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => !defaults.includes(JSON.stringify(item))),
  );
}

test('every kind of field is read, through imports beside, below and in include folders', async () => {
  const payload = encode('acme.Reading', {
    temperature: 21.5,
    offset: -3,
    drift: -70000,
    serial_number: '18446744073709551615',
    state: 'FAILED',
    name: 'Röhre',
    raw: Uint8Array.of(1, 255),
    samples: [0.1, -2],
    tags: ['a', 'b'],
    counters: { ok: 1, bad: -1 },
    unit: { symbol: 'C', scale: 'KILO' },
    measured_at: { seconds: 1767323045, nanos: 678000000 },
    position: { latitude: 1.5, longitude: 0 },
    children: [{ name: 'inner' }],
    on: true,
    fixed: 4294967295,
    signed_fixed: '-9223372036854775808',
    stops: { '-1': { latitude: 2 } },
  });
  const outcome = await decodeReading(payload);
  const shown = JSON.parse(jsonTextOf(outcome), (_key, value, { source }: { source?: string } = {}) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value) ? source : value,
  );
  assert.equal(shown.children.length, 1);
  assert.equal(shown.children[0].name, 'inner');
  delete shown.children;
  assert.deepEqual(shown, {
    temperature: 21.5,
    offset: -3,
    drift: -70000,
    serial_number: '18446744073709551615',
    state: 'FAILED',
    name: 'Röhre',
    raw: { $bytes: '01ff' },
    samples: [0.1, -2],
    tags: ['a', 'b'],
    counters: { ok: 1, bad: -1 },
    unit: { symbol: 'C', scale: 'KILO' },
    measured_at: { $date: '2026-01-02T03:04:05.678Z' },
    position: { latitude: 1.5, longitude: 0 },
    on: true,
    fixed: 4294967295,
    signed_fixed: '-9223372036854775808',
    stops: { '-1': { latitude: 2, longitude: 0 } },
  });
});

test('fields are read from bytes by hand', async () => {
  const payload = hex(`
    09 00 00 00 00 00 80 35 40            # 1, fixed64: 21.5
    10 FD FF FF FF FF FF FF FF FF 01      # 2, varint of ten bytes: -3
    18 05                                 # 3, zigzag 5: -3
    42 04 CD CC CC 3D                     # 8, packed: [0.1]
    45 00 00 00 C0                        # 8 again, not packed: -2
    52 06 0A 02 "ok" 10 07                # 10, entry: "ok" is 7
    52 04 0A 02 "no"                      # 10, entry without value: 0
  `);
  assert.deepEqual(await sentFields(payload), {
    temperature: 21.5,
    offset: -3,
    drift: -3,
    samples: [0.1, -2],
    counters: { ok: 7, no: 0 },
  });
});

test('what is not sent is shown at its default, and told', async () => {
  const outcome = await decodeReading(hex('10 01'));
  const value = jsonOf(outcome) as Record<string, unknown>;
  assert.equal(value.temperature, 0);
  assert.equal(value.state, 'UNKNOWN');
  assert.ok(!('room' in value) && !('position' in value) && !('samples' in value));
  assert.match(decodedOf(outcome).notes.join(), /Not sent, so at their defaults: temperature, drift/);
});

test('fields that the schema lacks are shown and told', async () => {
  const outcome = await decodeReading(hex('A0 06 05  32 01 "a"')); // 100, varint 5
  assert.deepEqual((jsonOf(outcome) as Record<string, unknown>).$unknown, [
    { field: 100, wire: 'varint', value: 5, sint64: -3 },
  ]);
  assert.match(decodedOf(outcome).notes.join(), /1 field is not in the schema/);
});

test('a field that came as another type is shown and told: it may be the wrong message', async () => {
  const outcome = await decodeReading(hex('08 05'));
  assert.match(
    decodedOf(outcome).notes.join(),
    /temperature \(1\) is double in the schema and came as varint: is acme.Reading the right message\?/,
  );
});

test('an enum number without a name is shown as the number', async () => {
  assert.equal((await sentFields(hex('28 09'))).state, 9);
});

test('groups and required fields of proto2 are read', async () => {
  const payload = hex('08 07  10 01 10 02  1B 22 02 "hi" 1C'); // the group's tags: start 1B, end 1C
  const outcome = await decoders.decode(inputOf(payload), 'protobuf', {
    schemaFile: path.join(fixtures, 'legacy.proto'),
  });
  const value = jsonOf(outcome) as Record<string, unknown>;
  assert.deepEqual(value.plain, [1, 2]);
  assert.equal(value.id, 7);
  assert.deepEqual(value.inner, { text: 'hi' });
});

test('a message may be named without its package, and a near miss is recognized', async () => {
  const payload = encode('acme.Reading', { temperature: 1 });
  assert.equal(
    (jsonOf(await decodeReading(payload, { messageType: 'Reading' })) as { temperature: number }).temperature,
    1,
  );
  const failure = failureOf(await decodeReading(payload, { messageType: 'acme.Readnig' }));
  assert.match(
    failure.message,
    /no message “acme.Readnig”. Did you mean “acme.Reading”\? It has: acme.Reading/,
  );
  assert.equal(failure.file, readings);
});

test('without a name, a schema of several messages asks for one', async () => {
  const outcome = await decoders.decode(inputOf(hex('08 01')), 'protobuf', { schemaFile: readings });
  assert.match(
    failureOf(outcome).message,
    /several messages. Set “messageType” to one of: acme.Reading, acme.Batch\./,
  );
});

const broken: [what: string, bytes: string, atByte: number, message: RegExp][] = [
  ['a string that is cut', '32 05 "abc"', 2, /5 are needed|5 more are needed, and 3 are there/],
  ['a varint that goes on', '10 FF FF FF FF FF FF FF FF FF FF 01', 1, /ten bytes at most/],
  ['field number 0', '00 01', 0, /no field can begin/],
  ['a wire type that is none', '0F', 0, /no field can begin/],
  ['a group that ends without a begin', '0C', 0, /has not begun/],
  ['a string that is not UTF-8', '32 01 FF', 2, /not UTF-8/],
  ['an inner message that ends beyond the outer', '7A 03 32 05 "a"', 4, /5 more are needed, and 1 are there/],
];
for (const [what, bytes, atByte, message] of broken) {
  test(`${what} is a failure with its offset`, async () => {
    const failure = failureOf(await decodeReading(hex(bytes)));
    assert.match(failure.message, message);
    assert.equal(failure.atByte, atByte);
  });
}

test('messages that are nested two thousand levels deep are a failure, and no overflow', async () => {
  let payload: Uint8Array = new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for (let length = 0, i = 0; i < 2000; i++) {
    const head = [0x7a];
    for (let rest = length; ; rest >>= 7) {
      head.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest);
      if (rest <= 127) break;
    }
    parts.unshift(Uint8Array.from(head));
    length += head.length;
  }
  payload = Buffer.concat(parts);
  assert.match(failureOf(await decodeReading(payload)).message, /more than 500 levels/);
  assert.match(failureOf(await decodeReading(new Uint8Array(50_000).fill(0x0b))).message, /500 levels/);
});

/** Decodes with schemas that only the test knows. */
async function failureWith(files: Record<string, string>, includeFolders: string[] = []) {
  const readFile = async (name: string): Promise<Uint8Array> => {
    const text = files[name];
    if (text === undefined) throw new Error(`no file ${name}`);
    return new TextEncoder().encode(text);
  };
  return failureOf(
    await testDecoders({ readFile, includeFolders: () => includeFolders }).decode(
      inputOf(hex('08 01')),
      'protobuf',
      {
        schemaFile: '/p/sensors.proto',
        messageType: 'M',
      },
    ),
  );
}

const proto3 = 'syntax = "proto3";\n';

test('a fault of syntax names file and line', async () => {
  const failure = await failureWith({ '/p/sensors.proto': `${proto3}message M {\n  int32 a = 1\n}\n` });
  assert.match(failure.message, /^sensors\.proto:4: illegal token '}'/);
  assert.deepEqual([failure.file, failure.line], ['/p/sensors.proto', 4]);
});

test('a fault in an imported file names that file', async () => {
  const failure = await failureWith({
    '/p/sensors.proto': `${proto3}import "sub/inner.proto";\nmessage M {}\n`,
    '/p/sub/inner.proto': `${proto3}mesage X {}\n`,
  });
  assert.match(failure.message, /^sub\/inner\.proto:2: illegal token 'mesage'/);
});

test('a missing import names who imports it, and where it was looked for', async () => {
  const failure = await failureWith(
    {
      '/p/sensors.proto': `${proto3}import "sub/inner.proto";\nmessage M {}\n`,
      '/p/sub/inner.proto': `${proto3}\nimport "nowhere.proto";\n`,
    },
    ['/include'],
  );
  assert.equal(
    failure.message,
    'sub/inner.proto:3: imports "nowhere.proto", which was looked for in /p/sub, /p, /include.',
  );
});

test('an unknown type names the line that uses it, and what was probably meant', async () => {
  const failure = await failureWith({
    '/p/sensors.proto': `${proto3}message Position {}\nmessage M {\n  // Positon\n  Positon at = 1;\n}\n`,
  });
  assert.equal(failure.message, 'sensors.proto:5: the type Positon is not known: did you mean Position?');
});

test('a number that is used twice names the second line', async () => {
  const failure = await failureWith({
    '/p/sensors.proto': `${proto3}message M {\n  int32 a = 1;\n  int32 b = 1;\n}\n`,
  });
  assert.match(failure.message, /^sensors\.proto:4: duplicate id 1/);
});

test('a schema that is not there says which', async () => {
  assert.match((await failureWith({})).message, /\/p\/sensors\.proto can't be read: no file/);
});

test('files that import each other are read once', async () => {
  const failure = await failureWith({
    '/p/sensors.proto': `${proto3}import "other.proto";\nmessage N {}\n`,
    '/p/other.proto': `${proto3}import "sensors.proto";\nmessage O {}\n`,
  });
  assert.match(failure.message, /no message “M”.*It has: N, O\./);
});

test('a schema is read once, and again when one of its files has changed', async () => {
  const files: Record<string, string> = {
    '/p/m.proto': `${proto3}import "inner.proto";\nmessage M { Inner inner = 1; }`,
    '/p/inner.proto': `${proto3}message Inner { int32 old = 1; }`,
  };
  let reads = 0;
  const own = testDecoders({
    readFile: async (name) => {
      reads++;
      return new TextEncoder().encode(files[name]);
    },
  });
  const decode = async () =>
    jsonOf(
      await own.decode(inputOf(hex('0A 02 08 05')), 'protobuf', {
        schemaFile: '/p/m.proto',
        messageType: 'M',
      }),
    );
  assert.deepEqual(await decode(), { inner: { old: 5 } });
  await decode();
  assert.equal(reads, 2);
  files['/p/inner.proto'] = `${proto3}message Inner { int32 fresh = 1; }`;
  own.invalidate('/p/unrelated.proto');
  assert.deepEqual(await decode(), { inner: { old: 5 } });
  own.invalidate('/p/inner.proto');
  assert.deepEqual(await decode(), { inner: { fresh: 5 } });
});

test('a file that was missing is found after it was told to be there', async () => {
  const files: Record<string, string> = { '/p/m.proto': `${proto3}import "inner.proto";\nmessage M {}` };
  const own = testDecoders({
    readFile: async (name) => {
      const text = files[name];
      if (text === undefined) throw new Error('no such file');
      return new TextEncoder().encode(text);
    },
  });
  const decode = () => own.decode(inputOf(''), 'protobuf', { schemaFile: '/p/m.proto', messageType: 'M' });
  failureOf(await decode());
  files['/p/inner.proto'] = proto3;
  failureOf(await decode());
  own.invalidate('/p/inner.proto');
  assert.deepEqual(jsonOf(await decode()), {});
});

test('without a schema, fields are shown by number with every reading that fits', async () => {
  const payload = hex(`
    08 96 01             # 1, varint: 150, or 75 by zigzag
    12 03 "abc"          # 2: a text
    1A 03 08 96 01       # 3: a message
    25 00 00 AC 41       # 4, fixed32: 21.5
    2A 02 FF FE          # 5: bytes
    31 00 00 00 00 00 00 F0 BF   # 6, fixed64: -1.0
    38 FF FF FF FF FF FF FF FF FF 01   # 7, varint: -1
  `);
  const outcome = await decodeAs('protobuf', payload);
  assert.deepEqual(decodedOf(outcome).value, [
    { field: 1, wire: 'varint', value: 150, sint64: 75 },
    { field: 2, wire: 'length', value: 'abc' },
    { field: 3, wire: 'length', value: [{ field: 1, wire: 'varint', value: 150, sint64: 75 }] },
    { field: 4, wire: 'fixed32', value: 1101791232, float: 21.5 },
    { field: 5, wire: 'length', value: Uint8Array.of(0xff, 0xfe) },
    { field: 6, wire: 'fixed64', value: 13830554455654793216n, sfixed64: -4616189618054758400n, double: -1 },
    { field: 7, wire: 'varint', value: 2n ** 64n - 1n, int64: -1, sint64: -(2n ** 63n) },
  ]);
  assert.match(decodedOf(outcome).notes.join(), /Without a schema/);
});

test('a schema-less offer is low, and is none for text', () => {
  assert.deepEqual(offered(hex('08 96 01 12 03 "abc" 25 00 00 AC 41')).slice(0, 2), ['protobuf', 'hex']);
  assert.ok(!offered('hello').includes('protobuf'));
  assert.equal(offered('x', { contentType: 'application/x-protobuf' })[0], 'protobuf');
});

test('fields at their defaults count as values: a payload of empty messages is not a document of millions', async () => {
  const fields = Array.from({ length: 200 }, (_, i) => `int32 field${i} = ${i + 2};`).join(' ');
  const schema = `syntax = "proto3"; message Outer { repeated Inner inner = 1; } message Inner { ${fields} }`;
  const decoders = testDecoders({ readFile: async () => new TextEncoder().encode(schema) });
  const decode = (messages: number) =>
    decoders.decode(inputOf(Buffer.alloc(messages * 2, hex('0A 00'))), 'protobuf', {
      schemaFile: '/s/outer.proto',
      messageType: 'Outer',
    });
  assert.match(failureOf(await decode(5000)).message, /too many values/);
  const { inner } = jsonOf(await decode(50)) as { inner: object[] };
  assert.deepEqual([inner.length, Object.keys(inner[0] ?? {}).length], [50, 200]);
});
