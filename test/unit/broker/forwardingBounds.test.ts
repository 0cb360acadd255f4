/** Messages that go on as they came, where something is in the way: a size, a cut, a bug, a store that is full. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { PublishPacket, QoS } from '../../../src/mqtt/packets.ts';
import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import { concat, frame, hex, uint16, utf8 } from '../../support/bytes.ts';

const versions = [4, 5] as const;

/** Of what a subscriber is sent. */
function sizeOf(qos: QoS, payloadBytes: number, properties: PublishPacket['properties']): number {
  const payload = Buffer.alloc(payloadBytes, 0x6d);
  const packet: PublishPacket = { kind: 'publish', topic: 't', payload, qos, retain: false, dup: false };
  if (qos > 0) packet.packetId = 1;
  if (properties !== undefined) packet.properties = properties;
  return encode(packet, 5).length;
}

for (const qos of [0, 1, 2] as const) {
  for (const identifier of [undefined, 1, 128, 268_435_455]) {
    test(`[MQTT-3.1.2-24] [MQTT-3.1.2-25] what is as large as a client takes arrives, one byte more does not (QoS ${qos}, identifier ${identifier})`, async (t) => {
      // Around the sizes where a length takes another byte.
      for (const payloadBytes of [100, 108, 110, 112, 114, 116, 118, 120, 122, 5000]) {
        const properties = identifier === undefined ? undefined : { subscriptionIdentifiers: [identifier] };
        const size = sizeOf(qos, payloadBytes, properties);
        const under = new BrokerUnderTest(t);
        const clients = [];
        // Further up too: where the quick estimate says no, the exact one says yes.
        for (const above of [-1, 0, 1, 5, 11]) {
          const client = await under.connect(5, `takes ${above}`, {
            properties: { maximumPacketSize: size + above },
          });
          await client.subscribe('t', { qos, ...(properties && { properties }) });
          clients.push({ client, above });
        }
        const publisher = await under.connect(5, 'publisher');
        await publisher.publish('t', 'm'.repeat(payloadBytes), { qos });
        for (const { client, above } of clients) {
          if (above >= 0) {
            const bytes = await client.nextBytes();
            assert.equal(bytes.length, size);
          }
          await client.ping();
        }
        assert.equal(under.broker.counters.messagesDroppedByCause.packetTooLarge, 1);
        assert.equal(under.broker.counters.messagesDelivered, 4);
      }
    });
  }
}

for (const version of versions) {
  test(`a PUBLISH cut at every point between two chunks goes on whole (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const under = new BrokerUnderTest(t);
    const publisher = await under.connect(version, 'publisher');
    const subscribers = [];
    for (const qos of [0, 1, 2] as const) {
      const client = await under.connect(version, `at ${qos}`);
      await client.subscribe('a/b', { qos });
      subscribers.push(client);
    }
    const properties = version === 5 ? [4, 0x03, ...utf8('c')] : []; // Content Type
    const quick = frame(0x30, utf8('a/b'), properties, ...utf8('quick'));
    const sure = (id: number) => frame(0x32, utf8('a/b'), uint16(id), properties, ...utf8('sure'));
    const length = sure(1).length + quick.length;
    for (let split = 1; split < length; split++) {
      const bytes = concat(quick, sure(split));
      publisher.sendBytes(bytes.subarray(0, split));
      publisher.sendBytes(bytes.subarray(split));
      await publisher.expect('puback');
      for (const [i, client] of subscribers.entries()) {
        assert.deepEqual(await client.nextBytes(), quick, `cut after ${split}`);
        const found = await client.nextBytes();
        if (i === 0) {
          assert.deepEqual(found, frame(0x30, utf8('a/b'), properties, ...utf8('sure')));
          continue;
        }
        assert.deepEqual(found, sure(split), `cut after ${split}`);
        client.send({ kind: 'puback', packetId: split, reasonCode: 0 });
      }
    }
  });
}

testBothVersions(
  'a megabyte goes to two subscribers at each QoS, in one chunk and in many',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    const subscribers = [];
    for (const qos of [0, 1, 0, 1] as const) {
      const client = await under.connect(version, `${subscribers.length}`);
      await client.subscribe('t', { qos });
      subscribers.push(client);
    }
    const payload = Buffer.from(Uint8Array.from({ length: 1024 * 1024 }, (_, i) => i % 251).buffer);
    const message = { kind: 'publish', topic: 't', payload, retain: true, dup: false } as const;
    for (const qos of [0, 1] as const) {
      const bytes = encode({ ...message, qos, ...(qos > 0 && { packetId: 1 }) }, version);
      for (const chunkBytes of [bytes.length, 65_536, 1_000_000]) {
        for (let at = 0; at < bytes.length; at += chunkBytes)
          publisher.sendBytes(bytes.subarray(at, at + chunkBytes));
        if (qos === 1) await publisher.expect('puback');
        for (const [i, client] of subscribers.entries()) {
          const found = await client.expect('publish');
          assert.equal(found.qos, Math.min(qos, i % 2));
          assert.ok(payload.equals(found.payload), `QoS ${qos} in chunks of ${chunkBytes}`);
          if (found.packetId !== undefined)
            client.send({ kind: 'puback', packetId: found.packetId, reasonCode: 0 });
        }
        // The retained one is what it was, whatever came into the memory after it.
        publisher.sendBytes(frame(0x30, utf8('other'), version === 5 ? 0 : [], ...utf8('x'.repeat(3000))));
        const [retained] = [...under.broker.retainedMessages()];
        assert.ok(payload.equals(retained?.payload ?? hex('')));
      }
    }
  },
);

test('a message that is kept is what it was, small or large, cut between two chunks or not', async (t) => {
  const under = new BrokerUnderTest(t);
  const publisher = await under.connect(5, 'publisher');
  const sent = new Map<string, Buffer>();
  for (const payloadBytes of [1, 100, 4095, 4096, 4097, 20_000]) {
    for (const cutAt of [0, 3]) {
      const payload = Buffer.alloc(payloadBytes, sent.size + 1);
      const topic = `${sent.size}`;
      const correlationData = Buffer.of(sent.size, sent.size);
      const message = { kind: 'publish', topic, payload, qos: 0, retain: true, dup: false } as const;
      const bytes = encode({ ...message, properties: { correlationData } }, 5);
      if (cutAt > 0) publisher.sendBytes(bytes.subarray(0, cutAt));
      publisher.sendBytes(bytes.subarray(cutAt));
      sent.set(topic, payload);
    }
  }
  for (const { topic, payload, properties } of under.broker.retainedMessages()) {
    assert.ok(sent.get(topic)?.equals(payload), topic);
    assert.deepEqual([...(properties?.correlationData ?? [])], [Number(topic), Number(topic)]);
  }
  assert.equal(under.broker.counters.retainedMessages, 12);
});

for (const version of versions) {
  test(`[MQTT-3.3.1-12] [MQTT-3.3.1-13] RETAIN goes on where it was asked for (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const under = new BrokerUnderTest(t);
    const publisher = await under.connect(version, 'publisher');
    for (const qos of [0, 1] as const) {
      for (const retainAsPublished of version === 5 ? [false, true] : [false]) {
        const client = await under.connect(version, `${qos} ${retainAsPublished}`);
        await client.subscribe('t', { qos, retainAsPublished, retainHandling: version === 5 ? 2 : 0 });
        for (const retain of [false, true]) {
          for (const payloadBytes of [1, 5000]) {
            await publisher.publish('t', 'm'.repeat(payloadBytes), { qos, retain });
            const found = await client.expectMessage();
            assert.equal(found.retain, retain && retainAsPublished);
            assert.equal(found.payload.length, payloadBytes);
          }
        }
        await client.disconnect();
        await publisher.publish('t', '', { retain: true }); // Clears it.
      }
    }
  });
}

/** A policy under which the delivery of what is published to `bug` throws. */
function brokenAt(t: TestContext): BrokerUnderTest {
  return new BrokerUnderTest(t, {
    policy: {
      ...anonymousPolicy,
      mayReceive: (_, topic) => {
        if (topic === 'bug') throw new Error('a bug');
        return true;
      },
    },
  });
}

test('a subscriber that ends while input is handled got what came before in it', async (t) => {
  const under = brokenAt(t);
  under.expectedBugs = 2;
  const publisher = await under.connect(5, 'publisher');
  const subscribers = [await under.connect(5, 'a'), await under.connect(5, 'b')];
  for (const client of subscribers) await client.subscribe('#');
  const first = frame(0x30, utf8('t'), 0, ...utf8('first'));
  const large = frame(0x30, utf8('t'), 0, ...utf8('x'.repeat(600)));
  publisher.sendBytes(concat(first, large, frame(0x30, utf8('bug'), 0, 0x6d)));
  for (const client of subscribers) {
    assert.deepEqual(await client.nextBytes(), first);
    assert.deepEqual(await client.nextBytes(), large);
    await client.expectDisconnected(0x83);
  }
  await publisher.ping();
});

test('what could not be stored is not sent on: neither it nor what came with it', async (t) => {
  const persistence = new MemoryPersistence();
  let isFull = false;
  persistence.commit = () => (isFull ? { kind: 'full', message: 'The disk is full.' } : undefined);
  const under = new BrokerUnderTest(t, { persistence });
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const stored = await under.connect(5, 'stored', lasting);
  await stored.subscribe('t', { qos: 1 });
  const passing = await under.connect(5, 'passing');
  await passing.subscribe('t', { qos: 0 });
  const publisher = await under.connect(5, 'publisher');
  isFull = true;
  publisher.sendBytes(
    concat(
      frame(0x30, utf8('t'), 0, 0x31), // QoS 0
      frame(0x32, utf8('t'), uint16(1), 0, 0x32), // QoS 1, packet identifier 1
    ),
  );
  await stored.expectDisconnected(0x97);
  await publisher.expectDisconnected(0x97);
  // Who keeps nothing loses nothing.
  assert.equal((await passing.expectMessage()).text, '1');
  assert.equal((await passing.expectMessage()).text, '2');
  isFull = false;
});

test('what was written when a commit fails is not sent, though no transport had it yet', async (t) => {
  const persistence = new MemoryPersistence();
  let isFull = false;
  persistence.commit = () => (isFull ? { kind: 'full', message: 'The disk is full.' } : undefined);
  const under = new BrokerUnderTest(t, { persistence });
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const stored = await under.connect(5, 'stored', lasting);
  await stored.subscribe('t', { qos: 1 });
  const publisher = await under.connect(5, 'publisher');
  isFull = true;
  // This is with the transport, which is about to ask for a commit; what the broker itself says is not there yet.
  publisher.sendBytes(frame(0x30, utf8('t'), 0, 0x31));
  under.broker.publish({ topic: 't', payload: hex('32'), qos: 1, retain: false });
  await stored.expectDisconnected(0x97);
  isFull = false;
});
