/** The rules about wills: one that is never set, and one that is never cleared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Will } from '../../../../src/mqtt/packets.ts';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const will: Will = { topic: 'board/status', payload: Buffer.from('offline'), qos: 1, retain: true };
const keepAliveSeconds = 60;

test('a client that is lost a second time without a will is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const first = await warned.under.connect(4, 'board', { keepAliveSeconds });
  await first.breakOff();
  assert.deepEqual(warned.kinds('board'), []);
  await warned.under.connect(4, 'board', { keepAliveSeconds });
  // Silent, until the broker gives it up.
  warned.advanceSeconds(91);
  assert.deepEqual(warned.facts('board', 'willNeverSet'), { kind: 'willNeverSet', ends: 2 });
});

test('one that leaves with a DISCONNECT needs no will, and one that has a will is told of by it', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (let n = 0; n < 3; n++) {
    const polite = await warned.under.connect(4, 'polite', { keepAliveSeconds });
    await polite.disconnect();
    const board = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
    await board.breakOff();
  }
  assert.deepEqual([warned.kinds('polite'), warned.kinds('board')], [[], []]);
});

test('a retained will that still stands while its client is here is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const first = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  await first.breakOff();
  await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  warned.advanceSeconds(31);
  assert.deepEqual(warned.facts('board', 'willNeverCleared'), {
    ...{ kind: 'willNeverCleared', topic: 'board/status' },
  });
});

test('one that says that it is back, or whose will is not retained, is not', async (t) => {
  const warned = new WarningsUnderTest(t);
  const first = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  await first.breakOff();
  const second = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  await second.publish('board/status', 'online', { retain: true, qos: 1 });
  const fleeting = { ...will, topic: 'other/status', retain: false };
  const other = await warned.under.connect(4, 'other', { keepAliveSeconds, will: fleeting });
  await other.breakOff();
  await warned.under.connect(4, 'other', { keepAliveSeconds, will: fleeting });
  warned.advanceSeconds(31);
  assert.deepEqual([warned.kinds('board'), warned.kinds('other')], [[], []]);
});

test('the warning of a missing will counts on, and goes with a CONNECT that has one', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (let n = 0; n < 7; n++) {
    const board = await warned.under.connect(4, 'board', { keepAliveSeconds });
    await board.breakOff();
  }
  assert.deepEqual(warned.facts('board', 'willNeverSet'), { kind: 'willNeverSet', ends: 7 });
  await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  assert.equal(warned.facts('board', 'willNeverSet'), undefined);
});

test('that of a will which stays goes when it is cleared at last, or with a CONNECT that has none', async (t) => {
  const warned = new WarningsUnderTest(t);
  const first = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  await first.breakOff();
  const second = await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  warned.advanceSeconds(31);
  assert.deepEqual(warned.kinds('board'), ['willNeverCleared']);
  await second.publish('board/status', 'online', { retain: true, qos: 1 });
  warned.advanceSeconds(10);
  assert.deepEqual(warned.kinds('board'), []);
  await second.breakOff();
  await warned.under.connect(4, 'board', { keepAliveSeconds, will });
  warned.advanceSeconds(31);
  assert.deepEqual(warned.kinds('board'), ['willNeverCleared']);
  await warned.under.connect(4, 'board', { keepAliveSeconds });
  assert.deepEqual(warned.kinds('board'), []);
});
