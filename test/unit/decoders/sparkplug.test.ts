/** Sparkplug B: payloads by hand and by protobufjs, names from births, every datatype. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { datatypeNames } from '../../../src/decoders/sparkplugValues.ts';
import { hex } from '../../support/bytes.ts';
import { decodedOf, failureOf, inputOf, jsonOf, offered, testDecoders } from '../../support/decoding.ts';

const definition = readFileSync(
  path.resolve(import.meta.dirname, '../../fixtures/proto/sparkplug_b.proto'),
  'utf8',
);
const payloadType = protobuf.parse(definition, { keepCase: true }).root.lookupType('sparkplug.Payload');

const node = 'spBv1.0/plant/NDATA/edge';

function encode(payload: object): Uint8Array {
  return payloadType.encode(payloadType.fromObject(payload)).finish();
}

async function decode(payload: Uint8Array, topic = node, decoders = testDecoders()) {
  return decoders.decode(inputOf(payload, { topic }), 'sparkplug');
}

/** A metric of a payload that holds nothing else. */
async function metricOf(metric: object): Promise<Record<string, unknown>> {
  const document = jsonOf(await decode(encode({ metrics: [{ name: 'm', ...metric }] })));
  return (document as { metrics: Record<string, unknown>[] }).metrics[0] ?? {};
}

/** In the value, where a bigint is a bigint. */
async function metricValue(datatype: string, metric: object): Promise<unknown> {
  const number = datatypeNames.indexOf(datatype as (typeof datatypeNames)[number]);
  assert.ok(number > 0, datatype);
  const outcome = await decode(encode({ metrics: [{ name: 'm', datatype: number, ...metric }] }));
  return (decodedOf(outcome).value as { metrics: { m: unknown } }).metrics.m;
}

test('a payload by hand is read field by field', async () => {
  const payload = hex(`
    08 AE 9E A6 E5 B7 33              # timestamp, ms
    12 13                             # metric, 19 bytes
      0A 04 "temp"                    #   name
      10 05                           #   alias 5
      20 09                           #   datatype 9: Float
      65 00 00 AC 41                  #   float_value 21.5
      28 01 30 00                     #   is_historical, not is_transient
    18 07                             # seq 7
  `);
  assert.deepEqual(jsonOf(await decode(payload)), {
    timestamp: '2026-01-02T03:04:05.678Z',
    seq: 7,
    metrics: [
      { name: 'temp', alias: 5, datatype: 'Float', value: 21.5, isHistorical: true, isTransient: false },
    ],
  });
});

test('its topics are offered as Sparkplug first, broken payloads too', () => {
  const payload = encode({ timestamp: 1, metrics: [{ name: 'm', int_value: 1 }], seq: 0 });
  for (const topic of [node, 'spBv1.0/g/DBIRTH/e/d', 'spBv1.0/g/NDEATH/e'])
    assert.equal(offered(payload, { topic })[0], 'sparkplug', topic);
  assert.equal(offered(hex('12 FF 01'), { topic: node })[0], 'sparkplug');
});

test('STATE is JSON, and other topics are no Sparkplug', () => {
  const state = '{"online": true, "timestamp": 1}';
  assert.deepEqual(offered(state, { topic: 'spBv1.0/STATE/scada' }), ['json', 'text', 'hex']);
  for (const topic of ['spBv1.0/g/NDATA', 'spBv1.0/g/XDATA/e', 'spAv1.0/g/NDATA/e', 'spBv1.0/g/NDATA/e/d/x'])
    assert.ok(!offered(encode({ seq: 1 }), { topic }).includes('sparkplug'), topic);
});

const integers: [datatype: string, metric: object, expected: unknown][] = [
  ['Int8', { int_value: 0xfe }, -2],
  ['Int8', { int_value: 0xfffffffe }, -2], // sign-extended, as some libraries send it
  ['Int16', { int_value: 0xfffe }, -2],
  ['Int32', { int_value: 0xfffffffe }, -2],
  ['Int64', { long_value: '18446744073709551614' }, -2],
  ['Int64', { long_value: '9223372036854775808' }, -(2n ** 63n)],
  ['UInt8', { int_value: 254 }, 254],
  ['UInt16', { int_value: 65534 }, 65534],
  ['UInt32', { int_value: 4294967294 }, 4294967294],
  ['UInt32', { long_value: '4294967294' }, 4294967294], // where other libraries put it
  ['UInt64', { long_value: '18446744073709551614' }, 2n ** 64n - 2n],
];
for (const [datatype, metric, expected] of integers) {
  test(`${datatype} in ${JSON.stringify(metric)} is ${expected}`, async () => {
    assert.equal(await metricValue(datatype, metric), expected);
  });
}

const others: [datatype: string, metric: object, expected: unknown][] = [
  ['Float', { float_value: 0.1 }, 0.1],
  ['Double', { double_value: 0.1 }, 0.1],
  ['Boolean', { boolean_value: false }, false],
  ['String', { string_value: 'a' }, 'a'],
  ['Text', { string_value: 'a' }, 'a'],
  ['UUID', { string_value: '0-1' }, '0-1'],
  ['DateTime', { long_value: 1767323045678 }, '2026-01-02T03:04:05.678Z'],
  ['Bytes', { bytes_value: hex('01 FF') }, hex('01 FF')],
  ['File', { bytes_value: hex('01 FF') }, hex('01 FF')],
  ['Int8Array', { bytes_value: hex('FF 01') }, [-1, 1]],
  ['Int16Array', { bytes_value: hex('30 8A FF FF') }, [-30160, -1]],
  ['Int32Array', { bytes_value: hex('FF FF FF FF') }, [-1]],
  ['Int64Array', { bytes_value: hex('FF FF FF FF FF FF FF FF') }, [-1]],
  ['UInt8Array', { bytes_value: hex('17 FA') }, [23, 250]],
  ['UInt16Array', { bytes_value: hex('1E 00 60 EA') }, [30, 60000]],
  ['UInt32Array', { bytes_value: hex('FF FF FF FF') }, [4294967295]],
  ['UInt64Array', { bytes_value: hex('FF FF FF FF FF FF FF FF') }, [2n ** 64n - 1n]],
  ['FloatArray', { bytes_value: hex('00 00 AC 41 CD CC CC 3D') }, [21.5, 0.1]],
  ['DoubleArray', { bytes_value: hex('00 00 00 00 00 00 F0 BF') }, [-1]],
  // Twelve, in two bytes from the highest bit on: the example of the specification.
  [
    'BooleanArray',
    { bytes_value: hex('0C 00 00 00 34 D0') },
    [false, false, true, true, false, true, false, false, true, true, false, true],
  ],
  ['StringArray', { bytes_value: hex('"ABC" 00 "hello" 00') }, ['ABC', 'hello']],
  ['DateTimeArray', { bytes_value: hex('2E 8F A9 7C 9B 01 00 00') }, ['2026-01-02T03:04:05.678Z']],
];
for (const [datatype, metric, expected] of others) {
  test(`${datatype} is read`, async () => {
    const value = await metricValue(datatype, metric);
    if (value instanceof Uint8Array) assert.deepEqual([...value], [...(expected as Uint8Array)]);
    else assert.deepEqual(value, expected);
  });
}

test('an array whose bytes do not fit its type stays bytes', async () => {
  for (const [datatype, bytes] of [
    ['Int16Array', '01'],
    ['BooleanArray', 'FF FF FF FF 01'],
    ['BooleanArray', '01'],
    ['StringArray', '"no end"'],
  ] as const)
    assert.ok((await metricValue(datatype, { bytes_value: hex(bytes) })) instanceof Uint8Array, datatype);
});

test('a data set is rows by their columns', async () => {
  const dataset_value = {
    num_of_columns: 2,
    columns: ['name', 'offset'],
    types: [12, 3],
    rows: [{ elements: [{ string_value: 'a' }, { int_value: 0xffffffff }] }],
  };
  assert.deepEqual(await metricValue('DataSet', { dataset_value }), [{ name: 'a', offset: -1 }]);
});

test('a template is its metrics and parameters by name', async () => {
  const template_value = {
    template_ref: 'Motor',
    version: '1',
    is_definition: false,
    parameters: [{ name: 'Poles', type: 1, int_value: 0xff }],
    metrics: [
      { name: 'RPM', datatype: 3, int_value: 0xffffffff },
      {
        name: 'Inner',
        datatype: 19,
        template_value: { template_ref: 'X', metrics: [{ name: 'y', datatype: 11, boolean_value: true }] },
      },
    ],
  };
  assert.deepEqual(await metricValue('Template', { template_value }), {
    template: 'Motor',
    version: '1',
    isDefinition: false,
    parameters: { Poles: -1 },
    metrics: { RPM: -1, Inner: { template: 'X', metrics: { y: true } } },
  });
});

test('properties are read by their types, sets within sets too', async () => {
  const properties = {
    keys: ['engUnit', 'low', 'none', 'more', 'list'],
    values: [
      { type: 12, string_value: '°C' },
      { type: 3, int_value: 0xffffffff },
      { type: 3, is_null: true },
      { type: 20, propertyset_value: { keys: ['a'], values: [{ type: 11, boolean_value: true }] } },
      {
        type: 21,
        propertysets_value: { propertyset: [{ keys: ['b'], values: [{ type: 9, float_value: 0.5 }] }] },
      },
    ],
  };
  assert.deepEqual((await metricOf({ properties })).properties, {
    engUnit: '°C',
    low: -1,
    none: null,
    more: { a: true },
    list: [{ b: 0.5 }],
  });
});

test('a metric that is null is null, and one without a value has none', async () => {
  assert.equal((await metricOf({ datatype: 3, is_null: true })).value, null);
  assert.ok(!('value' in (await metricOf({ datatype: 3 }))));
});

test('a datatype that is not in the table is told by its number', async () => {
  const metric = await metricOf({ datatype: 99, int_value: 5 });
  assert.deepEqual([metric.datatype, metric.value], ['Unknown (99)', 5]);
});

test('an alias has the name and the datatype of its birth', async () => {
  const decoders = testDecoders();
  decoders.sparkplugNames.observe(
    'spBv1.0/plant/NBIRTH/edge',
    encode({ metrics: [{ name: 'Motor/Speed', alias: 17, datatype: 2, int_value: 0 }] }),
  );
  const data = encode({ metrics: [{ alias: 17, int_value: 0xfffe }] });
  const outcome = await decode(data, node, decoders);
  assert.deepEqual(jsonOf(outcome), {
    metrics: [{ name: 'Motor/Speed', alias: 17, datatype: 'Int16', value: -2 }],
  });
  assert.deepEqual(decodedOf(outcome).value, { metrics: { 'Motor/Speed': -2 } });
  // A device of the node may use it; another node may not.
  assert.deepEqual(decodedOf(await decode(data, 'spBv1.0/plant/DDATA/edge/arm', decoders)).notes, []);
  assert.equal(decodedOf(await decode(data, 'spBv1.0/plant/NDATA/other', decoders)).notes.length, 1);
});

test('an alias of which no birth was seen is shown as such, with what to do', async () => {
  const outcome = await decode(encode({ metrics: [{ alias: 17, datatype: 3, int_value: 5 }] }));
  const { metrics } = jsonOf(outcome) as { metrics: unknown };
  assert.deepEqual(metrics, [{ name: 'alias 17 (no birth seen)', alias: 17, datatype: 'Int32', value: 5 }]);
  assert.match(decodedOf(outcome).notes.join(), /name of alias 17\. Send the edge node a Rebirth/);
});

test('a name without a datatype has that of its birth', async () => {
  const decoders = testDecoders();
  decoders.sparkplugNames.observe(
    'spBv1.0/plant/DBIRTH/edge/arm',
    encode({ metrics: [{ name: 'x', datatype: 1, int_value: 0 }] }),
  );
  const outcome = await decode(
    encode({ metrics: [{ name: 'x', int_value: 0xff }] }),
    'spBv1.0/plant/DDATA/edge/arm',
    decoders,
  );
  assert.deepEqual(decodedOf(outcome).value, { metrics: { x: -1 } });
});

test('a payload that is cut or is something else is a failure with its offset', async () => {
  const failure = failureOf(await decode(hex('08 01 12 05 0A 09 "ab"')));
  assert.equal(failure.atByte, 4);
  assert.match(failure.message, /too early/);
});

test('another topic is decoded by choice, and told', async () => {
  const outcome = await decode(encode({ seq: 1 }), 'somewhere/else');
  assert.match(decodedOf(outcome).notes.join(), /topic is not one of Sparkplug B/);
});
