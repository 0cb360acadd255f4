import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanOf } from '../../../../src/extension/words/span.ts';

test('a span is told in the largest unit that it has one of, rounded down', () => {
  assert.deepEqual(spanOf(-5), { unit: 'seconds', count: 0 });
  assert.deepEqual(spanOf(59_999), { unit: 'seconds', count: 59 });
  assert.deepEqual(spanOf(60_000), { unit: 'minutes', count: 1 });
  assert.deepEqual(spanOf(3_599_999), { unit: 'minutes', count: 59 });
  assert.deepEqual(spanOf(3_600_000), { unit: 'hours', count: 1 });
  assert.deepEqual(spanOf(86_399_999), { unit: 'hours', count: 23 });
  assert.deepEqual(spanOf(3 * 86_400_000), { unit: 'days', count: 3 });
});
