import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComposedMessage } from '../../../src/contracts/publishing.ts';
import { type FindEncoder, readMessage } from '../../../src/engine/composedMessage.ts';

const message: ComposedMessage = {
  topic: 'a',
  qos: 0,
  retain: false,
  format: 'text',
  payloadText: '',
  fillsPlaceholders: true,
};
const values = (counter: number) => ({ nowMs: 0, counter, random: () => 0, uuid: () => 'u' });

/** Of one format, by topics. */
const findEncoder: FindEncoder = async (format, topic) =>
  topic === 'a'
    ? {
        kind: 'encoder',
        encode: (text) =>
          text.includes('13')
            ? { kind: 'problem', message: '.n: no 13' }
            : { kind: 'bytes', bytes: Buffer.from(`${format}:${text}`) },
      }
    : { kind: 'problem', message: 'no schema' };

async function filled(changes: Partial<ComposedMessage>, counter = 1): Promise<[string, string]> {
  const ready = await readMessage({ ...message, ...changes }, findEncoder);
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  const made = ready.fill(values(counter));
  assert.ok(!('kind' in made), JSON.stringify(made));
  const { topic, payload } = made;
  return [topic, Buffer.from(payload).toString('latin1')];
}

test('placeholders in topic and payload are filled in each time, unless they are to be sent as typed', async () => {
  const template = { topic: 'dev/{{counter}}', payloadText: 'n={{counter}}' };
  assert.deepEqual(await filled(template, 3), ['dev/3', 'n=3']);
  assert.deepEqual(await filled({ ...template, fillsPlaceholders: false }), [
    'dev/{{counter}}',
    'n={{counter}}',
  ]);
});

test('each format is read as bytes', async () => {
  assert.deepEqual(await filled({ format: 'hex', payloadText: 'ca fe' }), ['a', '\xca\xfe']);
  assert.deepEqual(await filled({ format: 'base64', payloadText: 'yv4=' }), ['a', '\xca\xfe']);
  assert.deepEqual(await filled({ format: 'json', payloadText: '{"n": {{counter}}}' }), ['a', '{"n": 1}']);
  assert.deepEqual(await filled({ format: 'json', payloadText: '' }), ['a', '']);
});

test('bytes are another copy each time: they are handed over', async () => {
  const ready = await readMessage({ ...message, payloadText: 'x' }, findEncoder);
  assert.ok(ready.kind === 'ready');
  const [first, second] = [ready.fill(values(1)), ready.fill(values(2))];
  assert.ok(!('kind' in first) && !('kind' in second));
  assert.notEqual(first.payload, second.payload);
});

test('what is wrong with a payload is told with its place', async () => {
  const problemOf = async (changes: Partial<ComposedMessage>) => {
    const read = await readMessage({ ...message, ...changes }, findEncoder);
    return read.kind === 'payloadProblem' && [read.message, read.line, read.column];
  };
  assert.deepEqual(await problemOf({ format: 'hex', payloadText: 'ca\nfg' }), [
    '“g” does not belong there',
    2,
    2,
  ]);
  assert.deepEqual(await problemOf({ format: 'base64', payloadText: 'yv4BA' }), ['it ends too early', 1, 6]);
  assert.deepEqual(await problemOf({ format: 'json', payloadText: '{"n": {{counter}}, }' }), [
    'no value follows the last comma',
    1,
    20,
  ]);
});

test('a document is encoded by the encoder of its topic, once it is filled in', async () => {
  assert.deepEqual(await filled({ format: 'cbor', payloadText: '{"n": {{counter}}}' }, 7), [
    'a',
    'cbor:{"n": 7}',
  ]);
  assert.deepEqual(await filled({ format: 'protobuf', payloadText: ' ' }), ['a', ' '], 'nothing to encode');
  const ready = await readMessage(
    { ...message, format: 'cbor', payloadText: '{"n": {{counter}}}' },
    findEncoder,
  );
  assert.ok(ready.kind === 'ready');
  assert.deepEqual(ready.fill(values(13)), { kind: 'payloadProblem', message: '.n: no 13' });
  const without = await readMessage(
    { ...message, topic: 'b', format: 'cbor', payloadText: '{}' },
    findEncoder,
  );
  assert.deepEqual(without, { kind: 'payloadProblem', message: 'no schema' });
  const broken = await readMessage({ ...message, format: 'cbor', payloadText: '{' }, findEncoder);
  assert.equal(broken.kind === 'payloadProblem' && broken.column, 2);
});
