import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconnectDelayMs } from '../../../src/client/reconnectDelay.ts';

const backoff = { firstMs: 1_000, longestMs: 60_000 };

test('each pause is twice the one before, up to the longest', () => {
  const pauses = Array.from({ length: 8 }, (_, failures) => reconnectDelayMs(failures, backoff, 1));
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(reconnectDelayMs(1_000_000, backoff, 1), 60_000);
});

test('half of a pause is left to chance', () => {
  assert.equal(reconnectDelayMs(3, backoff, 0), 4_000);
  assert.equal(reconnectDelayMs(3, backoff, 0.5), 6_000);
});
