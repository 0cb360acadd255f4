import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionBacklog } from '../../../src/client/sessionBacklog.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const seen = { pings: 0 };
  const backlog = new SessionBacklog(clock, () => seen.pings++);
  return { clock, seen, backlog };
}

test('a session that begins has nothing waiting, and is asked nothing', () => {
  const { seen, backlog } = setUp();
  backlog.begin(false);
  backlog.connected();
  assert.deepEqual([backlog.hasWaited(1), seen.pings], [false, 0]);
});

test('of one that goes on, QoS 1 and 2 may have waited until an answer has nothing before it', () => {
  const { clock, seen, backlog } = setUp();
  backlog.begin(true);
  assert.deepEqual([backlog.hasWaited(1), backlog.hasWaited(2), backlog.hasWaited(0)], [true, true, false]);
  backlog.connected();
  assert.ok(backlog.hasWaited(1));
  backlog.answered();
  assert.equal(seen.pings, 2);
  clock.advance(1_000);
  backlog.answered();
  assert.deepEqual([backlog.hasWaited(1), seen.pings], [false, 2]);
  // A ping of the keep alive.
  backlog.answered();
  assert.equal(seen.pings, 2);
});

test('a broker that answers before it has read its queue has a second', () => {
  const { clock, seen, backlog } = setUp();
  backlog.begin(true);
  backlog.connected();
  clock.advance(10);
  backlog.answered();
  // A ping of somebody else.
  backlog.answered();
  assert.ok(backlog.hasWaited(1));
  clock.advance(989);
  assert.equal(seen.pings, 1);
  clock.advance(1);
  assert.equal(seen.pings, 2);
  backlog.answered();
  assert.deepEqual([backlog.hasWaited(1), clock.pendingTimers], [false, 0]);
});

test('where messages never stop, it is over after five seconds', () => {
  const { clock, seen, backlog } = setUp();
  backlog.begin(true);
  backlog.connected();
  clock.advance(4_999);
  assert.ok(backlog.hasWaited(1));
  backlog.answered();
  clock.advance(1);
  assert.ok(backlog.hasWaited(1));
  backlog.answered();
  assert.deepEqual([backlog.hasWaited(1), seen.pings], [false, 2]);
});

test('with the connection it ends, and begins anew with the next', () => {
  const { clock, seen, backlog } = setUp();
  backlog.begin(true);
  backlog.connected();
  backlog.answered();
  backlog.ended();
  assert.deepEqual([backlog.hasWaited(1), clock.pendingTimers], [false, 0]);
  backlog.begin(true);
  assert.ok(backlog.hasWaited(1));
  backlog.connected();
  assert.equal(seen.pings, 2);
});
