/** Properties and reason codes, sections 2.2.2 and 2.4: which packet takes which, how often, and with which values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { frame, hex, uint16, uint32, utf8 } from '../support/bytes.ts';
import { type ConnectBytes, connectBytes } from '../support/connectBytes.ts';

const MALFORMED = 0x81;
const PROTOCOL_ERROR = 0x82;

type Property = readonly number[];

/** Properties by the standard's names, each with a value that it can have. Section 2.2.2.2. */
const payloadFormatIndicator = [0x01, 1];
const messageExpiryInterval = [0x02, ...uint32(60)];
const contentType = [0x03, ...utf8('text/plain')];
const responseTopic = [0x08, ...utf8('r')];
const correlationData = [0x09, 0, 1, 0xff];
const subscriptionIdentifier = [0x0b, 1];
const sessionExpiryInterval = [0x11, ...uint32(60)];
const assignedClientIdentifier = [0x12, ...utf8('a')];
const serverKeepAlive = [0x13, ...uint16(60)];
const authenticationMethod = [0x15, ...utf8('x')];
const authenticationData = [0x16, ...utf8('x')];
const requestProblemInformation = [0x17, 1];
const willDelayInterval = [0x18, ...uint32(60)];
const requestResponseInformation = [0x19, 1];
const responseInformation = [0x1a, ...utf8('x')];
const serverReference = [0x1c, ...utf8('x')];
const reasonString = [0x1f, ...utf8('because')];
const receiveMaximum = [0x21, ...uint16(10)];
const topicAliasMaximum = [0x22, ...uint16(10)];
const topicAlias = [0x23, ...uint16(1)];
const maximumQoS = [0x24, 1];
const retainAvailable = [0x25, 1];
const userProperty = [0x26, ...utf8('k'), ...utf8('v')];
const maximumPacketSize = [0x27, ...uint32(1000)];
const wildcardSubscriptionAvailable = [0x28, 1];
const subscriptionIdentifierAvailable = [0x29, 1];
const sharedSubscriptionAvailable = [0x2a, 1];

const all: readonly Property[] = [
  ...[payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic, correlationData],
  ...[subscriptionIdentifier, sessionExpiryInterval, assignedClientIdentifier, serverKeepAlive],
  ...[authenticationMethod, authenticationData, requestProblemInformation, willDelayInterval],
  ...[requestResponseInformation, responseInformation, serverReference, reasonString, receiveMaximum],
  ...[topicAliasMaximum, topicAlias, maximumQoS, retainAvailable, userProperty, maximumPacketSize],
  ...[wildcardSubscriptionAvailable, subscriptionIdentifierAvailable, sharedSubscriptionAvailable],
];

const section = (...properties: readonly Property[]): number[] => {
  const bytes = properties.flat();
  return [bytes.length, ...bytes];
};

interface PacketWithProperties {
  readonly packet: (properties: number[]) => Uint8Array;
  readonly takes: readonly Property[];
}

/** Packets that a client sends after CONNECT. DISCONNECT's Server Reference is the server's to send, and harmless. */
const packets: Readonly<Record<string, PacketWithProperties>> = {
  PUBLISH: {
    packet: (properties) => frame(0x30, utf8('t'), properties),
    takes: [
      ...[payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic, correlationData],
      ...[topicAlias, userProperty],
    ],
  },
  PUBACK: {
    packet: (properties) => frame(0x40, uint16(1), 0, properties),
    takes: [reasonString, userProperty],
  },
  PUBREC: {
    packet: (properties) => frame(0x50, uint16(1), 0x80, properties),
    takes: [reasonString, userProperty],
  },
  PUBREL: {
    packet: (properties) => frame(0x62, uint16(1), 0x92, properties),
    takes: [reasonString, userProperty],
  },
  PUBCOMP: {
    packet: (properties) => frame(0x70, uint16(1), 0x92, properties),
    takes: [reasonString, userProperty],
  },
  SUBSCRIBE: {
    packet: (properties) => frame(0x82, uint16(1), properties, utf8('t'), 0),
    takes: [subscriptionIdentifier, userProperty],
  },
  UNSUBSCRIBE: {
    packet: (properties) => frame(0xa2, uint16(1), properties, utf8('t')),
    takes: [userProperty],
  },
};

/** Refused by what it means in this packet, before or instead of not being allowed there. */
const refusedOtherwise: Readonly<Record<string, readonly Property[]>> = { PUBLISH: [subscriptionIdentifier] };

for (const [name, { packet, takes }] of Object.entries(packets)) {
  test(`${name} takes its own properties, user properties any number of times, and the connection goes on`, async (t) => {
    const client = await new BrokerOverNetwork(t).connect(5, 'a');
    client.sendBytes(packet(section(...takes, userProperty)));
    client.sendBytes(hex('C0 00'));
    let next = await client.next();
    while (next.kind !== 'pingresp') {
      assert.notEqual(next.kind, 'disconnect');
      next = await client.next();
    }
  });

  test(`${name} ends the connection for a property that it does not have, and for one that is none`, async (t) => {
    const under = new BrokerOverNetwork(t);
    const others = all.filter((one) => !takes.includes(one) && !refusedOtherwise[name]?.includes(one));
    for (const property of [...others, [0x00], [0x7f, 0]]) {
      const client = await under.connect(5, 'a');
      client.sendBytes(packet(section(property)));
      await client.expectDisconnected(MALFORMED);
    }
  });

  test(`${name} ends the connection for a property that comes twice, user properties aside`, async (t) => {
    const under = new BrokerOverNetwork(t);
    for (const property of takes.filter((one) => one !== userProperty)) {
      const client = await under.connect(5, 'a');
      client.sendBytes(packet(section(property, property)));
      await client.expectDisconnected(PROTOCOL_ERROR);
    }
  });

  test(`${name} ends the connection for properties that do not fit into their length`, async (t) => {
    const under = new BrokerOverNetwork(t);
    for (const property of takes) {
      const client = await under.connect(5, 'a');
      client.sendBytes(packet([property.length - 1, ...property]));
      await client.expectDisconnected(MALFORMED);
    }
  });
}

test('DISCONNECT ends the connection for a property that it does not have, or has twice', async (t) => {
  const under = new BrokerOverNetwork(t);
  const takes: readonly Property[] = [sessionExpiryInterval, reasonString, serverReference];
  for (const property of [...takes, ...all.filter((one) => !takes.includes(one) && one !== userProperty)]) {
    const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 10 } });
    client.sendBytes(frame(0xe0, 0, section(property, property)));
    await client.expectDisconnected(takes.includes(property) ? PROTOCOL_ERROR : MALFORMED);
  }
  const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 10 } });
  client.sendBytes(frame(0xe0, 0, section(sessionExpiryInterval, reasonString, userProperty, userProperty)));
  await client.expectClosed();
});

const connectTakes: readonly Property[] = [
  ...[sessionExpiryInterval, receiveMaximum, maximumPacketSize, topicAliasMaximum],
  ...[requestResponseInformation, requestProblemInformation, userProperty],
];

const willTakes: readonly Property[] = [
  ...[willDelayInterval, payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic],
  ...[correlationData, userProperty],
];

const withWill = (properties: number[]) => ({
  flags: 0x06,
  payload: [utf8('a'), properties, utf8('will'), utf8('m')],
});

test('CONNECT and its will take their own properties', async (t) => {
  const client = new BrokerOverNetwork(t).open(5);
  const properties = [...connectTakes, userProperty].flat();
  client.sendBytes(connectBytes({ level: 5, properties, ...withWill(section(...willTakes, userProperty)) }));
  assert.equal((await client.expect('connack')).reasonCode, 0);
  await client.ping();
});

test('CONNECT is refused for a property that it or its will does not have, or has twice', async (t) => {
  const under = new BrokerOverNetwork(t);
  const refusal = async (connect: ConnectBytes): Promise<number> => {
    const client = under.open(5);
    client.sendBytes(connectBytes({ level: 5, ...connect }));
    const { reasonCode } = await client.expect('connack');
    await client.expectClosed();
    return reasonCode;
  };
  const ofConnect = [...connectTakes, authenticationMethod, authenticationData];
  for (const property of all) {
    if (!ofConnect.includes(property)) assert.equal(await refusal({ properties: property }), MALFORMED);
    else if (property !== userProperty)
      assert.equal(await refusal({ properties: [...property, ...property] }), PROTOCOL_ERROR);
    if (!willTakes.includes(property)) assert.equal(await refusal(withWill(section(property))), MALFORMED);
    else if (property !== userProperty)
      assert.equal(await refusal(withWill(section(property, property))), PROTOCOL_ERROR);
  }
  assert.equal(await refusal({ properties: [0x7f] }), MALFORMED);
  assert.equal(await refusal(withWill([4, 0x18, 0, 0, 0])), MALFORMED); // a Will Delay Interval of three bytes
});

test('CONNECT is refused for a property whose value it can not have', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const [name, connect] of Object.entries({
    'Receive Maximum 0': { properties: [0x21, 0, 0] },
    'Maximum Packet Size 0': { properties: [0x27, 0, 0, 0, 0] },
    'Request Problem Information 2': { properties: [0x17, 2] },
    'Request Response Information 2': { properties: [0x19, 2] },
    'Authentication Data without a method': { properties: authenticationData },
    'Payload Format Indicator 2 of the will': withWill(section([0x01, 2])),
    'a wildcard in the Response Topic of the will': withWill(section([0x08, ...utf8('a/#')])),
  })) {
    const client = under.open(5);
    client.sendBytes(connectBytes({ level: 5, ...connect }));
    assert.equal((await client.expect('connack')).reasonCode, PROTOCOL_ERROR, name);
    await client.expectClosed();
  }
});

test('a Payload Format Indicator other than 0 and 1 ends the connection', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  client.sendBytes(frame(0x30, utf8('t'), section([0x01, 2])));
  await client.expectDisconnected(PROTOCOL_ERROR);
});

// ── Reason codes ──────────────────────────────────────────────────────────────────────────────────────────────

test('an acknowledgement with a reason code that is not one of its packet ends the connection [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const accepting = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
  const releasing = [0x00, 0x92];
  for (const [firstByte, own] of [
    [0x40, accepting], // PUBACK
    [0x50, accepting], // PUBREC
    [0x62, releasing], // PUBREL
    [0x70, releasing], // PUBCOMP
  ] as const) {
    const client = await under.connect(5, 'good');
    for (const reasonCode of own) client.sendBytes(frame(firstByte, uint16(7), reasonCode));
    await client.handled();
    for (const reasonCode of [...new Set([...accepting, ...releasing, 0x01, 0x82, 0x8e, 0xff])]) {
      if ((own as readonly number[]).includes(reasonCode)) continue;
      const bad = await under.connect(5, 'bad');
      bad.sendBytes(frame(firstByte, uint16(7), reasonCode));
      await bad.expectDisconnected(PROTOCOL_ERROR);
    }
    assert.equal(client.isClosed, false);
    client.sendBytes(hex('E0 00'));
    await client.closed();
  }
});

test('an acknowledgement may leave out its reason code, and its properties, and then means success', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t', { qos: 2 });
  const publisher = await under.connect(5, 'publisher');
  for (const rest of [[], [0x00], [0x00, 0x00], [0x00, ...section(reasonString, userProperty)]]) {
    await publisher.publish('t', 'm', { qos: 2 });
    const packetId = uint16((await client.expectMessage()).packetId ?? 0);
    client.sendBytes(frame(0x50, packetId, rest)); // PUBREC
    assert.deepEqual(await client.nextBytes(), frame(0x62, packetId));
    client.sendBytes(frame(0x70, packetId, rest)); // PUBCOMP
    client.sendBytes(frame(0x34, utf8('u'), uint16(9), 0));
    await client.expect('pubrec');
    client.sendBytes(frame(0x62, uint16(9), rest)); // PUBREL
    assert.deepEqual(await client.nextBytes(), frame(0x70, uint16(9)));
    await publisher.publish('t', 'm', { qos: 1 });
    client.sendBytes(frame(0x40, uint16((await client.expectMessage()).packetId ?? 0), rest)); // PUBACK
    await client.ping();
  }
  const [session] = [...under.broker.sessions()];
  assert.equal(session?.inflightMessages, 0);
});
