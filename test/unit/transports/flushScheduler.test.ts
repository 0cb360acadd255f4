/** When what was written in a turn of the event loop leaves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { FlushScheduler } from '../../../src/transports/flushScheduler.ts';

test('everything that was scheduled in a turn is flushed at its end, in order, once', async () => {
  const scheduler = new FlushScheduler();
  const flushed: string[] = [];
  for (const name of ['a', 'b']) scheduler.schedule({ flush: () => flushed.push(name) });
  assert.deepEqual(flushed, []);
  await turnOfTheLoop();
  assert.deepEqual(flushed, ['a', 'b']);
  await turnOfTheLoop();
  assert.deepEqual(flushed, ['a', 'b']);
});

test('what is scheduled by a flush waits for the next turn', async () => {
  const scheduler = new FlushScheduler();
  const flushed: string[] = [];
  scheduler.schedule({
    flush: () => {
      flushed.push('first');
      scheduler.schedule({ flush: () => flushed.push('second') });
    },
  });
  await turnOfTheLoop();
  assert.deepEqual(flushed, ['first']);
  await turnOfTheLoop();
  assert.deepEqual(flushed, ['first', 'second']);
});
