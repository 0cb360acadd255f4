/** HOT PATH. What a PUBLISH encoded for many subscribers is to its sender, whichever form it has. */
import type { PacketId } from './packets.ts';

/** A PUBLISH for many subscribers, into which goes what is one subscriber's own. */
export interface PublishForm {
  /** Size of the packet on the wire, bytes. */
  readonly packetBytes: number;
  /** @param alias the Topic Alias, in a form that has one. */
  write(sink: ByteSink, packetId: PacketId, dup: boolean, alias: number): void;
}

export interface ByteSink {
  /** The bytes belong to the sink from here on. */
  write(bytes: Uint8Array): void;
  /**
   * Takes a copy of `bytes[start .. end)`, which the caller finishes in `page` before it calls again.
   *
   * @returns where the copy starts in `page`.
   */
  copy(bytes: Uint8Array, start: number, end: number): number;
  /** What `copy` has copied to, until the next call. */
  readonly page: Uint8Array;
}

/** The flag in the first byte. Section 3.3.1.1. */
export const DUP = 0x08;
