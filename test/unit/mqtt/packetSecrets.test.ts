import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import { secretRangesOf } from '../../../src/mqtt/packetSecrets.ts';
import type { ConnectPacket, Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { frame, hex, uint16, utf8 } from '../../support/bytes.ts';

const password = new TextEncoder().encode('pencil');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What of the packet is secret, as text. */
function secretsOf(bytes: Uint8Array, version: ProtocolVersion): string[] {
  return secretRangesOf(bytes, version).map(({ start, end }) => text(bytes.subarray(start, end)));
}

function connect(version: ProtocolVersion, more: Partial<ConnectPacket> = {}): Uint8Array {
  const packet: ConnectPacket = {
    kind: 'connect',
    protocolVersion: version,
    clientId: 'esp32',
    cleanStart: true,
    keepAliveSeconds: 60,
    username: 'dev',
    password,
    ...more,
  };
  return encode(packet, version);
}

test('the password of CONNECT is secret, with and without what may stand before it', () => {
  const will = { topic: 'gone', payload: new Uint8Array([1, 2]), qos: 1, retain: true } as const;
  for (const version of [3, 4, 5] as const) {
    assert.deepEqual(secretsOf(connect(version), version), ['pencil']);
    assert.deepEqual(secretsOf(connect(version, { will }), version), ['pencil']);
  }
  const properties = { userProperties: [['a', 'b']], sessionExpiryInterval: 9, receiveMaximum: 3 } as const;
  const willOf5 = { ...will, properties: { contentType: 'text', userProperties: [['c', 'd']] as const } };
  assert.deepEqual(secretsOf(connect(5, { properties, will: willOf5 }), 5), ['pencil']);
});

test('a CONNECT without a password has no secrets', () => {
  const packet = { kind: 'connect', clientId: 'a', cleanStart: true, keepAliveSeconds: 0 } as const;
  for (const protocolVersion of [4, 5] as const)
    assert.deepEqual(secretsOf(encode({ ...packet, protocolVersion }, protocolVersion), protocolVersion), []);
});

test('the data of an enhanced authentication is secret in CONNECT, CONNACK and AUTH', () => {
  const properties = { authenticationMethod: 'SCRAM-SHA-256', authenticationData: password };
  assert.deepEqual(secretsOf(connect(5, { properties }), 5), ['pencil', 'pencil']);
  const packets: Packet[] = [
    { kind: 'connack', sessionPresent: false, reasonCode: 0, properties },
    { kind: 'auth', reasonCode: 0x18, properties },
  ];
  for (const packet of packets) assert.deepEqual(secretsOf(encode(packet, 5), 5), ['pencil']);
  assert.deepEqual(secretsOf(hex('F0 00'), 5), []);
  assert.deepEqual(secretsOf(hex('20 02 00 00'), 4), []);
});

test('other packets have none, whatever is in them', () => {
  assert.deepEqual(secretsOf(frame(0x30, utf8('t'), [...password]), 4), []);
  assert.deepEqual(secretsOf(new Uint8Array(), 4), []);
});

test('of a CONNECT cut anywhere, no byte of the password is left in clear', () => {
  const whole = connect(5, { properties: { userProperties: [['k', 'v']] } });
  const start = whole.length - password.length;
  for (let length = 1; length <= whole.length; length++) {
    const cut = whole.slice(0, length);
    for (const range of secretRangesOf(cut, 4)) cut.fill(0x2a, range.start, range.end);
    assert.equal(text(cut.subarray(start)), '*'.repeat(Math.max(0, length - start)));
  }
});

test('a password behind what can not be read is secret with all that follows', () => {
  const head = [...utf8('MQTT')];
  const tail = [...utf8('dev'), ...utf8('pencil')];
  const broken = [
    // Level 6; bytes of a bridge; a property that there is not; properties that are longer than the packet.
    frame(0x10, head, [6, 0xc2], uint16(60), utf8('a'), tail),
    frame(0x10, head, [5, 0xc2], uint16(60), [2, 0x7e, 0x00], utf8('a'), tail),
    frame(0x10, head, [5, 0xc2], uint16(60), [0x7f], utf8('a'), tail),
    // The flag of the password is missing; and the properties of 5.0 in a packet of 3.1.1.
    frame(0x10, head, [4, 0x82], uint16(60), utf8('a'), tail),
    frame(0x10, head, [4, 0xc2], uint16(60), [0], utf8('a'), tail),
  ];
  for (const packet of broken) assert.match(secretsOf(packet, 4).join(), /pencil$/);
});
