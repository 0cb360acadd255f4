/** Candidates and outcomes, as the engine asks for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { DecoderChoice } from '../../../src/decoders/choice.ts';
import type { DecoderId } from '../../../src/decoders/decoder.ts';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, inputOf, jsonOf, testDecoders } from '../../support/decoding.ts';

const decoders = testDecoders();

test('candidates are sorted by confidence, and hex is always the last', () => {
  for (const payload of ['', '{"a":1}', hex('00 00 AC 41'), hex('A1 61 "a" 01')]) {
    const candidates = decoders.candidates(inputOf(payload));
    const confidences = candidates.map(({ confidence }) => confidence);
    assert.deepEqual(
      confidences,
      [...confidences].sort((a, b) => b - a),
    );
    assert.ok(confidences.every((confidence) => confidence > 0 && confidence <= 1));
    assert.equal(candidates.at(-1)?.id, 'hex');
  }
});

test("the person's choice comes first, whatever its confidence, and is there once", () => {
  const choice: DecoderChoice = { topicFilter: 'plant/#', decoder: 'cbor' };
  const candidates = decoders.candidates(inputOf('{"a": 1}'), choice);
  assert.deepEqual(
    candidates.map(({ id, isChosen }) => [id, isChosen]),
    [
      ['cbor', true],
      ['json', false],
      ['text', false],
      ['hex', false],
    ],
  );
  const offered = decoders.candidates(inputOf('{"a": 1}'), { ...choice, decoder: 'text' });
  assert.deepEqual(
    offered.map(({ id }) => id),
    ['text', 'json', 'hex'],
  );
  assert.equal(offered[0]?.confidence, 0.8);
});

test('the choice takes the wrapping that was found, or the one that it names', () => {
  const input = inputOf(gzipSync('{"a": 1}'));
  const choice: DecoderChoice = { topicFilter: '#', decoder: 'text' };
  assert.deepEqual(decoders.candidates(input, choice)[0]?.via, ['gzip']);
  assert.deepEqual(decoders.candidates(input, { ...choice, compression: 'none' })[0]?.via, []);
  assert.deepEqual(decoders.candidates(input, { ...choice, decoder: 'hex' })[0]?.via, []);
});

test('what is chosen is decoded with its settings', async () => {
  const choice: DecoderChoice = { topicFilter: '#', decoder: 'text', encoding: 'gbk' };
  const { value } = decodedOf(await decoders.decodeChosen(inputOf(hex('CE C2')), choice));
  assert.equal(value, '温');
});

test('the choice for a topic is found with the matcher that the engine gave', () => {
  const choices: DecoderChoice[] = [{ topicFilter: 'plant/+', decoder: 'cbor' }];
  assert.equal(decoders.choiceFor(choices, 'plant/sensor')?.decoder, 'cbor');
  assert.equal(decoders.choiceFor(choices, 'house/sensor'), undefined);
});

test('every decoder is in the list for a menu, with a name', () => {
  const ids = decoders.all.map(({ id }) => id);
  assert.deepEqual(new Set(ids).size, 11);
  assert.equal(ids.at(-1), 'hex');
  assert.ok(decoders.all.every(({ label }) => label.length > 2));
});

test('a decoder that nobody knows is a failure', async () => {
  const outcome = await decoders.decode(inputOf(''), 'morse' as DecoderId);
  assert.match(failureOf(outcome).message, /no decoder “morse”/);
});

for (const id of ['cbor', 'messagePack', 'protobuf', 'sparkplug', 'avro', 'base64'] as const) {
  test(`${id} refuses more than 8 MiB, and says so`, async () => {
    const outcome = await decoders.decode(inputOf(new Uint8Array(8 * 1024 * 1024 + 1)), id);
    assert.match(failureOf(outcome).message, /up to 8 MiB, and this is longer. Look at it as hex/);
  });
}

test('the bound holds for what is inside a wrapping too', async () => {
  const payload = gzipSync(new Uint8Array(8 * 1024 * 1024 + 1), { level: 1 });
  assert.match(failureOf(await decoders.decode(inputOf(payload), 'cbor')).message, /up to 8 MiB/);
});

test('a content type makes its format the first', () => {
  const first = (payload: string | Uint8Array, contentType: string) =>
    decoders.candidates(inputOf(payload, { contentType }))[0]?.id;
  assert.equal(first('{"a": 1}', 'text/plain'), 'text');
  assert.equal(first('21.5', 'application/json'), 'json');
  assert.equal(first('21.5', 'application/senml+json'), 'json');
  assert.equal(first(hex('01'), 'application/senml+cbor'), 'cbor');
  assert.equal(first(hex('01 02'), 'application/vnd.google.protobuf'), 'protobuf');
});

test('a payload that says it is UTF-8 is offered as text', () => {
  const ids = decoders.candidates(inputOf(hex('01 41'), { payloadFormatIndicator: 1 })).map(({ id }) => id);
  assert.equal(ids[0], 'text');
});

test('a view can be cloned to another thread, the value need not be', async () => {
  for (const payload of ['{"a": 1}', hex('A1 61 "a" 41 01'), hex('00 00 AC 41'), gzipSync('a')]) {
    const input = inputOf(payload);
    const [best] = decoders.candidates(input);
    const { view } = decodedOf(await decoders.decode(input, best!.id)); // hex at least is offered
    assert.deepEqual(structuredClone(view), view);
  }
});

test('a payload that is part of a larger buffer is read from its own first byte', async () => {
  const whole = hex('FF FF A1 61 "a" 1A 00 01 00 00 FF');
  assert.deepEqual(jsonOf(await decoders.decode(inputOf(whole.subarray(2, 10)), 'cbor')), { a: 65536 });
});

test('a payload that ends early because it was cut is told to be cut', async () => {
  const cut = hex('82 A1 "a" 01');
  const whole = failureOf(await decoders.decode(inputOf(cut), 'messagePack'));
  const shown = failureOf(await decoders.decode(inputOf(cut, { isCut: true }), 'messagePack'));
  assert.equal(shown.message, `${whole.message} Only the first bytes of the payload are here.`);
});

test('for its value alone a payload is decoded without the text of a view', async () => {
  const { view, value } = decodedOf(await decodeAs('cbor', hex('A1 61 61 01'), {}, { isForValue: true }));
  assert.deepEqual([view, value], [{ kind: 'json', text: '' }, { a: 1 }]);
});
