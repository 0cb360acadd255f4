import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countMessageLines,
  gapLine,
  headerLine,
  JsonLinesEncoder,
  MAX_TEXT_BYTES,
  SHARED_LINE_BYTES,
} from '../../../src/recording/jsonLines.ts';
import { parseLine } from '../../../src/recording/parseLine.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { SeededRandom } from '../../support/random.ts';
import { arbitraryMessage, message, plain, START_MS } from './messages.ts';

function lineOf(value: RecordedMessage, encoder = new JsonLinesEncoder()): string {
  const line = Buffer.from(encoder.encode(value)).toString();
  assert.ok(line.endsWith('}\n'));
  assert.equal(line.indexOf('\n'), line.length - 1, 'one line');
  return line.slice(0, -1);
}

function assertComesBack(value: RecordedMessage, encoder?: JsonLinesEncoder): void {
  const line = lineOf(value, encoder);
  const parsed = parseLine(Buffer.from(line), 0);
  assert.ok(parsed.kind === 'message', line);
  assert.deepEqual(plain(parsed.message), plain(value), line);
}

test('a message is one line, with its payload as text for eyes and as Base64', () => {
  assert.equal(
    lineOf(message({ payload: '{"on":true}', qos: 1, publisher: 'board-7' })),
    '{"time":"2026-01-31T12:00:00.000Z","topic":"lab/led","qos":1,"retain":false,"publisher":"board-7",' +
      '"text":"{\\"on\\":true}","payloadBase64":"eyJvbiI6dHJ1ZX0="}',
  );
});

test('a will, RETAIN and every property are in the line', () => {
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'text/plain',
    responseTopic: 'r',
    correlationData: Uint8Array.of(0, 255),
    userProperties: [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
    subscriptionIdentifiers: [1, 268_435_455],
  } as const;
  const value = message({ payload: '', retain: true, isWill: true, hasWaited: true, properties });
  assert.equal(
    lineOf(value),
    '{"time":"2026-01-31T12:00:00.000Z","topic":"lab/led","qos":0,"retain":true,"isWill":true,"hasWaited":true,"properties":{' +
      '"payloadFormatIndicator":1,"messageExpiryInterval":60,"contentType":"text/plain","responseTopic":"r",' +
      '"correlationDataBase64":"AP8=","userProperties":[["b","1"],["a","2"],["b","3"]],' +
      '"subscriptionIdentifiers":[1,268435455]},"payloadBase64":""}',
  );
  assertComesBack(value);
});

test('header and gap come back as they were', () => {
  const header = { startedAtMs: START_MS, part: 12 };
  assert.equal(
    Buffer.from(headerLine(header)).toString(),
    '{"format":"mqtt-workbench-recording","version":1,"startedAt":"2026-01-31T12:00:00.000Z","part":12}\n',
  );
  assert.deepEqual(parseLine(headerLine(header), 0), { kind: 'header', header });
  const whole = { startedAtMs: START_MS };
  assert.deepEqual(parseLine(headerLine(whole), 0), { kind: 'header', header: whole });
  const gap = { lostMessages: 3, fromMs: START_MS, toMs: START_MS + 5 };
  assert.deepEqual(parseLine(gapLine(gap), 0), { kind: 'gap', gap });
});

test('every value of a byte comes back, alone and among others', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assertComesBack(message({ payload: all }));
  for (const byte of all) {
    assertComesBack(message({ payload: Uint8Array.of(byte) }));
    assertComesBack(message({ payload: Uint8Array.of(0x61, byte, 0x62) }));
  }
});

test('only a readable payload has a text, and a text is the payload', () => {
  const textOf = (payload: string | Uint8Array) =>
    (JSON.parse(lineOf(message({ payload }))) as { text?: string }).text;
  for (const text of ['21.5', 'a\tb\r\nc', 'quote " and \\', 'grün 😀 \u2028', '\ufeffmark', '\u00a0'])
    assert.equal(textOf(text), text);
  for (const text of ['', 'nul\0', 'bell\x07', 'esc\x1b[0m', 'del\x7f', 'c1\x80', 'c1\x9f'])
    assert.equal(textOf(text), undefined, JSON.stringify(text));
  assert.equal(textOf(Uint8Array.of(0x61, 0xff)), undefined);
  assert.equal(textOf(Uint8Array.of(0xc3)), undefined, 'cut in a character');
  assert.equal(textOf('x'.repeat(MAX_TEXT_BYTES))?.length, MAX_TEXT_BYTES);
  assert.equal(textOf('x'.repeat(MAX_TEXT_BYTES + 1)), undefined);
});

test('topics of any character come back', () => {
  for (const topic of [
    'ä/ö',
    '日本/😀',
    'a"b\\c',
    ' ',
    '/',
    '//',
    '\u2028',
    '\u0001',
    '$SYS/x',
    'x'.repeat(65_535),
  ])
    assertComesBack(message({ topic, publisher: topic }));
});

test('times are whole milliseconds, in whatever order they come', () => {
  const encoder = new JsonLinesEncoder();
  for (const ms of [
    0,
    1,
    999,
    1000,
    -1,
    -1000,
    START_MS + 123,
    START_MS,
    253_402_300_800_000,
    -62_198_755_200_001,
  ])
    assertComesBack(message({ receivedAtMs: ms }), encoder);
  const parsed = parseLine(Buffer.from(lineOf(message({ receivedAtMs: START_MS + 7.9 }))), 0);
  assert.ok(parsed.kind === 'message');
  assert.equal(parsed.message.receivedAtMs, START_MS + 7);
  assert.throws(() => encoder.encode(message({ receivedAtMs: Number.NaN })), RangeError);
});

test('a long line is memory of its own, a short one is used again', () => {
  const encoder = new JsonLinesEncoder();
  const long = encoder.encode(message({ payload: new Uint8Array(SHARED_LINE_BYTES) }));
  const before = Buffer.from(long);
  const short = encoder.encode(message());
  encoder.encode(message({ payload: new Uint8Array(SHARED_LINE_BYTES).fill(1) }));
  assert.deepEqual(Buffer.from(long), before);
  assert.equal(encoder.encode(message({ topic: 'other' })).buffer, short.buffer);
});

test('names beyond what the encoder remembers come back too', () => {
  const encoder = new JsonLinesEncoder();
  for (let i = 0; i < 9000; i++)
    assertComesBack(message({ topic: `t/${i}`, publisher: `p${i % 5000}` }), encoder);
});

test('whole lines of messages are counted, and no others', () => {
  const encoder = new JsonLinesEncoder();
  const line = Buffer.from(encoder.encode(message()));
  const lines = Buffer.concat([headerLine({ startedAtMs: 0, part: 1 }), line, line]);
  assert.equal(countMessageLines(lines), 2);
  assert.equal(countMessageLines(lines.subarray(0, -1)), 1);
  assert.equal(countMessageLines(Buffer.concat([line, gapLine({ lostMessages: 1, fromMs: 0, toMs: 0 })])), 1);
});

test('arbitrary messages come back as they were', () => {
  const random = new SeededRandom(20_260_131);
  const encoder = new JsonLinesEncoder();
  for (let i = 0; i < 3000; i++) assertComesBack(arbitraryMessage(random), encoder);
});
