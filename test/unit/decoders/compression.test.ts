/** Wrappings: found, taken off within a bound, and told when they are damaged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { unwrap } from '../../../src/decoders/compression.ts';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, inputOf, jsonOf, testDecoders } from '../../support/decoding.ts';
import { SeededRandom } from '../../support/random.ts';

const json = '{"temperature": 21.5}';
const decoders = testDecoders();

test('what is in gzip or zlib is offered as what it is, with its wrapping', () => {
  for (const [payload, via] of [
    [gzipSync(json), 'gzip'],
    [deflateSync(json), 'zlib'],
    [deflateSync(json, { level: 1 }), 'zlib'],
  ] as const) {
    const [best] = decoders.candidates(inputOf(payload));
    assert.deepEqual({ id: best?.id, via: best?.via }, { id: 'json', via: [via] });
  }
});

test('the wrapped bytes themselves are offered as hex, last', () => {
  const last = decoders.candidates(inputOf(gzipSync(json))).at(-1);
  assert.deepEqual({ id: last?.id, via: last?.via }, { id: 'hex', via: [] });
});

test('a candidate is decoded through its wrapping, and the note says so', async () => {
  const input = inputOf(gzipSync(json));
  const [best] = decoders.candidates(input);
  const outcome = await decoders.decode(input, best!.id, { via: best!.via }); // one was offered above
  assert.deepEqual(jsonOf(outcome), { temperature: 21.5 });
  assert.deepEqual(decodedOf(outcome).notes, ['Unpacked from gzip: 21 bytes.']);
});

test('hex through a wrapping has the bytes inside', async () => {
  const { view } = decodedOf(await decoders.decode(inputOf(gzipSync('ab')), 'hex', { via: ['gzip'] }));
  assert.deepEqual(view, { kind: 'hex', bytes: Buffer.from('ab') });
  assert.deepEqual(decodedOf(await decoders.decode(inputOf(gzipSync('ab')), 'hex')).view, { kind: 'hex' });
});

test('two wrappings are taken off, a third is not', async () => {
  const twice = inputOf(deflateSync(gzipSync(json)));
  assert.deepEqual(decoders.candidates(twice)[0]?.via, ['zlib', 'gzip']);
  assert.deepEqual(jsonOf(await decoders.decode(twice, 'json')), { temperature: 21.5 });
  const thrice = inputOf(gzipSync(gzipSync(gzipSync(json))));
  assert.deepEqual(decoders.candidates(thrice)[0]?.id, 'hex');
});

test('JSON and text in raw deflate are offered below what is marked, and above hex', async () => {
  for (const [text, id] of [
    [json, 'json'],
    ['Temperature of the boiler: 71.5 °C', 'text'],
    // More than is peeked at.
    [JSON.stringify(Array.from({ length: 5000 }, (_, i) => i * 7919)), 'json'],
  ] as const) {
    const payload = deflateRawSync(text);
    const [best] = decoders.candidates(inputOf(payload));
    assert.deepEqual({ id: best?.id, via: best?.via }, { id, via: ['deflate'] }, text.slice(0, 40));
    assert.ok(best!.confidence <= 0.5); // it was offered
    const outcome = decodedOf(await decoders.decode(inputOf(payload), id, { via: best!.via }));
    assert.match(outcome.notes[0] ?? '', /^Unpacked from raw deflate: /);
  }
});

test('what only looks like raw deflate is not taken for it', () => {
  const whole = deflateRawSync(json);
  const isOffered = (payload: Uint8Array): boolean =>
    decoders.candidates(inputOf(payload)).some(({ via }) => via.includes('deflate'));
  for (const payload of [
    // A byte more, a byte less, and bytes of which nobody can tell what they are.
    Buffer.concat([whole, Uint8Array.of(0)]),
    whole.subarray(0, -1),
    deflateRawSync(hex('00 01 02 03 F0 F1 F2 F3 00 01 02 03 F4 F5 F6 F7')),
  ])
    assert.ok(!isOffered(payload), payload.toString('hex'));
  const random = new SeededRandom(20_260_102);
  let taken = 0;
  for (let i = 0; i < 20_000; i++) if (isOffered(random.bytes(random.integer(12, 64)))) taken++;
  assert.equal(taken, 0);
});

test('a bomb of raw deflate is peeked at within the bound', () => {
  const bomb = deflateRawSync(Buffer.alloc(65 * 1024 * 1024, '1'), { level: 1 });
  const [best] = decoders.candidates(inputOf(bomb));
  assert.deepEqual({ id: best?.id, via: best?.via }, { id: 'text', via: ['deflate'] });
});

test('raw deflate and Brotli come by choice', async () => {
  for (const [payload, compression] of [
    [deflateRawSync(json), 'deflate'],
    [brotliCompressSync(json), 'brotli'],
  ] as const) {
    assert.deepEqual(jsonOf(await decodeAs('json', payload, { via: [compression] })), { temperature: 21.5 });
  }
});

test('a damaged gzip stream is a candidate that says why, and hex is beside it', () => {
  const payload = gzipSync(json);
  payload[payload.length - 6] = payload[payload.length - 6]! ^ 0xff; // the checksum
  const [damaged, raw] = decoders.candidates(inputOf(payload));
  assert.match(damaged?.failure ?? '', /gzip stream is damaged \(incorrect data check\)/);
  assert.deepEqual(
    { id: raw?.id, via: raw?.via, failure: raw?.failure },
    { id: 'hex', via: [], failure: undefined },
  );
});

test('decoding a damaged stream is a failure', async () => {
  const whole = gzipSync(json.repeat(1000));
  const failure = failureOf(await decoders.decode(inputOf(whole.subarray(0, -9)), 'json', { via: ['gzip'] }));
  assert.match(failure.message, /gzip stream is damaged/);
});

test('a stream that was cut is read as far as it goes', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i * 7919}`).join('\n');
  const input = inputOf(gzipSync(lines).subarray(0, 8000), { isCut: true });
  const { view } = decodedOf(await decoders.decode(input, 'text', { via: ['gzip'] }));
  assert.ok(
    view.kind === 'text' && view.text.startsWith('line 0\nline 7919\n') && lines.startsWith(view.text),
  );
  assert.deepEqual(decoders.candidates(input)[0]?.id, 'text');
});

test('a bomb is a failure, and costs no more than the bound', async () => {
  const bomb = gzipSync(new Uint8Array(1024 * 1024));
  await assert.rejects(unwrap(bomb, 'gzip', { isCut: false, maxBytes: 1000 }), /holds more than 1000 bytes/);
  const [best] = decoders.candidates(inputOf(bomb));
  assert.equal(best?.via[0], 'gzip');
});

test('a bomb of 65 MiB is refused by the default bound', async () => {
  const bomb = gzipSync(new Uint8Array(65 * 1024 * 1024), { level: 1 });
  const failure = failureOf(await decoders.decode(inputOf(bomb), 'text', { via: ['gzip'] }));
  assert.match(failure.message, /more than 64 MiB/);
});

test('text and binary data that begin like zlib are not taken for it', () => {
  const ids = decoders.candidates(inputOf('x^2 + y^2')).map(({ id, via }) => [id, ...via]);
  assert.deepEqual(ids, [['text'], ['hex']]);
  const [best] = decoders.candidates(inputOf(hex('78 9C 01 02 03 04 05 06 07')));
  assert.deepEqual(best?.via, []);
});

test('an empty stream is an empty text', async () => {
  const input = inputOf(gzipSync(''));
  assert.deepEqual(decoders.candidates(input)[0]?.via, ['gzip']);
  assert.deepEqual(decodedOf(await decoders.decode(input, 'text')).value, '');
});
