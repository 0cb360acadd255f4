import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingBuffer } from '../../../src/base/ringBuffer.ts';

test('a ring keeps the newest items and hands back what falls out', () => {
  const ring = new RingBuffer<number>(3);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((n) => ring.push(n)),
    [undefined, undefined, undefined, 1, 2],
  );
  assert.deepEqual([...ring], [3, 4, 5]);
  assert.equal(ring.length, 3);
});

test('at counts from the oldest, and from the newest when negative', () => {
  const ring = new RingBuffer<string>(2);
  for (const item of ['a', 'b', 'c']) ring.push(item);
  assert.deepEqual(
    [0, 1, 2, -1, -2, -3].map((i) => ring.at(i)),
    ['b', 'c', undefined, 'c', 'b', undefined],
  );
});

test('shift takes the oldest, and what follows is in order across the end of the ring', () => {
  const ring = new RingBuffer<number>(3);
  for (const n of [1, 2, 3, 4]) ring.push(n);
  assert.equal(ring.shift(), 2);
  ring.push(5);
  ring.push(6);
  assert.deepEqual([...ring], [4, 5, 6]);
  assert.deepEqual([ring.shift(), ring.shift(), ring.shift(), ring.shift()], [4, 5, 6, undefined]);
});

test('a cleared ring is empty and works on', () => {
  const ring = new RingBuffer<number>(2);
  ring.push(1);
  ring.push(2);
  ring.push(3);
  ring.clear();
  assert.deepEqual([...ring], []);
  ring.push(4);
  assert.deepEqual([...ring], [4]);
});

test('a capacity below 1 is refused', () => {
  for (const capacity of [0, -1, 1.5, Number.NaN]) assert.throws(() => new RingBuffer(capacity), RangeError);
});
