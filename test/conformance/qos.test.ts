/** The delivery protocols of QoS 1 and 2, redelivery and order: sections 4.3, 4.4 and 4.6, packets 3.4 to 3.7. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { frame, hex, uint16, utf8 } from '../support/bytes.ts';
import type { RawClient } from '../support/rawClient.ts';

const lasting: Partial<ConnectPacket> = {
  cleanStart: false,
  properties: { sessionExpiryInterval: 3600 },
};

/** One that subscribed to `t` at QoS 2, in a session that lasts, and one that publishes. */
async function pairOf(
  under: BrokerOverNetwork,
  version: ProtocolVersion,
  connect: Partial<ConnectPacket> = {},
) {
  const subscriber = await under.connect(version, 'subscriber', { ...lasting, ...connect });
  await subscriber.subscribe('t', { qos: 2 });
  const publisher = await under.connect(version, 'publisher');
  return { subscriber, publisher };
}

function acknowledge(client: RawClient, kind: 'puback' | 'pubrec' | 'pubcomp', packetId = 0): void {
  client.send({ kind, packetId, reasonCode: 0 });
}

// ── From client to server ─────────────────────────────────────────────────────────────────────────────────────

testBothVersions(
  'QoS 1 is answered by PUBACK, QoS 2 by PUBREC and PUBCOMP, with the identifier of the PUBLISH [MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-4.3.3-11] [MQTT-2.2.1-5] [MQTT-3.3.4-1 3.1.1] [MQTT-2.3.1-6 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('other/topic'); // so that nothing is delivered here
    await (await under.connect(version, 'b')).subscribe('t'); // and somebody receives
    const properties = version === 5 ? 0 : [];
    client.sendBytes(frame(0x32, utf8('t'), uint16(0x1234), properties, 0x6d));
    assert.deepEqual(await client.nextBytes(), hex('40 02  12 34'));
    client.sendBytes(frame(0x34, utf8('t'), uint16(0xffff), properties, 0x6d));
    assert.deepEqual(await client.nextBytes(), hex('50 02  FF FF'));
    client.sendBytes(hex('62 02  FF FF'));
    assert.deepEqual(await client.nextBytes(), hex('70 02  FF FF'));
  },
);

testBothVersions(
  'after its PUBACK, the same identifier is a new message, DUP or not [MQTT-4.3.2-5]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    for (const dup of [false, true]) {
      await publisher.publish('t', `dup ${dup}`, { qos: 1, packetId: 5, dup });
      assert.equal((await subscriber.expectMessage()).text, `dup ${dup}`);
    }
  },
);

testBothVersions(
  'until PUBREL, the same identifier is acknowledged again and delivered once [MQTT-4.3.3-10]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    for (const dup of [false, true, true]) {
      publisher.sendPublish('t', 'once', { qos: 2, packetId: 5, dup });
      assert.equal((await publisher.expect('pubrec')).packetId, 5);
    }
    assert.equal((await subscriber.expectMessage()).text, 'once');
    await subscriber.ping();
  },
);

testBothVersions(
  'after PUBCOMP, the same identifier is a new message [MQTT-4.3.3-12]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    for (const text of ['one', 'two']) {
      await publisher.publish('t', text, { qos: 2, packetId: 5 });
      assert.equal((await subscriber.expectMessage()).text, text);
    }
  },
);

testBothVersions(
  'a QoS 2 message that is sent again over a new connection is not delivered again [MQTT-4.3.3-10] [MQTT-4.4.0-1]',
  async (under, version) => {
    const { subscriber } = await pairOf(under, version);
    const first = await under.connect(version, 'a', lasting);
    first.sendPublish('t', 'once', { qos: 2, packetId: 9 });
    await first.expect('pubrec');
    await first.breakOff();
    const second = await under.connect(version, 'a', lasting);
    second.sendPublish('t', 'once', { qos: 2, packetId: 9, dup: true });
    await second.expect('pubrec');
    second.send({ kind: 'pubrel', packetId: 9, reasonCode: 0 });
    assert.equal((await second.expect('pubcomp')).reasonCode, 0);
    assert.equal((await subscriber.expectMessage()).text, 'once');
    await subscriber.ping();
  },
);

testBothVersions(
  'a PUBREL for an identifier that is not known is completed, in 5.0 with 0x92 [MQTT-4.3.3-11] [MQTT-3.7.2-1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.send({ kind: 'pubrel', packetId: 77, reasonCode: 0 });
    const pubcomp = await client.expect('pubcomp');
    assert.deepEqual([pubcomp.packetId, pubcomp.reasonCode], [77, version === 5 ? 0x92 : 0]);
  },
);

test('a QoS 2 exchange is completed after its message has expired [MQTT-4.3.3-13]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await pairOf(under, 5);
  await subscriber.breakOff();
  const properties = { messageExpiryInterval: 5 };
  publisher.sendPublish('t', 'm', { qos: 2, packetId: 5, properties });
  await publisher.expect('pubrec');
  under.clock.advance(10_000);
  publisher.sendPublish('t', 'm', { qos: 2, packetId: 5, dup: true, properties });
  await publisher.expect('pubrec');
  publisher.send({ kind: 'pubrel', packetId: 5, reasonCode: 0 });
  assert.equal((await publisher.expect('pubcomp')).reasonCode, 0);
  await (await under.connect(5, 'subscriber', lasting)).ping();
});

testBothVersions(
  'a packet identifier of the client and the same one of the server are two exchanges',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    await publisher.publish('t', 'from the server', { qos: 2 });
    const { packetId = 0 } = await subscriber.expectMessage();
    subscriber.sendPublish('u', 'from the client', { qos: 2, packetId });
    assert.equal((await subscriber.expect('pubrec')).packetId, packetId);
    acknowledge(subscriber, 'pubrec', packetId);
    assert.deepEqual(await subscriber.expect('pubrel'), { kind: 'pubrel', packetId, reasonCode: 0 });
    subscriber.send({ kind: 'pubrel', packetId, reasonCode: 0 });
    assert.deepEqual(await subscriber.expect('pubcomp'), { kind: 'pubcomp', packetId, reasonCode: 0 });
    acknowledge(subscriber, 'pubcomp', packetId);
    await subscriber.ping();
  },
);

test('after a PUBREC that refuses, the same identifier is a new message [MQTT-4.3.3-9]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await pairOf(under, 5);
  publisher.sendPublish('$SYS/x', 'refused', { qos: 2, packetId: 5 });
  assert.equal((await publisher.expect('pubrec')).reasonCode, 0x87);
  await publisher.publish('t', 'taken', { qos: 2, packetId: 5 });
  assert.equal((await subscriber.expectMessage()).text, 'taken');
});

testBothVersions('acknowledgements come in the order of what they acknowledge', async (under, version) => {
  const client = await under.connect(version, 'a');
  const packetIds = [9, 3, 7, 1];
  for (const packetId of packetIds) client.sendPublish('t', 'm', { qos: 1, packetId });
  for (const packetId of packetIds) assert.equal((await client.expect('puback')).packetId, packetId);
  for (const packetId of packetIds) client.sendPublish('t', 'm', { qos: 2, packetId });
  for (const packetId of packetIds) assert.equal((await client.expect('pubrec')).packetId, packetId);
});

// ── From server to client ─────────────────────────────────────────────────────────────────────────────────────

testBothVersions(
  'a QoS 1 message is sent with an unused identifier and kept until PUBACK [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.2-3] [MQTT-2.2.1-4] [MQTT-2.3.1-4 3.1.1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    const seen = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      await publisher.publish('t', `${i}`, { qos: 1 });
      const message = await subscriber.expectMessage();
      assert.deepEqual([message.qos, message.dup], [1, false]);
      seen.add(message.packetId);
    }
    assert.equal(seen.size, 3);
    const inflight = (): number | undefined =>
      [...under.broker.sessions()].find(({ clientId }) => clientId === 'subscriber')?.inflightMessages;
    assert.equal(inflight(), 3);
    for (const packetId of seen) acknowledge(subscriber, 'puback', packetId);
    await subscriber.ping();
    assert.equal(inflight(), 0);
  },
);

testBothVersions(
  'a packet identifier in flight is not given to another message, also when all the others were used [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] [MQTT-2.3.1-4 3.1.1]',
  async (under, version) => {
    const { subscriber } = await pairOf(under, version);
    const payload = new Uint8Array(0);
    const sendOne = (qos: 1 | 2): void => under.broker.publish({ topic: 't', payload, qos, retain: false });
    sendOne(2);
    sendOne(1);
    const held = [await subscriber.expectMessage(), await subscriber.expectMessage()].map((m) => m.packetId);
    for (let i = 0; i < 66_000; i += 100) {
      for (let j = 0; j < 100; j++) sendOne(1);
      for (let j = 0; j < 100; j++) {
        const { packetId = 0 } = await subscriber.expect('publish');
        assert.ok(packetId > 0 && !held.includes(packetId));
        acknowledge(subscriber, 'puback', packetId);
      }
      await subscriber.handled();
    }
  },
);

testBothVersions(
  'a QoS 2 message goes through PUBLISH, PUBREL and PUBCOMP with one identifier [MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-3] [MQTT-4.3.3-4] [MQTT-4.3.3-5] [MQTT-2.2.1-5] [MQTT-2.3.1-6 3.1.1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    await publisher.publish('t', 'm', { qos: 2 });
    const message = await subscriber.expectMessage();
    assert.deepEqual([message.qos, message.dup], [2, false]);
    const { packetId = 0 } = message;
    acknowledge(subscriber, 'pubrec', packetId);
    assert.deepEqual(await subscriber.nextBytes(), frame(0x62, uint16(packetId)));
    acknowledge(subscriber, 'pubcomp', packetId);
    await subscriber.ping();
    const [session] = [...under.broker.sessions()].filter(({ clientId }) => clientId === 'subscriber');
    assert.equal(session?.inflightMessages, 0);
  },
);

testBothVersions(
  'after a reconnection, what was not acknowledged is sent again: the same identifiers, DUP, in order [MQTT-4.4.0-1] [MQTT-4.4.0-1 3.1.1] [MQTT-3.3.1-1] [MQTT-3.3.1-1 3.1.1] [MQTT-4.6.0-5] [MQTT-4.6.0-6 3.1.1] [MQTT-2.3.1-4 3.1.1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    const sent: [text: string, packetId: number | undefined][] = [];
    for (let i = 0; i < 6; i++) {
      await publisher.publish('t', `${i}`, { qos: i % 2 === 0 ? 1 : 2 });
      const message = await subscriber.expectMessage();
      sent.push([message.text, message.packetId]);
    }
    acknowledge(subscriber, 'puback', sent[2]?.[1]);
    await subscriber.ping();
    await subscriber.breakOff();
    await publisher.publish('t', 'waited', { qos: 1 });

    const again = await under.connect(version, 'subscriber', lasting);
    for (const [text, packetId] of sent.filter(([text]) => text !== '2')) {
      const message = await again.expectMessage();
      assert.deepEqual([message.text, message.packetId, message.dup], [text, packetId, true]);
    }
    const waited = await again.expectMessage();
    assert.deepEqual([waited.text, waited.dup], ['waited', false]);
    await again.ping();
  },
);

testBothVersions(
  'after PUBREC it is the PUBREL that is sent again, never the PUBLISH [MQTT-4.3.3-6] [MQTT-4.4.0-1] [MQTT-4.4.0-1 3.1.1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    await publisher.publish('t', 'm', { qos: 2 });
    const { packetId = 0 } = await subscriber.expectMessage();
    acknowledge(subscriber, 'pubrec', packetId);
    await subscriber.expect('pubrel');
    await subscriber.breakOff();
    for (let i = 0; i < 2; i++) {
      const again = await under.connect(version, 'subscriber', lasting);
      assert.equal((await again.expect('pubrel')).packetId, packetId);
      await again.ping();
      await again.breakOff();
    }
    const last = await under.connect(version, 'subscriber', lasting);
    await last.expect('pubrel');
    acknowledge(last, 'pubcomp', packetId);
    await last.ping();
    await last.breakOff();
    await (await under.connect(version, 'subscriber', lasting)).ping();
  },
);

testBothVersions(
  'nothing is sent again while the connection lasts [MQTT-4.4.0-1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    await publisher.publish('t', 'm', { qos: 1 });
    await subscriber.expectMessage();
    under.clock.advance(3_600_000);
    await subscriber.ping();
  },
);

testBothVersions(
  'messages of one topic and QoS come in the order in which they were published [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT-4.6.0-5 3.1.1] [MQTT-4.6.0-6 3.1.1]',
  async (under, version) => {
    const { subscriber, publisher } = await pairOf(under, version);
    for (const qos of [0, 1, 2] as const) {
      const texts = Array.from({ length: 300 }, (_, i) => `${qos}-${i}`);
      for (const text of texts) publisher.sendPublish('t', text, { qos });
      // 128 are in flight at most: the others come from the queue.
      assert.deepEqual(await receiveAll(subscriber, texts.length), texts);
    }
  },
);

/** The texts of so many messages, each acknowledged as its QoS asks. */
async function receiveAll(client: RawClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const packet = await client.next();
    if (packet.kind === 'pubrel') acknowledge(client, 'pubcomp', packet.packetId);
    if (packet.kind !== 'publish') continue;
    texts.push(new TextDecoder().decode(packet.payload));
    if (packet.qos > 0) acknowledge(client, packet.qos === 1 ? 'puback' : 'pubrec', packet.packetId);
  }
  return texts;
}

testBothVersions('PUBRELs are sent in the order in which the PUBRECs came', async (under, version) => {
  const { subscriber, publisher } = await pairOf(under, version);
  const packetIds: number[] = [];
  for (let i = 0; i < 3; i++) {
    await publisher.publish('t', `${i}`, { qos: 2 });
    packetIds.push((await subscriber.expectMessage()).packetId ?? 0);
  }
  const order = [packetIds[1], packetIds[2], packetIds[0]];
  for (const packetId of order) acknowledge(subscriber, 'pubrec', packetId);
  for (const packetId of order) assert.equal((await subscriber.expect('pubrel')).packetId, packetId);
});

test('a PUBACK or PUBREC that refuses ends the exchange: nothing is sent again [MQTT-4.4.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await pairOf(under, 5);
  await publisher.publish('t', 'one', { qos: 1 });
  const one = await subscriber.expectMessage();
  subscriber.send({ kind: 'puback', packetId: one.packetId ?? 0, reasonCode: 0x99 });
  await publisher.publish('t', 'two', { qos: 2 });
  const two = await subscriber.expectMessage();
  subscriber.send({ kind: 'pubrec', packetId: two.packetId ?? 0, reasonCode: 0x83 });
  await subscriber.ping();
  await subscriber.breakOff();
  await (await under.connect(5, 'subscriber', lasting)).ping();
});

testBothVersions(
  'a PUBREC for an identifier that is not known is answered by PUBREL, in 5.0 with 0x92 [MQTT-3.6.2-1] [MQTT-4.3.3-4]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    acknowledge(client, 'pubrec', 99);
    const pubrel = await client.expect('pubrel');
    assert.deepEqual([pubrel.packetId, pubrel.reasonCode], [99, version === 5 ? 0x92 : 0]);
    acknowledge(client, 'puback', 99);
    acknowledge(client, 'pubcomp', 99);
    await client.ping();
  },
);

testBothVersions(
  'an acknowledgement that does not belong to the QoS of its message ends the connection',
  async (under, version) => {
    for (const [qos, kind] of [
      [1, 'pubrec'],
      [1, 'pubcomp'],
      [2, 'puback'],
      [2, 'pubcomp'],
    ] as const) {
      const { subscriber, publisher } = await pairOf(under, version, { cleanStart: true });
      await publisher.publish('t', 'm', { qos });
      acknowledge(subscriber, kind, (await subscriber.expectMessage()).packetId);
      await subscriber.expectDisconnected(0x82);
    }
  },
);

// ── Flow control, section 4.9 ─────────────────────────────────────────────────────────────────────────────────

test('no more than Receive Maximum messages are in flight to a client, and the next follows an acknowledgement [MQTT-3.3.4-9] [MQTT-4.9.0-1] [MQTT-4.9.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const properties = { sessionExpiryInterval: 3600, receiveMaximum: 2 };
  const { subscriber, publisher } = await pairOf(under, 5, { properties });
  for (let i = 0; i < 5; i++) await publisher.publish('t', `${i}`, { qos: i === 0 ? 2 : 1 });
  const first = await subscriber.expectMessage();
  const second = await subscriber.expectMessage();
  await subscriber.ping();
  // PUBREC alone does not make room: PUBCOMP does.
  acknowledge(subscriber, 'pubrec', first.packetId);
  await subscriber.expect('pubrel');
  await subscriber.ping();
  acknowledge(subscriber, 'pubcomp', first.packetId);
  assert.equal((await subscriber.expectMessage()).text, '2');
  await subscriber.ping();
  acknowledge(subscriber, 'puback', second.packetId);
  assert.equal((await subscriber.expectMessage()).text, '3');
  await subscriber.ping();
});

test('everything else goes on while the quota is used up [MQTT-3.3.4-10] [MQTT-4.9.0-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const properties = { sessionExpiryInterval: 3600, receiveMaximum: 1 };
  const { subscriber, publisher } = await pairOf(under, 5, { properties });
  await publisher.publish('t', 'in flight', { qos: 1 });
  await subscriber.expectMessage();
  await publisher.publish('t', 'waits', { qos: 1 });
  await subscriber.ping();
  await subscriber.subscribe('other');
  await publisher.publish('other', 'of QoS 0');
  assert.equal((await subscriber.expectMessage()).text, 'of QoS 0');
  await subscriber.publish('elsewhere', 'its own', { qos: 2 });
});

test('a PUBACK or PUBREC that refuses makes room for the next message [MQTT-3.3.4-9] [MQTT-4.4.0-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await pairOf(under, 5, { properties: { receiveMaximum: 1 } });
  for (const [text, qos] of [
    ['one', 1],
    ['two', 2],
    ['three', 1],
  ] as const)
    await publisher.publish('t', text, { qos });
  for (const [text, kind] of [
    ['one', 'puback'],
    ['two', 'pubrec'],
    ['three', 'puback'],
  ] as const) {
    const message = await subscriber.expectMessage();
    assert.equal(message.text, text);
    await subscriber.ping();
    subscriber.send({ kind, packetId: message.packetId ?? 0, reasonCode: 0x80 });
  }
});

test('after a reconnection with a smaller Receive Maximum, no more than that is sent again at once [MQTT-3.3.4-9]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const { subscriber, publisher } = await pairOf(under, 5);
  for (let i = 0; i < 4; i++) await publisher.publish('t', `${i}`, { qos: 1 });
  for (let i = 0; i < 4; i++) await subscriber.expectMessage();
  await subscriber.breakOff();
  await publisher.publish('t', '4', { qos: 1 });
  const properties = { sessionExpiryInterval: 3600, receiveMaximum: 2 };
  const again = await under.connect(5, 'subscriber', { cleanStart: false, properties });
  const inFlight = [await again.expectMessage(), await again.expectMessage()];
  await again.ping();
  for (const [text, dup] of [
    ['2', true],
    ['3', true],
    ['4', false],
  ] as const) {
    acknowledge(again, 'puback', inFlight.shift()?.packetId);
    const next = await again.expectMessage();
    assert.deepEqual([next.text, next.dup], [text, dup]);
    inFlight.push(next);
    await again.ping();
  }
});

test('a client that exceeds the Receive Maximum of the server is ended with 0x93 [MQTT-3.3.4-7]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { receiveMaximum: 2 } });
  const client = under.open(5);
  assert.equal((await client.connect()).properties?.receiveMaximum, 2);
  for (let i = 0; i < 5; i++) await client.publish('t', 'm', { qos: 1 }); // acknowledged at once
  for (const packetId of [10, 11]) {
    client.sendPublish('t', 'm', { qos: 2, packetId });
    await client.expect('pubrec');
  }
  client.send({ kind: 'pubrel', packetId: 10, reasonCode: 0 });
  await client.expect('pubcomp');
  client.sendPublish('t', 'm', { qos: 2, packetId: 12 });
  await client.expect('pubrec');
  // One of those again is no new one.
  client.sendPublish('t', 'm', { qos: 2, packetId: 12, dup: true });
  await client.expect('pubrec');
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('t');
  client.sendPublish('t', 'one too many', { qos: 2, packetId: 13 });
  await client.expectDisconnected(0x93);
  await watcher.ping();
});

test('a message that was refused does not count against the Receive Maximum of the server [MQTT-3.3.4-7]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { receiveMaximum: 1 } });
  const client = await under.connect(5, 'a');
  for (const packetId of [1, 2, 3]) {
    client.sendPublish('$SYS/x', 'refused', { qos: 2, packetId });
    assert.equal((await client.expect('pubrec')).reasonCode, 0x87);
  }
  client.sendPublish('t', 'of QoS 0');
  await client.publish('t', 'taken', { qos: 2, packetId: 4 });
});

test('a 3.1.1 client knows no Receive Maximum, and is held to none', async (t) => {
  const client = await new BrokerOverNetwork(t, { limits: { receiveMaximum: 1 } }).connect(4, 'a');
  for (const packetId of [1, 2, 3]) client.sendPublish('t', 'm', { qos: 2, packetId });
  for (const packetId of [1, 2, 3]) assert.equal((await client.expect('pubrec')).packetId, packetId);
});

test('a QoS 1 message counts against the Receive Maximum too, while it is used up [MQTT-3.3.4-7]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { receiveMaximum: 1 } });
  const client = await under.connect(5, 'a');
  client.sendPublish('t', 'm', { qos: 2, packetId: 1 });
  await client.expect('pubrec');
  client.sendPublish('t', 'm', { qos: 1, packetId: 2 });
  await client.expectDisconnected(0x93);
});

test('a new connection starts with the whole Receive Maximum [MQTT-4.9.0-1]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { receiveMaximum: 1 } });
  const first = await under.connect(5, 'a', lasting);
  first.sendPublish('t', 'm', { qos: 2, packetId: 1 });
  await first.expect('pubrec');
  await first.breakOff();
  const second = await under.connect(5, 'a', lasting);
  second.sendPublish('t', 'm', { qos: 2, packetId: 2 });
  await second.expect('pubrec');
});
