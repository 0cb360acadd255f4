import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

test('a client that is twice silent for longer than its keep alive is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(4, 'board', { keepAliveSeconds: 60 });
  warned.advanceSeconds(80);
  await board.ping();
  assert.deepEqual(warned.kinds('board'), []);
  warned.advanceSeconds(75);
  await board.ping();
  assert.deepEqual(warned.facts('board', 'pingsLate'), {
    ...{ kind: 'pingsLate', keepAliveSeconds: 60, quietMs: 75_000 },
  });
});

test('one that pings as its keep alive is over is not, nor one without a keep alive', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(4, 'board', { keepAliveSeconds: 60 });
  for (let n = 0; n < 5; n++) {
    warned.advanceSeconds(61);
    await board.ping();
  }
  assert.deepEqual(warned.kinds('board'), []);
  const other = await warned.under.connect(4, 'other', { keepAliveSeconds: 0 });
  for (let n = 0; n < 3; n++) {
    warned.advanceSeconds(50);
    await board.ping();
    warned.advanceSeconds(50);
    await board.ping();
    await other.ping();
  }
  assert.deepEqual(warned.kinds('other'), ['keepAliveOff']);
});

test('a silence of a connection before does not count', async (t) => {
  const warned = new WarningsUnderTest(t);
  const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
  for (let n = 0; n < 3; n++) {
    const board = await warned.under.connect(4, 'board', { keepAliveSeconds: 60, will });
    warned.advanceSeconds(80);
    await board.ping();
    await board.disconnect();
  }
  assert.deepEqual(warned.kinds('board'), []);
});

test('the warning goes with another keep alive, not with another connection', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (const [keepAliveSeconds, kinds] of [
    [60, []],
    [60, ['pingsLate']],
    [120, []],
  ] as const) {
    const board = await warned.under.connect(4, 'board', { keepAliveSeconds });
    assert.deepEqual(warned.kinds('board'), kinds);
    for (let n = 0; n < 2; n++) {
      warned.advanceSeconds(80);
      await board.ping();
    }
  }
});
