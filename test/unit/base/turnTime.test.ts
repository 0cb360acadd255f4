import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnTime } from '../../../src/base/turnTime.ts';
import { FakeClock } from '../../support/fakeClock.ts';

test('the time is asked for once a turn, and again in the next', () => {
  const clock = new FakeClock(5000);
  let asked = 0;
  const time = new TurnTime({
    nowMs: () => {
      asked++;
      return clock.nowMs();
    },
    monotonicMs: () => clock.monotonicMs(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
  });
  assert.deepEqual([time.nowMs(), time.nowMs(), asked], [5000, 5000, 1]);
  clock.advance(1);
  assert.deepEqual([time.nowMs(), asked], [5001, 2]);
});
