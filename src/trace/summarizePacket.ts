/**
 * A packet in one line: the fields that matter, for a row of a list. Made for each row that is drawn, so nothing is
 * made of a payload but its size.
 */
import { decode } from '../mqtt/decode.ts';
import type { ConnectPacket, Packet, ProtocolVersion, PublishPacket } from '../mqtt/packets.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { reasonCodeName } from '../mqtt/reasonCodes.ts';
import { countOf } from './fieldWalk.ts';
import { verdictOn } from './packetFault.ts';
import { shownString } from './shownValue.ts';
import { walkPacket } from './walkPacket.ts';

const SEPARATOR = ' · ';
/** Of a list of filters or codes, so many are named. */
const MAX_LISTED = 4;
const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' } as const;

/**
 * Without the packet's kind: `oven/state · QoS 1 · id 7 · 24 bytes · retain`. Of a packet at fault, the fault's
 * message. At most about 1,000 characters, on one line. Never throws.
 *
 * @param version of the connection; a CONNECT tells its own.
 */
export function summarizePacket(bytes: Uint8Array, version: ProtocolVersion): string {
  return summaryOf(bytes, version).filter(Boolean).join(SEPARATOR);
}

function summaryOf(bytes: Uint8Array, version: ProtocolVersion): string[] {
  try {
    return partsOf(decode(bytes, version), version);
  } catch (error) {
    if (error instanceof ProtocolError) return [error.message];
    if (!(error instanceof RangeError)) throw error;
    // The bytes are not as many as the fixed header says.
    const { packetBytes } = walkPacket(bytes, version);
    const fault = verdictOn(bytes, packetBytes, version);
    if (fault !== undefined) return [fault.message];
    if (packetBytes === undefined) return ['fixed header not whole', countOf(bytes.length, 'byte')];
    if (packetBytes > bytes.length) return [`${bytes.length} of ${packetBytes} bytes`];
    return [
      ...partsOf(decode(bytes.subarray(0, packetBytes), version), version),
      `${countOf(bytes.length - packetBytes, 'byte')} behind it`,
    ];
  }
}

function partsOf(packet: Packet, version: ProtocolVersion): string[] {
  switch (packet.kind) {
    case 'connect':
      return connectParts(packet);
    case 'connack':
      return [codeOf(packet.reasonCode, packet), packet.sessionPresent ? 'session present' : ''];
    case 'publish':
      return publishParts(packet);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return [`id ${packet.packetId}`, packet.reasonCode === 0 ? '' : codeOf(packet.reasonCode, packet)];
    case 'subscribe':
      return [
        listOf(
          packet.subscriptions.map(
            ({ topicFilter, qos }) =>
              () =>
                `${shownString(topicFilter)} (QoS ${qos})`,
          ),
        ),
        `id ${packet.packetId}`,
      ];
    case 'unsubscribe':
      return [
        listOf(packet.topicFilters.map((filter) => () => shownString(filter))),
        `id ${packet.packetId}`,
      ];
    case 'suback':
    case 'unsuback':
      return [listOf(packet.reasonCodes.map((code) => () => codeOf(code, packet))), `id ${packet.packetId}`];
    case 'pingreq':
    case 'pingresp':
      return [];
    case 'disconnect':
      return version === 5 ? [codeOf(packet.reasonCode, packet)] : [];
    case 'auth':
      return [
        codeOf(packet.reasonCode, packet),
        packet.properties?.authenticationMethod === undefined
          ? ''
          : shownString(packet.properties.authenticationMethod),
      ];
  }
}

function connectParts(packet: ConnectPacket): string[] {
  return [
    packet.clientId === '' ? 'no client identifier' : shownString(packet.clientId),
    `MQTT ${versionNames[packet.protocolVersion]}`,
    packet.protocolVersion === 5
      ? packet.cleanStart
        ? 'clean start'
        : ''
      : packet.cleanStart
        ? 'clean session'
        : '',
    `keep alive ${packet.keepAliveSeconds} s`,
    packet.username === undefined ? '' : `user ${shownString(packet.username)}`,
    packet.will === undefined ? '' : `will ${shownString(packet.will.topic)}`,
  ];
}

function publishParts(packet: PublishPacket): string[] {
  const alias = packet.properties?.topicAlias;
  return [
    packet.topic === '' ? '' : shownString(packet.topic),
    alias === undefined ? '' : `alias ${alias}`,
    `QoS ${packet.qos}`,
    packet.packetId === undefined ? '' : `id ${packet.packetId}`,
    countOf(packet.payload.length, 'byte'),
    packet.retain ? 'retain' : '',
    packet.dup ? 'dup' : '',
  ];
}

function codeOf(code: number, { kind }: Packet): string {
  return reasonCodeName(code, kind);
}

function listOf(items: readonly (() => string)[]): string {
  const named = items.slice(0, MAX_LISTED).map((item) => item());
  if (items.length > MAX_LISTED) named.push(`and ${items.length - MAX_LISTED} more`);
  return named.join(', ');
}
