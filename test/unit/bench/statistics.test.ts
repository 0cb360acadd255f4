import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, ratios, spread } from '../../../bench/report/statistics.ts';

test('the median is the middle one, or lies between the two middle ones, in whatever order they come', () => {
  assert.equal(median([7]), 7);
  assert.equal(median([9, 1, 10]), 9);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('a percentile is the least value that so many of all do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile(hundred, 0.001), 1);
  assert.equal(percentile([5], 0.99), 5);
});

test('of no values there is neither a median nor a percentile', () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => percentile([], 0.5), RangeError);
});

test('a spread leaves out what could not be taken, and there is none when nothing could', () => {
  assert.deepEqual(spread([3, null, 1]), { median: 2, least: 1, most: 3 });
  assert.equal(spread([null, null]), undefined);
  assert.equal(spread([]), undefined);
});

test('ratios are of the same round, and there is none where either side has no sample', () => {
  assert.deepEqual(ratios([1, 2, null, 4], [2, 8, 1, null]), [0.5, 0.25, null, null]);
  assert.deepEqual(ratios([1, 2], [null, 4]), [null, 0.5]);
  assert.deepEqual(ratios([1, 2], [4]), [0.25, null]);
});

test('nothing is compared to zero, or to less', () => {
  assert.deepEqual(ratios([1, 1], [0, -1]), [null, null]);
});
