import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const cases = [
  [0, ['keepAliveOff']],
  [4, ['keepAliveShort']],
  [5, []],
  [60, []],
  [240, []],
  [241, ['keepAliveLong']],
] as const;

for (const [keepAliveSeconds, expected] of cases) {
  test(`a keep alive of ${keepAliveSeconds} s: ${expected[0] ?? 'no warning'}`, async (t) => {
    const warned = new WarningsUnderTest(t);
    await warned.under.connect(4, 'board', { keepAliveSeconds });
    assert.deepEqual(warned.kinds('board'), expected);
  });
}
