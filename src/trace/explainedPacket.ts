/**
 * A packet explained to people: each of its fields by the standard's name, what it says, and where its bytes are.
 *
 * Two things that must agree and have one owner each: whether a packet is right is the decoder's verdict
 * (mqtt/decode.ts), of which the fault here is a copy with its causes; where the fields are is a walk of its own
 * (walk….ts), which goes on where the decoder throws, and gives up where the bytes do. A test holds the two together.
 * Made when somebody opens a packet: nothing here is for the hot path. What a peer wrote is data: it comes out on one
 * line, without control characters, and cut where it gets long.
 */
import type { PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { doubtsOf, type PacketDoubt } from './doubts.ts';
import { explainFault, type PacketFault, verdictOn } from './packetFault.ts';
import { shownText } from './shownValue.ts';
import { walkPacket } from './walkPacket.ts';

export type { PacketDoubt } from './doubts.ts';
export type { PacketFault } from './packetFault.ts';
export { summarizePacket } from './summarizePacket.ts';

/** A part of a packet: what the standard calls it, what it says, and where its bytes are. */
export interface ExplainedField {
  /** As the standard has it: `Topic Name`, `Session Expiry Interval`. */
  readonly name: string;
  /** For people: `3 (PUBLISH)`, `60 s`, `oven/state`. On one line, and at most about 200 characters. */
  readonly value: string;
  /** What a flag or a code means for who reads it. */
  readonly meaning?: string;
  /** Offset in the packet. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** A flag: which bits of its byte. Fields of one byte have none in common. */
  readonly bit?: { readonly mask: number };
  /** Within `start` and `end`, in their order; together they are all of it. */
  readonly children?: readonly ExplainedField[];
}

export interface ExplainedPacket {
  /** Undefined for a packet type that the version reserves. */
  readonly kind: PacketKind | undefined;
  /**
   * In the order of their bytes. Of a packet at fault: as far as it can be read; what stands behind the fault's offset
   * is read as if that were right, and a last field `Not read` has the bytes that can't be.
   */
  readonly fields: readonly ExplainedField[];
  /** Exactly when decode throws, or the fixed header can't be. */
  readonly fault?: PacketFault;
  /** What the standard allows and nobody means: bytes that look swapped, a text with its terminating 0. */
  readonly doubts?: readonly PacketDoubt[];
  /** The fixed header announces so many bytes more than are here: they were not kept, or had not come. */
  readonly missingBytes?: number;
}

/**
 * Never throws, whatever the bytes.
 *
 * @param bytes one packet from its fixed header; fewer or more bytes than it announces are told as such.
 * @param version of the connection; a CONNECT tells its own.
 */
export function explainPacket(bytes: Uint8Array, version: ProtocolVersion): ExplainedPacket {
  const { kind, fields, packetBytes } = walkPacket(bytes, version);
  const fault = verdictOn(bytes, packetBytes, version);
  const missingBytes = packetBytes === undefined ? 0 : Math.max(0, packetBytes - bytes.length);
  const doubts = fault === undefined && missingBytes === 0 ? doubtsOf(bytes, fields, kind) : [];
  return {
    kind,
    fields,
    ...(fault !== undefined && { fault: withCauseInBytes(explainFault(fault), bytes) }),
    ...(doubts.length > 0 && { doubts }),
    ...(missingBytes > 0 && { missingBytes }),
  };
}

const MIN_TEXT_BYTES = 6;
const MAX_TEXT_BYTES = 24;

/**
 * A packet that begins with text is the middle of something: the stream is out of step, whatever rule it broke first.
 * Digits begin as a PUBLISH, capital letters as PUBACK and PUBREC, small ones as PUBREL and PUBCOMP.
 */
function withCauseInBytes(fault: PacketFault, bytes: Uint8Array): PacketFault {
  if (fault.code === 'http-on-mqtt-port') return fault;
  let end = 0;
  while (end < Math.min(bytes.length, MAX_TEXT_BYTES) && isPrintable(bytes[end])) end++;
  if (end < MIN_TEXT_BYTES) return fault;
  const cause = `These bytes are text, ${shownText(bytes, 0, end)}, and no packet starts with text: the one before was longer than its Remaining Length said. Often its payload was not counted.`;
  return { ...fault, causes: [cause, ...fault.causes] };
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}
