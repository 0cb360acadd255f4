import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../../../src/broker/tokenBucket.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** How many of the attempts succeed. */
function taken(bucket: TokenBucket, attempts: number, perSecond: number, burst: number): number {
  let count = 0;
  for (let i = 0; i < attempts; i++) if (bucket.take(perSecond, burst)) count++;
  return count;
}

test('gives a burst at once, then as many as the time that passed allows, and never more than a burst', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock);
  assert.equal(taken(bucket, 20, 4, 10), 10);
  clock.advance(1000);
  assert.equal(taken(bucket, 20, 4, 10), 4);
  clock.advance(125);
  assert.equal(taken(bucket, 20, 4, 10), 0);
  clock.advance(125);
  assert.equal(taken(bucket, 20, 4, 10), 1);
  clock.advance(3_600_000);
  assert.equal(taken(bucket, 20, 4, 10), 10);
});

test('what is refused costs nothing: the next one comes as soon as if nobody had tried', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock);
  taken(bucket, 1000, 1, 1);
  clock.advance(1000);
  assert.equal(taken(bucket, 1000, 1, 1), 1);
});
