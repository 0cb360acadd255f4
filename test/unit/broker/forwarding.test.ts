/** Messages that go on in the bytes in which they came: what each subscriber gets is what it would be sent anyway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import type { ProtocolVersion, PublishPacket, QoS } from '../../../src/mqtt/packets.ts';
import { arbitraryPacket } from '../../support/arbitraryPackets.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { concat, frame, hex, uint16, utf8 } from '../../support/bytes.ts';
import { SeededRandom } from '../../support/random.ts';
import type { RawClient } from '../../support/rawClient.ts';

const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' };

interface Granted {
  readonly qos: QoS;
  readonly retainAsPublished: boolean;
  readonly identifiers: readonly number[] | undefined;
}

interface SubscriberUnderTest extends Granted {
  readonly client: RawClient;
}

/** One of each kind that can get something else of the same message. */
async function subscribeAll(
  under: BrokerUnderTest,
  version: ProtocolVersion,
): Promise<SubscriberUnderTest[]> {
  const all: SubscriberUnderTest[] = [];
  for (const qos of [0, 1, 2] as const) {
    for (const retainAsPublished of version === 5 ? [false, true] : [false]) {
      for (const identifiers of version === 5 ? [undefined, [1], [200, 268_435_455]] : [undefined]) {
        const client = await under.connect(version, `to ${version} ${all.length}`);
        // Where there are two, by two filters that overlap.
        for (const [i, topicFilter] of (identifiers?.length === 2 ? ['t/#', '#'] : ['t/#']).entries()) {
          const subscriptionIdentifiers = identifiers?.slice(i, i + 1);
          await client.subscribe(topicFilter, {
            qos,
            retainAsPublished,
            ...(subscriptionIdentifiers && { properties: { subscriptionIdentifiers } }),
          });
        }
        all.push({ client, qos, retainAsPublished, identifiers });
      }
    }
  }
  return all;
}

/** As a publisher may send it: without what is a server's own. */
function arbitraryMessage(random: SeededRandom, version: ProtocolVersion, packetId: number): PublishPacket {
  const packet = arbitraryPacket(random, version, 'publish') as PublishPacket; // the kind was asked for
  const { topicAlias: _, subscriptionIdentifiers: __, ...properties } = packet.properties ?? {};
  const { qos, retain, payload } = packet;
  const message: PublishPacket = {
    kind: 'publish',
    topic: `t/${packet.topic}`,
    payload: random.integer(0, 9) === 0 ? random.bytes(random.pick([4096, 4097, 9000])) : payload,
    qos,
    retain,
    dup: packet.dup,
  };
  if (qos > 0) message.packetId = packetId;
  if (version === 5 && Object.keys(properties).length > 0) message.properties = properties;
  return message;
}

/** The PUBLISH that a subscriber is due, without its packet identifier. [MQTT-3.3.1-3] [MQTT-3.3.1-12] */
function expectedOf(message: PublishPacket, granted: Granted, version: ProtocolVersion): unknown {
  const { identifiers } = granted;
  const properties =
    version === 5 && (message.properties !== undefined || identifiers !== undefined)
      ? {
          ...message.properties,
          ...(identifiers !== undefined && { subscriptionIdentifiers: [...identifiers].sort() }),
        }
      : undefined;
  return {
    topic: message.topic,
    payload: Buffer.from(message.payload).toString('hex'),
    qos: Math.min(message.qos, granted.qos),
    retain: granted.retainAsPublished && message.retain,
    dup: false,
    properties: plain(properties),
  };
}

/** The same of what came. */
function foundOf({ topic, payload, qos, retain, dup, properties }: PublishPacket): unknown {
  const identifiers = properties?.subscriptionIdentifiers;
  const inOrder =
    identifiers === undefined
      ? properties
      : { ...properties, subscriptionIdentifiers: [...identifiers].sort() };
  return {
    topic,
    payload: Buffer.from(payload).toString('hex'),
    qos,
    retain,
    dup,
    properties: plain(inOrder),
  };
}

function plain(properties: PublishPacket['properties']): unknown {
  if (properties?.correlationData === undefined) return properties;
  return { ...properties, correlationData: Buffer.from(properties.correlationData).toString('hex') };
}

for (const from of [3, 4, 5] as const) {
  for (const to of [3, 4, 5] as const) {
    test(`from ${versionNames[from]} to ${versionNames[to]} every message arrives as it is due, in order`, async (t) => {
      const random = new SeededRandom(10 * from + to);
      const under = new BrokerUnderTest(t);
      const subscribers = await subscribeAll(under, to);
      const publisher = await under.connect(from, 'publisher');
      for (let round = 0; round < 5; round++) {
        let packetId = 0;
        const messages = random.array(random.integer(1, 12), () =>
          arbitraryMessage(random, from, 1 + packetId++),
        );
        // All in one chunk, or cut in two anywhere.
        const bytes = concat(...messages.map((message) => encode(message, from)));
        const split = random.boolean() ? bytes.length : random.integer(0, bytes.length);
        publisher.sendBytes(bytes.subarray(0, split));
        publisher.sendBytes(bytes.subarray(split));
        for (const subscriber of subscribers) await expectMessages(subscriber, messages, to);
        for (const { qos } of messages) if (qos > 0) await publisher.next();
        for (const { qos, packetId = 0 } of messages) if (qos === 2) await release(publisher, packetId);
      }
      assert.equal(under.broker.counters.messagesDropped, 0);
    });
  }
}

async function expectMessages(
  subscriber: SubscriberUnderTest,
  messages: readonly PublishPacket[],
  version: ProtocolVersion,
): Promise<void> {
  const { client } = subscriber;
  for (const message of messages) {
    const found = await client.expect('publish');
    assert.deepEqual(foundOf(found), expectedOf(message, subscriber, version));
    if (found.qos === 1) client.send({ kind: 'puback', packetId: found.packetId ?? 0, reasonCode: 0 });
    if (found.qos === 2) client.send({ kind: 'pubrec', packetId: found.packetId ?? 0, reasonCode: 0x80 });
  }
  // Before 5.0 a PUBREC can't refuse: it is answered.
  const answers =
    version === 5 ? 0 : messages.filter(({ qos }) => Math.min(qos, subscriber.qos) === 2).length;
  for (let i = 0; i < answers; i++) {
    const { packetId } = await client.expect('pubrel');
    client.send({ kind: 'pubcomp', packetId, reasonCode: 0 });
  }
  await client.ping();
}

async function release(publisher: RawClient, packetId: number): Promise<void> {
  publisher.send({ kind: 'pubrel', packetId, reasonCode: 0 });
  await publisher.expect('pubcomp');
}

test('the bytes of a message are those that came, but for the packet identifier', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(5, 'publisher');
  const subscriber = await under.connect(5, 'subscriber');
  await subscriber.subscribe('t', { qos: 1 });
  // User Property, Content Type, Payload Format Indicator: in an order in which the broker itself writes none.
  const properties = [13, 0x26, ...utf8('k'), ...utf8('v'), 0x03, ...utf8('c'), 0x01, 1];
  publisher.sendBytes(frame(0x32, utf8('t'), uint16(0x0909), properties, 0x6d));
  const expected = frame(0x32, utf8('t'), uint16(1), properties, 0x6d);
  assert.deepEqual(await subscriber.nextBytes(), expected);
});

test('a Remaining Length that is longer than need be is not passed on', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(4, 'publisher');
  const subscriber = await under.connect(4, 'subscriber');
  await subscriber.subscribe('t');
  publisher.sendBytes(hex('30 84 80 00 00 01 "t" "m"')); // 4 bytes follow, said in three
  assert.deepEqual(await subscriber.nextBytes(), hex('30 04 00 01 "t" "m"'));
});

test('the DUP flag that 3.1 does not use at QoS 0 is not passed on', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(3, 'publisher');
  const subscriber = await under.connect(4, 'subscriber');
  await subscriber.subscribe('t');
  publisher.sendBytes(hex('38 04 00 01 "t" "m"'));
  assert.deepEqual(await subscriber.nextBytes(), hex('30 04 00 01 "t" "m"'));
  await subscriber.ping();
});

test('[MQTT-3.3.1-3] DUP of a publisher is not passed on at QoS 1 and 2', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(5, 'publisher');
  const subscriber = await under.connect(5, 'subscriber');
  await subscriber.subscribe('t', { qos: 2 });
  for (const qos of [1, 2] as const) {
    publisher.sendPublish('t', 'm', { qos, dup: true });
    const { dup } = await subscriber.expectMessage();
    assert.equal(dup, false);
  }
});

test('an alias of the publisher is between it and the broker: its subscribers get the topic', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(5, 'publisher');
  const plainOne = await under.connect(5, 'plain');
  const older = await under.connect(4, 'older');
  const taking = await under.connect(5, 'taking', { properties: { topicAliasMaximum: 5 } });
  for (const client of [plainOne, older, taking]) await client.subscribe('a/b');
  const alias = [0x23, ...uint16(7)]; // Topic Alias 7
  publisher.sendBytes(
    concat(
      frame(0x30, utf8('a/b'), 3, alias, 0x31), // sets it
      frame(0x30, utf8(''), 3, alias, 0x32), // by it alone
      frame(0x30, utf8('a/b'), 0, 0x33), // without it
    ),
  );
  const ownAlias = [0x23, ...uint16(1)];
  const heads = [
    frame(0x30, utf8('a/b'), 3, ownAlias, 0x31),
    frame(0x30, utf8(''), 3, ownAlias, 0x32),
    frame(0x30, utf8(''), 3, ownAlias, 0x33),
  ];
  for (const [i, payload] of [0x31, 0x32, 0x33].entries()) {
    assert.deepEqual(await plainOne.nextBytes(), frame(0x30, utf8('a/b'), 0, payload));
    assert.deepEqual(await older.nextBytes(), frame(0x30, utf8('a/b'), payload));
    assert.deepEqual(await taking.nextBytes(), heads[i]);
  }
});

test('a session that subscribed over 5.0 and comes back over 3.1.1 gets no identifiers', async (t) => {
  const under = new BrokerUnderTest(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const before = await under.connect(5, 'a', lasting);
  await before.subscribe('t', { qos: 1, properties: { subscriptionIdentifiers: [7] } });
  await before.breakOff();
  const after = await under.connect(4, 'a', { cleanStart: false });
  const publisher = await under.connect(4, 'publisher');
  await publisher.publish('t', 'm');
  assert.deepEqual(await after.nextBytes(), hex('30 04 00 01 "t" "m"'));
  await publisher.publish('t', 'm', { qos: 1 });
  assert.deepEqual(await after.nextBytes(), hex('32 06 00 01 "t" 00 01 "m"'));
});

test('who looks at what is sent sees the bytes that leave, packet by packet', async (t) => {
  const random = new SeededRandom(7);
  const seen = new Map<string, string[]>();
  const under = new BrokerUnderTest(t, {
    observer: {
      packetSent: ({ remoteAddress }, { bytes, kind }) => {
        const hexDigits = Buffer.from(bytes).toString('hex');
        if (kind === 'publish') seen.set(remoteAddress, [...(seen.get(remoteAddress) ?? []), hexDigits]);
      },
    },
  });
  const subscribers: RawClient[] = [];
  for (const [i, identifier] of [undefined, 7, undefined, 300].entries()) {
    const client = under.open(5, `address ${i}`);
    await client.connect({ clientId: `${i}` });
    await client.subscribe('#', {
      qos: i < 2 ? 0 : 2,
      ...(identifier !== undefined && { properties: { subscriptionIdentifiers: [identifier] } }),
    });
    subscribers.push(client);
  }
  const publisher = await under.connect(5, 'publisher');
  const messages = random
    .array(20, () => arbitraryMessage(random, 5, 1))
    .map((message, i) => {
      return message.qos === 0 ? message : { ...message, packetId: i + 1 };
    });
  publisher.sendBytes(concat(...messages.map((message) => encode(message, 5))));
  for (const [i, client] of subscribers.entries()) {
    for (const expected of seen.get(`address ${i}`) ?? [])
      assert.equal(Buffer.from(await client.nextBytes()).toString('hex'), expected);
    assert.equal(seen.get(`address ${i}`)?.length, messages.length);
  }
});
