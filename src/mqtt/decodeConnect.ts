/**
 * CONNECT, section 3.1, of all three versions: the packet that says how to read the rest of itself.
 */
import { readProperties } from './decodeProperties.ts';
import { hexByte, quoted } from './faultText.ts';
import { checkMinimalRemainingLength } from './fixedHeader.ts';
import { PacketReader } from './packetReader.ts';
import type { ConnectPacket, ProtocolVersion, QoS, Will } from './packets.ts';
import { topicClause } from './topicClause.ts';
import { checkTopicName } from './topics.ts';

const RESERVED_FLAG = 0x01;
const CLEAN_START_FLAG = 0x02;
const WILL_FLAG = 0x04;
const WILL_QOS_FLAGS = 0x18;
const WILL_RETAIN_FLAG = 0x20;
const PASSWORD_FLAG = 0x40;
const USERNAME_FLAG = 0x80;

export function decodeConnect(frame: Uint8Array, bodyOffset: number): ConnectPacket {
  const reader = new PacketReader(frame, bodyOffset, 'connect', undefined);
  const protocolVersion = readProtocolVersion(reader);
  reader.protocolVersion = protocolVersion;
  if (protocolVersion === 5) checkMinimalRemainingLength(frame, 0, bodyOffset, 'connect');

  const flagsAt = reader.offset;
  const flags = reader.byte('connect flags');
  // 3.1 calls these bits unused rather than reserved, so there they mean nothing.
  if (protocolVersion !== 3) checkFlagRules(reader, flagsAt, flags);
  checkWillQos(reader, flagsAt, flags);
  checkPasswordRule(reader, flagsAt, flags);

  const packet: ConnectPacket = {
    kind: 'connect',
    protocolVersion,
    cleanStart: (flags & CLEAN_START_FLAG) !== 0,
    keepAliveSeconds: reader.twoByteInteger('Keep Alive'),
    clientId: '',
  };
  if (protocolVersion === 5) {
    const propertiesAt = reader.offset;
    const properties = readProperties(reader, 'connect');
    if (properties?.authenticationData !== undefined && properties.authenticationMethod === undefined) {
      throw reader.fault(
        'authentication-data-without-method',
        propertiesAt,
        'There is Authentication Data and no Authentication Method to say what it is.',
      );
    }
    if (properties !== undefined) packet.properties = properties;
  }

  // In this order. [MQTT-3.1.3-1]
  packet.clientId = reader.utf8String('client identifier');
  if ((flags & WILL_FLAG) !== 0) packet.will = readWill(reader, flags);
  if ((flags & USERNAME_FLAG) !== 0 && !isLeftOut(reader)) packet.username = reader.utf8String('user name');
  if ((flags & PASSWORD_FLAG) !== 0 && !isLeftOut(reader)) packet.password = reader.binaryData('password');
  reader.expectEnd('last field that the connect flags announce');
  return packet;
}

/** Section 3.1 of MQTT 3.1: there the Remaining Length has precedence over the flags of user name and password. */
function isLeftOut(reader: PacketReader): boolean {
  return reader.protocolVersion === 3 && reader.remaining === 0;
}

/** Sections 3.1.2.1 and 3.1.2.2. */
function readProtocolVersion(reader: PacketReader): ProtocolVersion {
  const nameAt = reader.offset;
  const name = reader.utf8String('protocol name');
  if (name !== 'MQTT' && name !== 'MQIsdp') {
    const hint = name.toUpperCase() === 'MQTT' ? ' Upper and lower case count.' : '';
    throw reader.fault(
      'protocol-name-unknown',
      nameAt + 2,
      `The protocol name is ${quoted(name)}, and must be "MQTT" ("MQIsdp" in MQTT 3.1).${hint}`,
    );
  }
  const levelAt = reader.offset;
  const level = reader.byte('protocol level');
  if (name === 'MQIsdp' && level === 3) return 3;
  if (name === 'MQTT' && (level === 4 || level === 5)) return level;

  // A bridge of mosquitto sets the top bit to try its own dialect first, and goes on without when refused in 3.1.1.
  const isBridge = level >= 0x80;
  reader.protocolVersion = level > 5 && !isBridge ? 5 : 4;
  const hint = isBridge ? ' The top bit is set by mosquitto bridges with "try_private true".' : '';
  throw reader.fault(
    'protocol-version-unsupported',
    levelAt,
    `The protocol is ${quoted(name)} level ${level}. Known are "MQIsdp" 3 (MQTT 3.1), "MQTT" 4 (3.1.1) and "MQTT" 5 (5.0).${hint}`,
  );
}

function checkFlagRules(reader: PacketReader, at: number, flags: number): void {
  // [MQTT-3.1.2-3]
  if ((flags & RESERVED_FLAG) !== 0) {
    throw reader.fault(
      'reserved-connect-flag',
      at,
      `Bit 0 of the connect flags (0x${hexByte(flags)}) is reserved and must be 0. Often it is set by code that means Clean Session, which is bit 1 (0x02).`,
    );
  }
  // [MQTT-3.1.2-13] and [MQTT-3.1.2-15] in 3.1.1, [MQTT-3.1.2-11] and [MQTT-3.1.2-13] in 5.0
  if ((flags & WILL_FLAG) !== 0 || (flags & (WILL_QOS_FLAGS | WILL_RETAIN_FLAG)) === 0) return;
  const [what, clause311, clause5] =
    (flags & WILL_QOS_FLAGS) !== 0
      ? ['a Will QoS', 'MQTT-3.1.2-13', 'MQTT-3.1.2-11']
      : ['Will Retain', 'MQTT-3.1.2-15', 'MQTT-3.1.2-13'];
  throw reader.fault(
    'will-flags-without-will',
    at,
    `The connect flags (0x${hexByte(flags)}) have ${what} and no Will Flag (bit 2, 0x04): without a will, Will QoS and Will Retain must be 0.`,
    reader.protocolVersion === 5 ? clause5 : clause311,
  );
}

/** [MQTT-3.1.2-14] in 3.1.1, [MQTT-3.1.2-12] in 5.0. */
function checkWillQos(reader: PacketReader, at: number, flags: number): void {
  if ((flags & WILL_FLAG) === 0 || (flags & WILL_QOS_FLAGS) !== WILL_QOS_FLAGS) return;
  throw reader.fault(
    'will-qos-invalid',
    at,
    `Both Will QoS bits (3 and 4) of the connect flags (0x${hexByte(flags)}) are set, which makes QoS 3: there are 0, 1 and 2.`,
  );
}

/** [MQTT-3.1.2-22] of 3.1.1. 5.0 allows a password alone, as for a token: section 3.1.2.9. */
function checkPasswordRule(reader: PacketReader, at: number, flags: number): void {
  if (reader.protocolVersion === 5 || (flags & PASSWORD_FLAG) === 0 || (flags & USERNAME_FLAG) !== 0) return;
  throw reader.fault(
    'password-without-username',
    at,
    `The connect flags (0x${hexByte(flags)}) have a password (bit 6) and no user name (bit 7), which only MQTT 5.0 allows. Send a user name with it, if need be an empty one.`,
  );
}

function readWill(reader: PacketReader, flags: number): Will {
  const properties = reader.protocolVersion === 5 ? readProperties(reader, 'will') : undefined;
  const topicAt = reader.offset;
  const topic = reader.utf8String('will topic');
  const problem = checkTopicName(topic);
  if (problem !== undefined) {
    throw reader.fault(
      'will-topic-invalid',
      topicAt + 2 + Buffer.byteLength(topic.slice(0, problem.at)),
      `The will topic ${quoted(topic)} can't be published to. ${problem.message}`,
      topicClause(problem, reader.protocolVersion),
    );
  }
  const will: Will = {
    topic,
    payload: reader.binaryData('will payload'),
    qos: ((flags & WILL_QOS_FLAGS) >> 3) as QoS, // 3 was refused with the flags
    retain: (flags & WILL_RETAIN_FLAG) !== 0,
  };
  if (properties !== undefined) will.properties = properties;
  return will;
}
