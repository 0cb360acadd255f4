/** PUBLISH, section 3.3: what is forwarded as it came, and what the standard has the server change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { MessageProperties } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { frame, hex, uint16, uint32, utf8 } from '../support/bytes.ts';

testBothVersions(
  'a message goes to those whose filters match its topic, bytes and topic unchanged [MQTT-3.3.2-3] [MQTT-3.3.2-3 3.1.1] [MQTT-3.3.2-1] [MQTT-3.3.2-1 3.1.1] [MQTT-4.7.3-4]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    // Composed and decomposed, upper and lower case, a BOM: none is changed, none matches another.
    const topics = ['caf\u00e9', 'cafe\u0301', 'CAF\u00c9', '\ufeffcaf\u00e9', ' caf\u00e9'];
    const payload = Uint8Array.of(0, 0xff, 0xc3, 0x28, 0xef, 0xbb, 0xbf);
    for (const topic of topics) await client.subscribe(topic);
    for (const topic of topics) {
      await client.publish(topic, payload);
      const message = await client.expectMessage();
      assert.equal(message.topic, topic);
      assert.deepEqual(new Uint8Array(message.payload), payload);
      await client.ping();
    }
  },
);

testBothVersions(
  'U+FEFF in a topic stays what it is, byte by byte [MQTT-1.5.4-3] [MQTT-1.5.3-3 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('#');
    const topic = [0, 4, 0xef, 0xbb, 0xbf, 0x61];
    client.sendBytes(frame(0x30, topic, version === 5 ? 0 : []));
    assert.deepEqual(await client.nextBytes(), frame(0x30, topic, version === 5 ? 0 : []));
  },
);

testBothVersions(
  'a topic name with a wildcard ends the connection [MQTT-3.3.2-2] [MQTT-3.3.2-2 3.1.1] [MQTT-4.7.0-1] [MQTT-4.7.3-1 3.1.1] [MQTT-4.7.3-2 3.1.1]',
  async (under, version) => {
    for (const topic of ['a/+', '#', 'a+b', 'a/#']) {
      const client = await under.connect(version, 'a');
      client.sendBytes(frame(0x30, utf8(topic), version === 5 ? 0 : []));
      await client.expectDisconnected(0x81);
    }
  },
);

testBothVersions(
  'DUP of what is sent says nothing of DUP of what came [MQTT-3.3.1-3] [MQTT-3.3.1-3 3.1.1] [MQTT-4.3.2-2] [MQTT-4.3.3-2]',
  async (under, version) => {
    const subscriber = await under.connect(version, 'subscriber');
    await subscriber.subscribe('t', { qos: 2 });
    const publisher = await under.connect(version, 'publisher');
    for (const qos of [1, 2] as const) {
      await publisher.publish('t', 'm', { qos, dup: true });
      assert.equal((await subscriber.expectMessage()).dup, false);
    }
  },
);

testBothVersions(
  'QoS 0 is sent without DUP and without a packet identifier [MQTT-4.3.1-1] [MQTT-3.3.1-2] [MQTT-3.3.1-2 3.1.1] [MQTT-2.2.1-2] [MQTT-2.3.1-5 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t');
    client.sendBytes(frame(0x30, utf8('t'), version === 5 ? 0 : [], 0x6d));
    assert.deepEqual(await client.nextBytes(), frame(0x30, utf8('t'), version === 5 ? 0 : [], 0x6d));
  },
);

testBothVersions(
  'a message goes out at the lower of its QoS and that granted, and the highest of several [MQTT-3.8.4-8] [MQTT-3.3.5-1 3.1.1] [MQTT-3.3.4-2]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t/#', { qos: 0 });
    for (const [filter, expected] of [
      ['x', 0],
      ['t/+', 1],
      ['+/a', 2],
    ] as const) {
      await client.subscribe(filter, { qos: expected });
      const publisher = await under.connect(version, 'publisher');
      await publisher.publish('t/a', 'm', { qos: 2 });
      assert.equal((await client.expectMessage()).qos, expected);
      await client.ping();
    }
  },
);

test('every property of a message is forwarded unaltered, user properties in order [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const subscriber = await under.connect(5, 'subscriber');
  await subscriber.subscribe('t', { qos: 1 });
  const publisher = await under.connect(5, 'publisher');
  const properties: MessageProperties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 100,
    contentType: 'text/plain',
    responseTopic: 'answer/to',
    correlationData: Uint8Array.of(0, 1, 0xff),
    userProperties: [
      ['z', '1'],
      ['a', '2'],
      ['z', '1'],
      ['', ''],
    ],
  };
  for (const qos of [0, 1] as const) {
    await publisher.publish('t', 'm', { qos, properties });
    const received = (await subscriber.expectMessage()).properties;
    assert.deepEqual(
      { ...received, correlationData: new Uint8Array(received?.correlationData ?? []) },
      properties,
    );
  }
});

test('a payload that is not what its format indicator says is forwarded all the same [MQTT-3.3.2-4]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t');
  await client.publish('t', Uint8Array.of(0xc3, 0x28), { properties: { payloadFormatIndicator: 1 } });
  assert.equal((await client.expectMessage()).properties?.payloadFormatIndicator, 1);
});

test('properties stay behind when a 3.1.1 client receives, and none are made up when it publishes', async (t) => {
  const under = new BrokerOverNetwork(t);
  const old = await under.connect(4, 'old');
  const client = await under.connect(5, 'new');
  await old.subscribe('t');
  await client.subscribe('t');
  client.sendBytes(frame(0x30, utf8('t'), 3, 0x03, utf8(''), 0x6d)); // an empty Content Type
  assert.deepEqual(await old.nextBytes(), frame(0x30, utf8('t'), 0x6d));
  assert.deepEqual(await client.nextBytes(), frame(0x30, utf8('t'), 3, 0x03, utf8(''), 0x6d));
  old.sendBytes(frame(0x30, utf8('t'), 0x6d));
  assert.deepEqual(await client.nextBytes(), frame(0x30, utf8('t'), 0, 0x6d));
});

test('a message that waited is sent with the rest of its expiry, or not at all [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
  const first = await under.connect(5, 'a', lasting);
  await first.subscribe('t', { qos: 2 });
  await first.breakOff();
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'short', { qos: 2, properties: { messageExpiryInterval: 5 } });
  await publisher.publish('t', 'long', { qos: 2, properties: { messageExpiryInterval: 60 } });
  await publisher.publish('t', 'for ever', { qos: 2 });
  under.clock.advance(10_000);
  const second = await under.connect(5, 'a', lasting);
  const message = await second.expectMessage();
  assert.deepEqual([message.text, message.properties?.messageExpiryInterval], ['long', 50]);
  assert.equal((await second.expectMessage()).text, 'for ever');
  await second.ping();
  assert.equal(under.broker.counters.messagesDroppedByCause.messageExpired, 1);
});

test('a message that was sent once does not expire any more: it is sent again until acknowledged [MQTT-4.3.3-7]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
  const first = await under.connect(5, 'a', lasting);
  await first.subscribe('t', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'm', { qos: 2, properties: { messageExpiryInterval: 5 } });
  await first.expectMessage();
  await first.breakOff();
  under.clock.advance(10_000);
  const second = await under.connect(5, 'a', lasting);
  const again = await second.expectMessage();
  assert.deepEqual([again.text, again.dup, again.properties?.messageExpiryInterval], ['m', true, 0]);
});

test('a topic alias stands for its topic, and is not forwarded [MQTT-3.3.2-12]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { topicAliasMaximum: 3 } });
  const client = under.open(5);
  assert.equal((await client.connect()).properties?.topicAliasMaximum, 3);
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#');
  for (const [topic, alias, expected] of [
    ['a', 3, 'a'],
    ['', 3, 'a'],
    ['b', 1, 'b'],
    ['c', 3, 'c'],
    ['', 3, 'c'],
    ['', 1, 'b'],
  ] as const) {
    await client.publish(topic, 'm', { properties: { topicAlias: alias, contentType: 'x' } });
    const message = await watcher.expectMessage();
    assert.equal(message.topic, expected);
    assert.deepEqual(message.properties, { contentType: 'x' });
  }
});

test('a topic alias of 0 or above the maximum ends the connection with 0x94 [MQTT-3.3.2-8] [MQTT-3.3.2-9] [MQTT-3.2.2-17]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { topicAliasMaximum: 3 } });
  for (const alias of [0, 4]) {
    const client = await under.connect(5, 'a');
    client.sendBytes(frame(0x30, utf8('t'), 3, 0x23, uint16(alias)));
    await client.expectDisconnected(0x94);
  }
});

test('without a Topic Alias Maximum no alias is taken [MQTT-3.2.2-18]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { topicAliasMaximum: 0 } });
  const client = under.open(5);
  assert.equal((await client.connect()).properties?.topicAliasMaximum, undefined);
  client.sendPublish('t', 'm', { properties: { topicAlias: 1 } });
  await client.expectDisconnected(0x94);
});

test('a topic alias belongs to one connection: another one has its own [MQTT-3.3.2-7] [MQTT-3.3.2-12]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('#');
  const clients = [await under.connect(5, 'a'), await under.connect(5, 'b')];
  for (const [i, client] of clients.entries()) {
    await client.publish(`of ${i}`, 'm', { properties: { topicAlias: 1 } });
    assert.equal((await watcher.expectMessage()).topic, `of ${i}`);
  }
  for (const [i, client] of clients.entries()) {
    await client.publish('', 'm', { qos: 2, retain: true, properties: { topicAlias: 1 } });
    assert.equal((await watcher.expectMessage()).topic, `of ${i}`);
  }
  assert.deepEqual([...under.broker.retainedMessages()].map(({ topic }) => topic).sort(), ['of 0', 'of 1']);
});

test('topic aliases end with their connection [MQTT-3.3.2-7]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
  const first = await under.connect(5, 'a', lasting);
  await first.publish('t', 'm', { properties: { topicAlias: 1 } });
  await first.breakOff();
  const second = await under.connect(5, 'a', lasting);
  second.sendPublish('', 'm', { properties: { topicAlias: 1 } });
  await second.expectDisconnected(0x82);
});

const badProperties: readonly [name: string, bytes: readonly number[], reasonCode: number][] = [
  ['a Response Topic with a wildcard [MQTT-3.3.2-14]', [0x08, ...utf8('a/+')], 0x82],
  ['a Response Topic that is no UTF-8 [MQTT-3.3.2-13]', [0x08, 0, 1, 0xff], 0x81],
  ['a Content Type that is no UTF-8 [MQTT-3.3.2-19]', [0x03, 0, 1, 0xff], 0x81],
  ['a user property whose value is no UTF-8 [MQTT-1.5.7-1]', [0x26, ...utf8('k'), 0, 1, 0xff], 0x81],
  ['a Subscription Identifier [MQTT-3.3.4-6]', [0x0b, 1], 0x82],
  ['the same property twice', [0x02, ...uint32(1), 0x02, ...uint32(1)], 0x82],
];

for (const [name, bytes, reasonCode] of badProperties) {
  test(`a PUBLISH ends the connection for ${name}`, async (t) => {
    const client = await new BrokerOverNetwork(t).connect(5, 'a');
    client.sendBytes(frame(0x30, utf8('t'), bytes.length, bytes));
    await client.expectDisconnected(reasonCode);
  });
}

test('the identifiers of all subscriptions that match come with one copy [MQTT-3.3.4-3] [MQTT-3.3.4-4]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t/+', { properties: { subscriptionIdentifiers: [1] } });
  await client.subscribe('t/#', { properties: { subscriptionIdentifiers: [268_435_455] } });
  await client.subscribe('t/a');
  await client.subscribe('u', { properties: { subscriptionIdentifiers: [3] } });
  await client.publish('t/a', 'm');
  const message = await client.expectMessage();
  assert.deepEqual(message.properties?.subscriptionIdentifiers?.toSorted(), [1, 268_435_455]);
  await client.ping();
});

test('a copy from a shared subscription has the identifier of that one [MQTT-3.3.4-5]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t', { properties: { subscriptionIdentifiers: [1] } });
  await client.subscribe('$share/g/t', { properties: { subscriptionIdentifiers: [2] } });
  await client.publish('t', 'm');
  const messages = [await client.expectMessage(), await client.expectMessage()];
  assert.deepEqual(
    messages.map(({ properties }) => properties?.subscriptionIdentifiers),
    [[1], [2]],
  );
});

test('a packet of exactly the Maximum Packet Size is sent, and one byte more is not [MQTT-3.1.2-24]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', { properties: { maximumPacketSize: 50 } });
  await client.subscribe('t', { qos: 1 });
  for (const qos of [0, 1] as const) {
    const headBytes = qos === 0 ? 6 : 8; // 2 of fixed header, 3 of topic name, 1 of properties; packet identifier
    for (const length of [50, 51]) {
      under.broker.publish({ topic: 't', payload: Buffer.alloc(length - headBytes), qos, retain: false });
    }
    assert.equal((await client.nextBytes()).length, 50);
    await client.ping();
  }
});

test('a message that expired is not sent to a 3.1.1 client either [MQTT-3.3.2-5]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const old = await under.connect(4, 'old', { cleanStart: false });
  await old.subscribe('t', { qos: 1 });
  await old.breakOff();
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 5 } });
  await publisher.publish('t', 'for ever', { qos: 1 });
  under.clock.advance(6000);
  const again = await under.connect(4, 'old', { cleanStart: false });
  assert.equal((await again.expectMessage()).text, 'for ever');
  await again.ping();
});

test('a client is not sent a packet larger than it takes, and goes on [MQTT-3.1.2-24] [MQTT-3.1.2-25]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const small = await under.connect(5, 'small', { properties: { maximumPacketSize: 50 } });
  const large = await under.connect(5, 'large');
  const publisher = await under.connect(5, 'publisher');
  await small.subscribe('t', { qos: 2 });
  await large.subscribe('t');
  for (const qos of [0, 1, 2] as const) {
    await publisher.publish('t', 'x'.repeat(100), { qos });
    assert.equal((await large.expectMessage()).text.length, 100);
  }
  await small.ping();
  await publisher.publish('t', 'fits', { qos: 1 });
  assert.equal((await small.expectMessage()).text, 'fits');
  assert.equal(under.broker.counters.messagesDroppedByCause.packetTooLarge, 3);
});

test('a queued message that is too large for the next connection is dropped, and the next one sent [MQTT-3.1.2-25]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600, maximumPacketSize: 50 } };
  const first = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 3600 } });
  await first.subscribe('t', { qos: 1 });
  const other = await under.connect(5, 'other');
  await other.publish('t', 'x'.repeat(100), { qos: 1 });
  await first.expectMessage(); // in flight, not acknowledged
  await first.breakOff();
  await other.publish('t', 'y'.repeat(100), { qos: 1 });
  await other.publish('t', 'fits', { qos: 1 });
  const second = await under.connect(5, 'a', lasting);
  assert.equal((await second.expectMessage()).text, 'fits');
  await second.ping();
  const [session] = [...under.broker.sessions()].filter(({ clientId }) => clientId === 'a');
  assert.equal(session?.inflightMessages, 1);
});

testBothVersions(
  'a PUBLISH that is not allowed is acknowledged, and goes nowhere: 5.0 is told with 0x87 [MQTT-3.3.5-2 3.1.1] [MQTT-3.4.2-1] [MQTT-3.5.2-1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('#');
    client.sendPublish('secret', 'm', { qos: 0 });
    client.sendPublish('secret', 'm', { qos: 1, packetId: 1 });
    const puback = await client.expect('puback');
    client.sendPublish('secret', 'm', { qos: 2, packetId: 2 });
    const pubrec = await client.expect('pubrec');
    const expected = version === 5 ? 0x87 : 0;
    assert.deepEqual([puback.reasonCode, pubrec.reasonCode], [expected, expected]);
    await client.ping();
    assert.equal(under.broker.counters.messagesDroppedByCause.notAuthorized, 3);
  },
  { policy: { ...anonymousPolicy, mayPublish: (_, topic) => topic !== 'secret' } },
);

test('an access rule can keep single messages from a subscriber', async (t) => {
  const policy = { ...anonymousPolicy, mayReceive: (_: unknown, topic: string) => topic !== 't/secret' };
  const under = new BrokerOverNetwork(t, { policy });
  const client = await under.connect(5, 'a');
  await client.publish('t/secret', 'retained', { retain: true });
  await client.subscribe('t/+');
  await client.publish('t/secret', 'm');
  await client.publish('t/open', 'm');
  assert.equal((await client.expectMessage()).topic, 't/open');
  await client.ping();
});

test('clients can not publish to $SYS', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { sysIntervalSeconds: 0 } });
  const client = await under.connect(5, 'a');
  await client.subscribe('$SYS/#');
  client.sendPublish('$SYS/broker/version', 'mine', { qos: 1 });
  assert.equal((await client.expect('puback')).reasonCode, 0x87);
  under.broker.publish({
    topic: '$SYS/broker/version',
    payload: new TextEncoder().encode('ours'),
    qos: 0,
    retain: true,
  });
  assert.equal((await client.expectMessage()).text, 'ours');
});

test('a PUBLISH to nobody is acknowledged with 0x10 in 5.0', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  client.sendPublish('t', 'm', { qos: 1, packetId: 1 });
  assert.deepEqual(await client.nextBytes(), hex('40 03  00 01 10'));
  client.sendPublish('t', 'm', { qos: 2, packetId: 2 });
  assert.deepEqual(await client.nextBytes(), hex('50 03  00 02 10'));
  await client.subscribe('t', { noLocal: true });
  client.sendPublish('t', 'm', { qos: 1, packetId: 3 });
  assert.deepEqual(await client.nextBytes(), hex('40 03  00 03 10'));
});
