/** Shared subscriptions, section 4.8.2: how fair they are, and where a message goes whose member is gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QoS } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import type { RawClient } from '../support/rawClient.ts';

const FILTER = '$share/workers/t';

const lasting = (receiveMaximum = 65_535) => ({
  cleanStart: false,
  properties: { sessionExpiryInterval: 60, receiveMaximum },
});

interface MemberOptions {
  qos?: QoS;
  receiveMaximum?: number;
  identifier?: number;
}

/** One that shares FILTER, in a session that outlives its connection by a minute. */
async function join(under: BrokerOverNetwork, clientId: string, options: MemberOptions = {}) {
  const { qos = 2, receiveMaximum, identifier } = options;
  const member = await under.connect(5, clientId, lasting(receiveMaximum));
  await member.subscribe(FILTER, {
    qos,
    ...(identifier !== undefined && { properties: { subscriptionIdentifiers: [identifier] } }),
  });
  return member;
}

/** What has come so far, each acknowledged as far as `acknowledge` says, and what the acknowledgements let out. */
async function takeAll(client: RawClient, acknowledge = true): Promise<string[]> {
  const texts: string[] = [];
  for (let hasAnswered = true; hasAnswered; ) {
    hasAnswered = false;
    client.send({ kind: 'pingreq' });
    for (let packet = await client.next(); packet.kind !== 'pingresp'; packet = await client.next()) {
      hasAnswered = acknowledge;
      if (packet.kind === 'pubrel') client.send({ ...packet, kind: 'pubcomp' });
      if (packet.kind !== 'publish') continue;
      texts.push(new TextDecoder().decode(packet.payload));
      if (!acknowledge || packet.qos === 0) continue;
      const kind = packet.qos === 1 ? 'puback' : 'pubrec';
      client.send({ kind, packetId: packet.packetId ?? 0, reasonCode: 0 });
    }
  }
  return texts;
}

function publish(under: BrokerOverNetwork, text: string, qos: QoS = 1, messageExpiryInterval?: number): void {
  under.broker.publish({
    topic: 't',
    payload: new TextEncoder().encode(text),
    qos,
    retain: false,
    ...(messageExpiryInterval !== undefined && { properties: { messageExpiryInterval } }),
  });
}

// ── Fairness ──────────────────────────────────────────────────────────────────────────────────────────────────

test('members of every QoS get as many messages of every QoS, each message once [MQTT-4.8.2-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const members = [];
  for (const qos of [0, 1, 2, 2] as const) members.push(await join(under, `${members.length}`, { qos }));
  for (let i = 0; i < 120; i++) publish(under, `${i}`, (i % 3) as QoS); // 0, 1, 2, 0, …
  const received: string[][] = [];
  for (const member of members) received.push(await takeAll(member));
  assert.deepEqual(
    received.map(({ length }) => length),
    [30, 30, 30, 30],
  );
  assert.equal(new Set(received.flat()).size, 120);
});

test('a member that does not acknowledge is passed over at its Receive Maximum, until it does', async (t) => {
  const under = new BrokerOverNetwork(t);
  const slow = await join(under, 'slow', { receiveMaximum: 2 });
  const fast = [await join(under, 'fast 1'), await join(under, 'fast 2')];
  for (let i = 0; i < 20; i++) publish(under, `${i}`);
  const first = await slow.expectMessage();
  assert.equal((await takeAll(slow, false)).length, 1);
  const shares = [(await takeAll(fast[0] ?? slow)).length, (await takeAll(fast[1] ?? slow)).length];
  assert.deepEqual(shares, [9, 9]);
  slow.send({ kind: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 });
  await slow.handled();
  for (let i = 0; i < 3; i++) publish(under, `next ${i}`);
  assert.equal((await takeAll(slow)).length, 1);
});

test('when every member is busy, what waits is spread over all of them', async (t) => {
  const under = new BrokerOverNetwork(t);
  const members = [];
  for (const clientId of ['a', 'b', 'c']) members.push(await join(under, clientId, { receiveMaximum: 1 }));
  for (let i = 0; i < 12; i++) publish(under, `${i}`, i % 2 === 0 ? 1 : 2);
  for (const member of members) {
    assert.equal((await takeAll(member)).length, 4);
  }
});

// ── When a member goes ────────────────────────────────────────────────────────────────────────────────────────

/** Each brings the session of `first` to its end. */
const ends: readonly [name: string, end: (under: BrokerOverNetwork, first: RawClient) => Promise<void>][] = [
  [
    'expires',
    async (under, first) => {
      await first.breakOff();
      under.clock.advance(61_000);
    },
  ],
  [
    'ends with a DISCONNECT',
    async (_, first) => {
      first.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
      await first.expectClosed();
    },
  ],
  ['is cleaned by a new CONNECT', async (under) => void (await under.connect(5, 'first'))],
];

for (const [name, end] of ends) {
  test(`of a session that ${name}, another member gets what was not acknowledged, but no QoS 2 that was sent [MQTT-4.8.2-5]`, async (t) => {
    const under = new BrokerOverNetwork(t);
    const first = await join(under, 'first', { receiveMaximum: 4 });
    for (const [text, qos] of [
      ['acknowledged', 1],
      ['sent 1', 1],
      ['sent 2', 2],
      ['released', 2],
      ['sent 3', 1],
      ['waits 1', 1],
      ['waits 2', 2],
    ] as const) {
      publish(under, text, qos);
      if (text.startsWith('waits')) continue;
      const { packetId = 0 } = await first.expectMessage();
      if (text === 'acknowledged') first.send({ kind: 'puback', packetId, reasonCode: 0 });
      if (text !== 'released') continue;
      first.send({ kind: 'pubrec', packetId, reasonCode: 0 });
      await first.expect('pubrel');
    }
    const second = await join(under, 'second', { identifier: 7 });
    await second.ping();
    await end(under, first);
    for (const [text, qos] of [
      ['sent 1', 1],
      ['sent 3', 1],
      ['waits 1', 1],
      ['waits 2', 2],
    ] as const) {
      const message = await second.expectMessage();
      assert.deepEqual([message.text, message.qos, message.dup], [text, qos, false]);
      assert.deepEqual(message.properties?.subscriptionIdentifiers, [7]);
    }
    await second.ping();
    assert.equal(under.broker.counters.queuedMessages, 4);
  });
}

test('what a member did not get is spread over those who are left, at the QoS of each', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first');
  for (let i = 0; i < 6; i++) publish(under, `${i}`, 1);
  for (let i = 0; i < 6; i++) await first.expectMessage();
  const others = [await join(under, 'a', { qos: 0 }), await join(under, 'b', { qos: 2 })];
  await under.connect(5, 'first');
  for (const [at, other] of others.entries()) {
    for (const text of ['0', '2', '4'].map((even) => `${Number(even) + at}`)) {
      const message = await other.expectMessage();
      assert.deepEqual([message.text, message.qos], [text, at]);
    }
    await other.ping();
  }
});

test('while its session lasts, a member without a connection keeps what it was given [MQTT-4.8.2-4]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first', { receiveMaximum: 2 });
  publish(under, 'QoS 1', 1);
  publish(under, 'QoS 2', 2);
  const packetIds = [(await first.expectMessage()).packetId, (await first.expectMessage()).packetId];
  await first.breakOff();
  publish(under, 'waits', 1); // nobody is connected
  const second = await join(under, 'second');
  publish(under, 'new', 1);
  assert.deepEqual(await takeAll(second), ['new']);
  const again = await under.connect(5, 'first', lasting());
  for (const [text, packetId, dup] of [
    ['QoS 1', packetIds[0], true],
    ['QoS 2', packetIds[1], true],
    ['waits', 3, false],
  ] as const) {
    const message = await again.expectMessage();
    assert.deepEqual([message.text, message.packetId, message.dup], [text, packetId, dup]);
  }
  await second.ping();
});

test('with nobody connected, what a session that ends did not get waits for one that is stored', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first', { receiveMaximum: 1 });
  const stored = await join(under, 'stored');
  await stored.breakOff();
  for (let i = 0; i < 3; i++) publish(under, `${i}`);
  await first.expectMessage();
  first.send({ kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
  await first.expectClosed();
  assert.deepEqual(await takeAll(await under.connect(5, 'stored', lasting())), ['0', '1', '2']);
});

test('with the last member, what it did not get is gone', async (t) => {
  const under = new BrokerOverNetwork(t);
  const only = await join(under, 'only', { receiveMaximum: 1 });
  for (let i = 0; i < 3; i++) publish(under, `${i}`);
  await only.breakOff();
  under.clock.advance(61_000);
  assert.equal(under.broker.counters.queuedMessages, 0);
  assert.equal(under.broker.counters.queuedBytes, 0);
});

test('another member gets the rest of the expiry, and nothing that expired meanwhile [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first', { receiveMaximum: 1 });
  publish(under, 'in flight', 1, 100);
  publish(under, 'short', 1, 10);
  publish(under, 'long', 1, 90);
  await first.breakOff();
  const second = await join(under, 'second');
  under.clock.advance(61_000);
  for (const [text, seconds] of [
    ['in flight', 40],
    ['long', 30],
  ] as const) {
    const message = await second.expectMessage();
    assert.deepEqual([message.text, message.properties?.messageExpiryInterval], [text, seconds]);
  }
  await second.ping();
  assert.equal(under.broker.counters.messagesDroppedByCause.messageExpired, 1);
});

test('what came by a plain subscription goes to nobody else', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await under.connect(5, 'first', lasting());
  await first.subscribe('t', { qos: 1 });
  publish(under, 'plain');
  await first.expectMessage();
  const second = await join(under, 'second');
  await first.subscribe(FILTER, { qos: 1 });
  await under.connect(5, 'first');
  await second.ping();
});

test('two groups on one filter keep their messages apart', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first');
  await first.subscribe('$share/others/t', { qos: 1 });
  publish(under, 'for each group');
  for (let i = 0; i < 2; i++) await first.expectMessage();
  const worker = await join(under, 'worker');
  const other = await under.connect(5, 'other');
  await other.subscribe('$share/others/t', { qos: 1 });
  await under.connect(5, 'first');
  for (const member of [worker, other]) assert.deepEqual(await takeAll(member), ['for each group']);
});

test('a member that unsubscribes completes what it was sent, and what waits goes to the others [MQTT-3.10.4-2] [MQTT-3.10.4-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first', { receiveMaximum: 2 });
  publish(under, 'sent 1', 1);
  publish(under, 'sent 2', 2);
  for (const text of ['waits 1', 'waits 2']) publish(under, text, 2);
  const second = await join(under, 'second');
  first.send({ kind: 'unsubscribe', packetId: 9, topicFilters: [FILTER] });
  const sent = [await first.expectMessage(), await first.expectMessage()];
  await first.expect('unsuback');
  assert.deepEqual(await takeAll(second), ['waits 1', 'waits 2']);
  await second.ping();
  first.send({ kind: 'puback', packetId: sent[0]?.packetId ?? 0, reasonCode: 0 });
  first.send({ kind: 'pubrec', packetId: sent[1]?.packetId ?? 0, reasonCode: 0 });
  first.send({ kind: 'pubcomp', packetId: (await first.expect('pubrel')).packetId, reasonCode: 0 });
  await first.ping();
  publish(under, 'new');
  assert.deepEqual(await takeAll(second), ['new']);
  await first.ping();
});

test('what waits for the last member that unsubscribes is still delivered to it', async (t) => {
  const under = new BrokerOverNetwork(t);
  const only = await join(under, 'only', { receiveMaximum: 1 });
  for (const text of ['sent', 'waits']) publish(under, text);
  only.send({ kind: 'unsubscribe', packetId: 9, topicFilters: [FILTER] });
  const { packetId = 0 } = await only.expectMessage();
  await only.expect('unsuback');
  only.send({ kind: 'puback', packetId, reasonCode: 0 });
  assert.equal((await only.expectMessage()).text, 'waits');
});

test('a message that a member refuses goes to no other, also when its session ends [MQTT-4.8.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await join(under, 'first');
  for (const qos of [1, 2] as const) {
    publish(under, 'refused', qos);
    const { packetId = 0 } = await first.expectMessage();
    first.send({ kind: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0x83 });
  }
  await first.ping();
  const second = await join(under, 'second');
  await under.connect(5, 'first');
  await second.ping();
  assert.equal(under.broker.counters.queuedMessages, 0);
});

test('a will that the end of its session gives to that session as a member goes to another', async (t) => {
  const under = new BrokerOverNetwork(t);
  const will = { topic: 't', payload: new TextEncoder().encode('gone'), qos: 1, retain: false } as const;
  const first = await under.connect(5, 'first', { will: { ...will, properties: { willDelayInterval: 99 } } });
  await first.subscribe(FILTER, { qos: 1 });
  const second = await join(under, 'second');
  await second.breakOff();
  await first.breakOff();
  assert.deepEqual(await takeAll(await under.connect(5, 'second', lasting())), ['gone']);
});

testBothVersions(
  'a broker that stops leaves what members were sent to the sessions that are stored',
  async (under, version) => {
    const stored = await under.connect(version, 'stored', lasting());
    const passing = await under.connect(version, 'passing');
    for (const member of [stored, passing]) await member.subscribe(FILTER, { qos: 1 });
    for (let i = 0; i < 4; i++) publish(under, `${i}`);
    for (let i = 0; i < 2; i++) await passing.expectMessage();
    await under.broker.stop();
    const [session] = [...under.broker.sessions()];
    assert.deepEqual(
      [session?.clientId, session?.inflightMessages, session?.queuedMessages],
      ['stored', 2, 2],
    );
  },
);
