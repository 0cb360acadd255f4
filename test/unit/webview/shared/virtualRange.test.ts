import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  maxContentPixels,
  scrollScale,
  topOfScroll,
  topToShow,
  virtualRange,
} from '../../../../src/webview/shared/virtualRange.ts';

const list = (topPixels: number, rowCount = 1000) => ({
  rowCount,
  rowPixels: 20,
  viewportPixels: 200,
  topPixels,
  spareRows: 8,
});

test('the rows in view are made, and a few beyond each edge', () => {
  assert.deepEqual(virtualRange(list(0)), {
    firstRow: 0,
    endRow: 18,
    scrollPixels: 0,
    offsetPixels: 0,
    contentPixels: 20_000,
  });
  assert.deepEqual(virtualRange(list(2000)), {
    firstRow: 92,
    endRow: 118,
    scrollPixels: 2000,
    offsetPixels: 1840,
    contentPixels: 20_000,
  });
});

test('the last rows are made at the end, and a position beyond it is the end', () => {
  assert.equal(virtualRange(list(19_800)).endRow, 1000);
  assert.deepEqual(virtualRange(list(Number.POSITIVE_INFINITY)), virtualRange(list(19_800)));
  assert.deepEqual(virtualRange(list(-500)), virtualRange(list(0)));
});

test('an empty list and one that is shorter than its viewport have all their rows', () => {
  const none = { firstRow: 0, endRow: 0, scrollPixels: 0, offsetPixels: 0, contentPixels: 0 };
  assert.deepEqual(virtualRange(list(0, 0)), none);
  assert.deepEqual(virtualRange(list(50, 3)), { ...none, endRow: 3, contentPixels: 60 });
});

test('a list too tall for a browser still shows its first and its last row at the ends of the bar', () => {
  const rowCount = 10_000_000;
  assert.equal(virtualRange(list(0, rowCount)).firstRow, 0);
  const end = virtualRange(list(Number.POSITIVE_INFINITY, rowCount));
  assert.equal(end.contentPixels, maxContentPixels);
  assert.equal(end.endRow, rowCount);
  assert.equal(Math.round(end.scrollPixels), maxContentPixels - 200);
  // The last row's lower edge is the content's.
  assert.equal(Math.round(end.offsetPixels + (end.endRow - end.firstRow) * 20), maxContentPixels);
});

test('in a list too tall for a browser every pixel of the list can be stood at', () => {
  const tall = list(100_000_010, 10_000_000);
  const { firstRow, offsetPixels, scrollPixels } = virtualRange(tall);
  // Half a row above the viewport's edge.
  assert.equal(Math.round(offsetPixels + (5_000_000 - firstRow) * 20 - scrollPixels), -10);
  assert.equal(Math.round(topOfScroll(tall, scrollPixels)), 100_000_010);
  assert.ok(scrollScale(tall) > 20);
  assert.equal(scrollScale(list(0)), 1);
});

test('a row is brought into view by the shortest way, and left alone when it is in view', () => {
  assert.equal(topToShow(list(2000), 102), 2000);
  assert.equal(topToShow(list(2000), 99), 1980);
  assert.equal(topToShow(list(2000), 110), 2020);
  // Far off: in the middle.
  assert.equal(topToShow(list(2000), 500), 500 * 20 - 90);
  assert.equal(topToShow(list(2000), 20), 20 * 20 - 90);
});
