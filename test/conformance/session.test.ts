/** Sessions and their ends: section 4.1, keep alive (3.1.2.10), expiry, take over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectPacket } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { hex } from '../support/bytes.ts';

const lasting: Partial<ConnectPacket> = {
  cleanStart: false,
  properties: { sessionExpiryInterval: 3600 },
};

testBothVersions(
  'messages of QoS 1 and 2 wait for a session without a connection, in order, and QoS 0 does not [MQTT-3.1.2-23] [MQTT-3.1.2-5 3.1.1] [MQTT-4.5.0-1] [MQTT-4.5.0-1 3.1.1] [MQTT-4.6.0-5] [MQTT-4.6.0-6 3.1.1]',
  async (under, version) => {
    const first = await under.connect(version, 'a', lasting);
    await first.subscribe('t/#', { qos: 2 });
    await first.breakOff();
    const publisher = await under.connect(version, 'publisher');
    for (let i = 0; i < 9; i++) await publisher.publish('t/x', `${i}`, { qos: (i % 3) as 0 | 1 | 2 }); // 0, 1, 2, 0, …
    const second = await under.connect(version, 'a', lasting);
    for (const [text, qos] of [
      ['1', 1],
      ['2', 2],
      ['4', 1],
      ['5', 2],
      ['7', 1],
      ['8', 2],
    ] as const) {
      const message = await second.expectMessage();
      assert.deepEqual([message.text, message.qos, message.dup], [text, qos, false]);
    }
    await second.ping();
  },
);

testBothVersions(
  'a session that does not last is gone with its connection [MQTT-4.1.0-2] [MQTT-3.1.2-6 3.1.1]',
  async (under, version) => {
    const first = await under.connect(version, 'a', { cleanStart: true });
    await first.subscribe('t');
    await first.disconnect();
    assert.equal(under.broker.counters.sessions, 0);
    assert.equal(under.broker.counters.subscriptions, 0);
    const connack = await under.open(version).connect({ clientId: 'a', cleanStart: false });
    assert.equal(connack.sessionPresent, false);
  },
);

testBothVersions(
  'retained messages are no part of the session, and stay when it ends [MQTT-3.1.2-7 3.1.1]',
  async (under, version) => {
    const first = await under.connect(version, 'a');
    await first.publish('t', 'kept', { retain: true });
    await first.disconnect();
    assert.equal(under.broker.counters.sessions, 0);
    const second = await under.connect(version, 'b');
    await second.subscribe('t');
    assert.equal((await second.expectMessage()).text, 'kept');
  },
);

testBothVersions(
  'a clean start while the client is connected ends that connection, its will sent, and its session [MQTT-3.1.2-4] [MQTT-3.1.4-3] [MQTT-3.1.4-4] [MQTT-3.1.2-6 3.1.1] [MQTT-3.1.4-2 3.1.1] [MQTT-3.1.4-3 3.1.1]',
  async (under, version) => {
    const watcher = await under.connect(version, 'watcher');
    await watcher.subscribe('will');
    const will = { topic: 'will', payload: new TextEncoder().encode('gone'), qos: 0, retain: false } as const;
    const old = await under.connect(version, 'a', { ...lasting, will });
    await old.subscribe('t', { qos: 1 });
    await watcher.publish('t', 'in flight', { qos: 1 });
    await old.expectMessage();
    const client = under.open(version);
    const connack = await client.connect({ clientId: 'a', ...lasting, cleanStart: true });
    assert.equal(connack.sessionPresent, false);
    await old.expectDisconnected(0x8e);
    assert.equal((await watcher.expectMessage()).text, 'gone');
    await watcher.publish('t', 'no subscription', { qos: 1 });
    await client.ping();
    assert.equal(under.broker.counters.sessions, 2);
    assert.equal(under.broker.counters.queuedMessages, 0);
  },
);

testBothVersions(
  'a session that was to end with its connection is not there for the one that takes over [MQTT-4.1.0-2] [MQTT-3.1.2-6 3.1.1]',
  async (under, version) => {
    const old = await under.connect(version, 'a', { cleanStart: true });
    await old.subscribe('t');
    const client = under.open(version);
    assert.equal((await client.connect({ clientId: 'a', cleanStart: false })).sessionPresent, false);
    await old.expectDisconnected(0x8e);
    await client.publish('t', 'no subscription');
    await client.ping();
  },
);

test('a client of one version takes over the connection of another', async (t) => {
  const under = new BrokerOverNetwork(t);
  let old = await under.connect(3, 'a', lasting);
  for (const version of [5, 4, 3, 5] as const) {
    const client = await under.connect(version, 'a', lasting);
    await old.expectDisconnected(0x8e);
    old = client;
  }
  await old.ping();
});

test('the Session Expiry Interval of CONNECT holds after a DISCONNECT without one, and after a will [MQTT-3.1.2-23] [MQTT-4.1.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const reasonCode of [0x00, 0x04]) {
    const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await client.disconnect(reasonCode);
    under.clock.advance(59_000);
    assert.equal(under.broker.counters.sessions, 1);
    under.clock.advance(2000);
    assert.equal(under.broker.counters.sessions, 0);
  }
});

test('the Session Expiry Interval starts anew with each end of a connection, at the value of the last CONNECT [MQTT-4.1.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const sessionExpiryInterval of [60, 600, 30]) {
    const client = await under.connect(5, 'a', { cleanStart: false, properties: { sessionExpiryInterval } });
    under.clock.advance(100_000);
    await client.breakOff();
    under.clock.advance((sessionExpiryInterval - 1) * 1000);
    assert.equal(under.broker.counters.sessions, 1);
  }
  under.clock.advance(2000);
  assert.equal(under.broker.counters.sessions, 0);
});

test('without a Session Expiry Interval a 5.0 session ends with its connection, Clean Start or not [MQTT-4.1.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const properties of [{}, { sessionExpiryInterval: 0 }]) {
    const client = await under.connect(5, 'a', { cleanStart: false, properties });
    await client.breakOff();
    assert.equal(under.broker.counters.sessions, 0);
  }
});

test('a session ends when its expiry has passed, not before [MQTT-4.1.0-2] [MQTT-3.1.2-23]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const [waitSeconds, sessionPresent] of [
    [59, true],
    [61, false],
  ] as const) {
    const first = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await first.breakOff();
    under.clock.advance(waitSeconds * 1000);
    const connack = await under.open(5).connect({ clientId: 'a', cleanStart: false });
    assert.equal(connack.sessionPresent, sessionPresent, `after ${waitSeconds} s`);
  }
});

test('a session does not end while it is connected [MQTT-4.1.0-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 1 } });
  await client.subscribe('t');
  under.clock.advance(10_000);
  await client.publish('t', 'm');
  await client.expectMessage();
});

test('a session of the longest expiry never ends', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 0xffff_ffff } });
  await first.breakOff();
  under.clock.advance(60_000);
  assert.equal(under.clock.pendingTimers, 0, 'no end of it is waited for');
  under.clock.advance(200 * 365 * 24 * 3600 * 1000);
  assert.equal(under.broker.counters.sessions, 1);
});

test('DISCONNECT can change the expiry, and can not raise it from 0', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 3600 } });
  first.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } });
  await first.expectClosed();
  under.clock.advance(6000);
  assert.equal(under.broker.counters.sessions, 0);
  const ended = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 3600 } });
  ended.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
  await ended.expectClosed();
  assert.equal(under.broker.counters.sessions, 0);
  const second = await under.connect(5, 'a');
  second.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } });
  await second.expectDisconnected(0x82);
  assert.equal(under.broker.counters.sessions, 0);
});

testBothVersions(
  'a client that is quiet for one and a half times its keep alive is closed [MQTT-3.1.2-22] [MQTT-3.1.2-24 3.1.1] [MQTT-3.2.2-22]',
  async (under, version) => {
    const client = await under.connect(version, 'a', { keepAliveSeconds: 10 });
    under.clock.advance(14_900);
    await client.ping();
    under.clock.advance(14_900);
    await client.ping();
    under.clock.advance(15_200);
    await client.expectDisconnected(0x8d);
  },
);

testBothVersions(
  'any packet of the client counts for its keep alive, and none of the server [MQTT-3.1.2-22] [MQTT-3.1.2-24 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a', { keepAliveSeconds: 10 });
    await client.subscribe('t');
    under.clock.advance(14_900);
    await client.publish('other', 'm');
    under.clock.advance(14_900);
    client.send({ kind: 'puback', packetId: 9, reasonCode: 0 });
    await client.handled();
    under.clock.advance(14_900);
    under.broker.publish({ topic: 't', payload: new Uint8Array(0), qos: 0, retain: false });
    await client.expectMessage();
    under.clock.advance(400);
    await client.expectDisconnected(0x8d);
  },
);

testBothVersions('a keep alive of 0 never ends a connection', async (under, version) => {
  const client = await under.connect(version, 'a', { keepAliveSeconds: 0 });
  under.clock.advance(7 * 24 * 3600 * 1000);
  await client.ping();
});

test('the Server Keep Alive is told, and holds [MQTT-3.2.2-21] [MQTT-3.1.2-21]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { maxKeepAliveSeconds: 20 } });
  for (const asked of [0, 60]) {
    const client = under.open(5);
    const connack = await client.connect({ clientId: `${asked}`, keepAliveSeconds: asked });
    assert.equal(connack.properties?.serverKeepAlive, 20);
    under.clock.advance(29_900);
    await client.ping();
    under.clock.advance(30_200);
    await client.expectDisconnected(0x8d);
  }
  const connack = await under.open(5).connect({ keepAliveSeconds: 20 });
  assert.equal(connack.properties?.serverKeepAlive, undefined);
});

test('a socket that sends no CONNECT in time is closed, unanswered', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { connectTimeoutSeconds: 5 } });
  const silent = under.open(4);
  const slow = under.open(4);
  slow.sendBytes(hex('10 20 00 04'));
  await silent.handled();
  await slow.handled();
  under.clock.advance(5200);
  await silent.expectClosed();
  await slow.expectClosed();
  assert.equal(under.broker.counters.connectionsRefused, 2);
});

testBothVersions(
  'a session that is taken over goes on: subscriptions, and what was in flight [MQTT-3.1.4-3] [MQTT-4.4.0-1] [MQTT-4.4.0-1 3.1.1]',
  async (under, version) => {
    const old = await under.connect(version, 'a', lasting);
    await old.subscribe('t', { qos: 1 });
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', 'm', { qos: 1 });
    const { packetId } = await old.expectMessage();
    const client = under.open(version);
    assert.equal((await client.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    await old.expectDisconnected(0x8e);
    const again = await client.expectMessage();
    assert.deepEqual([again.text, again.dup, again.packetId], ['m', true, packetId]);
  },
);

test('a session can move from 3.1.1 to 5.0 and back', async (t) => {
  const under = new BrokerOverNetwork(t);
  const old = await under.connect(4, 'a', lasting);
  await old.subscribe('t', { qos: 1 });
  await old.breakOff();
  for (const version of [5, 4, 5] as const) {
    const publisher = await under.connect(5, 'publisher');
    const properties = { userProperties: [['k', 'v']] as const };
    await publisher.publish('t', `to ${version}`, { qos: 1, properties });
    const client = await under.connect(version, 'a', lasting);
    const message = await client.expectMessage();
    assert.equal(message.text, `to ${version}`);
    assert.deepEqual(message.properties?.userProperties, version === 5 ? [['k', 'v']] : undefined);
    client.send({ kind: 'puback', packetId: message.packetId ?? 0, reasonCode: 0 });
    await client.breakOff();
  }
});
