import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { ReturnWatch } from '../../../src/engine/returnWatch.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const seen: string[] = [];
  const state = { isWaiting: true, addresses: ['192.0.2.1'], looks: 0 };
  const watch = new ReturnWatch({
    clock,
    interfaces: () => {
      state.looks++;
      const addresses = ['127.0.0.1', ...state.addresses].map((address) => ({
        address,
        internal: address === '127.0.0.1',
      }));
      return { any: addresses as NetworkInterfaceInfo[] }; // of which nothing else is looked at
    },
    isWaiting: () => state.isWaiting,
    onWake: () => seen.push('wake'),
    onNetwork: () => seen.push('network'),
  });
  return { clock, seen, state, watch };
}

test('a clock that goes on while the timer stands still is a machine that slept', () => {
  const { clock, seen, watch } = setUp();
  watch.isOn = true;
  clock.advance(60_000);
  assert.deepEqual(seen, []);
  clock.jump(9_000);
  clock.advance(2_000);
  assert.deepEqual(seen, []);
  clock.jump(60_000);
  clock.advance(2_000);
  assert.deepEqual(seen, ['wake']);
  clock.advance(60_000);
  assert.deepEqual(seen, ['wake']);
});

test('a clock that is set back is no reason to do anything', () => {
  const { clock, seen, watch } = setUp();
  watch.isOn = true;
  clock.jump(-3_600_000);
  clock.advance(10_000);
  assert.deepEqual(seen, []);
});

test('an address that comes is a network, and one that goes is none', () => {
  const { clock, seen, state, watch } = setUp();
  watch.isOn = true;
  clock.advance(2_000);
  state.addresses = [];
  clock.advance(2_000);
  assert.deepEqual(seen, []);
  state.addresses = ['192.0.2.1'];
  clock.advance(2_000);
  assert.deepEqual(seen, ['network']);
  state.addresses = ['192.0.2.1', '2001:db8::1'];
  clock.advance(2_000);
  state.addresses = ['198.51.100.1', '2001:db8::1'];
  clock.advance(2_000);
  assert.deepEqual(seen, ['network', 'network', 'network']);
});

test('interfaces are looked at while a connection waits, and what was before then is forgotten', () => {
  const { clock, seen, state, watch } = setUp();
  state.isWaiting = false;
  watch.isOn = true;
  clock.advance(20_000);
  assert.equal(state.looks, 0);
  state.isWaiting = true;
  clock.advance(2_000);
  state.isWaiting = false;
  clock.advance(2_000);
  state.addresses = ['198.51.100.1'];
  state.isWaiting = true;
  clock.advance(2_000);
  assert.deepEqual(seen, []);
});

test('without connections no timer runs', () => {
  const { clock, seen, watch } = setUp();
  assert.equal(clock.pendingTimers, 0);
  watch.isOn = true;
  watch.isOn = true;
  assert.equal(clock.pendingTimers, 1);
  watch.isOn = false;
  assert.equal(clock.pendingTimers, 0);
  clock.jump(3_600_000);
  clock.advance(10_000);
  assert.deepEqual(seen, []);
});
