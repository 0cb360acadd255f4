/**
 * HOT PATH while a trace is on. A packet as it is on the wire, for who looks: its bytes, and what they say when asked.
 *
 * A trace keeps bytes and decodes what somebody opens; so nothing is decoded here before. Borrowed, as all that an
 * observer is handed: `bytes` and `packet` are made from memory that is another packet's after the call.
 */
import { decode } from '../mqtt/decode.ts';
import { frameOf } from '../mqtt/frameReader.ts';
import type { Packet, PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';
import type { ProtocolError } from '../mqtt/protocolError.ts';

/** What came of a packet that was never handled: `source[start .. end)`, from its first byte on. Borrowed. */
export interface RejectedPacket {
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** By whose rules it was read; where it is not known yet, 4. */
  readonly protocolVersion: ProtocolVersion;
  /** What is wrong with it. Undefined where the connection ended before all of it had come. */
  readonly error: ProtocolError | undefined;
}

export class ObservedPacket {
  /** The packet is `source[start .. end)`. */
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Of its connection; of a CONNECT, its own. */
  readonly protocolVersion: ProtocolVersion;

  constructor(source: Uint8Array, start: number, end: number, protocolVersion: ProtocolVersion) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.protocolVersion = protocolVersion;
  }

  get kind(): PacketKind {
    return packetKindOfType(this.source[this.start]! >> 4)!; // it was decoded once, or is the broker's own
  }

  get bytes(): Uint8Array {
    return frameOf(this.source, this.start, this.end);
  }

  /** Made anew at each call. */
  get packet(): Packet {
    return decode(this.bytes, this.protocolVersion);
  }
}
