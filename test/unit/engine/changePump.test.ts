import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangePump } from '../../../src/engine/changePump.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp(more = () => false) {
  const clock = new FakeClock();
  const sentAtMs: number[] = [];
  const send = (): boolean => {
    sentAtMs.push(clock.monotonicMs());
    return more();
  };
  return { clock, sentAtMs, pump: new ChangePump({ clock, intervalMs: 100, send }) };
}

test('the first change goes out at once, but never inside the call that reports it', () => {
  const { clock, pump, sentAtMs } = setUp();
  pump.touch();
  assert.deepEqual(sentAtMs, []);
  clock.advance(0);
  assert.deepEqual(sentAtMs, [0]);
});

test('changes during a flood go out together, once an interval', () => {
  const { clock, pump, sentAtMs } = setUp();
  for (let ms = 0; ms < 950; ms++) {
    pump.touch();
    clock.advance(1);
  }
  assert.deepEqual(sentAtMs, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
});

test('nothing is sent and no timer runs when nothing changed', () => {
  const { clock, pump, sentAtMs } = setUp();
  pump.touch();
  clock.advance(10_000);
  assert.deepEqual(sentAtMs, [0]);
  assert.equal(clock.pendingTimers, 0);
});

test('what is left over comes an interval later, without a further change', () => {
  let left = 2;
  const { clock, pump, sentAtMs } = setUp(() => left-- > 0);
  pump.touch();
  clock.advance(1000);
  assert.deepEqual(sentAtMs, [0, 100, 200]);
});

test('after dispose nothing is sent', () => {
  const { clock, pump, sentAtMs } = setUp();
  pump.touch();
  pump.dispose();
  pump.touch();
  clock.advance(1000);
  assert.deepEqual(sentAtMs, []);
});
