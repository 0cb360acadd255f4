import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCAL_BROKER } from '../../../../src/contracts/connections.ts';
import { PauseCount } from '../../../../src/extension/views/pauseCount.ts';

test('what comes after the pause is counted', () => {
  const pause = new PauseCount(new Map([[LOCAL_BROKER, 100]]));
  assert.equal(pause.waiting, 0);
  pause.counted(LOCAL_BROKER, 130);
  pause.counted(LOCAL_BROKER, 134);
  assert.equal(pause.waiting, 34);
});

test('what had come before the pause, and was not counted yet, is none of it', () => {
  const pause = new PauseCount(new Map([[LOCAL_BROKER, 100]]));
  pause.counted(LOCAL_BROKER, 102);
  pause.startFrom([{ connection: LOCAL_BROKER, count: 103 }]);
  assert.equal(pause.waiting, 0);
  pause.counted(LOCAL_BROKER, 105);
  assert.equal(pause.waiting, 2);
});

test('a counter that begins anew goes on from what was counted', () => {
  const pause = new PauseCount(new Map([[LOCAL_BROKER, 100]]));
  for (const count of [110, 3, 5]) pause.counted(LOCAL_BROKER, count);
  assert.equal(pause.waiting, 15);
});

test('what comes from other brokers is counted too, and what is removed of their topics is not', () => {
  const pause = new PauseCount(new Map([[3, 50]]));
  for (const [connection, count] of [
    [3, 60],
    [4, 7],
    [3, 20],
    [3, 25],
  ] as const)
    pause.counted(connection, count);
  assert.equal(pause.waiting, 10 + 7 + 5);
});
