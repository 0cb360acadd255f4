import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { hex } from '../../support/packetBytes.ts';

const publish = {
  kind: 'publish',
  topic: 'a/b',
  payload: hex('01 02'),
  qos: 0,
  retain: false,
  dup: false,
} as const;

const cases: readonly {
  what: string;
  packet: Packet;
  versions: readonly ProtocolVersion[];
  bytes: string;
}[] = [
  {
    what: 'CONNECT of 3.1.1 with a will, user name and password',
    packet: {
      kind: 'connect',
      protocolVersion: 4,
      cleanStart: true,
      keepAliveSeconds: 60,
      clientId: 'c',
      will: { topic: 'w', payload: hex('FF'), qos: 2, retain: true },
      username: 'u',
      password: hex('00'),
    },
    versions: [4],
    bytes: `
      10 19                    # CONNECT, 25 bytes follow
      00 04 "MQTT" 04          # 3.1.1
      F6                       # user name, password, Will Retain, Will QoS 2, will, Clean Session
      00 3C
      00 01 "c"
      00 01 "w" 00 01 FF
      00 01 "u" 00 01 00
    `,
  },
  {
    what: 'CONNECT of 3.1',
    packet: { kind: 'connect', protocolVersion: 3, cleanStart: false, keepAliveSeconds: 0, clientId: 'é' },
    versions: [3],
    bytes: '10 10 00 06 "MQIsdp" 03 00 00 00 00 02 "é"',
  },
  {
    what: 'CONNECT of 5.0 with properties of its own and of its will',
    packet: {
      kind: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAliveSeconds: 1,
      clientId: '',
      will: { topic: 'w', payload: hex(''), qos: 0, retain: false, properties: { willDelayInterval: 1 } },
      properties: { receiveMaximum: 258 },
    },
    versions: [5],
    bytes: `
      10 1B
      00 04 "MQTT" 05 06 00 01
      03 21 01 02              # Property Length 3: Receive Maximum 258
      00 00                    # client identifier: empty
      05 18 00 00 00 01        # will Property Length 5: Will Delay Interval 1 s
      00 01 "w" 00 00
    `,
  },
  {
    what: 'CONNACK',
    packet: { kind: 'connack', sessionPresent: true, reasonCode: 0 },
    versions: [4],
    bytes: '20 02 01 00',
  },
  {
    what: 'CONNACK',
    packet: { kind: 'connack', sessionPresent: true, reasonCode: 0 },
    versions: [3],
    bytes: '20 02 00 00',
  },
  {
    what: 'CONNACK that refuses',
    packet: { kind: 'connack', sessionPresent: false, reasonCode: 0x86 },
    versions: [3, 4],
    bytes: '20 02 00 04',
  },
  {
    what: 'CONNACK that refuses',
    packet: { kind: 'connack', sessionPresent: false, reasonCode: 0x86 },
    versions: [5],
    bytes: '20 03 00 86 00',
  },
  { what: 'PUBLISH', packet: publish, versions: [3, 4], bytes: '30 07 00 03 "a/b" 01 02' },
  { what: 'PUBLISH', packet: publish, versions: [5], bytes: '30 08 00 03 "a/b" 00 01 02' },
  {
    what: 'PUBLISH with all flags',
    packet: { ...publish, qos: 1, dup: true, retain: true, packetId: 258 },
    versions: [3, 4],
    bytes: '3B 09 00 03 "a/b" 01 02 01 02',
  },
  {
    what: 'PUBLISH with a topic beyond ASCII and a Topic Alias',
    packet: { ...publish, topic: 'é', qos: 2, packetId: 1, properties: { topicAlias: 1 } },
    versions: [5],
    bytes: '34 0C 00 02 "é" 00 01 03 23 00 01 01 02',
  },
  {
    what: 'PUBACK',
    packet: { kind: 'puback', packetId: 258, reasonCode: 0 },
    versions: [3, 4, 5],
    bytes: '40 02 01 02',
  },
  {
    what: 'PUBACK of the last packet identifier',
    packet: { kind: 'puback', packetId: 65_535, reasonCode: 0 },
    versions: [4],
    bytes: '40 02 FF FF',
  },
  {
    what: 'PUBREC with a reason',
    packet: { kind: 'pubrec', packetId: 1, reasonCode: 0x97 },
    versions: [5],
    bytes: '50 03 00 01 97',
  },
  {
    what: 'PUBREC with a reason',
    packet: { kind: 'pubrec', packetId: 1, reasonCode: 0x97 },
    versions: [3, 4],
    bytes: '50 02 00 01',
  },
  {
    what: 'PUBREL',
    packet: { kind: 'pubrel', packetId: 1, reasonCode: 0 },
    versions: [3, 4, 5],
    bytes: '62 02 00 01',
  },
  {
    what: 'PUBCOMP with properties and success',
    packet: { kind: 'pubcomp', packetId: 1, reasonCode: 0, properties: { reasonString: 'a' } },
    versions: [5],
    bytes: '70 08 00 01 00 04 1F 00 01 "a"',
  },
  {
    what: 'SUBSCRIBE with options',
    packet: {
      kind: 'subscribe',
      packetId: 1,
      subscriptions: [
        { topicFilter: '#', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      ],
    },
    versions: [5],
    bytes: '82 07 00 01 00 00 01 "#" 2D',
  },
  {
    what: 'SUBSCRIBE, options left out',
    packet: {
      kind: 'subscribe',
      packetId: 1,
      subscriptions: [
        { topicFilter: '#', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      ],
    },
    versions: [3, 4],
    bytes: '82 06 00 01 00 01 "#" 01',
  },
  {
    what: 'SUBACK',
    packet: { kind: 'suback', packetId: 1, reasonCodes: [2, 0x87] },
    versions: [5],
    bytes: '90 05 00 01 00 02 87',
  },
  {
    what: 'SUBACK, refusals as 0x80',
    packet: { kind: 'suback', packetId: 1, reasonCodes: [2, 0x87] },
    versions: [3, 4],
    bytes: '90 04 00 01 02 80',
  },
  {
    what: 'UNSUBSCRIBE',
    packet: { kind: 'unsubscribe', packetId: 1, topicFilters: ['a', '#'] },
    versions: [4],
    bytes: 'A2 08 00 01 00 01 "a" 00 01 "#"',
  },
  {
    what: 'UNSUBACK',
    packet: { kind: 'unsuback', packetId: 1, reasonCodes: [0, 0x11] },
    versions: [5],
    bytes: 'B0 05 00 01 00 00 11',
  },
  {
    what: 'UNSUBACK, codes left out',
    packet: { kind: 'unsuback', packetId: 1, reasonCodes: [0, 0x11] },
    versions: [3, 4],
    bytes: 'B0 02 00 01',
  },
  { what: 'PINGREQ', packet: { kind: 'pingreq' }, versions: [3, 4, 5], bytes: 'C0 00' },
  { what: 'PINGRESP', packet: { kind: 'pingresp' }, versions: [3, 4, 5], bytes: 'D0 00' },
  { what: 'DISCONNECT', packet: { kind: 'disconnect', reasonCode: 0 }, versions: [3, 4, 5], bytes: 'E0 00' },
  {
    what: 'DISCONNECT with a reason',
    packet: { kind: 'disconnect', reasonCode: 0x8e },
    versions: [5],
    bytes: 'E0 01 8E',
  },
  {
    what: 'DISCONNECT with a reason',
    packet: { kind: 'disconnect', reasonCode: 0x8e },
    versions: [3, 4],
    bytes: 'E0 00',
  },
  {
    what: 'DISCONNECT with properties and success',
    packet: { kind: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 1 } },
    versions: [5],
    bytes: 'E0 07 00 05 11 00 00 00 01',
  },
  {
    what: 'AUTH',
    packet: { kind: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
    versions: [5],
    bytes: 'F0 06 18 04 15 00 01 "m"',
  },
  { what: 'AUTH, all left out', packet: { kind: 'auth', reasonCode: 0 }, versions: [5], bytes: 'F0 00' },
];

for (const { what, packet, versions, bytes } of cases) {
  for (const version of versions) {
    test(`${what} in version ${version}`, () => {
      assert.equal(Buffer.from(encode(packet, version)).toString('hex'), hex(bytes).toString('hex'));
    });
  }
}

test('the Remaining Length is written in as few bytes as can be', () => {
  for (const [payloadBytes, header] of [
    [122, '30 7F'],
    [123, '30 80 01'],
    [16_378, '30 FF 7F'],
    [16_379, '30 80 80 01'],
    [2_097_146, '30 FF FF 7F'],
    [2_097_147, '30 80 80 80 01'],
  ] as const) {
    const bytes = encode({ ...publish, payload: Buffer.alloc(payloadBytes) }, 4);
    const expected = hex(header);
    assert.deepEqual(Buffer.from(bytes.subarray(0, expected.length)), expected);
    assert.equal(bytes.length, expected.length + 5 + payloadBytes);
  }
});

for (const [what, packet] of [
  ['a packet identifier of 0', { kind: 'puback', packetId: 0, reasonCode: 0 }],
  ['a packet identifier of 65,536', { kind: 'puback', packetId: 65_536, reasonCode: 0 }],
  ['a packet identifier of 1.5', { kind: 'unsuback', packetId: 1.5, reasonCodes: [] }],
  ['QoS 1 without a packet identifier', { ...publish, qos: 1 }],
  ['QoS 0 with a packet identifier', { ...publish, packetId: 1 }],
  ['a topic of 65,536 bytes', { ...publish, topic: 'x'.repeat(65_536) }],
  ['a topic of 65,536 bytes that is not ASCII', { ...publish, topic: 'é'.repeat(32_768) }],
  ['a topic with U+0000', { ...publish, topic: 'a\u0000' }],
  ['a topic with half of a surrogate pair', { ...publish, topic: 'a\ud800' }],
  ['a CONNACK with a reason code of 256', { kind: 'connack', sessionPresent: false, reasonCode: 256 }],
  ['a SUBACK with a reason code of -1', { kind: 'suback', packetId: 1, reasonCodes: [0, -1] }],
  ['an UNSUBACK with a reason code of 256', { kind: 'unsuback', packetId: 1, reasonCodes: [256] }],
  ['a reason code of 256', { kind: 'disconnect', reasonCode: 256 }],
  [
    'a keep alive of 65,536',
    { kind: 'connect', protocolVersion: 5, cleanStart: true, keepAliveSeconds: 65_536, clientId: '' },
  ],
  [
    'a password of 65,536 bytes',
    {
      kind: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAliveSeconds: 0,
      clientId: '',
      password: Buffer.alloc(65_536),
    },
  ],
] as const) {
  test(`${what} can't be encoded`, () => {
    assert.throws(() => encode(packet, 5), RangeError);
  });
}

test("AUTH can't be encoded before 5.0", () => {
  assert.throws(() => encode({ kind: 'auth', reasonCode: 0 }, 4), RangeError);
});

test('a topic of 65,535 bytes can be encoded, ASCII or not', () => {
  for (const topic of ['x'.repeat(65_535), `${'é'.repeat(32_767)}x`]) {
    assert.equal(encode({ ...publish, topic }, 4).length, 4 + 2 + 65_535 + 2);
  }
});
