/** DISCONNECT, PINGREQ and AUTH (sections 3.12, 3.14, 3.15), and how every fault ends (4.13; 4.8 in 3.1.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import { isReasonCodeOf } from '../../src/mqtt/reasonCodes.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { concat, frame, hex, uint16, utf8 } from '../support/bytes.ts';

/** An empty property section. */
const properties = (version: ProtocolVersion): number[] => (version === 5 ? [0] : []);

testBothVersions(
  'PINGREQ is answered by one PINGRESP [MQTT-3.12.4-1] [MQTT-3.12.4-1 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendBytes(hex('C0 00'));
    assert.deepEqual(await client.nextBytes(), hex('D0 00'));
    await client.disconnect();
  },
);

testBothVersions(
  'after DISCONNECT the connection is closed, and nothing behind it is looked at [MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT-3.14.4-1 3.1.1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    client.sendBytes(
      concat(hex('E0 00'), frame(0x31, utf8('t'), version === 5 ? 0 : [], 0x6d), hex('C0 00')),
    );
    await client.expectClosed();
    assert.equal(under.broker.counters.retainedMessages, 0);
  },
);

testBothVersions(
  'a packet whose flags are fixed ends the connection with any others [MQTT-2.1.3-1] [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1] [MQTT-2.2.2-1 3.1.1] [MQTT-2.2.2-2 3.1.1] [MQTT-3.6.1-1 3.1.1] [MQTT-3.8.1-1 3.1.1] [MQTT-3.10.1-1 3.1.1]',
  async (under, version) => {
    const packets: readonly [firstByte: number, body: readonly number[]][] = [
      [0x40, uint16(1)], // PUBACK
      [0x50, uint16(1)], // PUBREC
      [0x62, uint16(1)], // PUBREL
      [0x70, uint16(1)], // PUBCOMP
      [0x82, [...uint16(1), ...properties(version), ...utf8('t'), 0]], // SUBSCRIBE
      [0xa2, [...uint16(1), ...properties(version), ...utf8('t')]], // UNSUBSCRIBE
      [0xc0, []], // PINGREQ
      [0xe0, []], // DISCONNECT
    ];
    for (const [firstByte, body] of packets) {
      for (let flags = 0; flags < 16; flags++) {
        if (flags === (firstByte & 0x0f)) continue;
        const client = await under.connect(version, 'a');
        client.sendBytes(frame((firstByte & 0xf0) | flags, body));
        await client.expectDisconnected(0x81);
      }
    }
  },
);

test('a DISCONNECT with a reason code that there is not is a protocol error [MQTT-3.14.2-1]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  client.sendBytes(hex('E0 01 01'));
  await client.expectDisconnected(0x82);
});

test('a DISCONNECT with a reason code that only a server may send is a protocol error [MQTT-3.14.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const serverOnly = [
    0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ];
  for (const reasonCode of serverOnly) {
    const client = await under.connect(5, 'a');
    client.send({ kind: 'disconnect', reasonCode });
    await client.expectDisconnected(0x82);
  }
  assert.equal(under.broker.counters.protocolErrors, serverOnly.length);
  for (const reasonCode of [
    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
  ]) {
    const client = await under.connect(5, 'a');
    await client.disconnect(reasonCode);
  }
  assert.equal(under.broker.counters.protocolErrors, serverOnly.length);
});

test('before CONNACK no DISCONNECT is sent [MQTT-3.14.0-1]', async (t) => {
  const under = new BrokerOverNetwork(t, { limits: { connectTimeoutSeconds: 5 } });
  for (const bytes of ['C0 00', 'E0 00', '36 00', '00 00', '30 FF FF FF FF 7F', '10 03 00 04 4D']) {
    const client = under.open(5);
    client.sendBytes(hex(bytes));
    await client.expectClosed();
  }
  const silent = under.open(5);
  await silent.handled();
  under.clock.advance(5200);
  await silent.expectClosed();
});

test('a DISCONNECT of the server has a code of its own kind, no session expiry, and is the last packet [MQTT-3.14.2-1] [MQTT-3.14.2-2] [MQTT-3.14.4-1] [MQTT-3.14.4-2]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', { properties: { sessionExpiryInterval: 100 } });
  assert.equal(under.broker.disconnectClient('a', 0x98, 'Out for maintenance.'), true);
  assert.equal(under.broker.disconnectClient('nobody', 0x98, ''), false);
  const { reasonCode, properties } = await client.expect('disconnect');
  assert.ok(isReasonCodeOf('disconnect', reasonCode));
  assert.deepEqual(properties, { reasonString: 'Out for maintenance.' });
  await client.expectClosed();
  assert.equal(under.broker.counters.sessions, 1);
});

test('a reason string is left out of a DISCONNECT that would be too large with it [MQTT-3.14.2-3] [MQTT-3.14.2-4]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', { properties: { maximumPacketSize: 30 } });
  client.sendBytes(hex('36 00')); // QoS 3
  const bytes = await client.nextBytes();
  assert.deepEqual(bytes.subarray(2, 3), hex('81'));
  assert.ok(bytes.length <= 30);
  await client.expectClosed();
});

test('without Request Problem Information, reasons come in CONNACK and DISCONNECT alone [MQTT-3.1.2-29]', async (t) => {
  const policy = { ...anonymousPolicy, maySubscribe: () => false };
  const under = new BrokerOverNetwork(t, { policy });
  const client = await under.connect(5, 'a', { properties: { requestProblemInformation: 0 } });
  const { reasonCodes, properties } = await client.subscribe('t');
  assert.deepEqual([reasonCodes, properties], [[0x87], undefined]);
  client.send({ kind: 'unsubscribe', packetId: 9, topicFilters: ['t'] });
  assert.deepEqual(await client.nextBytes(), hex('B0 04  00 09  00  11'));
  client.sendPublish('$SYS/x', 'm', { qos: 1, packetId: 1 });
  assert.deepEqual(await client.nextBytes(), hex('40 03  00 01  87'));
  client.sendPublish('$SYS/x', 'm', { qos: 2, packetId: 2 });
  assert.deepEqual(await client.nextBytes(), hex('50 03  00 02  87'));
  client.send({ kind: 'pubrec', packetId: 3, reasonCode: 0 });
  assert.deepEqual(await client.nextBytes(), hex('62 03  00 03  92'));
  client.send({ kind: 'pubrel', packetId: 4, reasonCode: 0 });
  assert.deepEqual(await client.nextBytes(), hex('70 03  00 04  92'));
  client.sendBytes(hex('36 00'));
  assert.ok((await client.expect('disconnect')).properties?.reasonString);
  await client.expectClosed();
});

test('with Request Problem Information, or without a word of it, an acknowledgement that refuses says why', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const properties of [{}, { requestProblemInformation: 1 } as const]) {
    const client = await under.connect(5, 'a', { properties });
    client.sendPublish('$SYS/x', 'm', { qos: 1 });
    assert.ok((await client.expect('puback')).properties?.reasonString);
    client.sendPublish('$SYS/x', 'm', { qos: 2 });
    assert.ok((await client.expect('pubrec')).properties?.reasonString);
  }
});

test('a reason string is left out of an acknowledgement that would be too large with it [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a', { properties: { maximumPacketSize: 20 } });
  client.sendPublish('$SYS/x', 'm', { qos: 1, packetId: 1 });
  assert.deepEqual(await client.nextBytes(), hex('40 03  00 01 87'));
  client.sendPublish('$SYS/x', 'm', { qos: 2, packetId: 2 });
  assert.deepEqual(await client.nextBytes(), hex('50 03  00 02 87'));
});

test('an answer is never larger than its client takes: reasons are left out [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2]', async (t) => {
  const policy = { ...anonymousPolicy, maySubscribe: () => false };
  const under = new BrokerOverNetwork(t, { policy });
  const client = await under.connect(5, 'a', { properties: { maximumPacketSize: 20 } });
  for (const [sent, expected] of [
    ['50 02 00 07', '62 03 00 07 92'], // PUBREC, PUBREL
    ['62 02 00 07', '70 03 00 07 92'], // PUBREL, PUBCOMP
    ['82 07 00 07 00 00 01 "t" 00', '90 04 00 07 00 87'], // SUBSCRIBE, SUBACK
    ['A2 06 00 07 00 00 01 "t"', 'B0 04 00 07 00 11'], // UNSUBSCRIBE, UNSUBACK
  ] as const) {
    client.sendBytes(hex(sent));
    assert.deepEqual(await client.nextBytes(), hex(expected));
  }
});

test('AUTH without an Authentication Method in CONNECT is a protocol error [MQTT-4.12.0-7]', async (t) => {
  const under = new BrokerOverNetwork(t);
  const client = await under.connect(5, 'a');
  client.sendBytes(frame(0xf0, 0x19, 4, 0x15, utf8('x')));
  await client.expectDisconnected(0x82);
});

test('AUTH with reserved flags or a code that it can not have ends the connection [MQTT-3.15.1-1] [MQTT-3.15.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const [bytes, reasonCode] of [
    ['F1 00', 0x81],
    ['F0 02 80 00', 0x82],
  ] as const) {
    const client = await under.connect(5, 'a');
    client.sendBytes(hex(bytes));
    await client.expectDisconnected(reasonCode);
  }
});

test('AUTH is no packet of 3.1.1', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(4, 'a');
  client.sendBytes(hex('F0 00'));
  await client.expectClosed();
});

testBothVersions('a packet that only servers send ends the connection', async (under, version) => {
  for (const bytes of ['20 02 00 00', version === 5 ? '90 04 00 01 00 00' : '90 03 00 01 00', 'D0 00']) {
    const client = await under.connect(version, 'a');
    client.sendBytes(version === 5 && bytes.startsWith('20') ? hex('20 03 00 00 00') : hex(bytes));
    await client.expectDisconnected(0x82);
  }
});

type Malformed = readonly [name: string, bytes: (version: ProtocolVersion) => Uint8Array, reasonCode: number];

const malformed: readonly Malformed[] = [
  [
    'a QoS of 3 [MQTT-3.3.1-4] [MQTT-3.3.1-4 3.1.1]',
    (version) => frame(0x36, utf8('t'), uint16(1), properties(version)),
    0x81,
  ],
  [
    'DUP at QoS 0 [MQTT-3.3.1-2] [MQTT-3.3.1-2 3.1.1]',
    (version) => frame(0x38, utf8('t'), properties(version)),
    0x81,
  ],
  ['flags in PINGREQ', () => hex('C1 00'), 0x81],
  [
    'a topic name that is no UTF-8 [MQTT-1.5.4-1] [MQTT-3.3.2-1] [MQTT-1.5.3-1 3.1.1] [MQTT-3.3.2-1 3.1.1]',
    (version) => frame(0x30, [0, 3, 0xed, 0xa0, 0x80], properties(version)), // half of a surrogate pair
    0x81,
  ],
  ['packet type 0', () => hex('00 00'), 0x81],
  ['a Remaining Length of five bytes', () => hex('30 FF FF FF FF 7F'), 0x81],
  ['a topic name longer than the packet', () => hex('30 04 00 09 61 62'), 0x81],
  ['bytes behind the end of a packet', () => hex('C0 01 00'), 0x81],
];

for (const [name, bytes, reasonCode] of malformed) {
  testBothVersions(
    `a malformed packet ends its connection and no other: ${name} [MQTT-4.13.1-1] [MQTT-4.8.0-1 3.1.1]`,
    async (under, version) => {
      const bystander = await under.connect(version, 'bystander');
      await bystander.subscribe('t');
      const client = await under.connect(version, 'a');
      client.sendBytes(concat(bytes(version), frame(0x30, utf8('t'), properties(version))));
      await client.expectDisconnected(reasonCode);
      await bystander.ping();
      assert.equal(under.broker.counters.protocolErrors, 1);
    },
  );
}
testBothVersions('a client may be sent to another server', async (under, version) => {
  const client = await under.connect(version, 'a');
  assert.ok(under.broker.disconnectClient('a', 0x9c, 'This one is full.', 'other:1883'));
  if (version === 5) {
    const disconnect = await client.expect('disconnect');
    assert.equal(disconnect.reasonCode, 0x9c);
    assert.equal(disconnect.properties?.serverReference, 'other:1883');
  }
  await client.expectClosed();
});
