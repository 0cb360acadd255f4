import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerWheel } from '../../../src/broker/timerWheel.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { SeededRandom } from '../../support/random.ts';

const TICK_MS = 100;

function setUp() {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const wheel = new TimerWheel(clock, (error) => errors.push(error));
  return { clock, wheel, errors };
}

test('fires never early and at most a tick late, whatever the delay', () => {
  const { clock, wheel } = setUp();
  const random = new SeededRandom(1);
  const late: number[] = [];
  for (let i = 0; i < 500; i++) {
    clock.advance(random.integer(0, 36));
    const delayMs = random.integer(0, 10 ** random.integer(0, 6));
    const dueMs = clock.monotonicMs() + delayMs;
    wheel.createTimer(() => late.push(clock.monotonicMs() - dueMs)).start(delayMs);
  }
  clock.advance(1_100_000);
  assert.equal(late.length, 500);
  assert.ok(Math.min(...late) >= 0, `one was ${-Math.min(...late)} ms early`);
  assert.ok(Math.max(...late) <= TICK_MS, `one was ${Math.max(...late)} ms late`);
});

test('a delay of many revolutions fires once, in the last', () => {
  const { clock, wheel } = setUp();
  let fired = 0;
  wheel.createTimer(() => fired++).start(7 * 24 * 3600 * 1000);
  clock.advance(7 * 24 * 3600 * 1000 - 1);
  assert.equal(fired, 0);
  clock.advance(TICK_MS + 1);
  assert.equal(fired, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('a stopped timer does not fire, also when another that is due with it stops it', () => {
  const { clock, wheel } = setUp();
  const fired: string[] = [];
  const second = wheel.createTimer(() => fired.push('second'));
  const first = wheel.createTimer(() => {
    fired.push('first');
    second.stop();
  });
  first.start(1000);
  second.start(1000);
  clock.advance(2000);
  assert.deepEqual(fired, ['first']);
  assert.equal(second.isRunning, false);
});

test('a timer that is started again runs from then', () => {
  const { clock, wheel } = setUp();
  let firedAtMs = 0;
  const timer = wheel.createTimer(() => {
    firedAtMs = clock.monotonicMs();
  });
  timer.start(1000);
  clock.advance(900);
  timer.start(1000);
  clock.advance(5000);
  assert.equal(firedAtMs, 1900);
});

test('a callback may start its own timer again', () => {
  const { clock, wheel } = setUp();
  let fired = 0;
  const timer = wheel.createTimer(() => {
    fired++;
    timer.start(1000);
  });
  timer.start(1000);
  clock.advance(10_000);
  assert.equal(fired, 10);
});

test('an earlier timer wakes a wheel that sleeps for a later one', () => {
  const { clock, wheel } = setUp();
  const fired: string[] = [];
  wheel.createTimer(() => fired.push('late')).start(40_000);
  wheel.createTimer(() => fired.push('early')).start(1000);
  clock.advance(1000);
  assert.deepEqual(fired, ['early']);
  clock.advance(39_000);
  assert.deepEqual(fired, ['early', 'late']);
});

test('what a callback throws is handed on, and the others fire', () => {
  const { clock, wheel, errors } = setUp();
  const fault = new Error('of a callback');
  let fired = false;
  wheel
    .createTimer(() => {
      throw fault;
    })
    .start(100);
  wheel
    .createTimer(() => {
      fired = true;
    })
    .start(100);
  clock.advance(200);
  assert.deepEqual(errors, [fault]);
  assert.equal(fired, true);
});

test('an idle wheel has no timer of the clock, and a disposed one fires nothing', () => {
  const { clock, wheel } = setUp();
  assert.equal(clock.pendingTimers, 0);
  let fired = false;
  const timer = wheel.createTimer(() => {
    fired = true;
  });
  timer.start(1000);
  assert.equal(clock.pendingTimers, 1);
  wheel.dispose();
  timer.start(1000);
  clock.advance(10_000);
  assert.equal(fired, false);
  assert.equal(clock.pendingTimers, 0);
});

test('after the machine slept for many revolutions, everything due fires once', () => {
  // A clock whose timers come late, as after a suspend: the wheel finds the time far beyond its ring.
  let nowMs = 0;
  let wake: (() => void) | undefined;
  const wheel = new TimerWheel(
    {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      setTimeout(callback) {
        wake = callback;
        return { dispose: () => {} };
      },
    },
    (error) => assert.fail(String(error)),
  );
  let fired = 0;
  for (let i = 0; i < 2000; i++) wheel.createTimer(() => fired++).start(i * TICK_MS);
  nowMs = 10_000_000;
  wake?.();
  assert.equal(fired, 2000);
});
