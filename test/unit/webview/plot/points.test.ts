import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alignPoints,
  extremesOf,
  nearestPoint,
  nextTime,
  type Points,
} from '../../../../src/webview/plot/points.ts';

function points(...pairs: readonly [timeMs: number, value: number][]): Points {
  return {
    timesMs: new Float64Array(pairs.map(([timeMs]) => timeMs)),
    values: new Float64Array(pairs.map(([, value]) => value)),
  };
}

const gap = Number.NaN;

test('lines stand side by side over all their times: undefined where one has no point, null where it breaks', () => {
  const aligned = alignPoints([points([1, 10], [3, gap], [4, 12]), points([2, 20], [3, 21])]);
  assert.deepEqual(aligned, [
    [1, 2, 3, 4],
    [10, undefined, null, 12],
    [undefined, 20, 21, undefined],
  ]);
});

test('several points of a line at one time are as many rows, in their order', () => {
  const aligned = alignPoints([points([1, 10], [1, gap], [1, 11]), points([1, 20])]);
  assert.deepEqual(aligned, [
    [1, 1, 1],
    [10, null, 11],
    [20, undefined, undefined],
  ]);
});

test('no line, and a line without points, are an empty table', () => {
  assert.deepEqual(alignPoints([]), [[]]);
  assert.deepEqual(alignPoints([points()]), [[], []]);
});

test('the nearest point is the one whose time is nearest, breaks aside', () => {
  const line = points([10, 1], [20, gap], [21, 2], [40, 3]);
  assert.deepEqual(nearestPoint(line, 0), { timeMs: 10, value: 1 });
  assert.deepEqual(nearestPoint(line, 14), { timeMs: 10, value: 1 });
  assert.deepEqual(nearestPoint(line, 19), { timeMs: 21, value: 2 });
  assert.deepEqual(nearestPoint(line, 21), { timeMs: 21, value: 2 });
  assert.deepEqual(nearestPoint(line, 99), { timeMs: 40, value: 3 });
  assert.equal(nearestPoint(points(), 5), undefined);
  assert.equal(nearestPoint(points([1, gap]), 5), undefined);
});

test('the next time is that of the next point of any line, inside the range', () => {
  const lines = [points([10, 1], [30, 3]), points([20, gap], [25, 2])];
  const range = { fromMs: 10, toMs: 29 };
  assert.equal(nextTime(lines, 10, 1, range), 25);
  assert.equal(nextTime(lines, 25, 1, range), undefined);
  assert.equal(nextTime(lines, 25, -1, range), 10);
  assert.equal(nextTime(lines, Number.POSITIVE_INFINITY, -1, range), 25);
});

test('the extremes are those of the range alone', () => {
  const line = points([1, -9], [2, 5], [3, gap], [4, 7], [5, 99]);
  assert.deepEqual(extremesOf(line, { fromMs: 2, toMs: 4 }), { min: 5, max: 7 });
  assert.equal(extremesOf(line, { fromMs: 6, toMs: 9 }), undefined);
});
