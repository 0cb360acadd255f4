/** Retained messages: section 3.3.1.3, and Retain Handling of 3.8.3.1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageProperties } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';

testBothVersions(
  'the last retained message of a topic, and its QoS, are kept for new subscribers, marked RETAIN [MQTT-3.3.1-5] [MQTT-3.3.1-5 3.1.1] [MQTT-3.3.1-6 3.1.1] [MQTT-3.3.1-8 3.1.1]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t/1', 'old', { retain: true });
    await publisher.publish('t/1', 'new', { retain: true, qos: 1 });
    await publisher.publish('t/2', 'other', { retain: true, qos: 2 });
    const late = await under.connect(version, 'late');
    await late.subscribe('t/+', { qos: 2 });
    const messages = [await late.expectMessage(), await late.expectMessage()];
    assert.deepEqual(
      messages.map(({ topic, text, qos, retain, dup }) => [topic, text, qos, retain, dup]).sort(),
      [
        ['t/1', 'new', 1, true, false],
        ['t/2', 'other', 2, true, false],
      ],
    );
    await late.ping();
  },
);

testBothVersions(
  'a retained message of QoS 0 takes the place of what was retained [MQTT-3.3.1-7 3.1.1] [MQTT-3.3.1-5]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', 'first', { retain: true, qos: 2 });
    await publisher.publish('t', 'second', { retain: true, qos: 0 });
    const late = await under.connect(version, 'late');
    await late.subscribe('t', { qos: 2 });
    const message = await late.expectMessage();
    assert.deepEqual([message.text, message.qos], ['second', 0]);
  },
);

testBothVersions(
  'an empty retained message is delivered, removes what was retained, and is not kept itself [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT-3.3.1-10 3.1.1] [MQTT-3.3.1-11 3.1.1]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    const watcher = await under.connect(version, 'watcher');
    await publisher.publish('t', 'm', { retain: true });
    await watcher.subscribe('t');
    assert.equal((await watcher.expectMessage()).text, 'm');
    await publisher.publish('t', '', { retain: true });
    assert.equal((await watcher.expectMessage()).text, '');
    assert.deepEqual([...under.broker.retainedMessages()], []);
    const late = await under.connect(version, 'late');
    await late.subscribe('t');
    await late.ping();
  },
);

testBothVersions(
  'a message without RETAIN neither is kept nor touches what is [MQTT-3.3.1-8] [MQTT-3.3.1-12 3.1.1]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', 'kept', { retain: true });
    await publisher.publish('t', 'passing', { retain: false });
    await publisher.publish('t', '', { retain: false });
    await publisher.publish('u', 'passing', { retain: false });
    const late = await under.connect(version, 'late');
    await late.subscribe('#');
    assert.equal((await late.expectMessage()).text, 'kept');
    await late.ping();
  },
);

testBothVersions(
  'RETAIN is 0 in what an established subscription gets [MQTT-3.3.1-12] [MQTT-3.3.1-9 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t', { retainAsPublished: false });
    await client.publish('t', 'm', { retain: true });
    assert.equal((await client.expectMessage()).retain, false);
  },
);

test('with Retain As Published, RETAIN is as it was published [MQTT-3.3.1-13]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t', { retainAsPublished: true });
  for (const retain of [true, false]) {
    await client.publish('t', 'm', { retain });
    assert.equal((await client.expectMessage()).retain, retain);
  }
});

testBothVersions(
  'Retain Handling 0, as ever in 3.1.1, sends retained messages at each SUBSCRIBE [MQTT-3.3.1-9] [MQTT-3.8.4-4] [MQTT-3.8.4-3 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.publish('t', 'm', { retain: true });
    for (let i = 0; i < 2; i++) {
      await client.subscribe('t', { retainHandling: 0 });
      assert.equal((await client.expectMessage()).retain, true);
      await client.ping();
    }
  },
);

test('Retain Handling 1 sends retained messages only for a new subscription [MQTT-3.3.1-10]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.publish('t', 'm', { retain: true });
  await client.subscribe('t', { retainHandling: 1 });
  await client.expectMessage();
  await client.subscribe('t', { retainHandling: 1 });
  await client.ping();
  // The same filter twice in one packet: the second is not new.
  client.send({
    kind: 'subscribe',
    packetId: 90,
    subscriptions: ['+', '+'].map((topicFilter) => ({
      topicFilter,
      qos: 0,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 1,
    })),
  });
  await client.expect('suback');
  await client.expectMessage();
  await client.ping();
});

test('for Retain Handling 1 a subscription that was ended is new again, and one of a session that goes on is not [MQTT-3.3.1-10]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
  const first = await under.connect(5, 'a', lasting);
  await first.publish('t', 'm', { retain: true });
  await first.subscribe('t', { retainHandling: 1 });
  await first.expectMessage();
  first.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t'] });
  await first.expect('unsuback');
  await first.subscribe('t', { retainHandling: 1 });
  await first.expectMessage();
  await first.breakOff();
  const second = await under.connect(5, 'a', lasting);
  await second.subscribe('t', { retainHandling: 1 });
  await second.ping();
});

test('Retain Handling 2 sends no retained messages [MQTT-3.3.1-11]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.publish('t', 'm', { retain: true });
  await client.subscribe('t', { retainHandling: 2 });
  await client.ping();
});

testBothVersions(
  'a retained message comes at the lower of its QoS and that granted [MQTT-3.8.4-8]',
  async (under, version) => {
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t/1', 'm', { retain: true, qos: 1 });
    for (const qos of [0, 1, 2] as const) {
      const client = await under.connect(version, `${qos}`);
      await client.subscribe('t/1', { qos });
      assert.equal((await client.expectMessage()).qos, Math.min(qos, 1));
    }
  },
);

testBothVersions(
  'a retained message that was not acknowledged is sent again with DUP and RETAIN [MQTT-4.4.0-1] [MQTT-4.4.0-1 3.1.1] [MQTT-3.3.1-1] [MQTT-3.3.1-1 3.1.1]',
  async (under, version) => {
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
    const first = await under.connect(version, 'a', lasting);
    await first.publish('t', 'm', { retain: true, qos: 1 });
    await first.subscribe('t', { qos: 1 });
    const { packetId } = await first.expectMessage();
    await first.breakOff();
    const second = await under.connect(version, 'a', lasting);
    const again = await second.expectMessage();
    assert.deepEqual([again.packetId, again.dup, again.retain], [packetId, true, true]);
  },
);

test('a retained message keeps its properties [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  const properties: MessageProperties = {
    payloadFormatIndicator: 1,
    contentType: 'text/plain',
    responseTopic: 'answer/to',
    userProperties: [
      ['z', '1'],
      ['a', '2'],
      ['z', '1'],
    ],
  };
  const correlationData = Uint8Array.of(0, 0xff);
  await client.publish('t', 'm', { retain: true, properties: { ...properties, correlationData } });
  await client.subscribe('t');
  const { correlationData: kept, ...rest } = (await client.expectMessage()).properties ?? {};
  assert.deepEqual(rest, properties);
  assert.deepEqual(new Uint8Array(kept ?? []), correlationData);
});

test('a retained message carries the identifier of the subscription that it is sent for', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.publish('t', 'm', { retain: true });
  await client.subscribe('t', { properties: { subscriptionIdentifiers: [77] } });
  assert.deepEqual((await client.expectMessage()).properties?.subscriptionIdentifiers, [77]);
});

test('a retained message expires, and is counted down until then [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'm', { retain: true, properties: { messageExpiryInterval: 10 } });
  under.clock.advance(4000);
  await publisher.subscribe('t');
  assert.equal((await publisher.expectMessage()).properties?.messageExpiryInterval, 6);
  under.clock.advance(6000);
  await publisher.subscribe('t');
  await publisher.ping();
  assert.deepEqual([...under.broker.retainedMessages()], []);
  assert.equal(under.broker.counters.retainedMessages, 0);
});
