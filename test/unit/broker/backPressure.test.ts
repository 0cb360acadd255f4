/** What happens at the bounds: nothing grows without end, what is dropped is counted, and others do not notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import type { AuthenticationStep } from '../../../src/broker/accessPolicy.ts';
import type { BrokerLimits } from '../../../src/broker/broker.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { ProtocolVersion, SubscriptionRequest } from '../../../src/mqtt/packets.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import { frame, hex, uint16, utf8 } from '../../support/bytes.ts';
import type { RawClient } from '../../support/rawClient.ts';
import { slowPolicy } from '../../support/slowPolicy.ts';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } } as const;

async function setUp(under: BrokerUnderTest, version: ProtocolVersion = 5) {
  const slow = await under.connect(version, 'slow', lasting);
  const fast = await under.connect(version, 'fast');
  const publisher = await under.connect(version, 'publisher');
  await fast.subscribe('t');
  return { slow, fast, publisher, transport: transportOf(slow) };
}

function transportOf(client: RawClient) {
  return client.transport ?? assert.fail('a client over memory has a transport');
}

testBothVersions(
  'QoS 0 to a client that does not read is dropped above a bound, counted, and others get all of it',
  async (under, version) => {
    const { slow, fast, publisher, transport } = await setUp(under, version);
    await slow.subscribe('t', { qos: 0 });
    transport.stall();
    for (let i = 0; i < 50; i++) {
      await publisher.publish('t', 'x'.repeat(100));
      await fast.expectMessage();
    }
    const { slowConsumer } = under.broker.counters.messagesDroppedByCause;
    assert.ok(slowConsumer > 30, `${slowConsumer} dropped`);
    assert.ok(transport.bufferedBytes < 1200, `${transport.bufferedBytes} bytes are buffered`);
    transport.unstall();
    for (let i = 0; i < 50 - slowConsumer; i++) await slow.expectMessage();
    await slow.ping();
    await publisher.publish('t', 'again');
    assert.equal((await slow.expectMessage()).text, 'again');
  },
  { limits: { maxBufferedBytes: 1000 } },
);

testBothVersions(
  'QoS 1 and 2 to a client that does not read wait in its queue, and come in order when it reads',
  async (under, version) => {
    const { slow, publisher, transport } = await setUp(under, version);
    await slow.subscribe('t', { qos: 1 });
    transport.stall();
    for (let i = 0; i < 50; i++) await publisher.publish('t', `${i}`.padEnd(100), { qos: 1 });
    assert.ok(transport.bufferedBytes < 1200, `${transport.bufferedBytes} bytes are buffered`);
    transport.unstall();
    for (let i = 0; i < 50; i++) {
      const message = await slow.expectMessage();
      assert.equal(message.text.trim(), `${i}`);
      slow.send({ kind: 'puback', packetId: message.packetId ?? 0, reasonCode: 0 });
    }
    assert.equal(under.broker.counters.messagesDropped, 0);
  },
  { limits: { maxBufferedBytes: 1000 } },
);

testBothVersions(
  'a flood of QoS 0 that a slow client can not keep up with does not hold up QoS 1 behind it',
  async (under, version) => {
    const { slow, publisher, transport } = await setUp(under, version);
    await slow.subscribe('t', { qos: 1 });
    transport.stall();
    for (let i = 0; i < 20; i++) await publisher.publish('t', 'x'.repeat(100));
    await publisher.publish('t', 'important', { qos: 1 });
    // The client reads, and as much comes anew: without a pause, its network would never be free.
    for (let i = 0; i < 20; i++) {
      transport.readSome(2);
      await publisher.publish('t', 'x'.repeat(100));
      await publisher.publish('t', 'x'.repeat(100));
      await publisher.ping();
    }
    transport.unstall();
    let before = 0;
    while ((await slow.expectMessage()).text !== 'important') before++;
    assert.ok(before < 20, `${before} messages came before it`);
  },
  { limits: { maxBufferedBytes: 1000 } },
);

const bounds: readonly [name: string, limits: Partial<BrokerLimits>, fits: number][] = [
  ['messages', { maxQueuedMessages: 3 }, 3],
  ['bytes', { maxQueuedBytes: 3 * 1400 }, 3],
  ['bytes of all sessions', { maxTotalQueuedBytes: 3 * 1400 }, 3],
  ['messages, one of which always fits in bytes', { maxQueuedBytes: 10 }, 1],
];

for (const [name, limits, fits] of bounds) {
  test(`a queue is bounded in ${name}: the newest are dropped and counted`, async (t) => {
    const under = new BrokerUnderTest(t, { limits });
    const { slow, publisher } = await setUp(under);
    await slow.subscribe('t', { qos: 1 });
    await slow.breakOff();
    for (let i = 0; i < 6; i++) await publisher.publish('t', `${i}`.padEnd(1000), { qos: 1 });
    assert.equal(under.broker.counters.messagesDroppedByCause.queueFull, 6 - fits);
    const again = await under.connect(5, 'slow', lasting);
    for (let i = 0; i < fits; i++) {
      const message = await again.expectMessage();
      assert.equal(message.text.trim(), `${i}`);
      again.send({ kind: 'puback', packetId: message.packetId ?? 0, reasonCode: 0 });
    }
    await again.ping();
    assert.equal(under.broker.counters.queuedMessages, 0);
    assert.equal(under.broker.counters.queuedBytes, 0);
  });
}

test('a full queue gives up what has expired before it refuses', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxQueuedMessages: 2 } });
  const { slow, publisher } = await setUp(under);
  await slow.subscribe('t', { qos: 1 });
  await slow.breakOff();
  await publisher.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 5 } });
  await publisher.publish('t', 'first', { qos: 1 });
  under.clock.advance(6000);
  await publisher.publish('t', 'second', { qos: 1 });
  const again = await under.connect(5, 'slow', lasting);
  assert.equal((await again.expectMessage()).text, 'first');
  assert.equal((await again.expectMessage()).text, 'second');
  const { messageExpired, queueFull } = under.broker.counters.messagesDroppedByCause;
  assert.deepEqual([messageExpired, queueFull], [1, 0]);
});

test('what is queued and in flight is given back when the session ends', async (t) => {
  const under = new BrokerUnderTest(t);
  const { slow, publisher } = await setUp(under);
  await slow.subscribe('t', { qos: 1 });
  await publisher.publish('t', 'in flight', { qos: 1 });
  await slow.expectMessage();
  await slow.breakOff();
  await publisher.publish('t', 'queued', { qos: 1 });
  assert.equal(under.broker.counters.queuedMessages, 2);
  under.clock.advance(3_601_000);
  assert.equal(under.broker.counters.queuedMessages, 0);
  assert.equal(under.broker.counters.queuedBytes, 0);
});

testBothVersions(
  'more retained messages than the network takes at once all arrive, and newer ones behind them',
  async (under, version) => {
    const { slow, publisher, transport } = await setUp(under, version);
    for (let i = 0; i < 100; i++) {
      await publisher.publish(`r/${i}`, 'old'.padEnd(100), { retain: true, qos: (i % 3) as 0 | 1 | 2 });
    }
    transport.stall();
    slow.send({
      kind: 'subscribe',
      packetId: 1,
      subscriptions: [
        { topicFilter: 'r/+', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 },
      ],
    });
    await publisher.publish('r/99', 'new');
    assert.ok(transport.bufferedBytes < 1200, `${transport.bufferedBytes} bytes are buffered`);
    transport.unstall();
    await slow.expect('suback');
    const last = new Map<string, string>();
    for (let i = 0; i < 101; i++) {
      const message = await slow.expectMessage();
      last.set(message.topic, message.text.trim());
    }
    assert.equal(last.size, 100);
    assert.equal(last.get('r/99'), 'new');
    assert.equal(under.broker.counters.messagesDropped, 0);
  },
  { limits: { maxBufferedBytes: 1000, maxQueuedMessages: 5 } },
);

test('a client that asks and does not read the answers is not read from until it does', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  const transport = transportOf(client);
  transport.stall();
  const pings = Buffer.alloc(20_000, hex('C0 00'));
  for (let i = 0; i < 8; i++) client.sendBytes(pings);
  assert.equal(transport.isPaused, true);
  assert.ok(transport.bufferedBytes < 100_000, `${transport.bufferedBytes} bytes are buffered`);
  transport.unstall();
  for (let i = 0; i < 8 * 10_000; i++) await client.expect('pingresp');
  await client.ping();
  assert.equal(transport.isPaused, false);
});

test('retained messages are bounded: a new topic is refused with 0x97, or delivered and not retained', async (t) => {
  for (const limits of [{ maxRetainedMessages: 1 }, { maxRetainedBytes: 2000 }]) {
    const under = new BrokerUnderTest(t, { limits });
    const client = await under.connect(5, 'a');
    const publisher = await under.connect(5, 'publisher');
    await client.subscribe('#');
    await publisher.publish('kept', 'x'.repeat(1000), { retain: true, qos: 1 });
    await client.expectMessage();
    publisher.sendPublish('refused', 'x'.repeat(1000), { retain: true, qos: 1 });
    assert.equal((await publisher.expect('puback')).reasonCode, 0x97);
    await client.ping();
    await publisher.publish('passing', 'x'.repeat(1000), { retain: true, qos: 0 });
    assert.equal((await client.expectMessage()).topic, 'passing');
    const old = await under.connect(4, 'old');
    await old.publish('passing', 'x'.repeat(1000), { retain: true, qos: 1 });
    assert.equal((await client.expectMessage()).topic, 'passing');
    await publisher.publish('kept', 'replaced', { retain: true, qos: 1 });
    await client.expectMessage();
    assert.deepEqual(
      [...under.broker.retainedMessages()].map(({ topic }) => topic),
      ['kept'],
    );
    assert.equal(under.broker.counters.messagesDroppedByCause.retainedFull, 3);
  }
});

test('expired retained messages make room for others', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxRetainedMessages: 1 } });
  const client = await under.connect(5, 'a');
  await client.publish('a', 'm', { retain: true, properties: { messageExpiryInterval: 5 } });
  under.clock.advance(6000);
  await client.publish('b', 'm', { retain: true, qos: 1 });
  assert.deepEqual(
    [...under.broker.retainedMessages()].map(({ topic }) => topic),
    ['b'],
  );
});

test('connections are bounded: one more is told at CONNECT, many more are closed at once', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxConnections: 2 } });
  await under.connect(5, 'a');
  await under.connect(5, 'b');
  const third = under.open(5);
  third.sendConnect({ clientId: 'c' });
  assert.equal((await third.expect('connack')).reasonCode, 0x89);
  await third.expectClosed();
  const old = under.open(4);
  old.sendConnect({ clientId: 'd' });
  assert.deepEqual(await old.nextBytes(), hex('20 02 00 03'));
  const waiting = Array.from({ length: 100 }, () => under.open(4));
  assert.ok(under.broker.counters.connections < 2 + 70);
  await waiting.at(-1)?.expectClosed();
  for (const client of waiting) await client.breakOff();
});

test('before CONNECT a stranger can not make the broker hold more than a megabyte', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = under.open(4);
  client.sendBytes(hex('10 80 80 80 01')); // announces 2 MiB
  await client.expectClosed();
});

const connect311 = frame(0x10, utf8('MQTT'), 4, 2, uint16(0), utf8('a'));

test('a large PUBLISH that begins behind a CONNECT whose check takes time is read when that is over', async (t) => {
  const { policy, accept } = slowPolicy();
  const under = new BrokerUnderTest(t, { policy });
  const client = under.open(4);
  const payload = Buffer.alloc(2 * 1024 * 1024);
  const publish = encode(
    { kind: 'publish', topic: 't', payload, qos: 1, retain: false, dup: false, packetId: 1 },
    4,
  );
  client.sendBytes(Buffer.concat([connect311, publish.subarray(0, 1000)]));
  await accept();
  assert.equal((await client.expect('connack')).reasonCode, 0);
  client.sendBytes(publish.subarray(1000));
  await client.expect('puback');
});

test('packets behind a CONNECT whose check takes time are held up to a bound', async (t) => {
  const { policy, accept } = slowPolicy();
  const under = new BrokerUnderTest(t, { policy });
  const client = under.open(4);
  const publish = frame(0x32, utf8('t'), uint16(1), [...Buffer.alloc(1000)]);
  client.sendBytes(Buffer.concat([connect311, ...Array.from({ length: 1100 }, () => publish)]));
  await client.expectClosed();
  await accept();
});

test('a retained message counts with its topic and its properties before it is taken', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxRetainedBytes: 1000 } });
  const publisher = await under.connect(5, 'publisher');
  const properties = { userProperties: [['name', 'v'.repeat(1000)]] } as const;
  publisher.sendPublish('t', 'x', { retain: true, qos: 1, properties });
  assert.equal((await publisher.expect('puback')).reasonCode, 0x97);
  await publisher.publish('t'.repeat(500), 'x', { retain: true });
  await publisher.ping();
  assert.deepEqual([...under.broker.retainedMessages()], []);
});

testBothVersions(
  'a member of a shared subscription whose network does not take more is passed over, until it does',
  async (under, version) => {
    const { slow, fast, publisher, transport } = await setUp(under, version);
    for (const member of [slow, fast]) await member.subscribe('$share/workers/job', { qos: 0 });
    const publishJobs = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await publisher.publish('job', 'x'.repeat(300));
    };
    transport.stall();
    await publishJobs(20);
    assert.equal(under.broker.counters.messagesDropped, 0);
    transport.unstall();
    const received = (await takeMessages(slow)) + (await takeMessages(fast));
    assert.equal(received, 20);
    await publishJobs(4);
    assert.deepEqual([await takeMessages(slow), await takeMessages(fast)], [2, 2]);
  },
  { limits: { maxBufferedBytes: 500 } },
);

/** How many messages have come so far. */
async function takeMessages(client: RawClient): Promise<number> {
  client.send({ kind: 'pingreq' });
  let count = 0;
  while ((await client.next()).kind !== 'pingresp') count++;
  return count;
}

test('a message that is dropped sets no topic alias', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxBufferedBytes: 100 } });
  const slow = await under.connect(5, 'slow', { properties: { topicAliasMaximum: 10 } });
  await slow.subscribe('#');
  const publisher = await under.connect(5, 'publisher');
  const transport = transportOf(slow);
  transport.stall();
  await publisher.publish('full', 'x'.repeat(200));
  await publisher.publish('dropped', 'm');
  assert.equal(under.broker.counters.messagesDroppedByCause.slowConsumer, 1);
  transport.unstall();
  const full = await slow.expectMessage();
  await publisher.publish('dropped', 'm');
  const again = await slow.expectMessage();
  assert.deepEqual([full.properties?.topicAlias, again.properties?.topicAlias], [1, 2]);
});

test('nothing is read from a client while a step of its authentication is taken', async (t) => {
  const steps: ((step: AuthenticationStep) => void)[] = [];
  const begin = () => ({ step: () => new Promise<AuthenticationStep>((resolve) => steps.push(resolve)) });
  const policy = { ...anonymousPolicy, authenticationMethods: new Map([['M', begin]]) };
  const client = new BrokerUnderTest(t, { policy }).open(5);
  const properties = { authenticationMethod: 'M' };
  client.sendConnect({ properties });
  for (const isFirst of [true, false]) {
    assert.equal(transportOf(client).isPaused, true);
    if (isFirst) {
      steps.at(-1)?.({ kind: 'continue' });
      await client.expect('auth');
      assert.equal(transportOf(client).isPaused, false);
      client.send({ kind: 'auth', reasonCode: 0x18, properties });
    }
  }
  steps.at(-1)?.({ kind: 'accepted' });
  await client.expect('connack');
  assert.equal(transportOf(client).isPaused, false);
});

test('QoS 0 that a member of a shared subscription leaves behind goes to no stored session', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { maxBufferedBytes: 1000 } });
  const { slow, publisher, transport } = await setUp(under);
  const away = await under.connect(5, 'away', lasting);
  await away.subscribe('$share/g/job', { qos: 1 });
  await away.breakOff();
  await slow.subscribe('$share/g/job', { qos: 1 });
  await slow.subscribe('t');
  await publisher.publish('kept', 'k', { retain: true });
  transport.stall();
  for (let i = 0; i < 20; i++) await publisher.publish('t', 'x'.repeat(100));
  // A retained message waits, and what is of QoS 0 after it waits too.
  slow.send({ kind: 'subscribe', packetId: 100, subscriptions: [subscriptionTo('kept')] });
  await publisher.publish('job', 'j');
  assert.equal(under.broker.counters.queuedMessages, 1);
  slow.send({ kind: 'unsubscribe', packetId: 101, topicFilters: ['$share/g/job'] });
  assert.equal(under.broker.counters.queuedMessages, 0);
  const back = await under.connect(5, 'away', lasting);
  await back.ping();
});

function subscriptionTo(topicFilter: string): SubscriptionRequest {
  return { topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };
}
