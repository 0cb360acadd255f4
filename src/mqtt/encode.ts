/**
 * Packets to bytes, for every version.
 *
 * Computes a packet's size first and writes once. What a version does not have is left out: in 3.1 and 3.1.1 there
 * are no properties, and no reason codes beside the return codes of CONNACK and SUBACK. Refuses what has no form on
 * the wire, and nothing else: whether a packet makes sense is its sender's business, so that a test can send nonsense.
 */
import { propertiesBytes, propertySectionBytes, writeProperties } from './encodeProperties.ts';
import type {
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  Packet,
  PacketKind,
  Properties,
  ProtocolVersion,
  PubackPacket,
  PubcompPacket,
  PublishPacket,
  PubrecPacket,
  PubrelPacket,
  SubackPacket,
  SubscribePacket,
  SubscriptionRequest,
  UnsubackPacket,
  UnsubscribePacket,
} from './packets.ts';
import { packetTypeOfKind } from './packetTypes.ts';
import { binaryDataBytes, checkPacketId, checkRange, PacketWriter, utf8StringBytes } from './packetWriter.ts';
import { beginPublish } from './publishEncoder.ts';
import { connackReturnCode } from './reasonCodes.ts';

/** @throws RangeError for what can't be encoded: a string that is too long, a number out of its range. */
export function encode(packet: Packet, protocolVersion: ProtocolVersion): Uint8Array {
  switch (packet.kind) {
    case 'connect':
      return encodeConnect(packet);
    case 'connack':
      return encodeConnack(packet, protocolVersion);
    case 'publish':
      return encodePublish(packet, protocolVersion);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return encodeAcknowledgement(packet, protocolVersion);
    case 'subscribe':
      return encodeSubscribe(packet, protocolVersion);
    case 'suback':
      return encodeSuback(packet, protocolVersion);
    case 'unsubscribe':
      return encodeUnsubscribe(packet, protocolVersion);
    case 'unsuback':
      return encodeUnsuback(packet, protocolVersion);
    case 'pingreq':
    case 'pingresp':
      return new PacketWriter(firstByte(packet.kind), 0).bytes;
    case 'disconnect':
      return encodeDisconnect(packet, protocolVersion);
    case 'auth':
      return encodeAuth(packet, protocolVersion);
  }
}

/** Type in the upper half; in the lower the flags that section 2.1.3 (2.2.2 in 3.1.1) lists. */
function firstByte(kind: PacketKind): number {
  const hasFlag = kind === 'pubrel' || kind === 'subscribe' || kind === 'unsubscribe';
  return (packetTypeOfKind(kind) << 4) | (hasFlag ? 0b0010 : 0);
}

function encodeConnect(packet: ConnectPacket): Uint8Array {
  const { protocolVersion, will, username, password } = packet;
  const isVersion5 = protocolVersion === 5;
  const protocolName = protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
  checkRange('keepAliveSeconds', packet.keepAliveSeconds, 0xffff);

  const contentBytes = isVersion5 ? propertiesBytes(packet.properties, 'connect') : 0;
  const willContentBytes = isVersion5 ? propertiesBytes(will?.properties, 'will') : 0;
  let size = 2 + protocolName.length + 4 + propertySectionBytes(contentBytes, protocolVersion);
  size += utf8StringBytes('clientId', packet.clientId);
  if (will !== undefined) {
    checkRange('will.qos', will.qos, 2);
    size += propertySectionBytes(willContentBytes, protocolVersion);
    size += utf8StringBytes('will.topic', will.topic) + binaryDataBytes('will.payload', will.payload);
  }
  if (username !== undefined) size += utf8StringBytes('username', username);
  if (password !== undefined) size += binaryDataBytes('password', password);

  let flags = packet.cleanStart ? 0x02 : 0;
  if (will !== undefined) flags |= 0x04 | (will.qos << 3) | (will.retain ? 0x20 : 0);
  if (password !== undefined) flags |= 0x40;
  if (username !== undefined) flags |= 0x80;

  const writer = new PacketWriter(firstByte('connect'), size);
  writer.utf8String(protocolName);
  writer.byte(protocolVersion);
  writer.byte(flags);
  writer.twoByteInteger(packet.keepAliveSeconds);
  if (isVersion5) writeProperties(writer, packet.properties, contentBytes);
  writer.utf8String(packet.clientId);
  if (will !== undefined) {
    if (isVersion5) writeProperties(writer, will.properties, willContentBytes);
    writer.utf8String(will.topic);
    writer.binaryData(will.payload);
  }
  if (username !== undefined) writer.utf8String(username);
  if (password !== undefined) writer.binaryData(password);
  return writer.bytes;
}

function encodeConnack(packet: ConnackPacket, protocolVersion: ProtocolVersion): Uint8Array {
  checkRange('reasonCode', packet.reasonCode, 0xff);
  const contentBytes = protocolVersion === 5 ? propertiesBytes(packet.properties, 'connack') : 0;
  const writer = new PacketWriter(
    firstByte('connack'),
    2 + propertySectionBytes(contentBytes, protocolVersion),
  );
  // 3.1 has no Session Present: its byte is reserved.
  writer.byte(packet.sessionPresent && protocolVersion !== 3 ? 1 : 0);
  writer.byte(protocolVersion === 5 ? packet.reasonCode : connackReturnCode(packet.reasonCode));
  if (protocolVersion === 5) writeProperties(writer, packet.properties, contentBytes);
  return writer.bytes;
}

/** For one receiver. For fan-out there is EncodedPublish. */
function encodePublish(packet: PublishPacket, protocolVersion: ProtocolVersion): Uint8Array {
  const { qos, packetId, properties, payload } = packet;
  if (qos === 0 && packetId !== undefined) throw new RangeError('packetId given with QoS 0');
  if (qos !== 0) checkPacketId(packetId ?? 0);
  const contentBytes = protocolVersion === 5 ? propertiesBytes(properties, 'publish') : 0;
  const bytesAfterTopic =
    (qos === 0 ? 0 : 2) + propertySectionBytes(contentBytes, protocolVersion) + payload.length;
  const writer = beginPublish(packet, packet.dup, bytesAfterTopic, 0);
  if (packetId !== undefined) writer.twoByteInteger(packetId);
  if (protocolVersion === 5) writeProperties(writer, properties, contentBytes);
  writer.raw(payload);
  return writer.bytes;
}

function encodeAcknowledgement(
  packet: PubackPacket | PubrecPacket | PubrelPacket | PubcompPacket,
  protocolVersion: ProtocolVersion,
): Uint8Array {
  const { kind, packetId, reasonCode } = packet;
  checkPacketId(packetId);
  checkRange('reasonCode', reasonCode, 0xff);
  const contentBytes = protocolVersion === 5 ? propertiesBytes(packet.properties, kind) : 0;
  // Sections 3.4.2.1 and 3.4.2.2.1: what would say "success, no properties" may be left out, from the end.
  const hasReasonCode = protocolVersion === 5 && (reasonCode !== 0 || contentBytes > 0);
  const sectionBytes = contentBytes > 0 ? propertySectionBytes(contentBytes, protocolVersion) : 0;
  const writer = new PacketWriter(firstByte(kind), 2 + (hasReasonCode ? 1 : 0) + sectionBytes);
  writer.twoByteInteger(packetId);
  if (hasReasonCode) writer.byte(reasonCode);
  if (contentBytes > 0) writeProperties(writer, packet.properties, contentBytes);
  return writer.bytes;
}

function encodeSubscribe(packet: SubscribePacket, protocolVersion: ProtocolVersion): Uint8Array {
  const content = startOfSubscription(packet, protocolVersion);
  let size = content.headBytes;
  for (const subscription of packet.subscriptions) {
    checkRange('qos', subscription.qos, 2);
    checkRange('retainHandling', subscription.retainHandling, 2);
    size += utf8StringBytes('topicFilter', subscription.topicFilter) + 1;
  }
  const writer = writeHead(packet, protocolVersion, size, content.contentBytes);
  for (const subscription of packet.subscriptions) {
    writer.utf8String(subscription.topicFilter);
    writer.byte(protocolVersion === 5 ? subscriptionOptions(subscription) : subscription.qos);
  }
  return writer.bytes;
}

/** Section 3.8.3.1. */
function subscriptionOptions(subscription: SubscriptionRequest): number {
  const { qos, noLocal, retainAsPublished, retainHandling } = subscription;
  return qos | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4);
}

function encodeSuback(packet: SubackPacket, protocolVersion: ProtocolVersion): Uint8Array {
  const content = startOfSubscription(packet, protocolVersion);
  const writer = writeHead(
    packet,
    protocolVersion,
    content.headBytes + packet.reasonCodes.length,
    content.contentBytes,
  );
  for (const reasonCode of packet.reasonCodes) {
    checkRange('reasonCode', reasonCode, 0xff);
    // The older versions have one word for every refusal. Section 3.9.3 of 3.1.1.
    writer.byte(protocolVersion !== 5 && reasonCode >= 0x80 ? 0x80 : reasonCode);
  }
  return writer.bytes;
}

function encodeUnsubscribe(packet: UnsubscribePacket, protocolVersion: ProtocolVersion): Uint8Array {
  const content = startOfSubscription(packet, protocolVersion);
  let size = content.headBytes;
  for (const topicFilter of packet.topicFilters) size += utf8StringBytes('topicFilter', topicFilter);
  const writer = writeHead(packet, protocolVersion, size, content.contentBytes);
  for (const topicFilter of packet.topicFilters) writer.utf8String(topicFilter);
  return writer.bytes;
}

function encodeUnsuback(packet: UnsubackPacket, protocolVersion: ProtocolVersion): Uint8Array {
  const content = startOfSubscription(packet, protocolVersion);
  const reasonCodes = protocolVersion === 5 ? packet.reasonCodes : [];
  const size = content.headBytes + reasonCodes.length;
  const writer = writeHead(packet, protocolVersion, size, content.contentBytes);
  for (const reasonCode of reasonCodes) {
    checkRange('reasonCode', reasonCode, 0xff);
    writer.byte(reasonCode);
  }
  return writer.bytes;
}

type SubscriptionPacket = SubscribePacket | SubackPacket | UnsubscribePacket | UnsubackPacket;

/** The four packets about subscriptions start alike: packet identifier, then properties. */
function startOfSubscription(
  packet: SubscriptionPacket,
  protocolVersion: ProtocolVersion,
): { headBytes: number; contentBytes: number } {
  checkPacketId(packet.packetId);
  const contentBytes = protocolVersion === 5 ? propertiesBytes(packet.properties, packet.kind) : 0;
  return { headBytes: 2 + propertySectionBytes(contentBytes, protocolVersion), contentBytes };
}

function writeHead(
  packet: SubscriptionPacket,
  protocolVersion: ProtocolVersion,
  size: number,
  contentBytes: number,
): PacketWriter {
  const writer = new PacketWriter(firstByte(packet.kind), size);
  writer.twoByteInteger(packet.packetId);
  if (protocolVersion === 5) writeProperties(writer, packet.properties, contentBytes);
  return writer;
}

function encodeDisconnect(packet: DisconnectPacket, protocolVersion: ProtocolVersion): Uint8Array {
  if (protocolVersion !== 5) return new PacketWriter(firstByte('disconnect'), 0).bytes;
  // Sections 3.14.2.1 and 3.14.2.2.1: a Property Length of 0 may be left out.
  return encodeReason(packet, propertiesBytes(packet.properties, 'disconnect') > 0);
}

function encodeAuth(packet: AuthPacket, protocolVersion: ProtocolVersion): Uint8Array {
  if (protocolVersion !== 5) throw new RangeError('AUTH exists in MQTT 5.0 only');
  // Section 3.15.2.1 lets go of the Property Length together with the reason code, and not alone.
  return encodeReason(packet, true);
}

function encodeReason(packet: DisconnectPacket | AuthPacket, hasPropertyLength: boolean): Uint8Array {
  const { kind, reasonCode } = packet;
  const properties: Properties | undefined = packet.properties;
  checkRange('reasonCode', reasonCode, 0xff);
  const contentBytes = propertiesBytes(properties, kind);
  if (reasonCode === 0 && contentBytes === 0) return new PacketWriter(firstByte(kind), 0).bytes;
  const writer = new PacketWriter(
    firstByte(kind),
    1 + (hasPropertyLength ? propertySectionBytes(contentBytes, 5) : 0),
  );
  writer.byte(reasonCode);
  if (hasPropertyLength) writeProperties(writer, properties, contentBytes);
  return writer.bytes;
}
