import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../src/base/turns.ts';

test('an operation begins when the one before it has ended, and each answers who asked', async () => {
  const turns = new Turns();
  const steps: string[] = [];
  let endOne = (): void => {};
  const oneMayEnd = new Promise<void>((resolve) => {
    endOne = resolve;
  });
  const one = turns.take(async () => {
    steps.push('one begins');
    await oneMayEnd;
    steps.push('one ends');
    return 1;
  });
  const two = turns.take(async () => {
    steps.push('two begins');
    return 2;
  });
  endOne();
  assert.deepEqual(await Promise.all([one, two]), [1, 2]);
  assert.deepEqual(steps, ['one begins', 'one ends', 'two begins']);
});

test('an operation that fails rejects for who asked, and the next one runs', async () => {
  const turns = new Turns();
  const failing = turns.take(() => Promise.reject(new Error('no')));
  const next = turns.take(async () => 'ran');
  await assert.rejects(failing, /no/);
  assert.equal(await next, 'ran');
});
