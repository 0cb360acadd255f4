import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import { sysTopics } from '../../../src/broker/sysTopics.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import type { RawClient } from '../../support/rawClient.ts';

/** What has come to a client, by topic below `$SYS/broker/`, with the RETAIN flag before the payload. */
async function received(client: RawClient): Promise<Record<string, string>> {
  client.send({ kind: 'pingreq' });
  const messages: Record<string, string> = {};
  for (;;) {
    const packet = await client.next();
    if (packet.kind === 'pingresp') return messages;
    assert.equal(packet.kind, 'publish');
    if (packet.kind !== 'publish') continue;
    assert.equal(packet.qos, 0);
    const topic = packet.topic.replace('$SYS/broker/', '');
    assert.equal(messages[topic], undefined, `${topic} came once`);
    messages[topic] = `${packet.retain ? 'retained ' : ''}${new TextDecoder().decode(packet.payload)}`;
  }
}

testBothVersions(
  'a new subscriber gets every present value as a retained message, in the formats of mosquitto',
  async (under, version) => {
    await under
      .connect(version, 'stored', {
        cleanStart: false,
        properties: { sessionExpiryInterval: 60 },
      })
      .then((stored) => stored.breakOff());
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', '12345', { retain: true });
    await publisher.subscribe('$share/g/t');
    under.clock.advance(12_000);
    const client = await under.connect(version, 'a');
    await client.subscribe('$SYS/#', { qos: 1 });
    const { 'heap/current': heap, 'heap/maximum': heapMaximum, ...values } = await received(client);
    assert.match(heap ?? '', /^retained \d+$/);
    assert.match(heapMaximum ?? '', /^retained \d+$/);
    assert.equal(Object.keys(values).length + 2, sysTopics.length);
    const expected = {
      version: 'the name',
      uptime: '12 seconds',
      'clients/total': '3',
      'clients/connected': '2',
      'clients/active': '2',
      'clients/disconnected': '1',
      'clients/inactive': '1',
      'clients/maximum': '2',
      'clients/expired': '0',
      'publish/messages/received': '1',
      'publish/bytes/received': '5',
      'retained messages/count': '1',
      'messages/stored': '1',
      'store/messages/count': '1',
      'subscriptions/count': '1',
      'shared_subscriptions/count': '1',
    };
    for (const [topic, value] of Object.entries(expected)) {
      assert.equal(values[topic], `retained ${value}`, topic);
    }
    assert.match(values['load/connections/15min'] ?? '', /^retained \d+\.\d\d$/);
  },
  { version: 'the name' },
);

testBothVersions('each interval, what changed is sent, and nothing else', async (under, version) => {
  const client = await under.connect(version, 'a');
  await client.subscribe('$SYS/broker/clients/+');
  await received(client);
  await client.subscribe('$SYS/broker/uptime');
  await received(client);
  under.clock.advance(9_900);
  assert.deepEqual(await received(client), {});
  under.clock.advance(200);
  assert.deepEqual(await received(client), { uptime: '10 seconds' });
  await under.connect(version, 'b');
  under.clock.advance(10_000);
  assert.deepEqual(await received(client), {
    uptime: '20 seconds',
    'clients/total': '2',
    'clients/connected': '2',
    'clients/active': '2',
    'clients/maximum': '2',
  });
});

testBothVersions(
  'who subscribed between two intervals hears of a value that is again what it was before',
  async (under, version) => {
    const first = await under.connect(version, 'first');
    await first.subscribe('$SYS/broker/retained messages/count');
    assert.deepEqual(await received(first), { 'retained messages/count': 'retained 0' });
    await first.publish('t', 'm', { retain: true });
    const second = await under.connect(version, 'second');
    await second.subscribe('$SYS/broker/retained messages/count');
    assert.deepEqual(await received(second), { 'retained messages/count': 'retained 1' });
    await first.publish('t', '', { retain: true });
    under.clock.advance(10_100);
    assert.deepEqual(await received(second), { 'retained messages/count': '0' });
  },
);

testBothVersions(
  'a wildcard at the start does not match $SYS [MQTT-4.7.2-1] [MQTT-4.7.2-1 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    for (const filter of ['#', '+/#', '+/broker/uptime', '/#']) await client.subscribe(filter);
    under.clock.advance(20_000);
    assert.deepEqual(await received(client), {});
  },
);

test('a shared subscription gets changes, and no present values', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('$share/g/$SYS/broker/uptime');
  assert.deepEqual(await received(client), {});
  under.clock.advance(10_100);
  assert.deepEqual(await received(client), { uptime: '10 seconds' });
});

test('a message is made only while a subscription starts with $SYS', async (t) => {
  // A message that is made is asked about.
  const asked: string[] = [];
  const policy = {
    ...anonymousPolicy,
    mayReceive: (_: unknown, topic: string) => asked.push(topic) > 0,
  };
  const under = new BrokerUnderTest(t, { policy });
  const client = await under.connect(5, 'a');
  await client.subscribe('#');
  under.clock.advance(60_000);
  assert.deepEqual(asked, []);
  await client.subscribe('$SYS/broker/uptime');
  await received(client);
  assert.deepEqual(asked, ['$SYS/broker/uptime']);
  client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['$SYS/broker/uptime'] });
  await client.expect('unsuback');
  under.clock.advance(60_000);
  assert.equal(asked.length, 1);
});

test('the access rules say who reads $SYS, topic by topic', async (t) => {
  const policy = {
    ...anonymousPolicy,
    maySubscribe: (_: unknown, filter: string) => filter !== '$SYS/#',
    mayReceive: (_: unknown, topic: string) => topic.endsWith('/connected'),
  };
  const under = new BrokerUnderTest(t, { policy });
  const client = await under.connect(5, 'a');
  assert.deepEqual((await client.subscribe('$SYS/#')).reasonCodes, [0x87]);
  await client.subscribe('$SYS/broker/clients/#');
  assert.deepEqual(await received(client), { 'clients/connected': 'retained 1' });
  await under.connect(5, 'b');
  under.clock.advance(10_100);
  assert.deepEqual(await received(client), { 'clients/connected': '2' });
});

test('$SYS is no message of the users: not published to the observer, not retained, not stored', async (t) => {
  const published: string[] = [];
  const persistence = new MemoryPersistence();
  const under = new BrokerUnderTest(t, {
    persistence,
    observer: {
      messagePublished: ({ topic }) => published.push(topic),
      retainedChanged: (topic) => published.push(topic),
    },
  });
  const client = await under.connect(5, 'a', {
    cleanStart: false,
    properties: { sessionExpiryInterval: 3600 },
  });
  await client.subscribe('$SYS/#', { qos: 2 });
  await received(client);
  await under.connect(5, 'b');
  await client.breakOff();
  under.clock.advance(20_000);
  assert.deepEqual(published, []);
  const { messagesReceived, retainedMessages, queuedMessages } = under.broker.counters;
  assert.deepEqual([messagesReceived, retainedMessages, queuedMessages], [0, 0, 0]);
  assert.deepEqual([...under.broker.retainedMessages()], []);
  await under.broker.stop();
  assert.deepEqual(persistence.load().sessions[0]?.deliveries, []);
});

test('a will to $SYS is not sent', async (t) => {
  const under = new BrokerUnderTest(t);
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('$SYS/mine', { qos: 1 });
  const will = { topic: '$SYS/mine', payload: new Uint8Array(1), qos: 0, retain: true } as const;
  const client = await under.connect(5, 'a', { will });
  await client.breakOff();
  assert.deepEqual(await received(watcher), {});
  assert.equal(under.broker.counters.messagesDroppedByCause.notAuthorized, 1);
  assert.equal(under.broker.counters.retainedMessages, 0);
});

test('no timer runs while no connection is open, and a quiet time does not dilute the averages', async (t) => {
  const under = new BrokerUnderTest(t);
  assert.equal(under.clock.pendingTimers, 0);
  const first = await under.connect(5, 'a');
  await first.disconnect();
  under.clock.advance(20_000);
  assert.equal(under.clock.pendingTimers, 0);
  under.clock.advance(24 * 3600 * 1000);
  const client = await under.connect(5, 'b');
  under.clock.advance(10_100);
  await client.subscribe('$SYS/broker/load/connections/1min');
  const expected = 6 * (1 - Math.exp(-1 / 6));
  assert.deepEqual(await received(client), {
    'load/connections/1min': `retained ${expected.toFixed(2)}`,
  });
});

test('the interval can be changed and turned off while the broker runs', async (t) => {
  const under = new BrokerUnderTest(t, { limits: { sysIntervalSeconds: 0 } });
  const client = await under.connect(5, 'a');
  await client.subscribe('$SYS/broker/uptime');
  under.clock.advance(20_000);
  assert.deepEqual(await received(client), {});
  under.broker.setLimits({ sysIntervalSeconds: 1 });
  under.clock.advance(1_100);
  assert.deepEqual(await received(client), { uptime: '21 seconds' });
  under.broker.setLimits({ sysIntervalSeconds: 0 });
  under.clock.advance(20_000);
  assert.deepEqual(await received(client), {});
});
