/** Topic names and filters, section 4.7, and shared subscriptions, section 4.8. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { frame, uint16, utf8 } from '../support/bytes.ts';

/** Filter, topic, and whether they match: the examples of section 4.7 and their neighbours. */
const cases: readonly [filter: string, topic: string, matches: boolean][] = [
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'anything/at/all', true],
  ['#', '/', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['+/tennis/#', 'sport/tennis', true],
  ['sport/+/player1', 'sport/tennis/player1', true],
  ['Sport', 'sport', false],
  ['a//b', 'a//b', true],
  ['a/+/b', 'a//b', true],
  ['a/b', 'a//b', false],
  ['#', '$SYS/monitor', false],
  ['+/monitor', '$SYS/monitor', false],
  ['$SYS/#', '$SYS/monitor', true],
  ['$SYS/+', '$SYS/monitor', true],
  ['a/#', 'a/$b', true],
];

testBothVersions(
  'wildcards match as section 4.7 says [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.1-1 3.1.1] [MQTT-4.7.1-2 3.1.1] [MQTT-4.7.2-1] [MQTT-4.7.2-1 3.1.1] [MQTT-3.8.3-2 3.1.1]',
  async (under, version) => {
    for (const [filter, topic, matches] of cases) {
      const client = await under.connect(version, 'a');
      await client.subscribe(filter);
      under.broker.publish({ topic, payload: new Uint8Array(0), qos: 0, retain: false });
      if (matches) assert.equal((await client.expectMessage()).topic, topic, filter);
      await client.ping();
      await client.disconnect();
    }
  },
  // The broker's own messages are another matter.
  { limits: { sysIntervalSeconds: 0 } },
);

testBothVersions(
  'wildcards at the start find no retained message below a topic that starts with $ [MQTT-4.7.2-1] [MQTT-4.7.2-1 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.publish('$private/x', 'hidden', { retain: true });
    await client.publish('a/$x', 'm', { retain: true });
    for (const filter of ['#', '+/#', '+/+']) {
      await client.subscribe(filter);
      assert.equal((await client.expectMessage()).topic, 'a/$x');
      await client.ping();
    }
    await client.subscribe('$private/#');
    assert.equal((await client.expectMessage()).topic, '$private/x');
  },
);

testBothVersions(
  'a filter with a wildcard in the wrong place ends the connection [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.1-1 3.1.1] [MQTT-4.7.1-2 3.1.1]',
  async (under, version) => {
    for (const filter of ['sport/tennis#', 'sport/tennis/#/ranking', 'sport+', 'a+/b', '##', '+#']) {
      const client = await under.connect(version, 'a');
      client.sendBytes(frame(0x82, uint16(1), version === 5 ? [0] : [], utf8(filter), 0));
      await client.expectDisconnected(0x81);
    }
  },
);

testBothVersions(
  'an empty topic filter or topic name ends the connection [MQTT-4.7.3-1] [MQTT-4.7.0-1 3.1.1]',
  async (under, version) => {
    const properties = version === 5 ? [0] : [];
    const subscriber = await under.connect(version, 'a');
    subscriber.sendBytes(frame(0x82, uint16(1), properties, utf8(''), 0));
    await subscriber.expectDisconnected(0x81);
    const publisher = await under.connect(version, 'a');
    publisher.sendBytes(frame(0x30, utf8(''), properties, 0x6d));
    await publisher.expectDisconnected(0x82);
  },
);

testBothVersions(
  'the null character in a topic name or filter ends the connection [MQTT-4.7.3-2] [MQTT-1.5.4-2] [MQTT-1.5.3-2 3.1.1]',
  async (under, version) => {
    const properties = version === 5 ? [0] : [];
    const subscriber = await under.connect(version, 'a');
    subscriber.sendBytes(frame(0x82, uint16(1), properties, utf8('a\0'), 0));
    await subscriber.expectDisconnected(0x81);
    const publisher = await under.connect(version, 'a');
    publisher.sendBytes(frame(0x30, utf8('a\0b'), properties, 0x6d));
    await publisher.expectDisconnected(0x81);
  },
);

testBothVersions(
  'a topic of 65,535 bytes works, with 1 level or 65,535 [MQTT-4.7.3-3]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    for (const topic of ['x'.repeat(65_535), '/'.repeat(65_535)]) {
      await client.subscribe(topic);
      await client.publish(topic, 'm', { retain: true });
      assert.equal((await client.expectMessage()).topic, topic);
      await client.ping();
    }
    const late = await under.connect(version, 'late');
    await late.subscribe('#');
    await late.expectMessage();
    await late.expectMessage();
    await late.ping();
  },
);

// ── Shared subscriptions ──────────────────────────────────────────────────────────────────────────────────────

testBothVersions(
  'the members of a shared subscription get the messages in turn, each one once',
  async (under, version) => {
    const members = [];
    for (const clientId of ['a', 'b', 'c']) {
      const member = await under.connect(version, clientId);
      await member.subscribe('$share/group/t/+', { qos: 1 });
      members.push(member);
    }
    const publisher = await under.connect(version, 'publisher');
    for (let i = 0; i < 6; i++) await publisher.publish('t/x', `${i}`, { qos: 1 });
    for (const [at, member] of members.entries()) {
      assert.equal((await member.expectMessage()).text, `${at}`);
      assert.equal((await member.expectMessage()).text, `${at + 3}`);
      await member.ping();
    }
  },
);

test('two share names are two groups, and a plain subscription is a third receiver', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('$share/g/t');
  await client.subscribe('$share/h/t');
  await client.subscribe('t');
  await client.publish('t', 'm');
  for (let i = 0; i < 3; i++) await client.expectMessage();
  await client.ping();
});

test('a share name that is empty or has a wildcard, and one without a filter, end the connection [MQTT-4.8.2-1] [MQTT-4.8.2-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const filter of ['$share//t', '$share/+/t', '$share/a#/t', '$share/g', '$share/g/']) {
    const client = await under.connect(5, 'a');
    client.sendBytes(frame(0x82, uint16(1), 0, utf8(filter), 0));
    await client.expectDisconnected(0x81);
  }
});

test('each member gets at most the QoS that it was granted [MQTT-4.8.2-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const members = [];
  for (const qos of [0, 1, 2] as const) {
    const member = await under.connect(5, `${qos}`);
    await member.subscribe('$share/g/t', { qos });
    members.push(member);
  }
  const publisher = await under.connect(5, 'publisher');
  for (let i = 0; i < 3; i++) await publisher.publish('t', 'm', { qos: 2 });
  for (const [qos, member] of members.entries()) assert.equal((await member.expectMessage()).qos, qos);
});

test('a shared subscription is sent no retained messages, whatever its Retain Handling', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.publish('t', 'm', { retain: true });
  for (const retainHandling of [0, 1, 2] as const) {
    await client.subscribe('$share/g/t', { retainHandling });
    await client.ping();
  }
});

test('RETAIN of what a shared subscription gets is as Retain As Published says [MQTT-3.3.1-12] [MQTT-3.3.1-13]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  for (const retainAsPublished of [false, true]) {
    await client.subscribe('$share/g/t', { retainAsPublished });
    await client.publish('t', 'm', { retain: true });
    assert.equal((await client.expectMessage()).retain, retainAsPublished);
  }
});

test('a message given to a member stays with it: completed when it comes back, dropped when its session ends [MQTT-4.8.2-4] [MQTT-4.8.2-5]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const first = await under.connect(5, 'first', lasting);
  await first.subscribe('$share/g/t', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  await publisher.publish('t', 'm', { qos: 2 });
  const { packetId } = await first.expectMessage();
  const second = await under.connect(5, 'second', lasting);
  await second.subscribe('$share/g/t', { qos: 2 });
  await first.breakOff();
  await second.ping();
  const again = await under.connect(5, 'first', lasting);
  assert.equal((await again.expectMessage()).packetId, packetId);
  await again.breakOff();
  under.clock.advance(61_000);
  await second.ping();
  assert.equal(under.broker.counters.queuedMessages, 0);
});

test('a message that a member refuses is given to no other [MQTT-4.8.2-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const first = await under.connect(5, 'first');
  const second = await under.connect(5, 'second');
  const members = [first, second];
  for (const member of members) await member.subscribe('$share/g/t', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  for (const [i, kind] of (['puback', 'pubrec'] as const).entries()) {
    await publisher.publish('t', 'm', { qos: kind === 'puback' ? 1 : 2 });
    const { packetId = 0 } = (await members[i]?.expectMessage()) ?? {};
    members[i]?.send({ kind, packetId, reasonCode: 0x83 });
    for (const member of [...members].reverse()) await member.ping();
    for (const member of members) await member.ping();
  }
});

test('a member that leaves is passed over, and with nobody connected a stored session keeps the messages', async (t) => {
  const under = new BrokerOverNetwork(t);
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };
  const stored = await under.connect(5, 'stored', lasting);
  const passing = await under.connect(5, 'passing');
  await stored.subscribe('$share/g/t', { qos: 1 });
  await passing.subscribe('$share/g/t', { qos: 1 });
  const publisher = await under.connect(5, 'publisher');
  await stored.breakOff();
  for (let i = 0; i < 2; i++) {
    await publisher.publish('t', `${i}`, { qos: 1 });
    const { text, packetId = 0 } = await passing.expectMessage();
    assert.equal(text, `${i}`);
    passing.send({ kind: 'puback', packetId, reasonCode: 0 });
  }
  await passing.disconnect();
  await publisher.publish('t', 'waits', { qos: 1 });
  const again = await under.connect(5, 'stored', lasting);
  assert.equal((await again.expectMessage()).text, 'waits');
});
