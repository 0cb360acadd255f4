import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComposedMessage } from '../../../src/contracts/publishing.ts';
import { readMessage } from '../../../src/engine/composedMessage.ts';

const message: ComposedMessage = {
  topic: 'a',
  qos: 0,
  retain: false,
  format: 'text',
  payloadText: '',
  fillsPlaceholders: true,
};
const values = (counter: number) => ({ nowMs: 0, counter, random: () => 0, uuid: () => 'u' });

function filled(changes: Partial<ComposedMessage>, counter = 1): [string, string] {
  const ready = readMessage({ ...message, ...changes });
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  const { topic, payload } = ready.fill(values(counter));
  return [topic, Buffer.from(payload).toString('latin1')];
}

test('placeholders in topic and payload are filled in each time, unless they are to be sent as typed', () => {
  const template = { topic: 'dev/{{counter}}', payloadText: 'n={{counter}}' };
  assert.deepEqual(filled(template, 3), ['dev/3', 'n=3']);
  assert.deepEqual(filled({ ...template, fillsPlaceholders: false }), ['dev/{{counter}}', 'n={{counter}}']);
});

test('each format is read as bytes', () => {
  assert.deepEqual(filled({ format: 'hex', payloadText: 'ca fe' }), ['a', '\xca\xfe']);
  assert.deepEqual(filled({ format: 'base64', payloadText: 'yv4=' }), ['a', '\xca\xfe']);
  assert.deepEqual(filled({ format: 'json', payloadText: '{"n": {{counter}}}' }), ['a', '{"n": 1}']);
  assert.deepEqual(filled({ format: 'json', payloadText: '' }), ['a', '']);
});

test('bytes are another copy each time: they are handed over', () => {
  const ready = readMessage({ ...message, payloadText: 'x' });
  assert.ok(ready.kind === 'ready');
  assert.notEqual(ready.fill(values(1)).payload, ready.fill(values(2)).payload);
});

test('what is wrong with a payload is told with its place', () => {
  const problemOf = (changes: Partial<ComposedMessage>) => {
    const read = readMessage({ ...message, ...changes });
    return read.kind === 'payloadProblem' && [read.message, read.line, read.column];
  };
  assert.deepEqual(problemOf({ format: 'hex', payloadText: 'ca\nfg' }), ['“g” does not belong there', 2, 2]);
  assert.deepEqual(problemOf({ format: 'base64', payloadText: 'yv4BA' }), ['it ends too early', 1, 6]);
  assert.deepEqual(problemOf({ format: 'json', payloadText: '{"n": {{counter}}, }' }), [
    'no value follows the last comma',
    1,
    20,
  ]);
});
