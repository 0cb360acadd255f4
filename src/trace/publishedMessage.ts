/** What a PUBLISH carries, as far as its bytes were kept: enough to know the same message at another client. */
import { decode } from '../mqtt/decode.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { textOf } from './shownValue.ts';
import { walkPacket } from './walkPacket.ts';

export interface PublishedMessage {
  /** Empty where a topic alias stands for it whose packet is not here. */
  readonly topic: string;
  readonly qos: number;
  readonly isDuplicate: boolean;
  /** Undefined at QoS 0. */
  readonly packetId: number | undefined;
  /** As much of it as was kept. */
  readonly payload: Uint8Array;
  /** Of the whole payload. */
  readonly payloadBytes: number;
}

/** What each alias stands for, in one direction of one connection. */
export type TopicAliases = Map<number, string>;

/**
 * Undefined for a PUBLISH that is at fault, or of which too little was kept.
 *
 * @param bytes a PUBLISH. @param aliases learns what this one says.
 */
export function publishedMessageOf(
  bytes: Uint8Array,
  version: ProtocolVersion,
  aliases: TopicAliases,
): PublishedMessage | undefined {
  try {
    const packet = decode(bytes, version);
    if (packet.kind !== 'publish') return undefined;
    const { qos, dup, packetId, payload } = packet;
    const alias = packet.properties?.topicAlias;
    if (alias !== undefined && packet.topic !== '') aliases.set(alias, packet.topic);
    const topic = packet.topic || (alias === undefined ? '' : (aliases.get(alias) ?? ''));
    return { topic, qos, isDuplicate: dup, packetId, payload, payloadBytes: payload.length };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    if (error instanceof RangeError) return cutMessageOf(bytes, version);
    throw error;
  }
}

/** Of a PUBLISH that was kept up to some byte. */
function cutMessageOf(bytes: Uint8Array, version: ProtocolVersion): PublishedMessage | undefined {
  const { fields, packetBytes = 0 } = walkPacket(bytes, version);
  const find = (name: string) => fields.find((field) => field.name === name);
  const [topic, packetId, payload] = [find('Topic Name'), find('Packet Identifier'), find('Payload')];
  if (topic === undefined || payload === undefined || packetBytes < bytes.length) return undefined;
  const first = bytes[0] ?? 0; // a topic was read behind it
  return {
    topic: textOf(bytes, topic.start + 2, topic.end),
    qos: (first >> 1) & 0b11,
    isDuplicate: (first & 0x08) !== 0,
    packetId: packetId && Number(packetId.value),
    payload: bytes.subarray(payload.start),
    payloadBytes: packetBytes - payload.start,
  };
}

/** The same topic and payload: what the broker passes on of one message. */
export function isSameMessage(one: PublishedMessage, other: PublishedMessage): boolean {
  if (one.topic !== other.topic || one.payloadBytes !== other.payloadBytes) return false;
  const kept = Math.min(one.payload.length, other.payload.length);
  return Buffer.compare(one.payload.subarray(0, kept), other.payload.subarray(0, kept)) === 0;
}
