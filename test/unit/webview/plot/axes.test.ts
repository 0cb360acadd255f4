import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AxisChoice, sidesOf } from '../../../../src/webview/plot/axes.ts';
import { colourPropertyOf, dashOf } from '../../../../src/webview/plot/lineStyle.ts';

const line = (min: number, max: number, choice: AxisChoice = 'automatic') => ({ min, max, choice });

test('a line that is more than fifty times larger or smaller than the first has the right axis', () => {
  assert.deepEqual(sidesOf([line(0, 20), line(0, 1000), line(0, 1001), line(-0.3, 0.3)]), [
    'left',
    'left',
    'right',
    'right',
  ]);
});

test('the size of a line is its distance from zero, on either side', () => {
  assert.deepEqual(sidesOf([line(-20, 0), line(-2000, -1)]), ['left', 'right']);
});

test('a line that is zero stays on the left, and makes no other go', () => {
  assert.deepEqual(sidesOf([line(0, 0), line(0, 1e6)]), ['left', 'left']);
  assert.deepEqual(sidesOf([line(0, 5), line(0, 0)]), ['left', 'left']);
});

test('a choice goes before, and a first line that is on the right is not what others are measured by', () => {
  assert.deepEqual(sidesOf([line(0, 1000, 'right'), line(0, 1), line(0, 2), line(0, 9000, 'left')]), [
    'right',
    'left',
    'left',
    'left',
  ]);
});

test('no two of 36 lines look the same, and neighbours differ in their dashes as well', () => {
  const looks = Array.from({ length: 36 }, (_, i) => `${colourPropertyOf(i)} ${dashOf(i).join()}`);
  assert.equal(new Set(looks).size, 36);
  for (let i = 1; i < 36; i++) assert.notDeepEqual(dashOf(i), dashOf(i - 1));
  assert.deepEqual(dashOf(0), []);
});
