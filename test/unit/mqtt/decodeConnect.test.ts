import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertDecodeFault } from '../../support/protocolFaults.ts';

const PACKET_KIND = 'connect';

/** CONNECT of 3.1.1 with these flags and payload. The flags are at byte 9. */
function connect311(flags: string, payload: string): Buffer {
  return framed(0x10, `00 04 "MQTT" 04 ${flags} 00 3C ${payload}`);
}

/** CONNECT of 5.0. The Property Length is at byte 12. */
function connect5(flags: string, properties: string, payload: string): Buffer {
  return framed(0x10, `00 04 "MQTT" 05 ${flags} 00 3C ${properties} ${payload}`);
}

test('the least CONNECT of 3.1.1', () => {
  const frame = hex(`
    10 0C            # CONNECT, 12 bytes follow
    00 04 "MQTT"     # protocol name
    04               # level: 3.1.1
    02               # Clean Session
    00 3C            # Keep Alive 60 s
    00 00            # client identifier: empty
  `);
  assert.deepEqual(decode(frame, 5), {
    kind: 'connect',
    protocolVersion: 4,
    cleanStart: true,
    keepAliveSeconds: 60,
    clientId: '',
  });
});

test('[MQTT-3.1.3-1 3.1.1] a CONNECT of 3.1.1 with all fields has them in this order', () => {
  const frame = hex(`
    10 26               # CONNECT, 38 bytes follow
    00 04 "MQTT" 04
    EC                  # user name, password, Will Retain, Will QoS 1, will, no Clean Session
    FF FF               # Keep Alive 65,535 s
    00 05 "board"       # client identifier
    00 03 "w/t"         # will topic
    00 03 00 FF 01      # will payload: any bytes
    00 04 "user"
    00 03 "pw" 00       # password: any bytes
  `);
  assert.deepEqual(decode(frame, 4), {
    kind: 'connect',
    protocolVersion: 4,
    cleanStart: false,
    keepAliveSeconds: 65_535,
    clientId: 'board',
    will: { topic: 'w/t', payload: hex('00 FF 01'), qos: 1, retain: true },
    username: 'user',
    password: hex('"pw" 00'),
  });
});

test('a CONNECT of 3.1 is MQIsdp level 3', () => {
  const frame = hex(`
    10 0F
    00 06 "MQIsdp" 03
    02 00 0A
    00 01 "a"
  `);
  assert.deepEqual(decode(frame, 4), {
    kind: 'connect',
    protocolVersion: 3,
    cleanStart: true,
    keepAliveSeconds: 10,
    clientId: 'a',
  });
});

test('in 3.1 a user name and a password that are announced may be left out', () => {
  const start = '00 06 "MQIsdp" 03 C2 00 0A 00 01 "a"';
  const connect = {
    kind: 'connect',
    protocolVersion: 3,
    cleanStart: true,
    keepAliveSeconds: 10,
    clientId: 'a',
  };
  assert.deepEqual(decode(framed(0x10, start), 4), connect);
  assert.deepEqual(decode(framed(0x10, `${start} 00 01 "u"`), 4), { ...connect, username: 'u' });
});

test('in 3.1 the unused connect flags mean nothing', () => {
  // Reserved bit, Will QoS 3 and Will Retain without a will, no Clean Session
  assert.deepEqual(decode(framed(0x10, '00 06 "MQIsdp" 03 39 00 0A 00 01 "a"'), 4), {
    kind: 'connect',
    protocolVersion: 3,
    cleanStart: false,
    keepAliveSeconds: 10,
    clientId: 'a',
  });
});

test('a CONNECT of 5.0 has properties, and properties of its will', () => {
  const frame = hex(`
    10 49                          # CONNECT, 73 bytes follow
    00 04 "MQTT" 05                # level: 5.0
    56                             # password without user name, Will QoS 2, will, Clean Start
    00 1E                          # Keep Alive 30 s
    26                             # Property Length 38
      11 FF FF FF FF               # Session Expiry Interval: never
      21 00 14                     # Receive Maximum 20
      27 00 01 00 00               # Maximum Packet Size 65,536
      22 00 05                     # Topic Alias Maximum 5
      19 01                        # Request Response Information
      17 00                        # Request Problem Information
      26 00 01 "k" 00 01 "v"       # User Property
      15 00 01 "m"                 # Authentication Method
      16 00 04 DE AD BE EF         # Authentication Data
    00 01 "c"                      # client identifier
    0C                             # will Property Length 12
      18 00 00 00 05               # Will Delay Interval 5 s
      02 00 00 00 0A               # Message Expiry Interval 10 s
      01 01                        # Payload Format Indicator: text
    00 01 "w"                      # will topic
    00 00                          # will payload: empty
    00 01 "p"                      # password
  `);
  assert.deepEqual(decode(frame, 4), {
    kind: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAliveSeconds: 30,
    clientId: 'c',
    will: {
      topic: 'w',
      payload: Buffer.alloc(0),
      qos: 2,
      retain: false,
      properties: { willDelayInterval: 5, messageExpiryInterval: 10, payloadFormatIndicator: 1 },
    },
    password: Buffer.from('p'),
    properties: {
      sessionExpiryInterval: 0xffff_ffff,
      receiveMaximum: 20,
      maximumPacketSize: 65_536,
      topicAliasMaximum: 5,
      requestResponseInformation: 1,
      requestProblemInformation: 0,
      userProperties: [['k', 'v']],
      authenticationMethod: 'm',
      authenticationData: hex('DE AD BE EF'),
    },
  });
});

test('[MQTT-3.1.2-1] [MQTT-3.1.2-1 3.1.1] a protocol name that is not known is told, with a hint where only the case is wrong', () => {
  const expected = {
    code: 'protocol-name-unknown',
    reasonCode: 0x84,
    clause: 'MQTT-3.1.2-1',
    byteOffset: 4,
    packetKind: PACKET_KIND,
  } as const;
  const fault = assertDecodeFault(framed(0x10, '00 04 "mqtt" 04 02 00 3C 00 00'), 4, {
    ...expected,
    message: /"mqtt".*case/,
  });
  assert.equal(fault.protocolVersion, undefined);
  assertDecodeFault(framed(0x10, '00 03 "AMQ" 04'), 4, { ...expected, message: /"AMQ"/ });
});

for (const { name, level, answeredIn, hint } of [
  { name: '00 06 "MQIsdp"', level: 4, answeredIn: 4, hint: /level 4/ },
  { name: '00 06 "MQIsdp"', level: 5, answeredIn: 4, hint: /level 5/ },
  { name: '00 04 "MQTT"', level: 3, answeredIn: 4, hint: /level 3/ },
  { name: '00 04 "MQTT"', level: 0, answeredIn: 4, hint: /level 0/ },
  { name: '00 04 "MQTT"', level: 6, answeredIn: 5, hint: /level 6/ },
  { name: '00 04 "MQTT"', level: 0x84, answeredIn: 4, hint: /bridge/ },
]) {
  test(`[MQTT-3.1.2-2] [MQTT-3.1.2-2 3.1.1] ${name} level ${level} is not supported, and is told so in version ${answeredIn}`, () => {
    const body = Buffer.concat([hex(name), Buffer.of(level), hex('02 00 3C 00 00')]);
    const fault = assertDecodeFault(framed(0x10, body), 4, {
      code: 'protocol-version-unsupported',
      reasonCode: 0x84,
      clause: 'MQTT-3.1.2-2',
      byteOffset: 2 + hex(name).length,
      packetKind: PACKET_KIND,
      message: hint,
    });
    assert.equal(fault.protocolVersion, answeredIn);
  });
}

for (const [version, frame] of [
  [4, connect311('03', '00 00')],
  [5, connect5('03', '00', '00 00')],
] as const) {
  test(`[MQTT-3.1.2-3] [MQTT-3.1.2-3 3.1.1] the reserved connect flag must be 0 in version ${version}`, () => {
    const fault = assertDecodeFault(frame, 4, {
      code: 'reserved-connect-flag',
      reasonCode: 0x81,
      clause: 'MQTT-3.1.2-3',
      byteOffset: 9,
      packetKind: PACKET_KIND,
      message: /Clean Session, which is bit 1/,
    });
    assert.equal(fault.protocolVersion, version);
  });
}

test('[MQTT-3.1.2-14 3.1.1] [MQTT-3.1.2-12] there is no Will QoS 3', () => {
  const expected = {
    code: 'will-qos-invalid',
    reasonCode: 0x81,
    byteOffset: 9,
    packetKind: PACKET_KIND,
  } as const;
  assertDecodeFault(connect311('1E', '00 00'), 4, { ...expected, clause: 'MQTT-3.1.2-14' });
  assertDecodeFault(connect5('1E', '00', '00 00'), 4, { ...expected, clause: 'MQTT-3.1.2-12' });
});

for (const { flags, what, clause311, clause5 } of [
  { flags: '0A', what: 'Will QoS', clause311: 'MQTT-3.1.2-13', clause5: 'MQTT-3.1.2-11' },
  { flags: '22', what: 'Will Retain', clause311: 'MQTT-3.1.2-15', clause5: 'MQTT-3.1.2-13' },
]) {
  test(`[MQTT-3.1.2-11 3.1.1] [${clause311} 3.1.1] [${clause5}] without a will, ${what} must be 0`, () => {
    const expected = {
      code: 'will-flags-without-will',
      reasonCode: 0x81,
      byteOffset: 9,
      packetKind: PACKET_KIND,
      message: new RegExp(what),
    } as const;
    assertDecodeFault(connect311(flags, '00 00'), 4, { ...expected, clause: clause311 });
    assertDecodeFault(connect5(flags, '00', '00 00'), 4, { ...expected, clause: clause5 });
  });
}

test('[MQTT-3.1.2-22 3.1.1] before 5.0 a password needs a user name', () => {
  assertDecodeFault(connect311('42', '00 00 00 01 "p"'), 4, {
    code: 'password-without-username',
    reasonCode: 0x81,
    clause: 'MQTT-3.1.2-22',
    byteOffset: 9,
    packetKind: PACKET_KIND,
  });
  const packet = decode(connect5('42', '00', '00 00 00 01 "p"'), 4);
  assert.equal(packet.kind === 'connect' && packet.username, undefined);
});

for (const [statement, flags, missing] of [
  ['[MQTT-3.1.2-9]', '06', 'will topic'],
  ['[MQTT-3.1.2-19] [MQTT-3.1.2-17]', '82', 'user name'],
  ['[MQTT-3.1.2-21] [MQTT-3.1.2-19]', 'C2', 'user name'],
] as const) {
  test(`${statement} a ${missing} that flags ${flags} announce must be there`, () => {
    assertDecodeFault(connect311(flags, '00 01 "a"'), 4, {
      code: 'packet-truncated',
      reasonCode: 0x81,
      clause: '4.8',
      byteOffset: 15,
      packetKind: PACKET_KIND,
      message: new RegExp(`length of the ${missing}`),
    });
  });
}

test('[MQTT-3.1.2-18 3.1.1] [MQTT-3.1.2-20 3.1.1] [MQTT-3.1.2-16] [MQTT-3.1.2-18] a field that no flag announces must not be there', () => {
  assertDecodeFault(connect311('02', '00 01 "a" 00 01 "u"'), 4, {
    code: 'trailing-bytes',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 15,
    packetKind: PACKET_KIND,
    message: /^3 bytes follow/,
  });
});

test('[MQTT-3.1.3-3] [MQTT-3.1.3-3 3.1.1] the client identifier must be there', () => {
  assertDecodeFault(connect311('02', ''), 4, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 12,
    packetKind: PACKET_KIND,
    message: /client identifier/,
  });
});

for (const [statement, frame, byteOffset] of [
  ['[MQTT-3.1.3-4] [MQTT-3.1.3-4 3.1.1] a client identifier', connect311('02', '00 02 61 FF'), 15],
  ['[MQTT-3.1.3-11] [MQTT-3.1.3-10 3.1.1] a will topic', connect311('06', '00 00 00 02 61 FF 00 00'), 17],
  ['[MQTT-3.1.3-12] [MQTT-3.1.3-11 3.1.1] a user name', connect311('82', '00 00 00 02 61 FF'), 17],
] as const) {
  test(`${statement} must be UTF-8`, () => {
    assertDecodeFault(frame, 4, {
      code: 'string-ill-formed',
      reasonCode: 0x81,
      clause: 'MQTT-1.5.3-1',
      byteOffset,
      packetKind: PACKET_KIND,
    });
  });
}

for (const { topic, at, clause311, clause5 } of [
  {
    topic: '00 04 "aé+"',
    at: 3,
    clause311: '4.7.1',
    clause5: 'MQTT-4.7.0-1',
  },
  { topic: '00 00', at: 0, clause311: '4.7.3', clause5: 'MQTT-4.7.3-1' },
]) {
  test(`[${clause5}] a will topic ${topic} is not a topic name`, () => {
    const expected = { code: 'will-topic-invalid', reasonCode: 0x81, packetKind: PACKET_KIND } as const;
    assertDecodeFault(connect311('06', `00 00 ${topic} 00 00`), 4, {
      ...expected,
      byteOffset: 16 + at,
      clause: clause311,
    });
    assertDecodeFault(connect5('06', '00', `00 00 00 ${topic} 00 00`), 4, {
      ...expected,
      byteOffset: 18 + at,
      clause: clause5,
    });
  });
}

test('Authentication Data needs an Authentication Method', () => {
  assertDecodeFault(connect5('02', '04 16 00 01 AA', '00 00'), 4, {
    code: 'authentication-data-without-method',
    reasonCode: 0x82,
    clause: '3.1.2.11.10',
    byteOffset: 12,
    packetKind: PACKET_KIND,
  });
});

test('[MQTT-1.5.5-1] a Remaining Length of CONNECT that is longer than needed is refused in 5.0 only', () => {
  const rest311 = '00 04 "MQTT" 04 02 00 3C 00 00';
  assert.equal(decode(hex(`10 8C 00 ${rest311}`), 4).kind, 'connect');
  assertDecodeFault(hex('10 8D 00 00 04 "MQTT" 05 02 00 3C 00 00 00'), 4, {
    code: 'remaining-length-not-minimal',
    reasonCode: 0x81,
    clause: 'MQTT-1.5.5-1',
    byteOffset: 1,
    packetKind: PACKET_KIND,
  });
});

test('a length with its bytes swapped is recognised', () => {
  assertDecodeFault(framed(0x10, '04 00 "MQTT" 04 02 00 3C 00 00'), 4, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 2,
    packetKind: PACKET_KIND,
    message: /1024 bytes.*other way round they would be 4/,
  });
});

test('every cut of a CONNECT is truncated, and never more is read than is there', () => {
  const whole = connect5('EE', '05 11 00 00 00 01', '00 01 "a" 00 00 01 "w" 00 01 "p" 00 01 "u" 00 01 "x"');
  for (let length = 0; length < whole.length - 2; length++) {
    const frame = framed(0x10, whole.subarray(2, 2 + length));
    assert.throws(
      () => decode(frame, 4),
      (error: { code?: string }) =>
        ['packet-truncated', 'property-length-invalid'].includes(error.code ?? ''),
      `cut after ${length} bytes`,
    );
  }
});
