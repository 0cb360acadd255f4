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

for (const [asked, { minKeepAliveSeconds, maxKeepAliveSeconds }, of311] of [
  [1200, { minKeepAliveSeconds: 0, maxKeepAliveSeconds: 60 }, ['keepAliveLong']],
  [0, { minKeepAliveSeconds: 0, maxKeepAliveSeconds: 60 }, ['keepAliveOff']],
  [2, { minKeepAliveSeconds: 30, maxKeepAliveSeconds: 0 }, ['keepAliveShort']],
] as const) {
  test(`a keep alive of ${asked} s that the broker replaced is warned of over 3.1.1 alone, which has no Server Keep Alive [MQTT-3.1.2-21]`, async (t) => {
    const warned = new WarningsUnderTest(t, { limits: { minKeepAliveSeconds, maxKeepAliveSeconds } });
    await warned.under.connect(5, 'board-5', { keepAliveSeconds: asked });
    assert.deepEqual(warned.kinds('board-5'), []);
    await warned.under.connect(4, 'board-4', { keepAliveSeconds: asked });
    assert.deepEqual(warned.kinds('board-4'), of311);
  });
}

test('the keep alive that a warning tells is the one that the broker gave', async (t) => {
  const warned = new WarningsUnderTest(t, { limits: { maxKeepAliveSeconds: 600 } });
  await warned.under.connect(5, 'board', { keepAliveSeconds: 1200 });
  assert.deepEqual(warned.facts('board', 'keepAliveLong'), { kind: 'keepAliveLong', keepAliveSeconds: 600 });
});

test('a new CONNECT judges anew: what is mended goes, and what is wrong in another way takes its place', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (const [keepAliveSeconds, kinds] of [
    [1200, ['keepAliveLong']],
    [60, []],
    [3, ['keepAliveShort']],
    [0, ['keepAliveOff']],
    [1200, ['keepAliveLong']],
    [600, ['keepAliveLong']],
  ] as const) {
    const board = await warned.under.connect(4, 'board', { keepAliveSeconds });
    assert.deepEqual(warned.kinds('board'), kinds);
    await board.disconnect();
  }
  assert.deepEqual(warned.facts('board', 'keepAliveLong'), { kind: 'keepAliveLong', keepAliveSeconds: 600 });
});
