import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { PacketKind, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import { reasonCodeName } from '../../../src/mqtt/reasonCodes.ts';
import { arbitraryPacket, protocolVersions } from '../../support/arbitraryPackets.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertDecodeFault } from '../../support/protocolFaults.ts';
import { SeededRandom } from '../../support/random.ts';

const acknowledgements = [
  { kind: 'puback', firstByte: 0x40, clause: 'MQTT-3.4.2-1' },
  { kind: 'pubrec', firstByte: 0x50, clause: 'MQTT-3.5.2-1' },
  { kind: 'pubrel', firstByte: 0x62, clause: 'MQTT-3.6.2-1' },
  { kind: 'pubcomp', firstByte: 0x70, clause: 'MQTT-3.7.2-1' },
] as const;

for (const { kind, firstByte, clause } of acknowledgements) {
  const name = kind.toUpperCase();

  test(`${name} of 3.1 and 3.1.1 is a packet identifier`, () => {
    const frame = framed(firstByte, '01 02');
    assert.deepEqual(decode(frame, 3), { kind, packetId: 258, reasonCode: 0 });
    assert.deepEqual(decode(frame, 4), { kind, packetId: 258, reasonCode: 0 });
  });

  test(`${name} of 5.0 may leave out its properties, or its reason code too`, () => {
    const reasonCode = kind === 'pubrel' || kind === 'pubcomp' ? 0x92 : 0x87;
    const code = Buffer.of(reasonCode).toString('hex');
    assert.deepEqual(decode(framed(firstByte, '00 0A'), 5), { kind, packetId: 10, reasonCode: 0 });
    assert.deepEqual(decode(framed(firstByte, `00 0A ${code}`), 5), { kind, packetId: 10, reasonCode });
    assert.deepEqual(decode(framed(firstByte, `00 0A ${code} 00`), 5), { kind, packetId: 10, reasonCode });
    // Property Length 13: Reason String "no", User Property k: "vw"
    assert.deepEqual(decode(framed(firstByte, `00 0A ${code} 0D 1F 00 02 "no" 26 00 01 "k" 00 02 "vw"`), 5), {
      kind,
      packetId: 10,
      reasonCode,
      properties: { reasonString: 'no', userProperties: [['k', 'vw']] },
    });
  });

  test(`[MQTT-2.3.1-6 3.1.1] [MQTT-2.2.1-5] the packet identifier of ${name} must not be 0`, () => {
    assertDecodeFault(framed(firstByte, '00 00'), 4, {
      code: 'packet-id-zero',
      reasonCode: 0x82,
      clause: 'MQTT-2.3.1-1',
      byteOffset: 2,
      packetKind: kind,
    });
  });

  test(`[${clause}] ${name} of 5.0 has one of its reason codes`, () => {
    assertDecodeFault(framed(firstByte, '00 0A 01'), 5, {
      code: 'reason-code-invalid',
      reasonCode: 0x82,
      clause,
      byteOffset: 4,
      packetKind: kind,
      message: /0x01/,
    });
  });

  test(`nothing follows the packet identifier of ${name} before 5.0, nor the properties in 5.0`, () => {
    const expected = { code: 'trailing-bytes', reasonCode: 0x81, packetKind: kind } as const;
    assertDecodeFault(framed(firstByte, '00 0A 00'), 4, {
      ...expected,
      clause: '4.8',
      byteOffset: 4,
      message: /^1 byte follows the packet identifier,/,
    });
    assertDecodeFault(framed(firstByte, '00 0A 00 00 00'), 5, {
      ...expected,
      clause: '4.13.1',
      byteOffset: 6,
    });
  });

  test(`${name} without a whole packet identifier is truncated`, () => {
    for (const body of ['', '00']) {
      assertDecodeFault(framed(firstByte, body), 5, {
        code: 'packet-truncated',
        reasonCode: 0x81,
        clause: '4.13.1',
        byteOffset: 2,
        packetKind: kind,
        message: /packet identifier/,
      });
    }
  });
}

test('CONNACK of 3.1.1 has Session Present and one of six return codes', () => {
  assert.deepEqual(decode(hex('20 02 01 00'), 4), { kind: 'connack', sessionPresent: true, reasonCode: 0 });
  const reasonCodes = [1, 2, 3, 4, 5].map((returnCode) => {
    const packet = decode(framed(0x20, Buffer.of(0, returnCode)), 4);
    return packet.kind === 'connack' && packet.reasonCode;
  });
  assert.deepEqual(reasonCodes, [0x84, 0x85, 0x88, 0x86, 0x87]);
  assertDecodeFault(hex('20 02 00 06'), 4, {
    code: 'reason-code-invalid',
    reasonCode: 0x82,
    clause: '3.2.2.3',
    byteOffset: 3,
    packetKind: 'connack',
  });
});

test('CONNACK of 3.1 has no Session Present: its byte is not looked at', () => {
  assert.deepEqual(decode(hex('20 02 FF 05'), 3), {
    kind: 'connack',
    sessionPresent: false,
    reasonCode: 0x87,
  });
});

test('CONNACK of 5.0 with every property that it may have', () => {
  const frame = hex(`
    20 46                    # CONNACK, 70 bytes follow
    00 00                    # no session, success
    43                       # Property Length 67
      11 00 00 00 0A         # Session Expiry Interval 10 s
      21 00 14               # Receive Maximum 20
      24 01                  # Maximum QoS 1
      25 00                  # Retain Available: no
      27 80 00 00 00         # Maximum Packet Size 2,147,483,648
      12 00 01 "c"           # Assigned Client Identifier
      22 00 0A               # Topic Alias Maximum 10
      1F 00 02 "ok"          # Reason String
      26 00 01 "k" 00 01 "v" # User Property
      28 01                  # Wildcard Subscription Available
      29 00                  # Subscription Identifier Available: no
      2A 01                  # Shared Subscription Available
      13 00 3C               # Server Keep Alive 60 s
      1A 00 03 "r/i"         # Response Information
      1C 00 04 "host"        # Server Reference
      15 00 01 "m"           # Authentication Method
      16 00 02 01 02         # Authentication Data
  `);
  assert.deepEqual(decode(frame, 5), {
    kind: 'connack',
    sessionPresent: false,
    reasonCode: 0,
    properties: {
      sessionExpiryInterval: 10,
      receiveMaximum: 20,
      maximumQoS: 1,
      retainAvailable: 0,
      maximumPacketSize: 0x8000_0000,
      assignedClientIdentifier: 'c',
      topicAliasMaximum: 10,
      reasonString: 'ok',
      userProperties: [['k', 'v']],
      wildcardSubscriptionAvailable: 1,
      subscriptionIdentifierAvailable: 0,
      sharedSubscriptionAvailable: 1,
      serverKeepAlive: 60,
      responseInformation: 'r/i',
      serverReference: 'host',
      authenticationMethod: 'm',
      authenticationData: hex('01 02'),
    },
  });
});

test('[MQTT-3.2.2-1] the reserved flags of CONNACK must be 0', () => {
  const expected = {
    code: 'reserved-connack-flag',
    reasonCode: 0x81,
    byteOffset: 2,
    packetKind: 'connack',
    message: /0x02/,
  } as const;
  assertDecodeFault(hex('20 02 02 00'), 4, { ...expected, clause: '3.2.2.1' });
  assertDecodeFault(hex('20 03 02 00 00'), 5, { ...expected, clause: 'MQTT-3.2.2-1' });
});

test('[MQTT-3.2.2-4 3.1.1] [MQTT-3.2.2-6] a CONNACK that refuses has no session', () => {
  const expected = {
    code: 'session-present-on-refusal',
    reasonCode: 0x82,
    byteOffset: 2,
    packetKind: 'connack',
  } as const;
  assertDecodeFault(hex('20 02 01 05'), 4, { ...expected, clause: 'MQTT-3.2.2-4' });
  assertDecodeFault(hex('20 03 01 87 00'), 5, { ...expected, clause: 'MQTT-3.2.2-6' });
});

test('[MQTT-3.2.2-8] CONNACK of 5.0 has one of its reason codes', () => {
  assertDecodeFault(hex('20 03 00 01 00'), 5, {
    code: 'reason-code-invalid',
    reasonCode: 0x82,
    clause: 'MQTT-3.2.2-8',
    byteOffset: 3,
    packetKind: 'connack',
  });
});

test('SUBACK has a code for each filter', () => {
  assert.deepEqual(decode(hex('90 06 00 0A 00 01 02 80'), 4), {
    kind: 'suback',
    packetId: 10,
    reasonCodes: [0, 1, 2, 0x80],
  });
  assert.deepEqual(decode(hex('90 0A 00 0A 05 1F 00 02 "no" 02 A2'), 5), {
    kind: 'suback',
    packetId: 10,
    reasonCodes: [2, 0xa2],
    properties: { reasonString: 'no' },
  });
});

test('[MQTT-3.9.3-2] SUBACK has the codes of its version', () => {
  const expected = { code: 'reason-code-invalid', reasonCode: 0x82, packetKind: 'suback' } as const;
  assertDecodeFault(hex('90 04 00 0A 00 03'), 4, { ...expected, clause: '3.9.3', byteOffset: 5 });
  assertDecodeFault(hex('90 05 00 0A 00 00 03'), 5, { ...expected, clause: 'MQTT-3.9.3-2', byteOffset: 6 });
});

test('UNSUBACK has codes in 5.0, and none before', () => {
  assert.deepEqual(decode(hex('B0 02 00 0A'), 4), { kind: 'unsuback', packetId: 10, reasonCodes: [] });
  assert.deepEqual(decode(hex('B0 05 00 0A 00 00 11'), 5), {
    kind: 'unsuback',
    packetId: 10,
    reasonCodes: [0, 0x11],
  });
  assertDecodeFault(hex('B0 04 00 0A 00 01'), 5, {
    code: 'reason-code-invalid',
    reasonCode: 0x82,
    clause: 'MQTT-3.11.3-2',
    byteOffset: 5,
    packetKind: 'unsuback',
  });
  assertDecodeFault(hex('B0 03 00 0A 00'), 4, {
    code: 'trailing-bytes',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 4,
    packetKind: 'unsuback',
  });
});

test('[MQTT-3.8.4-5 3.1.1] [MQTT-3.8.4-6] [MQTT-3.11.3-2] SUBACK and UNSUBACK need one code at least', () => {
  const expected = { code: 'no-reason-codes', reasonCode: 0x82 } as const;
  for (const [frame, version, packetKind, clause, byteOffset] of [
    ['90 02 00 0A', 4, 'suback', 'MQTT-3.8.4-5', 4],
    ['90 03 00 0A 00', 5, 'suback', 'MQTT-3.8.4-6', 5],
    ['B0 03 00 0A 00', 5, 'unsuback', 'MQTT-3.11.3-2', 5],
  ] as const) {
    assertDecodeFault(hex(frame), version, { ...expected, packetKind, clause, byteOffset });
  }
});

test('PINGREQ and PINGRESP are two bytes', () => {
  for (const version of protocolVersions) {
    assert.deepEqual(decode(hex('C0 00'), version), { kind: 'pingreq' });
    assert.deepEqual(decode(hex('D0 00'), version), { kind: 'pingresp' });
  }
  assertDecodeFault(hex('C0 01 00'), 4, {
    code: 'trailing-bytes',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 2,
    packetKind: 'pingreq',
  });
});

test('DISCONNECT is two bytes before 5.0', () => {
  assert.deepEqual(decode(hex('E0 00'), 4), { kind: 'disconnect', reasonCode: 0 });
  assertDecodeFault(hex('E0 01 00'), 4, {
    code: 'trailing-bytes',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 2,
    packetKind: 'disconnect',
  });
});

test('DISCONNECT of 5.0 may leave out its properties, or its reason code too', () => {
  assert.deepEqual(decode(hex('E0 00'), 5), { kind: 'disconnect', reasonCode: 0 });
  assert.deepEqual(decode(hex('E0 01 04'), 5), { kind: 'disconnect', reasonCode: 4 });
  assert.deepEqual(decode(hex('E0 02 8E 00'), 5), { kind: 'disconnect', reasonCode: 0x8e });
  assert.deepEqual(decode(hex('E0 0B 9C 09 11 00 00 00 00 1C 00 01 "h"'), 5), {
    kind: 'disconnect',
    reasonCode: 0x9c,
    properties: { sessionExpiryInterval: 0, serverReference: 'h' },
  });
  assertDecodeFault(hex('E0 01 01'), 5, {
    code: 'reason-code-invalid',
    reasonCode: 0x82,
    clause: 'MQTT-3.14.2-1',
    byteOffset: 2,
    packetKind: 'disconnect',
  });
});

test('AUTH has a method, unless it is empty', () => {
  assert.deepEqual(decode(hex('F0 00'), 5), { kind: 'auth', reasonCode: 0 });
  assert.deepEqual(decode(hex('F0 0B 18 09 15 00 01 "m" 16 00 02 01 02'), 5), {
    kind: 'auth',
    reasonCode: 0x18,
    properties: { authenticationMethod: 'm', authenticationData: hex('01 02') },
  });
  assertDecodeFault(hex('F0 02 18 00'), 5, {
    code: 'authentication-method-missing',
    reasonCode: 0x82,
    clause: '3.15.2.2.2',
    byteOffset: 3,
    packetKind: 'auth',
  });
  assertDecodeFault(hex('F0 01 18'), 5, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.13.1',
    byteOffset: 3,
    packetKind: 'auth',
    message: /Property Length/,
  });
  assertDecodeFault(hex('F0 01 01'), 5, {
    code: 'reason-code-invalid',
    reasonCode: 0x82,
    clause: 'MQTT-3.15.2-1',
    byteOffset: 2,
    packetKind: 'auth',
  });
});

test('packet type 15 is reserved before 5.0, and 0 always', () => {
  assertDecodeFault(hex('F0 00'), 4, {
    code: 'packet-type-reserved',
    reasonCode: 0x81,
    clause: '2.2.1',
    byteOffset: 0,
    message: /AUTH/,
  });
  assertDecodeFault(hex('00 00'), 5, {
    code: 'packet-type-reserved',
    reasonCode: 0x81,
    clause: '2.1.2',
    byteOffset: 0,
  });
});

/** The first byte that the standard lists, and a whole packet's body. PUBLISH has flags of its own. */
const flagged: readonly (readonly [PacketKind, number, string, string | undefined])[] = [
  ['connect', 0x10, '00 04 "MQTT" 04 02 00 3C 00 00', undefined],
  ['connack', 0x20, '00 00', undefined],
  ['puback', 0x40, '00 0A', undefined],
  ['pubrec', 0x50, '00 0A', undefined],
  ['pubrel', 0x62, '00 0A', 'MQTT-3.6.1-1'],
  ['pubcomp', 0x70, '00 0A', undefined],
  ['subscribe', 0x82, '00 0A 00 01 "a" 00', 'MQTT-3.8.1-1'],
  ['suback', 0x90, '00 0A 00', undefined],
  ['unsubscribe', 0xa2, '00 0A 00 01 "a"', 'MQTT-3.10.1-1'],
  ['unsuback', 0xb0, '00 0A', undefined],
  ['pingreq', 0xc0, '', undefined],
  ['pingresp', 0xd0, '', undefined],
  ['disconnect', 0xe0, '', 'MQTT-3.14.1-1'],
];

for (const [kind, firstByte, body, statement] of flagged) {
  test(`[${statement ?? 'MQTT-2.1.3-1'}] [MQTT-2.2.2-1 3.1.1] [MQTT-2.2.2-2 3.1.1] [MQTT-2.1.3-1] the flags of ${kind} are fixed`, () => {
    for (let flags = 0; flags < 16; flags++) {
      const first = (firstByte & 0xf0) | flags;
      if (first === firstByte) {
        assert.equal(decode(framed(first, body), 4).kind, kind);
        continue;
      }
      for (const version of [4, 5] as const) {
        // CONNECT is told before its version is known. DISCONNECT has a statement of its own in 5.0 only.
        const general = version === 5 && kind !== 'connect' ? 'MQTT-2.1.3-1' : 'MQTT-2.2.2-2';
        const own = version === 4 && kind === 'disconnect' ? undefined : statement;
        assertDecodeFault(framed(first, body), version, {
          code: 'fixed-header-flags',
          reasonCode: 0x81,
          clause: own ?? general,
          byteOffset: 0,
          packetKind: kind,
          message: new RegExp(`0x${first.toString(16)}, should be 0x${firstByte.toString(16)}`, 'i'),
        });
      }
    }
  });
}

test('[MQTT-3.15.1-1] the flags of AUTH are fixed', () => {
  assertDecodeFault(hex('F1 00'), 5, {
    code: 'fixed-header-flags',
    reasonCode: 0x81,
    clause: 'MQTT-3.15.1-1',
    byteOffset: 0,
    packetKind: 'auth',
  });
});

test('in 3.1 DUP may be set where packets are sent again, and QoS 1 must be', () => {
  for (const first of [0x8a, 0x82, 0x83]) {
    assert.equal(decode(framed(first, '00 0A 00 01 "a" 00'), 3).kind, 'subscribe');
  }
  assert.equal(decode(framed(0x6a, '00 0A'), 3).kind, 'pubrel');
  assert.equal(decode(framed(0x4f, '00 0A'), 3).kind, 'puback');
  assertDecodeFault(framed(0x80, '00 0A 00 01 "a" 00'), 3, {
    code: 'fixed-header-flags',
    reasonCode: 0x81,
    clause: 'MQTT-3.8.1-1',
    byteOffset: 0,
    packetKind: 'subscribe',
  });
});

test('[MQTT-1.5.5-1] the Remaining Length of a packet of 5.0 is as short as can be', () => {
  assert.equal(decode(hex('C0 80 00'), 4).kind, 'pingreq');
  for (const frame of ['C0 80 00', 'C0 80 80 00', 'C0 80 80 80 00']) {
    assertDecodeFault(hex(frame), 5, {
      code: 'remaining-length-not-minimal',
      reasonCode: 0x81,
      clause: 'MQTT-1.5.5-1',
      byteOffset: 1,
      packetKind: 'pingreq',
    });
  }
});

test('a frame that is not one whole packet is a bug of the caller, not of the peer', () => {
  for (const frame of ['', 'C0', 'C0 01', 'C0 00 00', '30 80', '30 FF FF FF FF', '30 80 80 80 80 00']) {
    assert.throws(() => decode(hex(frame), 4), RangeError);
  }
});

test('a packet with any one byte changed, cut or added decodes or is a ProtocolError, and nothing else', () => {
  const random = new SeededRandom(31);
  for (let i = 0; i < 3000; i++) {
    const version: ProtocolVersion = random.pick(protocolVersions);
    const whole = encodeBody(random, version);
    const changed = mutate(random, whole.body);
    try {
      decode(framed(random.integer(0, 7) === 0 ? random.integer(0, 255) : whole.firstByte, changed), version);
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
      assert.ok(error.byteOffset !== undefined && error.byteOffset <= changed.length + 5);
      assert.doesNotMatch(reasonCodeName(error.reasonCode, 'disconnect'), /Unknown/);
    }
  }
});

function encodeBody(random: SeededRandom, version: ProtocolVersion): { firstByte: number; body: Buffer } {
  const bytes = Buffer.from(encode(arbitraryPacket(random, version), version));
  const bodyOffset = bytes.findIndex((byte, i) => i > 0 && byte < 0x80) + 1;
  return { firstByte: bytes[0] ?? 0, body: bytes.subarray(bodyOffset) };
}

function mutate(random: SeededRandom, body: Buffer): Buffer {
  const at = random.integer(0, body.length);
  switch (random.pick(['change', 'cut', 'insert', 'truncate'])) {
    case 'change':
      return Buffer.concat([body.subarray(0, at), Buffer.of(random.integer(0, 255)), body.subarray(at + 1)]);
    case 'cut':
      return Buffer.concat([body.subarray(0, at), body.subarray(at + 1)]);
    case 'insert':
      return Buffer.concat([body.subarray(0, at), Buffer.of(random.integer(0, 255)), body.subarray(at)]);
    default:
      return body.subarray(0, at);
  }
}
