import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
const connect = { keepAliveSeconds: 60, will } as const;

test('a client that is lost five times is warned of, with the period and the end', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (let n = 0; n < 5; n++) {
    assert.deepEqual(warned.kinds('board'), []);
    await warned.under.connect(4, 'board', connect);
    // Until the broker gives it up, then ten seconds more.
    warned.advanceSeconds(100);
  }
  const facts = warned.facts('board', 'reconnectLoop');
  assert.ok(facts?.kind === 'reconnectLoop');
  assert.deepEqual(
    [facts.connections, Math.round(facts.periodMs / 1000), facts.end.kind],
    [5, 100, 'keepAliveTimeout'],
  );
});

test('so is one that is refused each time', async (t) => {
  const warned = new WarningsUnderTest(t, {
    policy: {
      authenticate: () => ({ kind: 'refused', reasonCode: 0x87, message: 'Not here.' }),
      mayPublish: () => true,
      maySubscribe: () => true,
      mayReceive: () => true,
    },
  });
  for (let n = 0; n < 5; n++) {
    const board = warned.under.open(4);
    board.sendConnect({ clientId: 'board' });
    await board.next();
    await board.closed();
    warned.advanceSeconds(5);
  }
  assert.deepEqual(warned.kinds('board'), ['reconnectLoop']);
});

test('one that sleeps between connections which it ends itself is not, nor one that is lost once an hour', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (let n = 0; n < 8; n++) {
    const sleeper = await warned.under.connect(4, 'sleeper', connect);
    await sleeper.disconnect();
    const seldom = await warned.under.connect(4, 'seldom', connect);
    await seldom.breakOff();
    warned.advanceSeconds(3600);
  }
  assert.deepEqual([warned.kinds('sleeper'), warned.kinds('seldom')], [[], []]);
});
