/** What a rule asks of a packet, and the ways in which a packet is changed. Bytes in, bytes out. */
import { decode } from '../mqtt/decode.ts';
import { encode } from '../mqtt/encode.ts';
import { LooseReader } from '../mqtt/looseReader.ts';
import type { PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';

export interface PacketFacts {
  /** Undefined for type 0, which is reserved. */
  readonly kind: PacketKind | undefined;
  /** Of a PUBLISH, as it stands in the packet: empty where an alias stands for it. */
  readonly topic?: string;
  readonly topicAlias?: number;
  readonly packetId?: number;
  readonly qos?: number;
}

const DUP = 0x08;

/** Of a PUBLISH that is malformed, that it is one. */
export function factsOf(frame: Uint8Array, protocolVersion: ProtocolVersion): PacketFacts {
  const kind = packetKindOfType((frame[0] ?? 0) >> 4);
  const isAnswer = kind === 'puback' || kind === 'pubrec' || kind === 'pubrel' || kind === 'pubcomp';
  if (isAnswer) {
    // Behind the Remaining Length, which has two bytes where a reason is told at length.
    const reader = new LooseReader(frame);
    return reader.at + 2 <= frame.length ? { kind, packetId: reader.twoByteInteger() } : { kind };
  }
  if (kind !== 'publish') return { kind };
  try {
    const packet = decode(frame, protocolVersion);
    if (packet.kind !== 'publish') return { kind };
    const { topic, packetId, qos, properties } = packet;
    return {
      kind,
      topic,
      qos,
      ...(packetId !== undefined && { packetId }),
      ...(properties?.topicAlias !== undefined && { topicAlias: properties.topicAlias }),
    };
  } catch {
    // What is wrong with it is for its receiver to say: it goes on as one without a topic.
    return { kind };
  }
}

/** The packet once more: a PUBLISH of QoS 1 and 2 says that it is one. [MQTT-3.3.1-1] */
export function secondTime(frame: Uint8Array, { kind, qos = 0 }: PacketFacts): Uint8Array {
  const copy = new Uint8Array(frame);
  if (kind === 'publish' && qos > 0) copy[0]! |= DUP; // a packet has a first byte
  return copy;
}

/** The packet with one byte changed. @param flip 1 to 255: the bits that turn. */
export function corrupted(frame: Uint8Array, byteOffset: number, flip: number): Uint8Array {
  const copy = new Uint8Array(frame);
  copy[byteOffset]! ^= flip; // the caller keeps within the packet
  return copy;
}

/** A PUBLISH of 5.0 with its topic written out beside its alias, for a receiver that has not learned the alias. */
export function withTopic(frame: Uint8Array, topic: string): Uint8Array {
  const packet = decode(frame, 5);
  return packet.kind === 'publish' ? encode({ ...packet, topic }, 5) : frame;
}
