import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageSummary } from '../../../../src/contracts/messages.ts';
import { topicValueOf, trendOf } from '../../../../src/extension/payload/topicValue.ts';

function message(payload: string | Uint8Array, payloadBytes?: number): MessageSummary {
  const preview = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return {
    ...{ id: 1, topic: 't', receivedAtMs: 0, qos: 0, retain: false, isWill: false },
    preview,
    payloadBytes: payloadBytes ?? preview.length,
  };
}

const shortForm = (payload: string | Uint8Array, maxCharacters = 48) =>
  topicValueOf(message(payload), maxCharacters);

test('a payload without bytes is empty', () => {
  assert.deepEqual(shortForm(''), { kind: 'empty' });
});

test('numbers are those of devices: signs, exponents, line ends and the NUL of a C string around them', () => {
  for (const [text, value] of [
    ['71.5', 71.5],
    ['-3', -3],
    ['+.5e-3', 0.0005],
    ['7.', 7],
    [' 20\r\n', 20],
    ['21\0', 21],
  ] as const) {
    assert.deepEqual(shortForm(text), { kind: 'number', text: text.trim().replace('\0', ''), value }, text);
  }
});

test('what only looks like a number is text', () => {
  for (const text of ['', '1,5', '0x10', '1 2', 'NaN', 'Infinity', '--1', '.', '1e'].slice(1)) {
    assert.equal(shortForm(text).kind, 'text', text);
  }
});

test('a long row of digits is text: it has more than a number holds', () => {
  assert.equal(shortForm('1'.repeat(41)).kind, 'text');
});

test('JSON is on one line, with its strings as they are', () => {
  const pretty = '{\n  "a b" : [ 1,\t2 ],\r\n  "c": "x: \\" , y"\n}';
  assert.deepEqual(shortForm(pretty), {
    kind: 'json',
    text: '{"a b": [1, 2], "c": "x: \\" , y"}',
    isCut: false,
  });
});

test('JSON is cut after it was put on one line, and a cut in a string ends there', () => {
  assert.deepEqual(shortForm('{            "a": 1}', 8), { kind: 'json', text: '{"a": 1}', isCut: false });
  assert.deepEqual(topicValueOf(message('{"a": "xy\\', 500), 48), {
    kind: 'json',
    text: '{"a": "xy\\',
    isCut: true,
  });
});

test('text is cut by characters, and blanks alone are shown', () => {
  assert.deepEqual(shortForm('äöü€', 3), { kind: 'text', text: 'äöü', isCut: true });
  assert.deepEqual(shortForm('on\n'), { kind: 'text', text: 'on', isCut: false });
  assert.deepEqual(shortForm('\n'), { kind: 'text', text: '␊', isCut: false });
});

test('bytes are the first eight in hex', () => {
  assert.deepEqual(shortForm(Uint8Array.of(0xca, 0xfe, 1)), {
    kind: 'binary',
    hex: 'CA FE 01',
    isCut: false,
  });
  assert.deepEqual(shortForm(new Uint8Array(12)), {
    kind: 'binary',
    hex: '00 00 00 00 00 00 00 00',
    isCut: true,
  });
});

test('a number goes up, down, or stays; with anything else there is no saying', () => {
  assert.equal(trendOf(message('1'), message('2')), 'up');
  assert.equal(trendOf(message('10'), message('9')), 'down');
  assert.equal(trendOf(message('1.0'), message('1')), 'same');
  assert.equal(trendOf(message('on'), message('1')), undefined);
  assert.equal(trendOf(message('1'), message('')), undefined);
});
