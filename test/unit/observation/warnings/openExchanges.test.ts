import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const keepAliveSeconds = 200;

test('a client that never sends PUBREL is warned of after half a minute', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(5, 'board', { keepAliveSeconds });
  board.sendPublish('a', 'x', { qos: 2, packetId: 7 });
  await board.next();
  warned.advanceSeconds(30);
  assert.deepEqual(warned.kinds('board'), []);
  warned.advanceSeconds(11);
  assert.deepEqual(warned.facts('board', 'exchangeOpen'), {
    ...{ kind: 'exchangeOpen', awaited: 'pubrel', packetId: 7, count: 1, openMs: 30_000 },
  });
});

test('a client that leaves PUBREC or PUBCOMP out is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const { broker } = warned.under;
  const silent = await warned.under.connect(5, 'silent', { keepAliveSeconds });
  await silent.subscribe('a', { qos: 2 });
  const half = await warned.under.connect(5, 'half', { keepAliveSeconds });
  await half.subscribe('a', { qos: 2 });
  broker.publish({ topic: 'a', payload: new Uint8Array(1), qos: 2, retain: false });
  const { packetId = 0 } = await half.expectMessage();
  half.send({ kind: 'pubrec', packetId, reasonCode: 0 });
  await half.next();
  warned.advanceSeconds(41);
  const awaited = ['silent', 'half'].map((clientId) => {
    const facts = warned.facts(clientId, 'exchangeOpen');
    return facts?.kind === 'exchangeOpen' && facts.awaited;
  });
  assert.deepEqual(awaited, ['pubrec', 'pubcomp']);
});

test('one that uses one packet identifier again and again, and completes each, is not', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(5, 'board', { keepAliveSeconds });
  for (let n = 0; n < 8; n++) {
    board.sendPublish('a', 'x', { qos: 2, packetId: 1 });
    await board.next();
    // Open as the tick comes, each time.
    warned.advanceSeconds(10);
    board.send({ kind: 'pubrel', packetId: 1, reasonCode: 0 });
    await board.next();
  }
  assert.deepEqual(warned.kinds('board'), []);
});

test('one that forgets some of many is', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(5, 'board', { keepAliveSeconds });
  for (const packetId of [1, 2, 3]) {
    board.sendPublish('a', 'x', { qos: 2, packetId });
    await board.next();
  }
  for (let n = 0; n < 5; n++) {
    board.sendPublish('a', 'x', { qos: 2, packetId: 9 });
    await board.next();
    warned.advanceSeconds(10);
    board.send({ kind: 'pubrel', packetId: 9, reasonCode: 0 });
    await board.next();
  }
  assert.deepEqual(warned.kinds('board'), ['exchangeOpen']);
});
