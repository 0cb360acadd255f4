import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../../../src/webview/shared/store.ts';

test('actions take effect at once, and listeners hear of all of them once a frame', () => {
  const frames: (() => void)[] = [];
  const store = new Store<number, number>(
    0,
    (state, by) => state + by,
    (draw) => frames.push(draw),
  );
  const drawn: number[] = [];
  store.onFrame((state) => drawn.push(state));
  for (let i = 0; i < 100; i++) store.dispatch(1);
  assert.equal(store.state, 100);
  assert.deepEqual(drawn, []);
  assert.equal(frames.length, 1);
  frames.shift()?.();
  assert.deepEqual(drawn, [100]);
  store.dispatch(1);
  frames.shift()?.();
  assert.deepEqual(drawn, [100, 101]);
});

test('what a listener has applied, it draws itself: no frame follows', () => {
  const frames: (() => void)[] = [];
  const store = new Store<number, number>(
    0,
    (state, by) => state + by,
    (draw) => frames.push(draw),
  );
  const drawn: number[] = [];
  store.onFrame(() => {
    store.applyNow(10);
    drawn.push(store.state);
  });
  store.dispatch(1);
  frames.shift()?.();
  assert.deepEqual([drawn, frames.length], [[11], 0]);
});

test('an action that changes nothing draws nothing', () => {
  const store = new Store<number, number>(
    0,
    (state) => state,
    () => assert.fail('a frame was asked for'),
  );
  store.dispatch(1);
});
