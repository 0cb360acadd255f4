import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyBytes } from '../../../src/base/copyBytes.ts';

test('exactly the bytes asked for are copied, to where they are to go, however many', () => {
  const from = Uint8Array.from({ length: 100 }, (_, i) => i + 1);
  for (let length = 0; length <= 80; length++) {
    for (const [start, at] of [
      [0, 0],
      [0, 7],
      [13, 0],
      [20, 7],
    ] as const) {
      const to = new Uint8Array(100);
      copyBytes(from, start, start + length, to, at);
      const expected = new Uint8Array(100);
      for (let i = 0; i < length; i++) expected[at + i] = start + i + 1;
      assert.deepEqual(to, expected, `${length} bytes from ${start} to ${at}`);
    }
  }
});

test('all bytes of a source are copied, and none that lie around it in its memory', () => {
  const memory = Uint8Array.from({ length: 200 }, (_, i) => i);
  for (const length of [5, 32, 33, 100]) {
    const to = new Uint8Array(length + 2);
    copyBytes(memory.subarray(50, 50 + length), 0, length, to, 1);
    assert.deepEqual([...to], [0, ...memory.subarray(50, 50 + length), 0]);
  }
});
