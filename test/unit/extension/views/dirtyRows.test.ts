import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirtyRows } from '../../../../src/extension/views/dirtyRows.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const refreshes: string[][] = [];
  const dirty = new DirtyRows<string>({
    clock,
    intervalMs: 300,
    maxRows: 4,
    refresh: (rows) => refreshes.push([...rows]),
  });
  return { clock, dirty, refreshes };
}

test('the first change after a quiet time is told at once, with what else changed in the same turn', () => {
  const { clock, dirty, refreshes } = setUp();
  dirty.add('a');
  dirty.add('b');
  dirty.add('a');
  assert.deepEqual(refreshes, []);
  clock.advance(0);
  assert.deepEqual(refreshes, [['a', 'b']]);
});

test('during a flood one call each interval carries all of it', () => {
  const { clock, dirty, refreshes } = setUp();
  for (let i = 0; i < 100; i++) {
    dirty.add(`row ${i % 3}`);
    clock.advance(10);
  }
  clock.advance(300);
  assert.equal(refreshes.length, 5);
  for (const rows of refreshes.slice(1)) assert.equal(rows.length, 3);
});

test('nothing changed: nothing is told, and no timer runs', () => {
  const { clock, dirty, refreshes } = setUp();
  dirty.add('a');
  clock.advance(10_000);
  assert.equal(refreshes.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('what does not fit into one call comes with the next, the longest waiting first', () => {
  const { clock, dirty, refreshes } = setUp();
  for (const row of ['a', 'b', 'c', 'd', 'e', 'f']) dirty.add(row);
  clock.advance(0);
  dirty.add('a');
  dirty.add('e');
  clock.advance(300);
  assert.deepEqual(refreshes, [
    ['a', 'b', 'c', 'd'],
    ['e', 'f', 'a'],
  ]);
  assert.equal(clock.pendingTimers, 0);
});

test('postponed, it tells after an interval what was dirty before and since', () => {
  const { clock, dirty, refreshes } = setUp();
  dirty.add('before');
  dirty.postpone();
  dirty.add('since');
  clock.advance(299);
  assert.deepEqual(refreshes, []);
  clock.advance(1);
  assert.deepEqual(refreshes, [['before', 'since']]);
  dirty.postpone();
  assert.equal(clock.pendingTimers, 0);
});

test('while paused nothing is told nor kept', () => {
  const { clock, dirty, refreshes } = setUp();
  dirty.add('before');
  dirty.pause();
  dirty.add('while');
  clock.advance(1_000);
  dirty.resume();
  dirty.add('after');
  clock.advance(1_000);
  assert.deepEqual(refreshes, [['after']]);
});

test('what is added while a refresh runs comes with the next', () => {
  const clock = new FakeClock();
  const refreshes: string[][] = [];
  const dirty: DirtyRows<string> = new DirtyRows({
    clock,
    intervalMs: 300,
    maxRows: 4,
    refresh: (rows) => {
      refreshes.push([...rows]);
      if (refreshes.length === 1) dirty.add('again');
    },
  });
  dirty.add('a');
  clock.advance(299);
  assert.deepEqual(refreshes, [['a']]);
  clock.advance(1);
  assert.deepEqual(refreshes, [['a'], ['again']]);
});

test('disposed of, it tells nothing more', () => {
  const { clock, dirty, refreshes } = setUp();
  dirty.add('a');
  dirty.dispose();
  dirty.add('b');
  clock.advance(1_000);
  assert.deepEqual(refreshes, []);
  assert.equal(clock.pendingTimers, 0);
});
