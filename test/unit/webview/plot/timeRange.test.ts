import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawable, moved, zoomed } from '../../../../src/webview/plot/timeRange.ts';

const held = { fromMs: 0, toMs: 10_000 };

test('zooming in keeps the time that it is about where it is', () => {
  assert.deepEqual(zoomed({ fromMs: 0, toMs: 1000 }, 0.5, 250, held), { fromMs: 125, toMs: 625 });
});

test('zooming ends at ten milliseconds, and at half as much again as there is', () => {
  assert.deepEqual(zoomed({ fromMs: 100, toMs: 112 }, 0.001, 106, held), { fromMs: 101, toMs: 111 });
  const all = zoomed(held, 1000, 5000, held);
  assert.deepEqual(all, { fromMs: -2500, toMs: 12_500 });
});

test('moving leaves some of what there is in view', () => {
  assert.deepEqual(moved({ fromMs: 0, toMs: 1000 }, 250, held), { fromMs: 250, toMs: 1250 });
  assert.deepEqual(moved({ fromMs: 0, toMs: 1000 }, -99_999, held), { fromMs: -750, toMs: 250 });
  assert.deepEqual(moved({ fromMs: 0, toMs: 1000 }, 99_999, held), { fromMs: 9750, toMs: 10_750 });
});

test('a single moment gets a second around it', () => {
  assert.deepEqual(drawable({ fromMs: 1000, toMs: 1000 }), { fromMs: 500, toMs: 1500 });
  assert.deepEqual(drawable(held), held);
});
