import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../../../src/recording/parseLine.ts';
import { START_MS } from './messages.ts';

function parse(line: string | Uint8Array) {
  return parseLine(typeof line === 'string' ? Buffer.from(line) : line, START_MS);
}

function messageOf(line: string) {
  const parsed = parse(line);
  assert.ok(parsed.kind === 'message', `${line}: ${JSON.stringify(parsed)}`);
  return { ...parsed.message, payload: Buffer.from(parsed.message.payload).toString() };
}

function assertBroken(line: string | Uint8Array, why: RegExp, column?: number): void {
  const parsed = parse(line);
  assert.ok(parsed.kind === 'broken', `${line}: ${JSON.stringify(parsed)}`);
  assert.match(parsed.why, why);
  assert.equal(parsed.column, column, `${line}: ${parsed.why}`);
}

const valid = {
  time: '2026-01-31T12:00:00.000Z',
  topic: 'a/b',
  qos: 1,
  retain: true,
  payloadBase64: 'b24=',
};

test('unknown fields and other orders and spaces are fine', () => {
  const expected = {
    topic: 'a/b',
    payload: 'on',
    qos: 1,
    retain: true,
    receivedAtMs: START_MS,
    isWill: false,
  };
  const reversed = Object.fromEntries(Object.entries(valid).reverse());
  for (const line of [
    JSON.stringify(valid),
    JSON.stringify(reversed),
    JSON.stringify({ note: { payloadBase64: 'eA==' }, ...valid, text: 'something else' }),
    JSON.stringify({ ...valid, note: { payloadBase64: 'eA==' } }),
    `\t${JSON.stringify(valid).replaceAll(':"', ' : "')} \r`,
    JSON.stringify(valid).replace('"payloadBase64"', '"payloadBase64":"eA==","payloadBase64"'),
  ])
    assert.deepEqual(messageOf(line), expected, line);
});

test('a slash of the Base64 may be written as \\/', () => {
  const parsed = parse('{"topic":"t","payloadBase64":"\\/\\/8="}');
  assert.ok(parsed.kind === 'message');
  assert.deepEqual([...parsed.message.payload], [255, 255]);
});

test('lines of other programs need a topic and a payload, and take the time before them', () => {
  assert.deepEqual(messageOf('{"topic":"t","payload":"grün"}'), {
    topic: 't',
    payload: 'grün',
    qos: 0,
    retain: false,
    receivedAtMs: START_MS,
    isWill: false,
  });
  assert.equal(messageOf('{"topic":"t","payloadBase64":"b24=","payload":"off"}').payload, 'on');
});

test('what mosquitto_sub writes with -F %j is read', () => {
  const line =
    '{"tst":"2026-01-31T17:30:00.007925Z+0530","topic":"a/b","qos":2,"retain":1,"payloadlen":7,"mid":1,' +
    '"properties":{"user-properties":{"k":"v"},"content-type":"text/plain"},"payload":"{\\"v\\":1}"}';
  assert.deepEqual(messageOf(line), {
    topic: 'a/b',
    payload: '{"v":1}',
    qos: 2,
    retain: true,
    receivedAtMs: START_MS + 7,
    isWill: false,
    properties: {},
  });
  assert.equal(messageOf('{"topic":"t","payload":null}').payload, '');
});

test('times may have an offset, and may be milliseconds since 1970', () => {
  for (const time of [
    '2026-01-31T12:00:00Z',
    '2026-01-31T13:00:00+01:00',
    '2026-01-31T13:00:00.000+0100',
    '2026-01-31T04:30:00.000-0730',
    START_MS,
  ])
    assert.equal(messageOf(JSON.stringify({ ...valid, time })).receivedAtMs, START_MS, String(time));
});

test('what is no JSON is told with its column, in characters of the whole line', () => {
  assertBroken('{"topic":"t" "payload":""}', /no JSON/, 14);
  assertBroken('{"topic":"ä" "payload":""}', /no JSON/, 14);
  assertBroken('{"payloadBase64":"b24=" "topic":"t"}', /no JSON/, 25);
  assertBroken('{"topic":"t"', /no JSON/, 13);
  assertBroken('{"topic":"t","payloadBase64":"b24="', /no JSON/, 36);
  // JSON.parse does not always say where.
  assertBroken('nonsense', /^it is no JSON \(Unexpected token 'o'\)$/);
  assertBroken('[]', /no object/, 1);
  assertBroken('null', /no object/, 1);
});

test('bytes that are no UTF-8 are told with their column, before and after the payload', () => {
  const bytes = (before: string, after: string) =>
    Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]);
  assertBroken(bytes('{"topic":"ä', '","payloadBase64":""}'), /not in UTF-8/, 12);
  assertBroken(bytes('{"topic":"t","payloadBase64":"b24=","x":"', '"}'), /not in UTF-8/, 42);
});

test('a fault in the Base64 is told with its column', () => {
  assertBroken('{"topic":"ä","payloadBase64":"b2*="}', /"payloadBase64" is no Base64/, 33);
  assertBroken('{"topic":"t","payloadBase64":"*"}', /"payloadBase64" is no Base64/, 31);
  assertBroken('{"topic":"t","payloadBase64":7}', /"payloadBase64" is no Base64/);
  assertBroken('{"topic":"t","payloadBase64":"\\u00e9"}', /"payloadBase64" is no Base64/);
  assertBroken('{"topic":"t","payloadBase64":"b2\\/"}', /"payloadBase64" is no Base64/);
});

test('a field that can not be what it says leaves the line out, and is named', () => {
  for (const [fields, why] of [
    [{ topic: undefined }, /no "topic"/],
    [{ topic: 7 }, /"topic" is no text/],
    [{ topic: '' }, /"topic" is no topic name/],
    [{ topic: 'a/#' }, /"topic" is no topic name/],
    [{ topic: '\ud800' }, /"topic" is no topic name/],
    [{ qos: 3 }, /"qos" is no whole number from 0 to 2/],
    [{ qos: '1' }, /"qos"/],
    [{ retain: 'yes' }, /"retain" is neither true nor false/],
    [{ isWill: 2 }, /"isWill"/],
    [{ publisher: 5 }, /"publisher" is no text/],
    [{ time: 'today' }, /"time" is no time/],
    [{ time: '2026-13-31T12:00:00Z' }, /"time" is no time/],
    [{ time: 1e300 }, /"time" is no time/],
    [{ time: null }, /"time" is no time/],
    [{ properties: [] }, /"properties" is no object/],
    [{ properties: { payloadFormatIndicator: 2 } }, /"payloadFormatIndicator"/],
    [{ properties: { messageExpiryInterval: 4_294_967_296 } }, /"messageExpiryInterval"/],
    [{ properties: { contentType: 1 } }, /"contentType"/],
    [{ properties: { responseTopic: 1 } }, /"responseTopic"/],
    [{ properties: { responseTopic: 'answers/#' } }, /"responseTopic" is no topic name/],
    [{ properties: { responseTopic: 'a\ud800' } }, /"responseTopic" is no topic name/],
    [{ properties: { correlationDataBase64: 'x' } }, /"correlationDataBase64" is no Base64/],
    [{ properties: { userProperties: { a: 'b' } } }, /"userProperties" is no array/],
    [{ properties: { userProperties: [['a']] } }, /"userProperties" is no array of pairs/],
    [{ properties: { userProperties: [['a', 1]] } }, /"userProperties" is no array of pairs/],
    [{ properties: { subscriptionIdentifiers: [0] } }, /"subscriptionIdentifiers"/],
    [{ payloadBase64: undefined }, /no "payloadBase64", and no "payload"/],
    [{ payloadBase64: undefined, payload: { v: 1 } }, /"payload" is no text; mosquitto_sub .* -F %j/],
    [{ payloadBase64: undefined, payload: '\ud800' }, /half of a surrogate pair/],
    [{ gap: 1 }, /"gap" is no object/],
    [{ gap: { lostMessages: 0 } }, /"lostMessages"/],
  ] as const)
    assertBroken(JSON.stringify({ ...valid, ...fields }), why);
});

test('a property that fits in no packet leaves the line out, and is named; one that just fits is read', () => {
  const long = 'x'.repeat(65_535);
  for (const [properties, why] of [
    [{ contentType: `${long}x` }, /"contentType" can not be in a packet: it takes 65536 bytes/],
    [{ contentType: 'ä'.repeat(32_768) }, /"contentType" can not be in a packet: it takes 65536 bytes/],
    [{ contentType: 'a\ud800' }, /"contentType" can not be in a packet: .*half of a surrogate pair/],
    [{ contentType: 'a\0' }, /"contentType" can not be in a packet: .*U\+0000/],
    [{ responseTopic: `${long}x` }, /"responseTopic" is no topic name/],
    [
      { correlationDataBase64: Buffer.alloc(65_536).toString('base64') },
      /"correlationDataBase64" can not be in a packet: it takes 65536 bytes/,
    ],
    [{ userProperties: [[`${long}x`, '']] }, /"userProperties" can not be in a packet/],
    [{ userProperties: [['a', '\udc00']] }, /"userProperties" can not be in a packet/],
    [{ userProperties: [['a', 'b\0']] }, /"userProperties" can not be in a packet/],
  ] as const)
    assertBroken(JSON.stringify({ ...valid, properties }), why);
  const properties = {
    contentType: long,
    responseTopic: long,
    correlationDataBase64: Buffer.alloc(65_535).toString('base64'),
    userProperties: [[long, long]],
  };
  assert.equal(parse(JSON.stringify({ ...valid, properties })).kind, 'message');
});

test('other versions and other formats are refused in words', () => {
  for (const [header, why] of [
    [
      { format: 'mqtt-workbench-recording', version: 2 },
      /recording of version 2; this program reads version 1/,
    ],
    [{ format: 'mqtt-workbench-recording' }, /recording of version/],
    [{ format: 'other', version: 1 }, /of the format "other"/],
  ] as const) {
    const parsed = parse(JSON.stringify(header));
    assert.ok(parsed.kind === 'otherFormat');
    assert.match(parsed.why, why);
  }
});

test('empty lines are none', () => {
  for (const line of ['', '\r', ' \t']) assert.deepEqual(parse(line), { kind: 'empty' });
});
