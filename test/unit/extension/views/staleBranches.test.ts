import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StaleBranches } from '../../../../src/extension/views/staleBranches.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const looks: number[][] = [];
  const stale = new StaleBranches({
    ...{ clock, intervalMs: 2_000, maxBranches: 2 },
    lookAt: (ids) => looks.push([...ids]),
  });
  return { clock, looks, stale };
}

test('however often a branch is named, it is looked at once in the interval', () => {
  const { clock, looks, stale } = setUp();
  for (let i = 0; i < 10; i++) {
    stale.add(1);
    clock.advance(300);
  }
  assert.deepEqual(looks, [[1]]);
  clock.advance(2_000);
  assert.deepEqual(looks, [[1], [1]]);
  assert.equal(clock.pendingTimers, 0);
});

test('branches beyond the bound wait for the next look', () => {
  const { clock, looks, stale } = setUp();
  for (const id of [1, 2, 3]) stale.add(id);
  clock.advance(2_000);
  assert.deepEqual(looks, [[1, 2]]);
  clock.advance(2_000);
  assert.deepEqual(looks, [[1, 2], [3]]);
});

test('what was named before a clear is not looked at', () => {
  const { clock, looks, stale } = setUp();
  stale.add(1);
  stale.clear();
  clock.advance(5_000);
  assert.deepEqual(looks, []);
});
