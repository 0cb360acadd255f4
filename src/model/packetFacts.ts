/**
 * What a filter and a conversation need to know of a packet, read from its bytes where they lie: type, packet identifier,
 * topic, whether it says no. Of broken packets as much as can be read.
 */
import { decode } from '../mqtt/decode.ts';
import { type ByteRange, LooseReader } from '../mqtt/looseReader.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';

/** Packet types, section 2.1.2. */
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBSCRIBE = 10;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;
export const AUTH = 15;

const TOPIC_ALIAS = 0x23;
/** Reason codes from here on say no. Section 2.4. */
const FIRST_ERROR = 0x80;

const utf8 = new TextDecoder();

/** 1 to 15; 0 for no bytes, and for the reserved type. */
export function packetTypeOf(bytes: Uint8Array): number {
  return (bytes[0] ?? 0) >> 4;
}

/** 0 for none: of a PUBLISH with QoS 0, of packets that have none, of one that is cut before it. */
export function packetIdOf(bytes: Uint8Array): number {
  const type = packetTypeOf(bytes);
  if (type < PUBLISH || type > UNSUBACK) return 0;
  const reader = new LooseReader(bytes);
  if (type === PUBLISH) {
    if ((bytes[0]! & 0b0110) === 0) return 0; // it has a type
    reader.string();
  }
  return reader.twoByteInteger();
}

export interface PublishTopic {
  /** Empty where an alias stands for it. */
  readonly topic: string;
  /** 0 for none. */
  readonly alias: number;
}

/** Of a PUBLISH. */
export function publishTopicOf(bytes: Uint8Array, version: ProtocolVersion): PublishTopic {
  const reader = new LooseReader(bytes);
  const topic = textOf(bytes, reader.string());
  let alias = 0;
  if (version === 5) {
    if ((bytes[0]! & 0b0110) !== 0) reader.skip(2); // a PUBLISH has a first byte
    reader.properties((id, { start }) => {
      if (id === TOPIC_ALIAS) alias = (bytes[start]! << 8) | bytes[start + 1]!; // its value has two bytes
    });
  }
  return { topic, alias };
}

/** Of a SUBSCRIBE or UNSUBSCRIBE; none of one that can't be read. */
export function topicFiltersOf(bytes: Uint8Array, version: ProtocolVersion): readonly string[] {
  try {
    const packet = decode(bytes, version);
    if (packet.kind === 'subscribe') return packet.subscriptions.map(({ topicFilter }) => topicFilter);
    return packet.kind === 'unsubscribe' ? packet.topicFilters : [];
  } catch {
    // Broken, or longer than what is kept of it: it is shown with its fault.
    return [];
  }
}

/** The client identifier of a CONNECT; empty for none. */
export function clientIdOfConnect(bytes: Uint8Array): string {
  const reader = new LooseReader(bytes);
  reader.string();
  const level = reader.byte();
  reader.skip(3);
  if (level === 5) reader.properties();
  return textOf(bytes, reader.string());
}

/** It refuses what was asked for, or says that something went wrong: by its return code or reason code. */
export function isRefusal(bytes: Uint8Array, version: ProtocolVersion): boolean {
  const reader = new LooseReader(bytes);
  switch (packetTypeOf(bytes)) {
    case CONNACK:
      reader.skip(1);
      return reader.byte() !== 0;
    case PUBACK:
    case PUBREC:
    case PUBREL:
    case PUBCOMP:
      reader.skip(2);
      return version === 5 && reader.byte() >= FIRST_ERROR;
    case DISCONNECT:
      return version === 5 && reader.byte() >= FIRST_ERROR;
    case SUBACK:
    case UNSUBACK: {
      reader.skip(2);
      if (version === 5) reader.properties();
      while (!reader.isAtEnd) if (reader.byte() >= FIRST_ERROR) return true;
      return false;
    }
    default:
      return false;
  }
}

function textOf(bytes: Uint8Array, { start, end }: ByteRange): string {
  return utf8.decode(bytes.subarray(start, end));
}
