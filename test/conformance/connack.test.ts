/** CONNACK, section 3.2: what it says of the session, and of what this broker can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy } from '../../src/broker/accessPolicy.ts';
import { LARGEST_PACKET_BYTES } from '../../src/broker/limits.ts';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { isReasonCodeOf } from '../../src/mqtt/reasonCodes.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { hex, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';
import type { RawClient } from '../support/rawClient.ts';

/** Of a session that outlives its connection, in either version. */
const lasting: Partial<ConnectPacket> = {
  cleanStart: false,
  properties: { sessionExpiryInterval: 3600 },
};

test('a CONNACK of 3.1.1 is four bytes, of which the first bit of the third is Session Present [MQTT-3.2.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const sessionPresent of [0, 1]) {
    const client = under.open(4);
    client.sendBytes(connectBytes({ flags: 0 }));
    assert.deepEqual(await client.nextBytes(), hex(`20 02  0${sessionPresent} 00`));
    await client.breakOff();
  }
});

test('a CONNACK of 5.0 says in properties what differs from the defaults, and nothing else [MQTT-3.2.2-1] [MQTT-2.2.2-1]', async (t) => {
  for (const [maxPacketBytes, connack] of [
    [0x0001_0000, '20 08  00 00 05  27 00 01 00 00'], // Maximum Packet Size 65,536
    [LARGEST_PACKET_BYTES, '20 03  00 00 00'], // Property Length 0
  ] as const) {
    const under = new BrokerOverNetwork(t, { limits: { maxPacketBytes, topicAliasMaximum: 0 } });
    const client = under.open(5);
    client.sendBytes(connectBytes({ level: 5 }));
    assert.deepEqual(await client.nextBytes(), hex(connack));
  }
});

testBothVersions(
  'without a session, Session Present is 0 [MQTT-3.1.2-6] [MQTT-3.2.2-3] [MQTT-3.2.2-3 3.1.1]',
  async (under, version) => {
    const connack = await under.open(version).connect({ cleanStart: false });
    assert.equal(connack.sessionPresent, false);
  },
);

testBothVersions(
  'with a session, Session Present is 1 and the session goes on [MQTT-3.1.2-5] [MQTT-3.2.2-3] [MQTT-3.1.2-4 3.1.1] [MQTT-3.2.2-2 3.1.1] [MQTT-3.1.4-4] [MQTT-3.1.4-3 3.1.1]',
  async (under, version) => {
    const first = await under.connect(version, 'a', lasting);
    await first.subscribe('t', { qos: 1 });
    await first.disconnect();
    const second = under.open(version);
    assert.equal((await second.connect({ clientId: 'a', ...lasting })).sessionPresent, true);
    await second.publish('t', 'still subscribed');
    assert.equal((await second.expectMessage()).text, 'still subscribed');
  },
);

/** Client `a` has a session and no connection, and a message waits in it. Returns the client that published it. */
async function leaveMessageWaiting(under: BrokerOverNetwork, version: ProtocolVersion): Promise<RawClient> {
  const first = await under.connect(version, 'a', lasting);
  await first.subscribe('t', { qos: 1 });
  await first.disconnect();
  const other = await under.connect(version, 'other');
  await other.publish('t', 'waits', { qos: 1 });
  return other;
}

testBothVersions(
  'a clean start ends the session before it: nothing of it is left [MQTT-3.1.2-4] [MQTT-3.1.2-6 3.1.1] [MQTT-3.2.2-2] [MQTT-3.2.2-1 3.1.1]',
  async (under, version) => {
    const other = await leaveMessageWaiting(under, version);
    const second = under.open(version);
    const connack = await second.connect({ clientId: 'a', ...lasting, cleanStart: true });
    assert.equal(connack.sessionPresent, false);
    await other.publish('t', 'no subscription', { qos: 1 });
    await second.ping();
  },
);

testBothVersions(
  'a CONNACK that refuses has Session Present 0, even with a session, and the end follows [MQTT-3.2.2-6] [MQTT-3.2.2-7] [MQTT-3.2.2-4 3.1.1] [MQTT-3.2.2-5 3.1.1] [MQTT-4.13.2-1]',
  async (under, version) => {
    const first = await under.connect(version, 'a', lasting);
    await first.disconnect();
    under.broker.setLimits({ maximumQoS: 0 });
    const client = under.open(version);
    const will = { topic: 'w', payload: new Uint8Array(0), qos: 1, retain: false } as const;
    client.sendConnect({ clientId: 'a', ...lasting, will });
    const connack = await client.expect('connack');
    assert.notEqual(connack.reasonCode, 0);
    assert.equal(connack.sessionPresent, false);
    await client.expectClosed();
    assert.equal(under.broker.counters.sessions, 1);
  },
);

testBothVersions(
  'one CONNACK comes in a connection, and no other packet before it [MQTT-3.2.0-2] [MQTT-3.2.0-1] [MQTT-3.2.0-1 3.1.1]',
  async (under, version) => {
    await leaveMessageWaiting(under, version);
    const second = under.open(version);
    second.sendConnect({ clientId: 'a', ...lasting });
    await second.expect('connack');
    assert.equal((await second.expectMessage()).text, 'waits');
    await second.ping();
  },
);

test('every refusal is one of the reason codes of CONNACK [MQTT-3.2.2-8]', async (t) => {
  const will = { topic: 'w', payload: new Uint8Array(0), qos: 2, retain: true } as const;
  const refusals: [limits: object, connect: Partial<ConnectPacket>, reasonCode: number][] = [
    [{}, { properties: { authenticationMethod: 'x' } }, 0x8c],
    [{ maximumQoS: 1 }, { will }, 0x9b],
    [{ maxRetainedMessages: 0 }, { will }, 0x9a],
    [{ maxSessions: 1 }, {}, 0x97],
    [{ maxConnections: 1 }, {}, 0x89],
  ];
  for (const [limits, connect, reasonCode] of refusals) {
    const under = new BrokerOverNetwork(t, { limits });
    await under.connect(5, 'first');
    const client = under.open(5);
    client.sendConnect({ clientId: 'second', ...connect });
    assert.equal((await client.expect('connack')).reasonCode, reasonCode);
    assert.ok(isReasonCodeOf('connack', reasonCode));
    await client.expectClosed();
    assert.equal(under.broker.counters.connectionsRefused, 1);
  }
});

test('a CONNECT that is refused gets the return code of 3.1.1 that says why, then the end [MQTT-3.2.2-4 3.1.1] [MQTT-3.2.2-5 3.1.1]', async (t) => {
  for (const [reasonCode, returnCode] of [
    [0x85, 2], // identifier rejected
    [0x88, 3], // server unavailable
    [0x86, 4], // bad user name or password
    [0x87, 5], // not authorized
  ] as const) {
    const policy: AccessPolicy = {
      ...anonymousPolicy,
      authenticate: () => ({ kind: 'refused', reasonCode, message: 'no' }),
    };
    const client = new BrokerOverNetwork(t, { policy }).open(4);
    client.sendBytes(connectBytes());
    assert.deepEqual(await client.nextBytes(), Uint8Array.of(0x20, 0x02, 0x00, returnCode));
    await client.expectClosed();
  }
});

test('a fault for which 3.1.1 has no return code closes without a CONNACK [MQTT-3.2.2-6 3.1.1]', async (t) => {
  const client = new BrokerOverNetwork(t).open(4);
  client.sendBytes(connectBytes({ flags: 0x03 }));
  await client.expectClosed();
});

test('the highest QoS is told when it is below 2, and a will above it refused [MQTT-3.2.2-9] [MQTT-3.2.2-12]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { maximumQoS: 1 } });
  const connack = await under.open(5).connect();
  assert.equal(connack.properties?.maximumQoS, 1);
  const client = under.open(5);
  client.sendConnect({ will: { topic: 'w', payload: new Uint8Array(0), qos: 2, retain: false } });
  assert.equal((await client.expect('connack')).reasonCode, 0x9b);
  await client.expectClosed();
});

testBothVersions(
  'a subscription above the highest QoS is granted at that [MQTT-3.2.2-10] [MQTT-3.8.4-7]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    for (const qos of [0, 1, 2] as const) {
      assert.deepEqual((await client.subscribe(`t/${qos}`, { qos })).reasonCodes, [0]);
    }
  },
  { limits: { maximumQoS: 0 } },
);

testBothVersions(
  'a PUBLISH above the highest QoS ends the connection, in 5.0 with 0x9B [MQTT-3.2.2-11]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendPublish('t', 'm', { qos: 1 });
    await client.expectDisconnected(0x9b);
  },
  { limits: { maximumQoS: 0 } },
);

test('without retained messages, CONNACK says so, and a will or a PUBLISH with RETAIN is refused with 0x9A [MQTT-3.2.2-13] [MQTT-3.2.2-14]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { maxRetainedMessages: 0 } });
  const client = under.open(5);
  assert.equal((await client.connect()).properties?.retainAvailable, 0);
  client.sendPublish('t', 'm', { retain: true });
  await client.expectDisconnected(0x9a);
  const other = under.open(5);
  other.sendConnect({ will: { topic: 'w', payload: new Uint8Array(0), qos: 0, retain: true } });
  assert.equal((await other.expect('connack')).reasonCode, 0x9a);
  await other.expectClosed();
});

testBothVersions(
  'a packet above the Maximum Packet Size ends the connection, in 5.0 with 0x95, as soon as its length has come [MQTT-3.2.2-15]',
  async (under, version) => {
    const client = under.open(version);
    const { properties } = await client.connect();
    assert.equal(properties?.maximumPacketSize, version === 5 ? 100 : undefined);
    const payload = 'x'.repeat(version === 5 ? 94 : 95); // 2 header, 3 topic, 1 properties in 5.0: 100
    client.sendPublish('t', payload);
    await client.ping();
    client.sendBytes(hex('30 63')); // 2 + 99 bytes, of which 2 come
    await client.expectDisconnected(0x95);
  },
  { limits: { maxPacketBytes: 100 } },
);

testBothVersions(
  'a Remaining Length of 268,435,455 is taken where the limit is the largest that there is',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendBytes(hex('30 FF FF FF 7F  00 01 "t"'));
    await client.handled();
    const [session] = [...under.broker.sessions()];
    assert.equal(session?.connected, true);
  },
  { limits: { maxPacketBytes: LARGEST_PACKET_BYTES } },
);

test('a reason string is left out of a CONNACK that would be too large with it [MQTT-3.2.2-19] [MQTT-3.2.2-20]', async (t) => {
  const message = 'a long story '.repeat(10);
  const policy = {
    ...anonymousPolicy,
    authenticate: () => ({ kind: 'refused', reasonCode: 0x87, message }) as const,
  };
  const under = new BrokerOverNetwork(t, { policy });
  for (const [maximumPacketSize, reasonString] of [
    [500, message],
    [50, undefined],
  ] as const) {
    const client = under.open(5);
    client.sendConnect({ properties: { maximumPacketSize } });
    const connack = await client.expect('connack');
    assert.equal(connack.reasonCode, 0x87);
    assert.equal(connack.properties?.reasonString, reasonString);
    await client.expectClosed();
  }
});

test('a client that takes no packet as large as a CONNACK is closed [MQTT-3.1.2-24]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = under.open(5);
  client.sendConnect({ properties: { maximumPacketSize: 4 } });
  await client.expectClosed();
  assert.equal(under.broker.counters.sessions, 0);
  assert.equal(under.broker.counters.connectionsRefused, 1);
});

test('what CONNACK promised holds when the limits change [MQTT-3.3.2-12]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { topicAliasMaximum: 5 } });
  const client = await under.connect(5, 'a');
  under.broker.setLimits({ topicAliasMaximum: 0, maximumQoS: 0, maxRetainedMessages: 0, receiveMaximum: 1 });
  for (const packetId of [1, 2, 3]) {
    client.sendPublish('t', 'm', { qos: 2, packetId, properties: { topicAlias: 5 } });
    await client.expect('pubrec');
  }
  const late = under.open(5);
  const { properties } = await late.connect({ clientId: 'late' });
  assert.deepEqual(
    [properties?.topicAliasMaximum, properties?.maximumQoS, properties?.retainAvailable],
    [undefined, 0, 0],
  );
});

test('Response Information is sent to a client that asks for it, and to no other [MQTT-3.1.2-28]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const asks = { requestResponseInformation: 1 } as const;
  for (const [clientId, properties, expected] of [
    ['a', asks, 'responses/a'],
    ['', asks, 'responses/auto-0000000000000000'],
    ['$&', asks, 'responses/$&'],
    ['a', { requestResponseInformation: 0 }, undefined],
    ['a', {}, undefined],
    ['a+b', asks, undefined], // would be a wildcard
  ] as const) {
    const connack = await under.open(5).connect({ clientId, properties });
    assert.equal(connack.properties?.responseInformation, expected, clientId);
  }
  const old = await under.open(4).connect();
  assert.equal(old.properties, undefined);
});

test('Response Information is of a template, or off, and names nothing that the client may not read', async (t) => {
  const policy = {
    ...anonymousPolicy,
    mayReceive: (_: unknown, topic: string) => topic !== 'r/secret/answers',
  };
  for (const [responseInformation, clientId, expected] of [
    ['r/%c/answers', 'a', 'r/a/answers'],
    ['r/%c/answers', 'secret', undefined],
    ['all', 'a', 'all'],
    [false, 'a', undefined],
  ] as const) {
    const under = new BrokerOverNetwork(t, { policy, responseInformation });
    const connack = await under.open(5).connect({ clientId, properties: { requestResponseInformation: 1 } });
    assert.equal(connack.properties?.responseInformation, expected);
  }
});

for (const [reasonCode, message] of [
  [0x9c, 'This broker sends clients to other:1883.'],
  [0x9d, 'This broker has moved to other:1883.'],
] as const) {
  test(`while a redirect is set, CONNECT is refused with 0x${reasonCode.toString(16)} and the Server Reference`, async (t) => {
    const under = new BrokerOverNetwork(t, { redirect: { reasonCode, serverReference: 'other:1883' } });
    const client = under.open(5);
    client.sendConnect();
    const connack = await client.expect('connack');
    assert.equal(connack.reasonCode, reasonCode);
    assert.deepEqual(connack.properties, { reasonString: message, serverReference: 'other:1883' });
    await client.expectClosed();
  });
}

test('a redirect tells 3.1.1 that the server is unavailable, leaves who is connected, and can be taken back', async (t) => {
  const under = new BrokerOverNetwork(t);
  const present = await under.connect(5, 'present');
  under.broker.setRedirect({ reasonCode: 0x9c, serverReference: 'other' });
  const old = under.open(4);
  old.sendConnect();
  assert.deepEqual(await old.nextBytes(), hex('20 02 00 03'));
  await old.expectClosed();
  await present.ping();
  under.broker.setRedirect(undefined);
  await under.connect(4, 'late');
});

test('a refusal by the access policy may say where else to go', async (t) => {
  const refusal = {
    kind: 'refused',
    reasonCode: 0x9d,
    message: 'moved',
    serverReference: 'new:8883',
  } as const;
  const under = new BrokerOverNetwork(t, { policy: { ...anonymousPolicy, authenticate: () => refusal } });
  const client = under.open(5);
  client.sendConnect();
  const connack = await client.expect('connack');
  assert.deepEqual([connack.reasonCode, connack.properties?.serverReference], [0x9d, 'new:8883']);
});

test('the session expiry is told when it is not the one asked for', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { maxSessionExpirySeconds: 60 } });
  const long = await under.open(5).connect({ clientId: 'a', properties: { sessionExpiryInterval: 3600 } });
  assert.equal(long.properties?.sessionExpiryInterval, 60);
  const short = await under.open(5).connect({ clientId: 'b', properties: { sessionExpiryInterval: 30 } });
  assert.equal(short.properties?.sessionExpiryInterval, undefined);
});

test('an authentication method that is not known is refused with 0x8C, and no AUTH is sent [MQTT-4.12.0-1] [MQTT-4.12.0-6]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = under.open(5);
  client.sendBytes(
    connectBytes({ level: 5, properties: [0x15, ...utf8('SCRAM-MADE-UP'), 0x16, ...utf8('data')] }),
  );
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0x8c);
  assert.equal(connack.properties?.authenticationMethod, undefined);
  await client.expectClosed();
  const plain = await under.open(5).connect();
  assert.equal(plain.properties?.authenticationMethod, undefined);
});
