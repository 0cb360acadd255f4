import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTurn, timeSlice } from '../../../src/base/timeSlice.ts';
import { FakeClock } from '../../support/fakeClock.ts';

test('the time of a slice is up when it is over, and stays so', () => {
  const clock = new FakeClock();
  const isTimeUp = timeSlice(clock, 8);
  assert.equal(isTimeUp(), false);
  clock.advance(7);
  assert.equal(isTimeUp(), false);
  clock.advance(1);
  assert.equal(isTimeUp(), true);
  clock.advance(100);
  assert.equal(isTimeUp(), true);
});

test('the next turn does not come by promises alone', async () => {
  const clock = new FakeClock();
  let came = false;
  const turn = nextTurn(clock).then(() => {
    came = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(came, false);
  clock.advance(0);
  await turn;
  assert.equal(came, true);
});
