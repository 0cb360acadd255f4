/**
 * HOT PATH. One whole packet, as FrameReader cuts it, to a value: dispatch, and every packet but CONNECT and PUBLISH.
 *
 * Checks all that can be checked from one packet and its version. Not checked here is what needs the connection's
 * state or the direction: whether the packet may come now, whether a topic alias is known, whether a client may send
 * it at all. Strings are copies; payloads and binary data are views into the frame, borrowed like it.
 */
import { decodeConnect } from './decodeConnect.ts';
import { readProperties } from './decodeProperties.ts';
import { decodePublish } from './decodePublish.ts';
import { decodeSubscribe, decodeUnsubscribe } from './decodeSubscribe.ts';
import { protocolError } from './errorCodes.ts';
import { hexByte } from './faultText.ts';
import { bodyOffsetOf, checkFlags, checkMinimalRemainingLength } from './fixedHeader.ts';
import { PacketReader } from './packetReader.ts';
import type {
  AuthPacket,
  ConnackPacket,
  DisconnectPacket,
  Packet,
  PacketKind,
  ProtocolVersion,
  PubackPacket,
  PubcompPacket,
  PublishPacket,
  PubrecPacket,
  PubrelPacket,
  SubackPacket,
  UnsubackPacket,
} from './packets.ts';
import { packetKindOfType, packetTypeOfKind } from './packetTypes.ts';
import { isReasonCodeOf, reasonCodeOfReturnCode } from './reasonCodes.ts';
import type { TopicNameCache } from './topicNameCache.ts';

const PUBLISH_TYPE = packetTypeOfKind('publish');

/**
 * @param frame one packet, fixed header included. Borrowed by the payload and binary properties of what is returned.
 * @param protocolVersion that of the connection. A CONNECT carries its own, and ignores this one.
 * @param topicNames saves the making of topic names that came before; for whoever decodes many.
 * @throws ProtocolError for what the version does not allow.
 * @throws RangeError if the frame is not as long as its fixed header says: a bug of the caller's framing.
 */
export function decode(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
  topicNames?: TopicNameCache,
): Packet {
  // A frame without a byte is none: decodeExceptPublish says so.
  if ((frame[0] ?? 0) >> 4 === PUBLISH_TYPE)
    return decodePublish(frame, 0, frame.length, protocolVersion, topicNames, false).toPacket();
  return decodeExceptPublish(frame, protocolVersion);
}

/** As decode, of a frame that is no PUBLISH. */
export function decodeExceptPublish(
  frame: Uint8Array,
  protocolVersion: ProtocolVersion,
): Exclude<Packet, PublishPacket> {
  const bodyOffset = bodyOffsetOf(frame, 0, frame.length);
  const first = frame[0]!; // bodyOffsetOf saw two bytes at least
  const kind = packetKindOfType(first >> 4);
  if (kind === 'publish') throw new RangeError('a PUBLISH is decoded elsewhere');
  if (kind === 'connect') {
    checkFlags(first, 'connect', undefined);
    return decodeConnect(frame, bodyOffset);
  }
  if (kind === undefined || (kind === 'auth' && protocolVersion !== 5)) {
    throw protocolError('packet-type-reserved', protocolVersion, {
      byteOffset: 0,
      message: `The packet type is ${first >> 4}, which is reserved${kind === 'auth' ? ' before MQTT 5.0, where it is AUTH' : ''}.`,
    });
  }
  checkFlags(first, kind, protocolVersion);
  const reader = new PacketReader(frame, bodyOffset, kind, protocolVersion);
  if (protocolVersion === 5) checkMinimalRemainingLength(frame, 0, bodyOffset, kind);
  switch (kind) {
    case 'connack':
      return decodeConnack(reader);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return decodeAcknowledgement(reader, kind);
    case 'subscribe':
      return decodeSubscribe(reader);
    case 'suback':
      return decodeSuback(reader);
    case 'unsubscribe':
      return decodeUnsubscribe(reader);
    case 'unsuback':
      return decodeUnsuback(reader);
    case 'pingreq':
    case 'pingresp':
      reader.expectEnd('fixed header');
      return { kind };
    case 'disconnect':
      return decodeDisconnect(reader);
    case 'auth':
      return decodeAuth(reader);
  }
}

function decodeConnack(reader: PacketReader): ConnackPacket {
  const { protocolVersion } = reader;
  const flagsAt = reader.offset;
  const flags = reader.byte('connect acknowledge flags');
  // [MQTT-3.2.2-1]. 3.1 does not use this byte.
  if ((flags & 0xfe) !== 0 && protocolVersion !== 3) {
    throw reader.fault(
      'reserved-connack-flag',
      flagsAt,
      `The connect acknowledge flags are 0x${hexByte(flags)}: bits 1 to 7 are reserved and must be 0.`,
    );
  }
  const sessionPresent = flags === 1 && protocolVersion !== 3;
  const reasonCode = protocolVersion === 5 ? readReasonCode(reader) : readReturnCode(reader);
  // [MQTT-3.2.2-4] in 3.1.1, [MQTT-3.2.2-6] in 5.0
  if (sessionPresent && reasonCode !== 0) {
    throw reader.fault(
      'session-present-on-refusal',
      flagsAt,
      'Session Present is 1 in a CONNACK that refuses the connection, where it must be 0.',
    );
  }
  const properties = protocolVersion === 5 ? readProperties(reader, 'connack') : undefined;
  reader.expectEnd(protocolVersion === 5 ? 'properties' : 'return code');
  const packet: ConnackPacket = { kind: 'connack', sessionPresent, reasonCode };
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

/** Section 3.2.2.3 of 3.1.1. */
function readReturnCode(reader: PacketReader): number {
  const at = reader.offset;
  const returnCode = reader.byte('return code');
  const reasonCode = reasonCodeOfReturnCode(returnCode);
  if (reasonCode !== undefined) return reasonCode;
  throw reader.fault('reason-code-invalid', at, `The return code is ${returnCode}: there are 0 to 5.`);
}

function readReasonCode(reader: PacketReader): number {
  const at = reader.offset;
  const reasonCode = reader.byte('reason code');
  if (isReasonCodeOf(reader.kind, reasonCode)) return reasonCode;
  throw reader.fault(
    'reason-code-invalid',
    at,
    `0x${hexByte(reasonCode)} is not a reason code of ${reader.kind.toUpperCase()}.`,
    reasonCodeClauses[reader.kind],
  );
}

const reasonCodeClauses: { readonly [kind in PacketKind]?: string } = {
  connack: 'MQTT-3.2.2-8',
  puback: 'MQTT-3.4.2-1',
  pubrec: 'MQTT-3.5.2-1',
  pubrel: 'MQTT-3.6.2-1',
  pubcomp: 'MQTT-3.7.2-1',
  suback: 'MQTT-3.9.3-2',
  unsuback: 'MQTT-3.11.3-2',
  disconnect: 'MQTT-3.14.2-1',
  auth: 'MQTT-3.15.2-1',
};

function decodeAcknowledgement(
  reader: PacketReader,
  kind: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
): PubackPacket | PubrecPacket | PubrelPacket | PubcompPacket {
  const packetId = reader.packetId();
  // Sections 3.4.2.1 and 3.4.2.2.1: both may be left out, from the end, and mean success and none.
  const isVersion5 = reader.protocolVersion === 5;
  const reasonCode = isVersion5 && reader.remaining > 0 ? readReasonCode(reader) : 0;
  const properties = isVersion5 && reader.remaining > 0 ? readProperties(reader, kind) : undefined;
  reader.expectEnd(isVersion5 ? 'properties' : 'packet identifier');
  return properties === undefined
    ? { kind, packetId, reasonCode }
    : { kind, packetId, reasonCode, properties };
}

function decodeSuback(reader: PacketReader): SubackPacket {
  const packetId = reader.packetId();
  const isVersion5 = reader.protocolVersion === 5;
  const properties = isVersion5 ? readProperties(reader, 'suback') : undefined;
  const reasonCodes = isVersion5 ? readReasonCodes(reader) : readSubackReturnCodes(reader);
  const packet: SubackPacket = { kind: 'suback', packetId, reasonCodes };
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

function decodeUnsuback(reader: PacketReader): UnsubackPacket {
  const packetId = reader.packetId();
  if (reader.protocolVersion !== 5) {
    reader.expectEnd('packet identifier');
    return { kind: 'unsuback', packetId, reasonCodes: [] };
  }
  const properties = readProperties(reader, 'unsuback');
  const packet: UnsubackPacket = { kind: 'unsuback', packetId, reasonCodes: readReasonCodes(reader) };
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

function readReasonCodes(reader: PacketReader): number[] {
  expectReasonCodes(reader);
  const reasonCodes: number[] = [];
  while (reader.remaining > 0) reasonCodes.push(readReasonCode(reader));
  return reasonCodes;
}

/** Section 3.9.3 of 3.1.1: a granted QoS, or 0x80 for a refusal. */
function readSubackReturnCodes(reader: PacketReader): number[] {
  expectReasonCodes(reader);
  const returnCodes: number[] = [];
  while (reader.remaining > 0) {
    const at = reader.offset;
    const returnCode = reader.byte('return code');
    if (returnCode > 2 && returnCode !== 0x80) {
      throw reader.fault(
        'reason-code-invalid',
        at,
        `The return code 0x${hexByte(returnCode)} is none of 0x00, 0x01, 0x02 and 0x80.`,
        '3.9.3',
      );
    }
    returnCodes.push(returnCode);
  }
  return returnCodes;
}

function expectReasonCodes(reader: PacketReader): void {
  if (reader.remaining > 0) return;
  throw reader.fault(
    'no-reason-codes',
    reader.offset,
    `${reader.kind.toUpperCase()} has no reason code, and needs one for each topic filter that it answers.`,
    reader.kind === 'unsuback' ? 'MQTT-3.11.3-2' : undefined,
  );
}

function decodeDisconnect(reader: PacketReader): DisconnectPacket {
  if (reader.protocolVersion !== 5) {
    reader.expectEnd('fixed header');
    return { kind: 'disconnect', reasonCode: 0 };
  }
  // Sections 3.14.2.1 and 3.14.2.2.1
  const reasonCode = reader.remaining > 0 ? readReasonCode(reader) : 0;
  const properties = reader.remaining > 0 ? readProperties(reader, 'disconnect') : undefined;
  reader.expectEnd('properties');
  return properties === undefined
    ? { kind: 'disconnect', reasonCode }
    : { kind: 'disconnect', reasonCode, properties };
}

function decodeAuth(reader: PacketReader): AuthPacket {
  // Section 3.15.2.1: reason code and properties may be left out together.
  if (reader.remaining === 0) return { kind: 'auth', reasonCode: 0 };
  const reasonCode = readReasonCode(reader);
  const propertiesAt = reader.offset;
  const properties = readProperties(reader, 'auth');
  reader.expectEnd('properties');
  if (properties?.authenticationMethod === undefined) {
    throw reader.fault(
      'authentication-method-missing',
      propertiesAt,
      'AUTH has no Authentication Method, which tells what its data is and must be there.',
    );
  }
  return { kind: 'auth', reasonCode, properties };
}
