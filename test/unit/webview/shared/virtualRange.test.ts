import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxContentPixels, scrollToShow, virtualRange } from '../../../../src/webview/shared/virtualRange.ts';

const list = (scrollPixels: number, rowCount = 1000) => ({
  rowCount,
  rowPixels: 20,
  viewportPixels: 200,
  scrollPixels,
});

test('the rows in view are made, and a few beyond each edge', () => {
  assert.deepEqual(virtualRange(list(0)), {
    firstRow: 0,
    endRow: 18,
    offsetPixels: 0,
    contentPixels: 20_000,
  });
  assert.deepEqual(virtualRange(list(2000)), {
    firstRow: 92,
    endRow: 118,
    offsetPixels: 1840,
    contentPixels: 20_000,
  });
});

test('the last rows are made at the end, and a position beyond it is the end', () => {
  assert.equal(virtualRange(list(19_800)).endRow, 1000);
  assert.deepEqual(virtualRange(list(1e9)), virtualRange(list(19_800)));
});

test('an empty list and one that is shorter than its viewport have all their rows', () => {
  assert.deepEqual(virtualRange(list(0, 0)), { firstRow: 0, endRow: 0, offsetPixels: 0, contentPixels: 0 });
  assert.deepEqual(virtualRange(list(50, 3)), { firstRow: 0, endRow: 3, offsetPixels: 0, contentPixels: 60 });
});

test('a list too tall for a browser still shows its first and its last row at the ends of the bar', () => {
  const rowCount = 10_000_000;
  assert.equal(virtualRange(list(0, rowCount)).firstRow, 0);
  const end = virtualRange(list(maxContentPixels - 200, rowCount));
  assert.equal(end.contentPixels, maxContentPixels);
  assert.equal(end.endRow, rowCount);
  // The last row's lower edge is the content's.
  assert.equal(Math.round(end.offsetPixels + (end.endRow - end.firstRow) * 20), maxContentPixels);
});

test('a row is brought into view by the shortest way, and left alone when it is in view', () => {
  assert.equal(scrollToShow(list(2000), 102), 2000);
  assert.equal(scrollToShow(list(2000), 99), 1980);
  assert.equal(scrollToShow(list(2000), 110), 2020);
  const tall = list(0, 10_000_000);
  const scrollPixels = scrollToShow(tall, 5_000_000);
  const range = virtualRange({ ...tall, scrollPixels });
  assert.ok(range.firstRow <= 5_000_000 && range.endRow > 5_000_000);
});
