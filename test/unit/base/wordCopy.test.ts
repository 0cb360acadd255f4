import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WordCopy } from '../../../src/base/wordCopy.ts';

/** Bytes that tell which source they are of, and where in it; not at the start of their buffer. */
function sourceOf(name: number): Uint8Array {
  const memory = new Uint8Array(300).map((_, i) => (i * 7 + name * 31) & 0xff);
  return memory.subarray(20, 276);
}

const target = new Uint8Array(200);
const targetView = new DataView(target.buffer);

function copied(copier: WordCopy, source: Uint8Array, start: number, end: number, at: number): void {
  target.fill(0xee);
  copier.copy(source, start, end, target, targetView, at);
  const expected = new Uint8Array(200).fill(0xee);
  expected.set(source.subarray(start, end), at);
  assert.deepEqual(target, expected);
}

test('copies any number of bytes, from anywhere to anywhere, and touches no others', () => {
  const copier = new WordCopy();
  const source = sourceOf(1);
  for (let length = 0; length <= 130; length++)
    copied(copier, source, length % 9, (length % 9) + length, length % 11);
});

test('several sources in any turn are told apart', () => {
  const copier = new WordCopy();
  const [a, b, c] = [sourceOf(1), sourceOf(2), sourceOf(3)];
  for (const source of [a, b, a, b, b, a, c, a, c, b, c, c, a, a, b]) copied(copier, source, 3, 40, 5);
});
