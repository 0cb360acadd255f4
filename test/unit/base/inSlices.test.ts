import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSlices } from '../../../src/base/inSlices.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** Lets what waits for a promise go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test('visits all in order, in slices of at most so many, with a pause between two', async () => {
  const clock = new FakeClock();
  const seen: number[] = [];
  const sliceEnds: number[] = [];
  const working = inSlices(numbers(25), (n) => seen.push(n), {
    clock,
    maxItems: 10,
    mayGoOn: (visited) => {
      sliceEnds.push(visited);
      return true;
    },
  });
  assert.equal(seen.length, 10);
  clock.advance(0);
  await settle();
  assert.equal(seen.length, 20);
  clock.advance(0);
  assert.deepEqual(await working, { visited: 25, isComplete: true });
  assert.deepEqual(seen, numbers(25));
  // Asked before and after each pause.
  assert.deepEqual(sliceEnds, [10, 10, 20, 20]);
});

test('a slice ends when its time is up, though there is more', async () => {
  const clock = new FakeClock();
  let seen = 0;
  void inSlices(
    numbers(1000),
    () => {
      seen++;
      clock.advance(1);
    },
    { clock, maxItems: 1000, mayGoOn: () => true },
  );
  assert.ok(seen < 50, `${seen}`);
});

test('ends where it may not go on, also when that changes during a pause', async () => {
  const clock = new FakeClock();
  let seen = 0;
  let mayGoOn = true;
  const working = inSlices(numbers(100), () => seen++, { clock, maxItems: 10, mayGoOn: () => mayGoOn });
  mayGoOn = false;
  clock.advance(0);
  assert.deepEqual(await working, { visited: 10, isComplete: false });
  assert.equal(seen, 10);
  const other = await inSlices(numbers(100), () => seen++, { clock, maxItems: 10, mayGoOn: () => false });
  assert.equal(other.isComplete, false);
});

test('a last slice that is full is the last, and nothing is asked', async () => {
  const options = { clock: new FakeClock(), maxItems: 10, mayGoOn: () => assert.fail() };
  assert.deepEqual(await inSlices(numbers(10), () => {}, options), { visited: 10, isComplete: true });
});

test('nothing to do is done at once', async () => {
  const options = { clock: new FakeClock(), maxItems: 10, mayGoOn: () => false };
  assert.deepEqual(await inSlices([], () => assert.fail(), options), { visited: 0, isComplete: true });
});
