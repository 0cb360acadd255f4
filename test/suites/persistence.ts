/**
 * What every `Persistence` has to do, told through a broker: what was acknowledged before the broker ended is there
 * when the next one starts. Each implementation runs this whole suite.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Persistence } from '../../src/broker/persistence.ts';
import type { ConnectPacket, MessageProperties } from '../../src/mqtt/packets.ts';
import { BrokerUnderTest } from '../support/brokerUnderTest.ts';
import type { RawClient } from '../support/rawClient.ts';

const lasting: Partial<ConnectPacket> = {
  cleanStart: false,
  properties: { sessionExpiryInterval: 3600 },
};

function withOwnBytes(properties: MessageProperties | undefined): MessageProperties | undefined {
  if (properties?.correlationData === undefined) return properties;
  return { ...properties, correlationData: new Uint8Array(properties.correlationData) };
}

/** @param open opens the same store again, each time it is called with the same test. */
export function testPersistence(name: string, open: (t: TestContext) => () => Persistence): void {
  const restarting = (what: string, run: (next: () => Promise<BrokerUnderTest>) => Promise<void>): void => {
    test(`${name}: ${what}`, async (t) => {
      const reopen = open(t);
      let current: BrokerUnderTest | undefined;
      await run(async () => {
        const startMs = current?.clock.nowMs();
        await current?.broker.stop();
        current = new BrokerUnderTest(t, { persistence: reopen() }, startMs);
        return current;
      });
    });
  };

  restarting('sessions and their subscriptions, with all options', async (next) => {
    const client = await (await next()).connect(5, 'a', lasting);
    const subscription = { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
    await client.subscribe('t/+', { ...subscription, properties: { subscriptionIdentifiers: [9] } });
    await client.subscribe('gone');
    client.send({ kind: 'unsubscribe', packetId: 5, topicFilters: ['gone'] });
    await client.expect('unsuback');
    const under = await next();
    const [session] = [...under.broker.sessions()];
    assert.deepEqual(session?.subscriptions, [
      { topicFilter: 't/+', ...subscription, subscriptionIdentifier: 9 },
    ]);
    const again = under.open(5);
    assert.equal((await again.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    under.broker.publish({ topic: 't/x', payload: new Uint8Array(0), qos: 1, retain: true });
    const message = await again.expectMessage();
    assert.deepEqual([message.retain, message.properties?.subscriptionIdentifiers], [true, [9]]);
  });

  restarting('sessions that end with their connection are not kept', async (next) => {
    const first = await next();
    await first.connect(5, 'passing');
    // One that lasted, and then connects to end with its connection.
    const once = await first.connect(5, 'once lasting', lasting);
    await once.breakOff();
    await first.connect(5, 'once lasting', { cleanStart: false });
    const under = await next();
    assert.deepEqual([...under.broker.sessions()], []);
  });

  restarting(
    'messages that wait, in order, each with its properties, and the rest of its expiry',
    async (next) => {
      const first = await next();
      const client = await first.connect(5, 'a', lasting);
      await client.subscribe('t', { qos: 2 });
      await client.breakOff();
      const publisher = await first.connect(5, 'publisher');
      const properties = {
        payloadFormatIndicator: 1,
        contentType: 'text/plain',
        responseTopic: 'r',
        correlationData: Uint8Array.of(0, 255),
        userProperties: [
          ['b', '1'],
          ['a', '2'],
        ],
      } as const;
      for (let i = 0; i < 3; i++) await publisher.publish('t', `${i}`, { qos: i === 1 ? 2 : 1, properties });
      await publisher.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 10 } });
      await publisher.publish('t', 'long', { qos: 1, properties: { messageExpiryInterval: 100 } });
      first.clock.advance(20_000);
      const again = await (await next()).connect(5, 'a', lasting);
      for (let i = 0; i < 3; i++) {
        const message = await again.expectMessage();
        assert.deepEqual([message.text, message.qos, message.dup], [`${i}`, i === 1 ? 2 : 1, false]);
        assert.deepEqual(withOwnBytes(message.properties), properties);
      }
      const long = await again.expectMessage();
      assert.deepEqual([long.text, long.properties?.messageExpiryInterval], ['long', 80]);
      await again.ping();
    },
  );

  restarting(
    'messages in flight, with identifier and state, and none that was acknowledged',
    async (next) => {
      const first = await next();
      const client = await first.connect(5, 'a', lasting);
      await client.subscribe('t', { qos: 2 });
      const publisher = await first.connect(5, 'publisher');
      const packetIds: number[] = [];
      for (const [text, qos] of [
        ['acknowledged', 1],
        ['sent', 1],
        ['released', 2],
      ] as const) {
        await publisher.publish('t', text, { qos });
        packetIds.push((await client.expectMessage()).packetId ?? 0);
      }
      client.send({ kind: 'puback', packetId: packetIds[0] ?? 0, reasonCode: 0 });
      client.send({ kind: 'pubrec', packetId: packetIds[2] ?? 0, reasonCode: 0 });
      await client.expect('pubrel');
      for (let restart = 0; restart < 2; restart++) {
        const again = await (await next()).connect(5, 'a', lasting);
        const sent = await again.expectMessage();
        assert.deepEqual([sent.text, sent.dup, sent.packetId], ['sent', true, packetIds[1]]);
        assert.equal((await again.expect('pubrel')).packetId, packetIds[2]);
        await again.ping();
      }
    },
  );

  restarting('by which shared subscription a message came: another member gets it', async (next) => {
    const first = await next();
    const client = await first.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await client.subscribe('$share/g/t', { qos: 1 });
    for (const text of ['sent', 'also sent']) {
      await (await first.connect(5, 'publisher')).publish('t', text, { qos: 1 });
      await client.expectMessage();
    }
    await client.breakOff();
    await (await first.connect(5, 'publisher')).publish('t', 'waits', { qos: 1 });
    const under = await next();
    const other = await under.connect(5, 'other');
    await other.subscribe('$share/g/t', { qos: 1 });
    under.clock.advance(61_000);
    for (const text of ['sent', 'also sent', 'waits']) assert.equal((await other.expectMessage()).text, text);
    assert.equal((await next()).broker.counters.queuedMessages, 0);
  });

  restarting('QoS 2 identifiers from the client: what is sent again is not delivered again', async (next) => {
    const watch = async (under: BrokerUnderTest): Promise<RawClient> => {
      const watcher = await under.connect(5, 'watcher');
      await watcher.subscribe('t');
      return watcher;
    };
    const first = await next();
    let watcher = await watch(first);
    const client = await first.connect(5, 'a', lasting);
    client.sendPublish('t', 'once', { qos: 2, packetId: 7 });
    await client.expect('pubrec');
    await client.publish('t', 'done', { qos: 2, packetId: 8 });
    assert.equal((await watcher.expectMessage()).text, 'once');
    const under = await next();
    watcher = await watch(under);
    const again = await under.connect(5, 'a', lasting);
    again.sendPublish('t', 'once', { qos: 2, packetId: 7, dup: true });
    await again.expect('pubrec');
    await again.publish('t', 'new', { qos: 2, packetId: 8 });
    assert.equal((await watcher.expectMessage()).text, 'new');
    await watcher.ping();
  });

  restarting('retained messages, the last of each topic', async (next) => {
    const publisher = await (await next()).connect(5, 'publisher');
    await publisher.publish('kept', 'old', { retain: true });
    await publisher.publish('kept', 'new', { retain: true, qos: 1, properties: { contentType: 'x' } });
    await publisher.publish('cleared', 'm', { retain: true });
    await publisher.publish('cleared', '', { retain: true });
    await next();
    const client = await (await next()).connect(5, 'a');
    await client.subscribe('#', { qos: 1 });
    const message = await client.expectMessage();
    assert.deepEqual([message.text, message.qos, message.properties], ['new', 1, { contentType: 'x' }]);
    await client.ping();
  });

  restarting('a will that waits for its delay is sent when that is over', async (next) => {
    const first = await next();
    const will = {
      topic: 'w',
      payload: new TextEncoder().encode('gone'),
      qos: 1,
      retain: false,
      properties: { willDelayInterval: 60, contentType: 'x' },
    } as const;
    const client = await first.connect(5, 'a', { ...lasting, will });
    await client.breakOff();
    first.clock.advance(40_000);
    const under = await next();
    const watcher = await under.connect(5, 'watcher');
    await watcher.subscribe('w');
    under.clock.advance(15_000);
    await watcher.ping();
    under.clock.advance(6000);
    const message = await watcher.expectMessage();
    assert.deepEqual([message.text, message.properties], ['gone', { contentType: 'x' }]);
  });

  restarting('a will with every property, and the payload that no text has', async (next) => {
    const first = await next();
    const payload = Uint8Array.from({ length: 256 }, (_, i) => i);
    const properties = {
      payloadFormatIndicator: 0,
      messageExpiryInterval: 500,
      contentType: 'application/cbor',
      responseTopic: 'r/\u{1F680}',
      correlationData: Uint8Array.of(0, 255, 0),
      userProperties: [
        ['b', ''],
        ['a', '2'],
        ['b', '1'],
      ],
    } as const;
    const will = { topic: 'w', payload, qos: 2, retain: true } as const;
    await first.connect(5, 'a', { ...lasting, will: { ...will, properties } });
    // The broker ends with the connection open: the will is sent, retained, and stored as a message.
    const second = await next();
    const watcher = await second.connect(5, 'watcher');
    await watcher.subscribe('w', { qos: 2 });
    const message = await watcher.expectMessage();
    assert.deepEqual([message.qos, message.retain, [...message.payload]], [2, true, [...payload]]);
    assert.deepEqual(withOwnBytes(message.properties), properties);

    const delayed = { ...will, properties: { ...properties, willDelayInterval: 30 } };
    const again = await second.connect(5, 'b', { ...lasting, will: delayed });
    await again.breakOff();
    const third = await next();
    const last = await third.connect(5, 'watcher');
    await last.subscribe('w', { qos: 2, retainHandling: 2 });
    third.clock.advance(31_000);
    const sent = await last.expectMessage();
    assert.deepEqual([sent.qos, [...sent.payload]], [2, [...payload]]);
    assert.deepEqual(withOwnBytes(sent.properties), properties);
  });

  restarting('a will that was taken back by DISCONNECT is not sent', async (next) => {
    const first = await next();
    const will = { topic: 'w', payload: Uint8Array.of(1), qos: 1, retain: true } as const;
    const client = await first.connect(5, 'a', { ...lasting, will });
    await client.disconnect();
    const second = await next();
    assert.deepEqual([...second.broker.retainedMessages()], []);
    assert.equal([...second.broker.sessions()][0]?.will, undefined);
  });

  restarting('one message for many sessions, each in its own order, acknowledged by some', async (next) => {
    const first = await next();
    const names = Array.from({ length: 20 }, (_, i) => `session ${i}`);
    for (const [i, name] of names.entries()) {
      const client = await first.connect(5, name, lasting);
      await client.subscribe('all', { qos: 1 });
      if (i % 2 === 0) await client.subscribe('even', { qos: 2 });
      await client.breakOff();
    }
    const publisher = await first.connect(5, 'publisher');
    for (const [topic, text] of [
      ['all', '1'],
      ['even', '2'],
      ['all', '3'],
    ] as const)
      await publisher.publish(topic, text, { qos: 2 });

    const second = await next();
    for (const name of names.slice(0, 2)) {
      const client = await second.connect(5, name, lasting);
      const { packetId } = await client.expectMessage();
      client.send({ kind: 'puback', packetId: packetId ?? 0, reasonCode: 0 });
    }

    const third = await next();
    for (const [i, name] of names.entries()) {
      const client = await third.connect(5, name, lasting);
      const expected = ['1', '2', '3'].filter(
        (text) => (i > 1 || text !== '1') && (i % 2 === 0 || text !== '2'),
      );
      for (const text of expected) assert.equal((await client.expectMessage()).text, text, name);
      await client.ping();
    }
  });

  restarting(
    'a session that was cleaned is gone with all that waited for it, others keep it',
    async (next) => {
      const first = await next();
      for (const name of ['cleaned', 'kept']) {
        const client = await first.connect(5, name, lasting);
        await client.subscribe('t', { qos: 1 });
        await client.breakOff();
      }
      first.broker.publish({ topic: 't', payload: Uint8Array.of(1), qos: 1, retain: false });
      const second = await next();
      await second.connect(5, 'cleaned', { ...lasting, cleanStart: true });
      const third = await next();
      const cleaned = third.open(5);
      assert.equal((await cleaned.connect({ clientId: 'cleaned', ...lasting })).sessionPresent, true);
      await cleaned.ping();
      assert.deepEqual(
        [...third.broker.sessions()].find(({ clientId }) => clientId === 'cleaned')?.subscriptions,
        [],
      );
      const kept = await third.connect(5, 'kept', lasting);
      assert.deepEqual([...(await kept.expectMessage()).payload], [1]);
    },
  );

  restarting(
    'what is long, empty or odd: topics of 65,535 bytes, megabytes of payload, none at all',
    async (next) => {
      const longTopic = `${'\u{1F680}'.repeat(16_383)}abc`;
      assert.equal(new TextEncoder().encode(longTopic).length, 65_535);
      const odd = '\uFEFFcontrol \u0001\u001f, quote \'"\\, end';
      const large = Uint8Array.from({ length: 3 * 1024 * 1024 }, (_, i) => i * 7);
      const first = await next();
      const client = await first.connect(5, odd, { ...lasting, username: odd });
      for (const topic of [longTopic, odd, 'large']) await client.subscribe(topic, { qos: 1 });
      await client.breakOff();
      const publisher = await first.connect(5, 'publisher');
      const contents = [
        [longTopic, Uint8Array.of(0)],
        [odd, new Uint8Array(0)],
        ['large', large],
      ] as const;
      for (const [topic, payload] of contents) await publisher.publish(topic, payload, { qos: 1 });
      const again = await (await next()).connect(5, odd, lasting);
      for (const [topic, payload] of contents) {
        const message = await again.expectMessage();
        assert.equal(message.topic, topic);
        assert.ok(Buffer.from(payload).equals(message.payload), `the payload of ${topic.slice(0, 20)}`);
      }
    },
  );

  restarting(
    'retained messages that a subscription asked for, and that wait for room, keep their place',
    async (next) => {
      const first = await next();
      const publisher = await first.connect(5, 'publisher');
      for (const text of ['1', '2', '3'])
        await publisher.publish(`kept/${text}`, text, { qos: 1, retain: true });
      const narrow = { ...lasting, properties: { ...lasting.properties, receiveMaximum: 1 } };
      const client = await first.connect(5, 'a', narrow);
      await client.subscribe('kept/+', { qos: 1, properties: { subscriptionIdentifiers: [5] } });
      const sent = await client.expectMessage();
      // It waits for its subscriber, and is not retained any more.
      for (const text of ['1', '2', '3']) await publisher.publish(`kept/${text}`, '', { retain: true });
      const under = await next();
      assert.deepEqual([...under.broker.retainedMessages()], []);
      const again = await under.connect(5, 'a', lasting);
      const texts: string[] = [];
      for (let i = 0; i < 3; i++) {
        const message = await again.expectMessage();
        assert.deepEqual([message.retain, message.properties?.subscriptionIdentifiers], [true, [5]]);
        assert.equal(message.dup, i === 0);
        if (i === 0) assert.equal(message.packetId, sent.packetId);
        texts.push(message.text);
      }
      assert.deepEqual(texts.sort(), ['1', '2', '3']);
    },
  );

  restarting('what expired while the broker was down is not there', async (next) => {
    const first = await next();
    const client = await first.connect(5, 'a', lasting);
    await client.subscribe('t', { qos: 1 });
    await client.breakOff();
    const publisher = await first.connect(5, 'publisher');
    const properties = { messageExpiryInterval: 10 };
    await publisher.publish('t', 'm', { qos: 1, retain: true, properties });
    first.clock.advance(11_000);
    const second = await next();
    assert.deepEqual([...second.broker.retainedMessages()], []);
    const again = await second.connect(5, 'a', lasting);
    await again.ping();
  });

  restarting('a retained message knows who published it', async (next) => {
    const client = await (await next()).connect(5, 'a', lasting);
    await client.publish('t', 'own', { qos: 1, retain: true });
    const [message] = [...(await next()).broker.retainedMessages()];
    assert.equal((message as { publisher?: string } | undefined)?.publisher, 'a');
  });

  restarting('a session expires after the restart as it would have without', async (next) => {
    const first = await next();
    const client = await first.connect(5, 'a', { properties: { sessionExpiryInterval: 60 } });
    await client.breakOff();
    first.clock.advance(40_000);
    const under = await next();
    under.clock.advance(15_000);
    assert.equal(under.broker.counters.sessions, 1);
    under.clock.advance(6000);
    assert.equal(under.broker.counters.sessions, 0);
    assert.equal((await next()).broker.counters.sessions, 0);
  });
}
