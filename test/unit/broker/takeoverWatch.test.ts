import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionInfo } from '../../../src/broker/observer.ts';
import { TakeoverWatch } from '../../../src/broker/takeoverWatch.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** A session whose connections come from these hosts, one after the other, each from a port of its own. */
function setUp(clientId = 'sensor') {
  const clock = new FakeClock();
  const watch = new TakeoverWatch(clock);
  let port = 50_000;
  let current: ConnectionInfo | undefined;
  const connect = (host: string, afterMs = 0) => {
    clock.advance(afterMs);
    const newcomer: ConnectionInfo = {
      connectionId: ++port,
      transportKind: 'mqtt',
      remoteAddress: `${host}:${port}`,
      connectedAtMs: clock.nowMs(),
    };
    const loser = current;
    current = newcomer;
    return loser === undefined ? undefined : watch.takenOver(clientId, loser, newcomer);
  };
  /** How many of the connections, so many seconds apart, make it known. */
  const countOf = (hosts: readonly string[], seconds: number): number =>
    hosts.filter((host) => connect(host, seconds * 1000) !== undefined).length;
  return { watch, clock, connect, countOf };
}

const alternating = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i % 2 === 0 ? '192.0.2.7' : '192.0.2.9'));

test('two hosts that take a session from each other three times are named, with how often and how fast', () => {
  const { connect } = setUp();
  assert.equal(connect('192.0.2.7'), undefined);
  assert.equal(connect('192.0.2.9', 100), undefined);
  assert.equal(connect('192.0.2.7', 3000), undefined);
  assert.deepEqual(connect('192.0.2.9', 1000), {
    addresses: ['192.0.2.7', '192.0.2.9'],
    isOneHost: false,
    takeovers: 3,
    periodMs: 4000,
  });
});

test('it is not said again before it was calm for a minute', () => {
  const { connect, countOf } = setUp();
  assert.equal(countOf(alternating(100), 10), 1);
  assert.equal(connect('192.0.2.7', 60_000), undefined);
  assert.equal(countOf(alternating(5), 61), 0);
  assert.equal(countOf(alternating(4), 10), 1);
});

test('boards that wait up to half a minute before they reconnect are found, slower ones not', () => {
  assert.equal(setUp().countOf(alternating(4), 30), 1);
  assert.equal(setUp().countOf(alternating(20), 31), 0);
});

test('three devices with one client id are found too', () => {
  const { countOf } = setUp();
  assert.equal(countOf(['192.0.2.7', '192.0.2.8', '192.0.2.9', '192.0.2.7'], 1), 1);
});

test('a device that moves from address to address and does not come back is one device', () => {
  const hosts = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`);
  assert.equal(setUp().countOf(hosts, 1), 0);
});

test('a device that reconnects now and then without closing is one device', () => {
  const host = Array.from({ length: 50 }, () => '[2001:db8::7]');
  assert.equal(setUp().countOf(host, 16), 0);
});

test('takeovers of one host and a change of address do not add up', () => {
  const { countOf } = setUp();
  assert.equal(countOf(['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.9', '192.0.2.7'], 5), 0);
});

test('two programs on one host that take turns are found after five takeovers within a minute', () => {
  const { connect, countOf } = setUp();
  assert.equal(countOf(Array(5).fill('127.0.0.1'), 1), 0);
  assert.deepEqual(connect('127.0.0.1', 1000), {
    addresses: ['127.0.0.1:50005', '127.0.0.1:50006'],
    isOneHost: true,
    takeovers: 5,
    periodMs: 4000,
  });
  assert.equal(countOf(Array(50).fill('127.0.0.1'), 10), 0);
});

test('what is remembered is bounded: old ones are forgotten, and beyond a number the oldest', () => {
  const { watch, clock } = setUp();
  const info = (remoteAddress: string): ConnectionInfo => ({
    connectionId: 1,
    transportKind: 'mqtt',
    remoteAddress,
    connectedAtMs: 0,
  });
  const alternate = (clientId: string, times: number): number => {
    let found = 0;
    for (let i = 0; i < times; i++) {
      const [loser, winner] = i % 2 === 0 ? ['a:1', 'b:1'] : ['b:1', 'a:1'];
      if (watch.takenOver(clientId, info(loser), info(winner)) !== undefined) found++;
    }
    return found;
  };
  alternate('forgotten', 2);
  for (let i = 0; i < 255; i++) alternate(`${i}`, 2);
  assert.equal(watch.size, 256);
  alternate('one more', 1);
  assert.equal(watch.size, 256);
  assert.equal(alternate('0', 1), 1, 'still remembered');
  assert.equal(alternate('forgotten', 1), 0, 'begins anew');
  clock.advance(60_001);
  alternate('later', 1);
  assert.equal(watch.size, 1);
});

test('a broker tells once of two devices with one client id, between the end of the one and the coming of the other', async (t) => {
  const lines: string[] = [];
  const under = new BrokerUnderTest(t, {
    observer: {
      connectionClosed: ({ remoteAddress }, _, { kind }) => lines.push(`${kind} ${remoteAddress}`),
      clientConnected: ({ remoteAddress }) => lines.push(`connected ${remoteAddress}`),
      clientIdShared: (clientId, { addresses }) =>
        lines.push(`${clientId} shared by ${addresses.join(' and ')}`),
    },
  });
  for (let i = 0; i < 5; i++) {
    if (i === 3) lines.length = 0;
    under.clock.advance(1000);
    await under.open(5, `192.0.2.${i % 2}:${50_000 + i}`).connect({ clientId: 'sensor' });
  }
  assert.deepEqual(lines, [
    'takenOver 192.0.2.0:50002',
    'sensor shared by 192.0.2.0 and 192.0.2.1',
    'connected 192.0.2.1:50003',
    'takenOver 192.0.2.1:50003',
    'connected 192.0.2.0:50004',
  ]);
  assert.equal(under.broker.counters.clientIdsShared, 1);
});

test('clients that close before they reconnect share nothing', async (t) => {
  const under = new BrokerUnderTest(t);
  for (let i = 0; i < 20; i++) {
    const client = under.open(5, `192.0.2.${i % 2}:${50_000 + i}`);
    await client.connect({ clientId: 'sensor' });
    await client.disconnect();
  }
  assert.equal(under.broker.counters.clientIdsShared, 0);
});
