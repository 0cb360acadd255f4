import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { DecoderChoice } from '../../../src/contracts/decoding.ts';
import { decodedNumbers, type ValueDecoder } from '../../../src/engine/decodedNumbers.ts';
import { DecodingService } from '../../../src/engine/decodingService.ts';
import { Models } from '../../../src/engine/models.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { inRepository } from '../../support/repository.ts';

function setUp(choices: readonly DecoderChoice[] = []) {
  const models = new Models(1_000_000);
  const decoding = new DecodingService(models, (path) => readFile(path));
  decoding.setDecoders({ choices });
  const numbers = decodedNumbers(decoding, systemClock);
  const read = (path: string, payload: Uint8Array, topic = 'a') =>
    numbers.readerOf(path, models.local)(payload, topic);
  return { numbers, read, model: models.local, decoding };
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
// CBOR: a map of one (a1), "c" (61 63) to 181.5 as a float of 16 bits (f9 59 ac).
const cbor = Uint8Array.of(0xa1, 0x61, 0x63, 0xf9, 0x59, 0xac);

test('plain text and JSON are read at once', () => {
  const { read } = setUp();
  assert.equal(read('', text('21.5')), 21.5);
  assert.equal(read('.c', text('{"c":1}')), 1);
  assert.equal(read('', text('off')), undefined);
});

test('what is binary is read by the decoder that fits', async () => {
  const { numbers, read, model } = setUp();
  assert.equal(await read('.c', cbor), 181.5);
  assert.equal(await read('.d', cbor), undefined);
  assert.deepEqual(await numbers.pathsOf(cbor, 'a', model), [{ path: '.c', value: 181.5 }]);
});

test('the payload may change once the reader has returned', async () => {
  const { read } = setUp();
  const borrowed = cbor.slice();
  const number = read('.c', borrowed);
  borrowed.fill(0);
  assert.equal(await number, 181.5);
});

test('a choice for the topic goes before what the payload looks like, and may change', async () => {
  const { read, decoding } = setUp([
    { topicFilter: 'raw/#', decoder: 'numbers', numberType: 'uint16', byteOrder: 'big' },
    { topicFilter: 'raw/text', decoder: 'text' },
  ]);
  // "12" is 0x3132.
  assert.equal(await read('', text('12'), 'raw/a'), 0x31_32);
  assert.equal(read('', text('12'), 'raw/text'), 12);
  assert.equal(read('', text('12'), 'other'), 12);
  decoding.setDecoders({ choices: [] });
  assert.equal(read('', text('12'), 'raw/a'), 12);
});

test('a field of Protobuf is read by the schema of its topic, and so are a nested one and an element of a list', async () => {
  const schemaFile = inRepository('test/fixtures/payloads/proto/greenhouse.proto');
  const { numbers, read, model } = setUp([
    { topicFilter: 'bed/+', decoder: 'protobuf', schemaFile, messageType: 'greenhouse.Reading' },
  ]);
  const reading = await readFile(inRepository('test/fixtures/payloads/protobuf-reading.bin'));
  assert.equal(await read('.temperature.value', reading, 'bed/1'), 21.5);
  assert.equal(await read('.trend[2]', reading, 'bed/1'), 12);
  assert.equal(await read('.humidity', reading, 'bed/1'), undefined);
  const paths = (await numbers.pathsOf(reading, 'bed/1', model)).map(({ path }) => path);
  assert.ok(paths.includes('.moisture.value') && paths.includes('.trend[0]'), paths.join(' '));
});

test('bytes that nothing can be made of have no number', async () => {
  const { read } = setUp();
  assert.equal(await read('', Uint8Array.of(0xff, 0xfe, 0xfd, 0x00, 0x01, 0x02, 0x03)), undefined);
});

test('one message is decoded at a time, and others have a turn after some milliseconds', async () => {
  const clock = new FakeClock();
  const started: string[] = [];
  let atATime = 0;
  let mostAtATime = 0;
  const decoder: ValueDecoder = {
    choiceFor: () => ({ topicFilter: '#', decoder: 'cbor' }),
    valueOf: async (_model, topic) => {
      started.push(topic);
      mostAtATime = Math.max(mostAtATime, ++atATime);
      await new Promise((resolve) => setImmediate(resolve));
      atATime--;
      if (topic === 'fault') throw new Error('a fault of the decoder');
      clock.advance(3);
      return 7;
    },
  };
  const read = decodedNumbers(decoder, clock).readerOf('', new Models(1_000_000).local);
  const [a, fault, b, c] = ['a', 'fault', 'b', 'c'].map((topic) => read(cbor, topic));
  assert.deepEqual(started, [], 'what asks goes on at once');
  await assert.rejects(fault as Promise<unknown>, /a fault/);
  assert.deepEqual([await a, await b], [7, 7]);
  // Six milliseconds have passed: the last one waits for a timer.
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, ['a', 'fault', 'b']);
  clock.advance(0);
  assert.equal(await c, 7);
  assert.equal(mostAtATime, 1);
});
