import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../src/base/event.ts';

test('every listener hears every value, in the order in which they came', () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  emitter.event((n) => heard.push(`first ${n}`));
  emitter.event((n) => heard.push(`second ${n}`));
  emitter.fire(1);
  assert.deepEqual(heard, ['first 1', 'second 1']);
});

test('a listener that is disposed of hears nothing more, also when it listened twice', () => {
  const emitter = new Emitter<number>();
  let calls = 0;
  const listener = (): void => {
    calls++;
  };
  const first = emitter.event(listener);
  const second = emitter.event(listener);
  first.dispose();
  emitter.fire(1);
  assert.equal(calls, 1);
  assert.ok(emitter.hasListeners);
  second.dispose();
  assert.ok(!emitter.hasListeners);
});

test('a listener may stop itself or add another while the event fires', () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  const once = emitter.event(() => {
    heard.push('once');
    once.dispose();
    emitter.event(() => heard.push('late'));
  });
  emitter.fire(1);
  assert.deepEqual(heard, ['once']);
  emitter.fire(2);
  assert.deepEqual(heard, ['once', 'late']);
});

test('after dispose nobody hears anything', () => {
  const emitter = new Emitter<void>();
  emitter.event(() => assert.fail('heard'));
  emitter.dispose();
  emitter.fire();
});
