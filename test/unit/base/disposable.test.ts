import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DisposableStore, toDisposable } from '../../../src/base/disposable.ts';

test('a store disposes of its items last first, each once', () => {
  const store = new DisposableStore();
  const order: number[] = [];
  for (const n of [1, 2, 3]) store.add(toDisposable(() => order.push(n)));
  store.dispose();
  store.dispose();
  assert.deepEqual(order, [3, 2, 1]);
});

test('what is added to a store that is gone is disposed of at once', () => {
  const store = new DisposableStore();
  store.dispose();
  let disposed = false;
  store.add(
    toDisposable(() => {
      disposed = true;
    }),
  );
  assert.ok(disposed);
});
