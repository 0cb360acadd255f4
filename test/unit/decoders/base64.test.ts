/** Base64: offered with care, and shown as what is in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, jsonOf, offered } from '../../support/decoding.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

test('Base64 of JSON is the first offer, and is shown as JSON', async () => {
  const payload = base64('{"temperature": 21.5}');
  assert.equal(offered(payload)[0], 'base64');
  const outcome = await decodeAs('base64', payload);
  assert.deepEqual(jsonOf(outcome), { temperature: 21.5 });
  assert.deepEqual(decodedOf(outcome).notes, ['Base64 of 21 bytes, shown as JSON.']);
  assert.deepEqual(decodedOf(outcome).value, { temperature: 21.5 });
});

test('gzip in Base64 is unpacked too', async () => {
  const outcome = await decodeAs('base64', base64(gzipSync('{"a": 1}')));
  assert.deepEqual(jsonOf(outcome), { a: 1 });
  assert.deepEqual(decodedOf(outcome).notes, [
    'Base64 of 28 bytes, shown as JSON.',
    'Unpacked from gzip: 8 bytes.',
  ]);
});

test('both alphabets are read, with padding and without, over lines', async () => {
  for (const payload of [
    '+/+/AAECAwQFBgcICQoLDA==',
    '-_-_AAECAwQFBgcICQoLDA',
    '+/+/AAECAwQF\r\nBgcICQoLDA==\n',
  ]) {
    assert.ok(offered(payload).includes('base64'), payload);
    const { view } = decodedOf(await decodeAs('base64', payload));
    assert.deepEqual(view, {
      kind: 'hex',
      bytes: new Uint8Array(hex('FB FF BF 00 01 02 03 04 05 06 07 08 09 0A 0B 0C')),
    });
  }
});

test('bytes of no known format stay behind text', () => {
  assert.deepEqual(offered(base64(hex('FB FF BF 00 01 02 03 04 05 06 07 08 09'))), ['text', 'base64', 'hex']);
});

test('words, numbers and hex are not offered as Base64', () => {
  for (const text of [
    'temperaturesensor',
    '0123456789012345',
    'deadbeefdeadbeefdeadbeef',
    'DEADBEEFDEADBEEF',
    'AAAAaaaa', // short
    'plant/sensor/temp',
    'Temperature: 21.5 C',
    'ABCDabcdABCDabcdA', // no length of Base64
  ])
    assert.ok(!offered(text).includes('base64'), text);
});

test('a word in mixed case is offered as text first', () => {
  assert.equal(offered('TemperatureSensorOne')[0], 'text');
});

test('Base64 in Base64 ends at a depth', async () => {
  let payload = 'the innermost text';
  for (let i = 0; i < 5; i++) payload = base64(payload);
  const { notes } = decodedOf(await decodeAs('base64', payload));
  assert.equal(notes.filter((note) => note.startsWith('Base64')).length, 2);
});

const broken: [what: string, text: string, atByte: number, message: RegExp][] = [
  ['a byte outside the alphabet', 'ABCD*FGH', 4, /no byte 0x2a/],
  ['a padding in between', 'AB==CDEF', 2, /“=” may stand at the end only/],
  ['an incomplete group', 'ABCDA', 5, /last group of four characters is incomplete/],
];
for (const [what, text, atByte, message] of broken) {
  test(`${what} is a failure with its offset`, async () => {
    const failure = failureOf(await decodeAs('base64', text));
    assert.match(failure.message, message);
    assert.equal(failure.atByte, atByte);
  });
}

test('of a payload that was cut, the whole groups are shown', async () => {
  const { view } = decodedOf(
    await decodeAs('base64', base64('hello world').slice(0, 10), {}, { isCut: true }),
  );
  assert.deepEqual(view.kind === 'text' && view.text, 'hello ');
});

test('megabytes of “=” are a failure at once', async () => {
  const many = '='.repeat(4 * 1024 * 1024);
  assert.match(failureOf(await decodeAs('base64', many)).message, /incomplete/);
  assert.match(failureOf(await decodeAs('base64', `${many}A`)).message, /at the end only/);
});
