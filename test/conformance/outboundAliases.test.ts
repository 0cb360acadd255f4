/** Topic aliases from server to client, section 3.3.2.3.4: who gets them, which, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet, PublishPacket } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { frame, uint16, utf8 } from '../support/bytes.ts';
import type { RawClient } from '../support/rawClient.ts';

/** Topic as it is on the wire, and alias. */
type Sent = readonly [topic: string, alias: number | undefined];

async function setUp(under: BrokerOverNetwork, topicAliasMaximum: number, maximumPacketSize = 1000) {
  const properties = { topicAliasMaximum, maximumPacketSize, sessionExpiryInterval: 3600 };
  const connect = () => under.connect(5, 'subscriber', { cleanStart: false, properties });
  const subscriber = await connect();
  await subscriber.subscribe('#', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  return { subscriber, publisher, connect };
}

async function expectSent(client: RawClient, expected: readonly Sent[]): Promise<PublishPacket[]> {
  const messages: PublishPacket[] = [];
  for (let i = 0; i < expected.length; i++) messages.push(await client.expectMessage());
  assert.deepEqual(
    messages.map(({ topic, properties }) => [topic, properties?.topicAlias]),
    expected,
  );
  return messages;
}

test('a topic comes with its alias the first time, and from then on as its alias alone, byte by byte', async (t) => {
  const { subscriber, publisher } = await setUp(new BrokerOverNetwork(t), 10);
  await publisher.publish('a/b', 'm');
  assert.deepEqual(await subscriber.nextBytes(), frame(0x30, utf8('a/b'), 3, 0x23, uint16(1), 0x6d));
  await publisher.publish('a/b', 'm');
  assert.deepEqual(await subscriber.nextBytes(), frame(0x30, utf8(''), 3, 0x23, uint16(1), 0x6d));
  await publisher.publish('a/b', 'm', { qos: 2, properties: { contentType: 'x' } });
  const contentType = [0x03, ...utf8('x')];
  assert.deepEqual(
    await subscriber.nextBytes(),
    frame(0x34, utf8(''), uint16(1), 7, 0x23, uint16(1), contentType, 0x6d),
  );
  await publisher.publish('c', 'm');
  assert.deepEqual(await subscriber.nextBytes(), frame(0x30, utf8('c'), 3, 0x23, uint16(2), 0x6d));
});

test('no alias is sent to a client that allows none, nor above what it allows, nor of 0 [MQTT-3.1.2-26] [MQTT-3.1.2-27] [MQTT-3.3.2-11] [MQTT-3.3.2-8]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const [topicAliasMaximum, aliases] of [
    [undefined, [undefined, undefined, undefined]],
    [0, [undefined, undefined, undefined]],
    [1, [1, 1, 1]],
    [2, [1, 2, 1]],
    [65_535, [1, 2, 3]],
  ] as const) {
    const client = await under.connect(5, 'a', {
      properties: topicAliasMaximum === undefined ? {} : { topicAliasMaximum },
    });
    await client.subscribe('#');
    for (const topic of ['a', 'b', 'c']) await client.publish(topic, 'm');
    await expectSent(client, [
      ['a', aliases[0]],
      ['b', aliases[1]],
      ['c', aliases[2]],
    ]);
    await client.disconnect();
  }
});

test('a client of 3.1.1 is sent no alias beside one of 5.0 that is', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await setUp(under, 10);
  const old = await under.connect(4, 'old');
  await old.subscribe('#');
  for (const expected of ['t', '']) {
    await publisher.publish('t', 'm');
    await expectSent(subscriber, [[expected, 1]]);
    assert.deepEqual(await old.nextBytes(), frame(0x30, utf8('t'), 0x6d));
  }
});

test('each client has aliases of its own', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await setUp(under, 10);
  await publisher.publish('a', 'm');
  await expectSent(subscriber, [['a', 1]]);
  const late = await under.connect(5, 'late', { properties: { topicAliasMaximum: 1 } });
  await late.subscribe('+', { qos: 1 });
  await publisher.publish('b', 'm', { qos: 1 });
  await publisher.publish('a', 'm', { qos: 1 });
  await expectSent(subscriber, [
    ['b', 2],
    ['', 1],
  ]);
  await expectSent(late, [
    ['b', 1],
    ['a', 1],
  ]);
});

test('when all aliases are taken, that of the topic used longest ago is set anew', async (t) => {
  const { subscriber, publisher } = await setUp(new BrokerOverNetwork(t), 2);
  for (const topic of ['a', 'b', 'a', 'c', 'a', 'b']) await publisher.publish(topic, 'm');
  await expectSent(subscriber, [
    ['a', 1],
    ['b', 2],
    ['', 1],
    ['c', 2],
    ['', 1],
    ['b', 2],
  ]);
});

test('the limit of the broker holds where the client allows more, and 0 turns aliases off', async (t) => {
  for (const [maxOutboundTopicAliases, aliases] of [
    [1, [1, 1]],
    [0, [undefined, undefined]],
  ] as const) {
    const under = new BrokerOverNetwork(t, { limits: { maxOutboundTopicAliases } });
    const { subscriber, publisher } = await setUp(under, 10);
    for (const topic of ['a', 'b']) await publisher.publish(topic, 'm');
    await expectSent(subscriber, [
      ['a', aliases[0]],
      ['b', aliases[1]],
    ]);
  }
});

test('aliases end with their connection: what is sent again has its topic [MQTT-3.3.2-7]', async (t) => {
  const { subscriber, publisher, connect } = await setUp(new BrokerOverNetwork(t), 10);
  for (let i = 0; i < 3; i++) await publisher.publish('t', 'm', { qos: 1 });
  await expectSent(subscriber, [
    ['t', 1],
    ['', 1],
    ['', 1],
  ]);
  await subscriber.breakOff();
  const messages = await expectSent(await connect(), [
    ['t', 1],
    ['', 1],
    ['', 1],
  ]);
  assert.deepEqual(
    messages.map(({ dup, packetId }) => [dup, packetId]),
    [
      [true, 1],
      [true, 2],
      [true, 3],
    ],
  );
});

test('what waited in the queue, and retained messages, come by alias too', async (t) => {
  const { subscriber, publisher, connect } = await setUp(new BrokerOverNetwork(t), 10);
  await subscriber.breakOff();
  for (let i = 0; i < 2; i++) await publisher.publish('t', 'm', { qos: 1 });
  await publisher.publish('r', 'm', { retain: true });
  const again = await connect();
  await expectSent(again, [
    ['t', 1],
    ['', 1],
  ]);
  for (const expected of ['r', '']) {
    await again.subscribe('r');
    await expectSent(again, [[expected, 2]]);
  }
});

test('a payload that is sent from where it is has its alias too', async (t) => {
  const { subscriber, publisher } = await setUp(new BrokerOverNetwork(t), 10, 100_000);
  for (const expected of ['t', '']) {
    await publisher.publish('t', new Uint8Array(20_000).fill(7));
    const [message] = await expectSent(subscriber, [[expected, 1]]);
    assert.ok(message?.payload.length === 20_000 && message.payload.every((byte) => byte === 7));
  }
});

const TOPIC = 'a/topic/of/28/bytes/in/total';

/** Bytes of the whole packet of QoS 0: fixed header 2, topic 2 and 28, Property Length 1, payload. */
const bytesWith = (payloadBytes: number): number => 2 + 2 + 28 + 1 + payloadBytes;

test('Maximum Packet Size is held against the packet as it is sent: with topic and alias, by alias, or without [MQTT-3.1.2-24]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await setUp(under, 10, bytesWith(50));
  const publish = (payloadBytes: number) => publisher.publish(TOPIC, 'x'.repeat(payloadBytes));
  // Fits, but not with an alias beside its topic: no alias is set.
  for (const payloadBytes of [50, 48]) await publish(payloadBytes);
  await expectSent(subscriber, [
    [TOPIC, undefined],
    [TOPIC, undefined],
  ]);
  await publish(51); // too large, and no alias is known
  await subscriber.ping();
  await publish(47); // the three bytes of an alias fit
  await expectSent(subscriber, [[TOPIC, 1]]);
  await publish(50 + 28 - 3); // fits by alias only
  await expectSent(subscriber, [['', 1]]);
  await publish(50 + 28 - 2);
  await subscriber.ping();
  assert.equal(under.broker.counters.messagesDroppedByCause.packetTooLarge, 2);
});

test('a topic shorter than its alias is sent in full where only so it fits', async (t) => {
  const { subscriber, publisher } = await setUp(new BrokerOverNetwork(t), 10, 50);
  for (const payloadBytes of [1, 44, 45, 42]) await publisher.publish('t', 'x'.repeat(payloadBytes));
  await expectSent(subscriber, [
    ['t', 1],
    ['t', undefined],
    ['', 1],
  ]);
});

test('a trace shows the packets as they were sent', async (t) => {
  const sent: [Packet, string][] = [];
  const under = new BrokerOverNetwork(t, {
    observer: {
      packetSent: (_, { packet, bytes }) => sent.push([packet, Buffer.from(bytes).toString('hex')]),
    },
  });
  const { subscriber, publisher } = await setUp(under, 10);
  for (const expected of ['t', '']) {
    sent.length = 0;
    await publisher.publish('t', 'm');
    const bytes = await subscriber.nextBytes();
    const [packet, hex] = sent[0] ?? assert.fail('nothing was seen');
    assert.equal(hex, Buffer.from(bytes).toString('hex'));
    assert.ok(packet.kind === 'publish' && packet.topic === expected && packet.properties?.topicAlias === 1);
  }
});
