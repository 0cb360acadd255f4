/**
 * HOT PATH. Bytes of a topic name to its string, remembering the ones seen lately.
 *
 * A device publishes to few topics again and again: finding a string by its bytes costs half of making and checking
 * it, and the same string object has its hash ready for every map that it is a key of. A broker owns one for all of
 * its connections, as they tend to publish to the same topics. At most 4,096 names of 128 bytes.
 */
import { decodeUtf8 } from './utf8.ts';

/** A power of two: a slot is the low bits of the hash. */
const SLOTS = 4096;
const MAX_CACHED_BYTES = 128;

interface CachedName {
  readonly bytes: Uint8Array;
  readonly topic: string;
}

export class TopicNameCache {
  readonly #slots = new Array<CachedName>(SLOTS).fill({ bytes: Buffer.alloc(0), topic: '' });

  /** As decodeTopicName. */
  topicNameAt(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length > MAX_CACHED_BYTES) return decodeTopicName(bytes, start, end);
    const slot = hashOf(bytes, start, end) & (SLOTS - 1);
    const cached = this.#slots[slot]!; // slot < SLOTS
    if (isSame(cached.bytes, bytes, start, length)) return cached.topic;
    const topic = decodeTopicName(bytes, start, end);
    // Copy, and not by Buffer.from, whose pool of 64 KiB one name would pin: the bytes are borrowed.
    if (topic !== undefined) this.#slots[slot] = { bytes: new Uint8Array(bytes.subarray(start, end)), topic };
    return topic;
  }
}

/** The topic name in `bytes[start .. end)`; undefined if it is not a string or has a wildcard. */
export function decodeTopicName(bytes: Uint8Array, start: number, end: number): string | undefined {
  const topic = decodeUtf8(bytes, start, end);
  return topic === undefined || topic.includes('+') || topic.includes('#') ? undefined : topic;
}

/** FNV's multiplication over four bytes a turn: a turn waits for the one before, so fewer turns take less time. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  // Every index is below end.
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(cached: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (cached.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (cached[i] !== bytes[start + i]) return false;
  }
  return true;
}
