/** Each limit is met: what the client is told in 5.0 and in 3.1.1, and that the limit's own counter goes up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerLimits } from '../../../src/broker/broker.ts';
import type { LimitName } from '../../../src/broker/limits.ts';
import type { ConnectPacket, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import { hex } from '../../support/bytes.ts';
import type { RawClient } from '../../support/rawClient.ts';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } } as const;
/** The most levels that a topic of 65,535 bytes can have. */
const deepest = '/'.repeat(65_535);

/** The limits that were reached, with how often. */
function reached(under: BrokerUnderTest): Partial<Record<LimitName, number>> {
  return Object.fromEntries(
    Object.entries(under.broker.counters.limitsReached).filter(([, times]) => times > 0),
  );
}

/** The code in CONNACK, as it is on the wire, of a CONNECT that is refused. */
async function refusalOf(
  under: BrokerUnderTest,
  version: ProtocolVersion,
  connect: Partial<ConnectPacket> = {},
): Promise<number> {
  const client = under.open(version);
  client.sendConnect({ clientId: 'refused', ...connect });
  const [type, , , code] = await client.nextBytes();
  assert.equal(type, 0x20);
  await client.expectClosed();
  return code ?? assert.fail('a CONNACK has a code');
}

async function grantOf(client: RawClient, topicFilter: string, qos: 0 | 1 | 2 = 0): Promise<number> {
  const suback = await client.subscribe(topicFilter, { qos });
  return suback.reasonCodes[0] ?? assert.fail('a SUBACK has a code for each filter');
}

/** How a client that goes beyond what it may is sent away: 5.0 is told, 3.1.1 is closed. */
async function expectEnd(client: RawClient, version: ProtocolVersion, reasonCode: number): Promise<void> {
  if (version === 5) await client.expectDisconnected(reasonCode);
  else await client.expectClosed();
}

testBothVersions(
  'maxPacketBytes: a larger packet ends the connection with 0x95 [MQTT-3.2.2-15]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendPublish('t', 'x'.repeat(200));
    await expectEnd(client, version, 0x95);
    assert.deepEqual(reached(under), { maxPacketBytes: 1 });
  },
  { limits: { maxPacketBytes: 100 } },
);

testBothVersions(
  'maxConnections: one more is refused with 0x89, in 3.1.1 with 3',
  async (under, version) => {
    await under.connect(version, 'a');
    assert.equal(await refusalOf(under, version), version === 5 ? 0x89 : 3);
    assert.deepEqual(reached(under), { maxConnections: 1 });
  },
  { limits: { maxConnections: 1 } },
);

testBothVersions(
  'maxConnectionsPerSecond: beyond a burst, one more is refused with 0x9F, in 3.1.1 with 3',
  async (under, version) => {
    for (const clientId of ['a', 'b', 'c']) await under.connect(version, clientId);
    assert.equal(await refusalOf(under, version), version === 5 ? 0x9f : 3);
    assert.deepEqual(reached(under), { maxConnectionsPerSecond: 1 });
    under.clock.advance(500);
    await under.connect(version, 'd');
    assert.equal(await refusalOf(under, version), version === 5 ? 0x9f : 3);
  },
  { limits: { maxConnectionsPerSecond: 2, connectionBurst: 3 } },
);

test('far above maxConnectionsPerSecond, sockets are closed at once', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxConnectionsPerSecond: 1, connectionBurst: 1 } });
  const clients = Array.from({ length: 1 + 64 + 10 }, () => under.open(5));
  assert.equal(under.broker.counters.connections, 65);
  assert.deepEqual(reached(under), { maxConnectionsPerSecond: 74 });
  for (const client of clients.slice(65)) await client.expectClosed();
  assert.equal(under.broker.counters.connectionsRefused, 10);
});

test('a maxConnectionsPerSecond of 0 is no bound', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxConnectionsPerSecond: 0, connectionBurst: 1 } });
  for (let i = 0; i < 100; i++) await under.connect(5, `${i}`);
  assert.deepEqual(reached(under), {});
});

test('by default, as many clients as may be connected come back at once', async (t) => {
  const under = new BrokerUnderTest(t);
  const { maxConnections } = under.broker.limits;
  for (let i = 0; i < maxConnections; i++) under.open(5);
  assert.deepEqual(reached(under), {});
  assert.equal(under.broker.counters.connections, maxConnections);
});

testBothVersions(
  'maxSessions: one more is refused with 0x97, in 3.1.1 with 3',
  async (under, version) => {
    await under.connect(version, 'a');
    assert.equal(await refusalOf(under, version), version === 5 ? 0x97 : 3);
    assert.deepEqual(reached(under), { maxSessions: 1 });
  },
  { limits: { maxSessions: 1 } },
);

testBothVersions(
  'connectTimeoutSeconds: a socket that sends no CONNECT is closed',
  async (under, version) => {
    const client = under.open(version);
    under.clock.advance(5_100);
    await client.expectClosed();
    assert.deepEqual(reached(under), { connectTimeoutSeconds: 1 });
  },
  { limits: { connectTimeoutSeconds: 5 } },
);

for (const [limit, asked, given] of [
  ['minKeepAliveSeconds', 5, 10],
  ['maxKeepAliveSeconds', 90, 60],
  ['maxKeepAliveSeconds', 0, 60],
] as const) {
  test(`${limit}: who asks for a keep alive of ${asked} s is given ${given} s`, async (t) => {
    const under = new BrokerUnderTest(t, { limits: { minKeepAliveSeconds: 10, maxKeepAliveSeconds: 60 } });
    const client = under.open(5);
    const { properties } = await client.connect({ clientId: 'a', keepAliveSeconds: asked });
    assert.equal(properties?.serverKeepAlive, given);
    assert.deepEqual(reached(under), { [limit]: 1 });
    await under.connect(4, 'old', { keepAliveSeconds: asked });
    assert.deepEqual(reached(under), { [limit]: 1 });
    // 3.1.1 can't be told, and keeps its own.
    under.clock.advance(given * 1500 - 100);
    assert.equal(under.broker.counters.clientsConnected, asked === 5 ? 1 : 2);
    under.clock.advance(200);
    await client.expectDisconnected(0x8d);
  });
}

test('a keep alive within its bounds is the client’s own, and so is none without an upper bound [MQTT-3.2.2-22]', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { minKeepAliveSeconds: 10 } });
  for (const keepAliveSeconds of [0, 10, 65_535]) {
    const { properties } = await under.open(5).connect({ clientId: 'a', keepAliveSeconds });
    assert.equal(properties?.serverKeepAlive, undefined);
  }
  assert.deepEqual(reached(under), {});
});

test('maxSessionExpirySeconds: a longer life is cut, and CONNACK says so', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxSessionExpirySeconds: 60 } });
  const { properties } = await under.open(5).connect({ clientId: 'a', ...lasting });
  assert.equal(properties?.sessionExpiryInterval, 60);
  assert.deepEqual(reached(under), { maxSessionExpirySeconds: 1 });
});

testBothVersions(
  'maximumQoS: a subscription is granted less, a PUBLISH above it ends the connection with 0x9B [MQTT-3.2.2-11]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    assert.equal(await grantOf(client, 't', 2), 1);
    assert.deepEqual(reached(under), { maximumQoS: 1 });
    client.sendPublish('t', 'm', { qos: 2 });
    await expectEnd(client, version, 0x9b);
    assert.deepEqual(reached(under), { maximumQoS: 2 });
  },
  { limits: { maximumQoS: 1 } },
);

test('receiveMaximum: one more of QoS 2 ends the connection with 0x93', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { receiveMaximum: 1 } });
  const client = await under.connect(5, 'a');
  client.sendPublish('t', 'm', { qos: 2 });
  await client.expect('pubrec');
  client.sendPublish('t', 'm', { qos: 2 });
  await client.expectDisconnected(0x93);
  assert.deepEqual(reached(under), { receiveMaximum: 1 });
});

test('topicAliasMaximum: a higher alias ends the connection with 0x94 [MQTT-3.3.2-9]', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { topicAliasMaximum: 2 } });
  const client = await under.connect(5, 'a');
  client.sendPublish('t', 'm', { properties: { topicAlias: 3 } });
  await client.expectDisconnected(0x94);
  assert.deepEqual(reached(under), { topicAliasMaximum: 1 });
});

testBothVersions(
  'maxInflight: more messages wait, none is lost, and nothing is counted as refused',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t', { qos: 1 });
    const publisher = await under.connect(version, 'publisher');
    for (const text of ['1', '2', '3']) await publisher.publish('t', text, { qos: 1 });
    const first = await client.expectMessage();
    await client.ping();
    assert.equal(under.broker.counters.queuedMessages, 3);
    client.send({ kind: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 });
    assert.equal((await client.expectMessage()).text, '2');
    assert.deepEqual(reached(under), {});
  },
  { limits: { maxInflight: 1 } },
);

const queueLimits: readonly Partial<BrokerLimits>[] = [
  { maxQueuedMessages: 1 },
  { maxQueuedBytes: 1500 },
  { maxTotalQueuedBytes: 1500 },
];
for (const limits of queueLimits) {
  const name = Object.keys(limits).join();
  testBothVersions(
    `${name}: the newest message is dropped`,
    async (under, version) => {
      const client = await under.connect(version, 'a', lasting);
      await client.subscribe('t', { qos: 1 });
      await client.breakOff();
      const publisher = await under.connect(version, 'publisher');
      for (let i = 0; i < 3; i++) await publisher.publish('t', 'x'.repeat(1000), { qos: 1 });
      assert.deepEqual(reached(under), { [name]: 2 });
      assert.equal(under.broker.counters.messagesDroppedByCause.queueFull, 2);
    },
    { limits },
  );
}

testBothVersions(
  'maxBufferedBytes: QoS 0 to a client that does not read is dropped',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t');
    client.transport?.stall();
    const publisher = await under.connect(version, 'publisher');
    for (let i = 0; i < 5; i++) await publisher.publish('t', 'x'.repeat(1000));
    await publisher.ping();
    const { slowConsumer } = under.broker.counters.messagesDroppedByCause;
    assert.ok(slowConsumer > 0);
    assert.deepEqual(reached(under), { maxBufferedBytes: slowConsumer });
    client.transport?.unstall();
  },
  { limits: { maxBufferedBytes: 1500 } },
);

testBothVersions(
  'maxSubscriptions: one more is refused with 0x97, in 3.1.1 with 0x80; one that is there may be changed',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    assert.equal(await grantOf(client, 'a'), 0);
    assert.equal(await grantOf(client, 'b'), version === 5 ? 0x97 : 0x80);
    assert.equal(await grantOf(client, 'a', 1), 1);
    assert.deepEqual(reached(under), { maxSubscriptions: 1 });
  },
  { limits: { maxSubscriptions: 1 } },
);

testBothVersions(
  'maxSubscriptionBytes: filters of many levels are refused with 0x97, in 3.1.1 with 0x80, until others are gone',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    const filter = (i: number): string => `${i}${deepest.slice(1)}`;
    for (let i = 0; i < 3; i++) assert.equal(await grantOf(client, filter(i)), 0);
    assert.equal(await grantOf(client, filter(3)), version === 5 ? 0x97 : 0x80);
    assert.deepEqual(reached(under), { maxSubscriptionBytes: 1 });
    client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: [filter(0)] });
    await client.expect('unsuback');
    assert.equal(await grantOf(client, filter(3)), 0);
    await client.disconnect();
    assert.equal(under.broker.counters.subscriptionBytes, 0);
  },
);

testBothVersions(
  'maxTotalSubscriptionBytes: what many sessions subscribe to is bounded, levels in common count once',
  async (under, version) => {
    const clients = await Promise.all(['a', 'b', 'c'].map((clientId) => under.connect(version, clientId)));
    const [a, b, c] = clients as [RawClient, RawClient, RawClient];
    const topicFilter = 'level/'.repeat(100);
    assert.equal(await grantOf(a, `${topicFilter}1`), 0);
    assert.equal(await grantOf(b, `${topicFilter}2`), 0);
    assert.equal(await grantOf(c, `other/${topicFilter}`), version === 5 ? 0x97 : 0x80);
    assert.deepEqual(reached(under), { maxTotalSubscriptionBytes: 1 });
    await a.disconnect();
    await b.disconnect();
    assert.equal(await grantOf(c, `other/${topicFilter}`), 0);
  },
  { limits: { maxTotalSubscriptionBytes: 40_000 } },
);

test('a topic of the longest length and most levels is published, subscribed to and retained by default', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  assert.equal(await grantOf(client, deepest), 0);
  assert.equal(await grantOf(client, `${deepest.slice(1)}#`), 0);
  await client.publish(deepest, 'm', { retain: true });
  assert.equal((await client.expectMessage()).topic, deepest);
  assert.equal(under.broker.counters.retainedMessages, 1);
});

for (const [name, limits] of [
  ['maxRetainedMessages', { maxRetainedMessages: 1 }],
  ['maxRetainedBytes', { maxRetainedBytes: 1600 }],
] as const) {
  test(`${name}: a new topic is refused with 0x97; 3.1.1 and QoS 0 are delivered and not retained`, async (t) => {
    const under = new BrokerUnderTest(t, { limits });
    const client = await under.connect(5, 'a');
    await client.publish('kept', 'x'.repeat(1000), { retain: true, qos: 1 });
    client.sendPublish('b', 'x'.repeat(1000), { retain: true, qos: 1 });
    assert.equal((await client.expect('puback')).reasonCode, 0x97);
    assert.deepEqual(reached(under), { [name]: 1 });
    await client.publish('b', 'x'.repeat(1000), { retain: true });
    await client.ping();
    const old = await under.connect(4, 'old');
    await old.publish('b', 'x'.repeat(1000), { retain: true, qos: 1 });
    assert.deepEqual(reached(under), { [name]: 3 });
    assert.equal(under.broker.counters.messagesDroppedByCause.retainedFull, 3);
    assert.equal(under.broker.counters.retainedMessages, 1);
  });
}

test('maxRetainedBytes: the levels of a retained topic count, and are given back', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxRetainedBytes: 100 * 256 } });
  const client = await under.connect(5, 'a');
  const topic = 'a/'.repeat(80);
  await client.publish(topic, 'm', { retain: true, qos: 1 });
  client.sendPublish(`b/${topic}`, 'm', { retain: true, qos: 1 });
  assert.equal((await client.expect('puback')).reasonCode, 0x97);
  // Two more levels of its own.
  await client.publish(`${topic}/b`, 'm', { retain: true, qos: 1 });
  await client.publish(`${topic}/b`, '', { retain: true, qos: 1 });
  await client.publish(topic, '', { retain: true, qos: 1 });
  assert.equal(under.broker.counters.retainedBytes, 0);
});

test('a maxRetainedMessages of 0: a retained PUBLISH ends the connection with 0x9A [MQTT-3.2.2-14]', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxRetainedMessages: 0 } });
  const client = await under.connect(5, 'a');
  client.sendPublish('t', 'm', { retain: true });
  await client.expectDisconnected(0x9a);
  const will = { topic: 'w', payload: hex('00'), qos: 0, retain: true } as const;
  assert.equal(await refusalOf(under, 5, { will }), 0x9a);
  assert.deepEqual(reached(under), { maxRetainedMessages: 2 });
});

test('an observer hears of each limit that is reached, with its value and how often it was', async (t) => {
  const lines: string[] = [];
  const under = new BrokerUnderTest(t, {
    limits: { maxSubscriptions: 1 },
    observer: { limitReached: (name, value, times) => lines.push(`${name} ${value} ${times}`) },
  });
  const client = await under.connect(5, 'a');
  for (const filter of ['a', 'b', 'c']) await client.subscribe(filter);
  assert.deepEqual(lines, ['maxSubscriptions 1 1', 'maxSubscriptions 1 2']);
});
