/**
 * Counts MQTT packets in a byte stream, for next to nothing: of each it looks at the head, and skips the rest.
 *
 * Written for a load generator, which must cost far less than the broker that it measures. So it trusts the broker to
 * frame correctly (the conformance tests do not), and hands out no packet, only where its head is.
 */

/** Fixed header, topic, packet identifier and the first bytes of the payload of what the generator sends. */
export const HEAD_BYTES = 96;

/**
 * @param first type and flags.
 * @param bytes borrowed.
 * @param bodyAt where the variable header starts in `bytes`; at least HEAD_BYTES of the packet are there, or all of it.
 */
export type OnPacket = (first: number, bytes: Uint8Array, bodyAt: number) => void;

export class PacketStream {
  readonly #onPacket: OnPacket;
  /** Of a packet whose head was handed out already: bytes still to come. */
  #skipBytes = 0;
  /** The head of a packet that a chunk cut in two. */
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  /** Set by #measure: size of the packet, and of its fixed header. */
  #packetBytes = 0;
  #headerBytes = 0;

  constructor(onPacket: OnPacket) {
    this.#onPacket = onPacket;
  }

  /** Takes `chunk[0 .. end)`. */
  push(chunk: Uint8Array, end: number): void {
    let at = Math.min(this.#skipBytes, end);
    this.#skipBytes -= at;
    if (this.#headBytes > 0 && at < end) at = this.#completeHead(chunk, at, end);
    while (at < end) {
      if (!this.#measure(chunk, at, end)) {
        this.#head.set(chunk.subarray(at, end));
        this.#headBytes = end - at;
        return;
      }
      this.#onPacket(chunk[at]!, chunk, at + this.#headerBytes); // at < end
      at += this.#packetBytes;
    }
    if (at > end) this.#skipBytes = at - end;
  }

  /** Returns where the packet behind this one starts: beyond the chunk, if it ends there. */
  #completeHead(chunk: Uint8Array, at: number, end: number): number {
    const had = this.#headBytes;
    const added = Math.min(HEAD_BYTES - had, end - at);
    this.#head.set(chunk.subarray(at, at + added), had);
    this.#headBytes = had + added;
    if (!this.#measure(this.#head, 0, this.#headBytes)) return at + added;
    this.#headBytes = 0;
    this.#onPacket(this.#head[0]!, this.#head, this.#headerBytes); // there is a head
    return at + this.#packetBytes - had;
  }

  /** Whether the head of the packet at `at` is there. */
  #measure(bytes: Uint8Array, at: number, end: number): boolean {
    let remainingLength = 0;
    for (let i = at + 1, shift = 0; i < end; i++, shift += 7) {
      const byte = bytes[i]!; // i < end
      remainingLength += (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      this.#headerBytes = i + 1 - at;
      this.#packetBytes = this.#headerBytes + remainingLength;
      return end - at >= Math.min(this.#packetBytes, HEAD_BYTES);
    }
    return false;
  }
}
