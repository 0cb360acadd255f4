import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const will = { topic: 'gone', payload: new Uint8Array(1), qos: 0, retain: false } as const;
const connect = { keepAliveSeconds: 60, will } as const;

/** Connections that are never closed, each from another port: the next one of the client ends it. */
async function comeBack(warned: WarningsUnderTest, hosts: readonly string[], seconds: number): Promise<void> {
  for (const host of hosts) {
    const board = warned.under.open(4, `${host}:${++port}`);
    await board.connect({ clientId: 'board', ...connect });
    warned.advanceSeconds(seconds);
  }
}
let port = 50_000;

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

for (const seconds of [2, 5, 20, 60])
  test(`one that is reset every ${seconds} s, and closes nothing, is in a loop, and not two devices`, async (t) => {
    const warned = new WarningsUnderTest(t);
    await comeBack(warned, Array(5).fill('192.0.2.7'), seconds);
    assert.deepEqual(warned.kinds('board'), []);
    await comeBack(warned, Array(15).fill('192.0.2.7'), seconds);
    assert.deepEqual(warned.kinds('board'), ['reconnectLoop']);
    const facts = warned.facts('board', 'reconnectLoop');
    assert.ok(facts?.kind === 'reconnectLoop');
    assert.deepEqual([facts.periodMs, facts.end.kind], [seconds * 1000, 'takenOver']);
  });

test('taken over faster than a board restarts is a shared client id, and no loop as well, also when it slows down', async (t) => {
  const warned = new WarningsUnderTest(t);
  await comeBack(warned, Array(20).fill('192.0.2.7'), 1);
  await comeBack(warned, Array(20).fill('192.0.2.7'), 10);
  assert.deepEqual(warned.kinds('board'), ['clientIdShared']);
});

test('taken over from another host is no end of a loop', async (t) => {
  const warned = new WarningsUnderTest(t);
  const hosts = Array.from({ length: 20 }, (_, n) => `192.0.2.${n % 2}`);
  await comeBack(warned, hosts, 40);
  assert.deepEqual(warned.kinds('board'), []);
  await comeBack(warned, hosts, 10);
  assert.deepEqual(warned.kinds('board'), ['clientIdShared']);
});

test('one that shared its client id, and is then lost again and again, is in a loop too', async (t) => {
  const warned = new WarningsUnderTest(t);
  await comeBack(warned, Array(20).fill('192.0.2.7'), 1);
  for (let n = 0; n < 5; n++) {
    const board = await warned.under.connect(4, 'board', connect);
    await board.breakOff();
    warned.advanceSeconds(10);
  }
  assert.deepEqual(warned.kinds('board'), ['clientIdShared', 'reconnectLoop']);
});
