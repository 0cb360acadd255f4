import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BestOf } from '../../../src/base/bestOf.ts';
import { SeededRandom } from '../../support/random.ts';

const ascending = (a: number, b: number): number => a - b;

test('of many, the best few come out in order, as a full sort has them', () => {
  const random = new SeededRandom(7);
  for (const [count, limit] of [
    [0, 3],
    [2, 3],
    [3, 3],
    [1000, 1],
    [1000, 20],
    [1000, 999],
  ] as const) {
    const many = Array.from({ length: count }, () => random.integer(0, 499));
    const best = new BestOf<number>(limit, ascending);
    for (const item of many) best.add(item);
    assert.equal(best.size, Math.min(count, limit));
    assert.deepEqual(best.takeAll(), [...many].sort(ascending).slice(0, limit));
    assert.equal(best.size, 0);
  }
});

test('taken one by one, the last comes first', () => {
  const best = new BestOf<number>(3, ascending);
  for (const item of [5, 1, 4, 2, 3]) best.add(item);
  assert.deepEqual(
    [best.takeLast(), best.takeLast(), best.takeLast(), best.takeLast()],
    [3, 2, 1, undefined],
  );
});

test('with no room nothing is kept', () => {
  const best = new BestOf<number>(0, ascending);
  best.add(1);
  assert.deepEqual(best.takeAll(), []);
});

test('what is not among the best costs one comparison', () => {
  let comparisons = 0;
  const best = new BestOf<number>(10, (a, b) => {
    comparisons++;
    return a - b;
  });
  for (let item = 0; item < 10; item++) best.add(item);
  comparisons = 0;
  for (let item = 10; item < 1010; item++) best.add(item);
  assert.equal(comparisons, 1000);
});
