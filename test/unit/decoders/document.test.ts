/** What binary formats look like as JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortestFloat32 } from '../../../src/decoders/byteReader.ts';
import { dateValue, documentText, isoDateOfMs } from '../../../src/decoders/document.ts';

test('a document is JSON, pretty, in the order of its keys', () => {
  const text = documentText({ b: [1, [], {}], a: { c: 'x"\n' }, n: null });
  assert.equal(
    text,
    '{\n  "b": [\n    1,\n    [],\n    {}\n  ],\n  "a": {\n    "c": "x\\"\\n"\n  },\n  "n": null\n}',
  );
});

test('what JSON has no word for is an object with a dollar sign', () => {
  assert.equal(documentText(undefined), '{"$undefined": true}');
  assert.equal(documentText(Number.NaN), '{"$float": "NaN"}');
  assert.equal(documentText(-Infinity), '{"$float": "-Infinity"}');
  assert.equal(documentText(Uint8Array.of(1, 255)), '{"$bytes": "01ff"}');
});

test('a bigint keeps its digits, and minus zero its sign', () => {
  assert.equal(documentText([2n ** 64n, -0]), '[\n  18446744073709551616,\n  -0\n]');
});

test('deep levels are indented no further than 32', () => {
  let value: unknown = 1;
  for (let i = 0; i < 400; i++) value = [value];
  const text = documentText(value as never); // nested arrays are a document
  assert.ok(text.length < 400 * 2 * 70, `${text.length} characters`);
  assert.deepEqual(JSON.parse(text), value);
});

test('dates have the digits that were sent, before 1970 too', () => {
  assert.deepEqual(dateValue(0n, 0n, 0), { $date: '1970-01-01T00:00:00Z' });
  assert.deepEqual(dateValue(-1n, 5n, 9), { $date: '1969-12-31T23:59:59.000000005Z' });
  assert.equal(isoDateOfMs(-1n), '1969-12-31T23:59:59.999Z');
  assert.equal(isoDateOfMs(10n ** 17n), undefined);
});

test('a 32-bit float has as few digits as tell it apart, and no fewer', () => {
  for (const value of [0.1, 21.5, 1 / 3, 16777217, 3.4028235e38, 1e-45, -0.3]) {
    const float = Math.fround(value);
    assert.equal(Math.fround(shortestFloat32(float)), float);
  }
  assert.equal(shortestFloat32(Math.fround(0.1)), 0.1);
  assert.equal(shortestFloat32(Math.fround(21.37)), 21.37);
});
