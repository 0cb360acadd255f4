/** SUBSCRIBE and SUBACK, UNSUBSCRIBE and UNSUBACK: sections 3.8 to 3.11. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { SubscriptionRequest } from '../../src/mqtt/packets.ts';
import { isReasonCodeOf } from '../../src/mqtt/reasonCodes.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { frame, uint16, utf8 } from '../support/bytes.ts';

function request(topicFilter: string, changes: Partial<SubscriptionRequest> = {}): SubscriptionRequest {
  return { topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0, ...changes };
}

testBothVersions(
  'SUBSCRIBE is answered by SUBACK with its identifier and a code for each filter, in order [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-2.2.1-6] [MQTT-3.8.4-1 3.1.1] [MQTT-3.8.4-2 3.1.1] [MQTT-3.8.4-5 3.1.1] [MQTT-2.3.1-7 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    const properties = version === 5 ? [0] : [];
    client.sendBytes(frame(0x82, uint16(0x1234), properties, utf8('a'), 2, utf8('b/+'), 0, utf8('#'), 1));
    assert.deepEqual(await client.nextBytes(), frame(0x90, uint16(0x1234), properties, 2, 0, 1));
  },
);

testBothVersions(
  'a SUBSCRIBE with several filters does what one for each would, a repeated filter included [MQTT-3.8.4-5] [MQTT-3.8.4-4 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.send({
      kind: 'subscribe',
      packetId: 1,
      subscriptions: [request('t', { qos: 2 }), request('u', { qos: 1 }), request('t', { qos: 0 })],
    });
    assert.deepEqual((await client.expect('suback')).reasonCodes, [2, 1, 0]);
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', 'm', { qos: 2 });
    assert.equal((await client.expectMessage()).qos, 0);
    await publisher.publish('u', 'm', { qos: 2 });
    assert.equal((await client.expectMessage()).qos, 1);
    await client.ping();
  },
);

testBothVersions(
  'a filter that is subscribed to again replaces the subscription: one copy, the new options [MQTT-3.8.4-3] [MQTT-3.8.4-4] [MQTT-3.8.4-3 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    const publisher = await under.connect(version, 'publisher');
    await client.subscribe('t', { qos: 2 });
    await publisher.publish('t', 'before', { qos: 2 });
    assert.equal((await client.expectMessage()).qos, 2);
    await client.subscribe('t', { qos: 1 });
    await publisher.publish('t', 'after', { qos: 2 });
    assert.equal((await client.expectMessage()).qos, 1);
    await client.ping();
    assert.equal(under.broker.counters.subscriptions, 1);
  },
);

testBothVersions(
  'a SUBSCRIBE without a filter, or with reserved bits or a QoS of 3, ends the connection [MQTT-3.8.3-2] [MQTT-3.8.3-5] [MQTT-3.8.3-3 3.1.1] [MQTT-3.8.3-4 3.1.1]',
  async (under, version) => {
    const properties = version === 5 ? [0] : [];
    // Before 5.0 all bits but those of the QoS are reserved.
    const reserved = version === 5 ? [0x40, 0x80] : [0x04, 0x08, 0x10, 0x20, 0x40, 0x80];
    for (const [body, reasonCode] of [
      [[], 0x82],
      [[...utf8('t'), 0x03], 0x82],
      ...(version === 5 ? [[[...utf8('t'), 0x30], 0x82] as const] : []), // Retain Handling 3
      ...reserved.map((options) => [[...utf8('t'), options], 0x81] as const),
      ...reserved.map((options) => [[...utf8('t'), 0, ...utf8('u'), options], 0x81] as const),
      [utf8('t'), 0x81], // and no options
    ] as const) {
      const client = await under.connect(version, 'a');
      client.sendBytes(frame(0x82, uint16(1), properties, body));
      await client.expectDisconnected(reasonCode);
    }
  },
);

testBothVersions(
  'no message is lost or doubled while its subscription is replaced [MQTT-3.8.4-4] [MQTT-3.8.4-3 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    const publisher = await under.connect(version, 'publisher');
    await client.subscribe('t', { qos: 1 });
    const texts = Array.from({ length: 60 }, (_, i) => `${i}`);
    const received: string[] = [];
    for (const [i, text] of texts.entries()) {
      publisher.sendPublish('t', text, { qos: 1 });
      if (i % 3 !== 0) continue;
      const options = { packetId: 100 + i, subscriptions: [request('t', { qos: (i % 2) as 0 | 1 })] };
      client.send({ kind: 'subscribe', ...options });
    }
    for (const _ of texts) await publisher.expect('puback');
    client.send({ kind: 'pingreq' });
    for (let next = await client.next(); next.kind !== 'pingresp'; next = await client.next()) {
      if (next.kind !== 'publish') continue;
      received.push(Buffer.from(next.payload).toString());
      if (next.packetId !== undefined)
        client.send({ kind: 'puback', packetId: next.packetId, reasonCode: 0 });
    }
    assert.deepEqual(received, texts);
  },
);

test('a subscription takes the Subscription Identifier of the last SUBSCRIBE, and has none after one without [MQTT-3.8.4-3]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  for (const subscriptionIdentifiers of [[1], [2], undefined]) {
    await client.subscribe('t', {
      ...(subscriptionIdentifiers !== undefined && { properties: { subscriptionIdentifiers } }),
    });
    await client.publish('t', 'm');
    const { properties } = await client.expectMessage();
    assert.deepEqual(properties?.subscriptionIdentifiers, subscriptionIdentifiers);
    await client.ping();
  }
});

test('a subscription takes No Local and Retain As Published of the last SUBSCRIBE [MQTT-3.8.4-3]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  await client.subscribe('t', { noLocal: true });
  await client.publish('t', 'm');
  await client.ping();
  for (const retainAsPublished of [true, false]) {
    await client.subscribe('t', { retainAsPublished, retainHandling: 2 });
    await client.publish('t', 'm', { retain: true });
    assert.equal((await client.expectMessage()).retain, retainAsPublished);
  }
});

testBothVersions(
  'a packet identifier of 0 ends the connection [MQTT-2.2.1-3] [MQTT-2.3.1-1 3.1.1]',
  async (under, version) => {
    const properties = version === 5 ? [0] : [];
    for (const packet of [
      frame(0x82, uint16(0), properties, utf8('t'), 0), // SUBSCRIBE
      frame(0xa2, uint16(0), properties, utf8('t')), // UNSUBSCRIBE
      frame(0x32, utf8('t'), uint16(0), properties), // PUBLISH, QoS 1
    ]) {
      const client = await under.connect(version, 'a');
      client.sendBytes(packet);
      await client.expectDisconnected(0x82);
    }
  },
);

testBothVersions(
  'a subscription that is not allowed is refused in the SUBACK, and the others are granted [MQTT-3.9.3-2] [MQTT-3.8.4-7]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    const subscriptions = ['open', 'secret', 'open/too'].map((filter) => request(filter));
    client.send({ kind: 'subscribe', packetId: 1, subscriptions });
    const { reasonCodes } = await client.expect('suback');
    assert.deepEqual(reasonCodes, [0, version === 5 ? 0x87 : 0x80, 0]);
    for (const code of reasonCodes) assert.ok(isReasonCodeOf('suback', code));
    await client.publish('secret', 'm');
    await client.ping();
  },
  { policy: { ...anonymousPolicy, maySubscribe: (_, filter) => filter !== 'secret' } },
);

test('a shared subscription is asked about by the filter that follows the share name', async (t) => {
  const asked: string[] = [];
  const maySubscribe = (_: unknown, filter: string) => asked.push(filter) === 1;
  const under = new BrokerOverNetwork(t, { policy: { ...anonymousPolicy, maySubscribe } });
  const client = await under.connect(5, 'a');
  assert.deepEqual((await client.subscribe('$share/group/a/+')).reasonCodes, [0]);
  assert.deepEqual((await client.subscribe('$share/group/b/#')).reasonCodes, [0x87]);
  assert.deepEqual(asked, ['a/+', 'b/#']);
});

testBothVersions(
  'a subscription beyond the limit is refused, and one that replaces is not',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    for (const [filter, code] of [
      ['a', 0],
      ['b', 0],
      ['c', version === 5 ? 0x97 : 0x80],
      ['a', 0],
    ] as const) {
      assert.deepEqual((await client.subscribe(filter)).reasonCodes, [code]);
    }
  },
  { limits: { maxSubscriptions: 2 } },
);

test('with No Local a client does not get its own messages, others do [MQTT-3.8.3-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  const other = await under.connect(5, 'b');
  await client.subscribe('t', { noLocal: true });
  await other.subscribe('t', { noLocal: true });
  await client.publish('t', 'of a', { retain: true });
  assert.equal((await other.expectMessage()).text, 'of a');
  await client.ping();
  await other.publish('t', 'of b');
  assert.equal((await client.expectMessage()).text, 'of b');
  await other.ping();
  // By client identifier, not by connection; and what the broker kept of it is no exception.
  const again = await under.connect(5, 'a');
  await again.publish('t', 'of a again', { retain: true });
  await again.subscribe('t', { noLocal: true });
  await again.ping();
  // Another subscription of the same client, without No Local, gets it.
  await again.subscribe('+');
  assert.equal((await again.expectMessage()).text, 'of a again');
  await again.publish('t', 'once');
  assert.equal((await again.expectMessage()).text, 'once');
  await again.ping();
});

test('No Local on a shared subscription is a protocol error [MQTT-3.8.3-4]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  client.send({ kind: 'subscribe', packetId: 1, subscriptions: [request('$share/g/t', { noLocal: true })] });
  await client.expectDisconnected(0x82);
});

test('a Subscription Identifier of 0 is a protocol error', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  client.sendBytes(frame(0x82, uint16(1), 2, 0x0b, 0, utf8('t'), 0));
  await client.expectDisconnected(0x82);
});

// ── UNSUBSCRIBE ───────────────────────────────────────────────────────────────────────────────────────────────

testBothVersions(
  'UNSUBSCRIBE is answered by UNSUBACK with its identifier, whether or not a filter was subscribed to [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.11.3-1] [MQTT-3.11.3-2] [MQTT-2.2.1-6] [MQTT-3.10.4-1 3.1.1] [MQTT-3.10.4-2 3.1.1] [MQTT-2.3.1-7 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('a');
    const properties = version === 5 ? [0] : [];
    client.sendBytes(frame(0xa2, uint16(0x4321), properties, utf8('a'), utf8('b'), utf8('a')));
    const codes = version === 5 ? [0, 0, 0x11, 0x11] : []; // 3.1.1 has none
    assert.deepEqual(await client.nextBytes(), frame(0xb0, uint16(0x4321), codes));
  },
);

testBothVersions(
  'filters are compared character by character: only the very same ends its subscription [MQTT-3.10.4-1] [MQTT-3.10.4-6] [MQTT-3.10.4-3 3.1.1] [MQTT-3.10.4-4 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t/+');
    client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t/#', 't/a', 'T/+', '#'] });
    await client.expect('unsuback');
    await client.publish('t/a', 'still');
    assert.equal((await client.expectMessage()).text, 'still');
    client.send({ kind: 'unsubscribe', packetId: 10, topicFilters: ['x', 't/+'] });
    await client.expect('unsuback');
    await client.publish('t/a', 'no more');
    await client.ping();
  },
);

testBothVersions(
  'after UNSUBSCRIBE nothing new is added, and what was begun is completed [MQTT-3.10.4-2] [MQTT-3.10.4-3] [MQTT-3.10.4-5 3.1.1]',
  async (under, version) => {
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
    const client = await under.connect(version, 'a', lasting);
    await client.subscribe('t', { qos: 2 });
    const publisher = await under.connect(version, 'publisher');
    await publisher.publish('t', 'begun', { qos: 2 });
    const { packetId = 0 } = await client.expectMessage();
    client.send({ kind: 'unsubscribe', packetId: 10, topicFilters: ['t'] });
    await client.expect('unsuback');
    await publisher.publish('t', 'new', { qos: 2 });
    await client.ping();
    await client.breakOff();
    const again = await under.connect(version, 'a', lasting);
    assert.equal((await again.expectMessage()).packetId, packetId);
    again.send({ kind: 'pubrec', packetId, reasonCode: 0 });
    await again.expect('pubrel');
    again.send({ kind: 'pubcomp', packetId, reasonCode: 0 });
    await again.ping();
  },
);

testBothVersions(
  'an UNSUBSCRIBE without a filter ends the connection [MQTT-3.10.3-2] [MQTT-3.10.3-2 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendBytes(frame(0xa2, uint16(1), version === 5 ? [0] : []));
    await client.expectDisconnected(0x82);
  },
);

testBothVersions(
  'a shared subscription is ended by its whole filter, share name included [MQTT-3.10.4-1] [MQTT-3.10.4-4 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('$share/g/t');
    client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t', '$share/h/t'] });
    await client.expect('unsuback');
    await client.publish('t', 'still');
    assert.equal((await client.expectMessage()).text, 'still');
    client.send({ kind: 'unsubscribe', packetId: 10, topicFilters: ['$share/g/t'] });
    await client.expect('unsuback');
    await client.publish('t', 'no more');
    await client.ping();
  },
);
