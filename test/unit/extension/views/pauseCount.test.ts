import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PauseCount } from '../../../../src/extension/views/pauseCount.ts';

test('what comes after the pause is counted', () => {
  const pause = new PauseCount(100);
  assert.equal(pause.waiting, 0);
  pause.counted(130);
  pause.counted(134);
  assert.equal(pause.waiting, 34);
});

test('a counter that begins anew goes on from what was counted', () => {
  const pause = new PauseCount(100);
  pause.counted(110);
  pause.counted(3);
  pause.counted(5);
  assert.equal(pause.waiting, 15);
});
