/** Avro: samples by avsc and by hand, container files, and schemas that are wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import avsc from 'avsc';
import { hex } from '../../support/bytes.ts';
import { decodedOf, failureOf, inputOf, jsonOf, offered, testDecoders } from '../../support/decoding.ts';

const schemaFile = '/s/reading.avsc';

/** With a schema that only the test knows. */
function decode(payload: Uint8Array, schema: unknown, isCut = false) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const decoders = testDecoders({ readFile: async () => new TextEncoder().encode(text) });
  return decoders.decode(inputOf(payload, { isCut }), 'avro', { schemaFile });
}

const reading = {
  type: 'record',
  name: 'Reading',
  namespace: 'acme',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'temperature', type: 'double' },
    { name: 'small', type: 'float' },
    { name: 'count', type: 'int' },
    { name: 'on', type: 'boolean' },
    { name: 'name', type: ['null', 'string'] },
    { name: 'raw', type: 'bytes' },
    { name: 'mac', type: { type: 'fixed', name: 'Mac', size: 2 } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['RUNNING', 'FAILED'] } },
    { name: 'before', type: 'State' },
    { name: 'samples', type: { type: 'array', items: 'int' } },
    { name: 'counters', type: { type: 'map', values: 'long' } },
    { name: 'next', type: ['null', 'Reading'] },
  ],
};
const sample = {
  id: 1234567890123,
  temperature: 21.5,
  small: 0.5,
  count: -3,
  on: true,
  name: 'Röhre',
  raw: Buffer.from([1, 255]),
  mac: Buffer.from([0xaa, 0xbb]),
  state: 'FAILED',
  before: 'RUNNING',
  samples: [1, -1, 100000],
  counters: { ok: 7 },
};

test('every type is read as another encoder writes it', async () => {
  const type = avsc.Type.forSchema(reading as avsc.Schema);
  const payload = type.toBuffer({ ...sample, next: { ...sample, name: null, next: null } });
  const shown = { ...sample, raw: { $bytes: '01ff' }, mac: { $bytes: 'aabb' } };
  assert.deepEqual(jsonOf(await decode(payload, reading)), {
    ...shown,
    next: { ...shown, name: null, next: null },
  });
});

test('bytes by hand are read', async () => {
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'tags', type: { type: 'array', items: 'string' } },
    ],
  };
  const payload = hex(`
    FF FF FF FF FF FF FF FF FF 01   # id: the lowest long
    02 02 "a"                       # a block of one text
    03 0A 04 "bc" 02 "d"            # a block of minus two: two, after its size of five bytes
    00                              # no more blocks
  `);
  const { value } = decodedOf(await decode(payload, schema));
  assert.deepEqual(value, { id: -(2n ** 63n), tags: ['a', 'bc', 'd'] });
});

test('logical types are dates, times and decimals', async () => {
  const logical = (type: string, logicalType: string, more = {}) => ({ type, logicalType, ...more });
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'ms', type: logical('long', 'timestamp-millis') },
      { name: 'us', type: logical('long', 'timestamp-micros') },
      { name: 'local', type: logical('long', 'local-timestamp-millis') },
      { name: 'day', type: logical('int', 'date') },
      { name: 'price', type: logical('bytes', 'decimal', { precision: 6, scale: 2 }) },
      { name: 'plain', type: 'long' },
    ],
  };
  const ms = 1767323045678;
  const payload = avsc.Type.forSchema({
    type: 'record',
    name: 'R',
    fields: schema.fields.map(({ name, type }) => ({
      name,
      type: typeof type === 'string' ? type : type.type,
    })),
  } as avsc.Schema).toBuffer({
    ms,
    us: ms * 1000 + 9,
    local: ms,
    day: 20455,
    price: Buffer.from(hex('FF 85')),
    plain: 1,
  });
  assert.deepEqual(jsonOf(await decode(payload, schema)), {
    ms: { $date: '2026-01-02T03:04:05.678Z' },
    us: { $date: '2026-01-02T03:04:05.678009Z' },
    local: { $date: '2026-01-02T03:04:05.678Z' },
    day: { $date: '2026-01-02' },
    price: '-1.23',
    plain: 1,
  });
});

test("a schema registry's header is left out, and told", async () => {
  const outcome = await decode(hex('00 00 00 00 2A 0A "hello"'), '"string"');
  assert.equal(jsonOf(outcome), 'hello');
  assert.deepEqual(decodedOf(outcome).notes, [
    'The first five bytes name the schema 42 of a schema registry, and are left out.',
  ]);
});

test('a value that begins with a zero is read as it is', async () => {
  const outcome = await decode(hex('00 02 04 06 08'), {
    type: 'record',
    name: 'R',
    fields: 'abcde'.split('').map((name) => ({ name, type: 'int' })),
  });
  assert.deepEqual(jsonOf(outcome), { a: 0, b: 1, c: 2, d: 3, e: 4 });
  assert.deepEqual(decodedOf(outcome).notes, []);
});

const broken: [what: string, bytes: string, schema: unknown, atByte: number, message: RegExp][] = [
  [
    'a field that is cut',
    '02 0A "abc"',
    {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'id', type: 'int' },
        { name: 'name', type: 'string' },
      ],
    },
    2,
    /^In R, field name: .*5 more are needed, and 3 are there/,
  ],
  [
    'bytes behind the value',
    '02 04',
    '"int"',
    1,
    /ends at byte 1, and 1 more byte follows: is it the right schema/,
  ],
  ['a boolean of 2', '02', '"boolean"', 0, /is the byte 0 or 1/],
  ['a symbol that is none', '04', { type: 'enum', name: 'E', symbols: ['A'] }, 0, /has no symbol/],
  ['a branch that is none', '0A', ['null', 'int'], 0, /its number is none of them/],
  ['a negative length', '01', '"bytes"', 0, /is negative/],
  ['an int of more than 32 bits', 'FE FF FF FF 7F', '"int"', 0, /larger than 32 bits/],
  ['a number that goes on', 'FF FF FF FF FF FF FF FF FF FF FF', '"long"', 0, /ten bytes at most/],
];
for (const [what, bytes, schema, atByte, message] of broken) {
  test(`${what} is a failure with its offset`, async () => {
    const failure = failureOf(await decode(hex(bytes), schema));
    assert.match(failure.message, message);
    assert.equal(failure.atByte, atByte);
  });
}

test('a count of a billion items that take no bytes is a failure, at once', async () => {
  const failure = failureOf(await decode(hex('80 A8 D6 B9 07 00'), { type: 'array', items: 'null' }));
  assert.match(failure.message, /too many values/);
});

test('a record that holds itself without end is a failure, and no overflow', async () => {
  const endless = { type: 'record', name: 'R', fields: [{ name: 'r', type: 'R' }] };
  assert.match(failureOf(await decode(new Uint8Array(0), endless)).message, /500 levels/);
});

const wrongSchemas: [what: string, schema: unknown, message: RegExp][] = [
  [
    'an unknown type',
    { type: 'record', name: 'R', fields: [{ name: 't', type: 'flaot' }] },
    /record R, field t: the type “flaot” is not known: did you mean float\?/,
  ],
  ['a record without fields', { type: 'record', name: 'R' }, /record R has no list of “fields”/],
  ['a record without a name', { type: 'record', fields: [] }, /record has no name/],
  [
    'a field without a name',
    { type: 'record', name: 'R', fields: [{ type: 'int' }] },
    /field of the record R has no name/,
  ],
  [
    'a name that is there twice',
    [
      { type: 'fixed', name: 'F', size: 1 },
      { type: 'fixed', name: 'F', size: 1 },
    ],
    /F is defined twice/,
  ],
  ['an enum without symbols', { type: 'enum', name: 'E' }, /E has no list of “symbols”/],
  ['an empty union', [], /union needs a type/],
  ['a number', 5, /must be a name, an object or a list/],
];
for (const [what, schema, message] of wrongSchemas) {
  test(`a schema with ${what} is a failure that names the place`, async () => {
    const failure = failureOf(await decode(hex('00'), schema));
    assert.match(failure.message, message);
    assert.equal(failure.file, schemaFile);
  });
}

test('a schema that is not JSON names file and line', async () => {
  const failure = failureOf(await decode(hex('00'), '{\n  "type": "int",\n}'));
  assert.match(
    failure.message,
    /^\/s\/reading\.avsc:3: the schema is not JSON: no value follows the last comma/,
  );
  assert.deepEqual([failure.file, failure.line], [schemaFile, 3]);
});

test('without a schema, that is said', async () => {
  const outcome = await testDecoders().decode(inputOf(hex('00')), 'avro');
  assert.match(failureOf(outcome).message, /Set “schemaFile”/);
});

const sync = '00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F';
const containerHeader = (codec: string, type = 'int') =>
  hex(`
  "Obj" 01
  04                                                    # metadata, a block of two
    16 "avro.schema" ${lengthOf(type, 2)} 22 "${type}" 22 #   the schema, a name in quotes
    14 "avro.codec" ${lengthOf(codec)} "${codec}"
  00
  ${sync}
`);
/** Of a short text: doubled, as every number of Avro. */
const lengthOf = (text: string, more = 0) => Buffer.of((text.length + more) * 2).toString('hex');
const block = (count: string, data: Uint8Array) =>
  Buffer.concat([hex(count), Buffer.of(data.length * 2), data, hex(sync)]);

test('a container file is the first offer, and its records are a list', async () => {
  const payload = Buffer.concat([containerHeader('null'), block('04', hex('02 04')), block('02', hex('01'))]);
  assert.equal(offered(payload)[0], 'avro');
  const outcome = await testDecoders().decode(inputOf(payload), 'avro');
  assert.deepEqual(jsonOf(outcome), [1, 2, -1]);
  assert.deepEqual(decodedOf(outcome).notes, ['Avro container file: 3 records.']);
});

test('deflated blocks are inflated, other codecs are told', async () => {
  const payload = Buffer.concat([containerHeader('deflate'), block('04', deflateRawSync(hex('02 04')))]);
  const outcome = await testDecoders().decode(inputOf(payload), 'avro');
  assert.deepEqual(jsonOf(outcome), [1, 2]);
  assert.deepEqual(decodedOf(outcome).notes, ['Avro container file: 2 records, deflate.']);
  const snappy = await testDecoders().decode(inputOf(containerHeader('snappy')), 'avro');
  assert.match(failureOf(snappy).message, /“snappy”, which is not read here/);
});

test('a container that is damaged says in which block', async () => {
  const header = containerHeader('null');
  const damaged: [Uint8Array, RegExp][] = [
    [
      Buffer.concat([header, block('02', hex('02')).subarray(0, -1), hex('FF')]),
      /does not end with the file's marker/,
    ],
    [Buffer.concat([header, block('02', hex('02 04'))]), /goes on after its 1 records/],
    [Buffer.concat([header, block('03', hex('02'))]), /negative count/],
    [Buffer.concat([header, block('02', hex('02')).subarray(0, -1)]), /too early/],
    [Buffer.concat([containerHeader('deflate'), block('02', hex('FF FF'))]), /can't be inflated/],
  ];
  for (const [payload, message] of damaged)
    assert.match(failureOf(await testDecoders().decode(inputOf(payload), 'avro')).message, message);
});

test('a container whose blocks hold more than 64 MiB together is refused', async () => {
  const zeros = deflateRawSync(Buffer.concat([hex('80 80 80 20'), new Uint8Array(32 * 1024 * 1024)]));
  const sizes = (length: number) =>
    Buffer.of(((length * 2) & 0x7f) | 0x80, (((length * 2) >> 7) & 0x7f) | 0x80, (length * 2) >> 14);
  const one = Buffer.concat([hex('02'), sizes(zeros.length), zeros, hex(sync)]);
  const decode = (...blocks: Uint8Array[]) =>
    testDecoders().decode(inputOf(Buffer.concat([containerHeader('deflate', 'bytes'), ...blocks])), 'avro');
  assert.match(failureOf(await decode(one, one)).message, /can't be inflated/);
  // One is within that bound; only its document is too long to show.
  assert.match(failureOf(await decode(one)).message, /longer than 32 MiB/);
});

test('of a container that was cut, the whole blocks are shown', async () => {
  const payload = Buffer.concat([containerHeader('null'), block('04', hex('02 04')), hex('02 02')]);
  const outcome = await testDecoders().decode(inputOf(payload, { isCut: true }), 'avro');
  assert.deepEqual(jsonOf(outcome), [1, 2]);
  assert.match(decodedOf(outcome).notes.join(), /Only the first bytes are here/);
});

test('the values of all blocks together are bounded, however small they were deflated', async () => {
  // 100,000 texts of no characters a block: each takes a byte, which is deflated to nearly none.
  const texts = deflateRawSync(new Uint8Array(100_000));
  const sizes = (size: number) => avsc.Type.forSchema('long').toBuffer(size);
  const one = Buffer.concat([sizes(100_000), sizes(texts.length), texts, hex(sync)]);
  const decode = (blocks: number) =>
    testDecoders().decode(
      inputOf(Buffer.concat([containerHeader('deflate', 'string'), ...Array<Buffer>(blocks).fill(one)])),
      'avro',
    );
  assert.equal((jsonOf(await decode(2)) as string[]).length, 200_000);
  assert.match(failureOf(await decode(6)).message, /too many values/);
});

test('blocks of nothing that are inflated one by one are bounded', async () => {
  const empty = block('00', deflateRawSync(new Uint8Array(0)));
  const payload = Buffer.concat([containerHeader('deflate'), ...Array<Buffer>(10_001).fill(empty)]);
  assert.match(failureOf(await testDecoders().decode(inputOf(payload), 'avro')).message, /10000 compressed/);
});
