/**
 * HOT PATH. Bytes of a topic name to its string, remembering the ones seen lately, and with each whatever its owner
 * found out about the topic.
 *
 * A device publishes to few topics again and again: finding a name by its bytes costs half of making and checking it,
 * and what is remembered beside it saves a second search. A broker owns one for all of its connections, as they tend to
 * publish to the same topics. At most 32,768 names of 127 bytes: 4 MiB, taken 32 KiB at a time as names come.
 */
import { decodeUtf8 } from './utf8.ts';

/** Pairs of slots, a power of two: a name is in either slot of the pair that the low bits of its hash say. */
const PAIRS = 16_384;
/** One byte of length, and the name. */
const SLOT_BYTES = 128;
const MAX_CACHED_BYTES = SLOT_BYTES - 1;
const SLOTS_OF_PAGE = 256;

/** A topic name that came before. */
export class CachedTopic<Note> {
  readonly name: string;
  /** The owner's, who also knows how long it holds. */
  note: Note | undefined;

  constructor(name: string) {
    this.name = name;
  }
}

/** Slots side by side: a name is compared where it lies, without a way through objects. */
class Page<Note> {
  readonly bytes = new Uint8Array(SLOTS_OF_PAGE * SLOT_BYTES);
  readonly topics = new Array<CachedTopic<Note> | undefined>(SLOTS_OF_PAGE).fill(undefined);
}

export class TopicNameCache<Note = unknown> {
  readonly #pages = new Array<Page<Note> | undefined>((2 * PAIRS) / SLOTS_OF_PAGE).fill(undefined);
  /** Where the name that came last is: mostly it comes again. */
  #latestPage: Page<Note> = new Page();
  #latestSlot = 0;

  /** The topic name in `bytes[start .. end)`, by itself where it is too long to be remembered; undefined as decodeTopicName. */
  topicAt(bytes: Uint8Array, start: number, end: number): CachedTopic<Note> | undefined {
    const length = end - start;
    if (length > MAX_CACHED_BYTES || length === 0) return newTopic(bytes, start, end);
    if (isAt(this.#latestPage, this.#latestSlot, bytes, start, length))
      return this.#latestPage.topics[this.#latestSlot];
    const hash = hashOf(bytes, start, end);
    const pair = hash & (PAIRS - 1);
    const page = this.#pageOf(pair);
    const slot = (2 * pair) % SLOTS_OF_PAGE;
    for (let either = slot; either <= slot + 1; either++) {
      if (!isAt(page, either, bytes, start, length)) continue;
      this.#latestPage = page;
      this.#latestSlot = either;
      return page.topics[either];
    }
    const topic = newTopic<Note>(bytes, start, end);
    if (topic === undefined) return undefined;
    // The empty one of the pair, else one of the two as another bit of the hash has it.
    const isSecond = page.topics[slot] !== undefined && (!page.topics[slot + 1] || (hash & PAIRS) !== 0);
    this.#remember(page, isSecond ? slot + 1 : slot, topic, bytes, start, end);
    return topic;
  }

  #pageOf(pair: number): Page<Note> {
    const index = Math.floor((2 * pair) / SLOTS_OF_PAGE);
    let page = this.#pages[index];
    if (page === undefined) {
      page = new Page();
      this.#pages[index] = page;
    }
    return page;
  }

  #remember(
    page: Page<Note>,
    slot: number,
    topic: CachedTopic<Note>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    page.topics[slot] = topic;
    page.bytes[slot * SLOT_BYTES] = end - start;
    page.bytes.set(bytes.subarray(start, end), slot * SLOT_BYTES + 1);
    this.#latestPage = page;
    this.#latestSlot = slot;
  }
}

/** No name is of length 0, as an empty slot is. */
function isAt(page: Page<unknown>, slot: number, bytes: Uint8Array, start: number, length: number): boolean {
  const cached = page.bytes;
  const at = slot * SLOT_BYTES;
  if (cached[at] !== length) return false;
  // From the end: topics of one device differ there.
  for (let i = length; i > 0; i--) if (cached[at + i] !== bytes[start + i - 1]) return false;
  return true;
}

function newTopic<Note>(bytes: Uint8Array, start: number, end: number): CachedTopic<Note> | undefined {
  const name = decodeTopicName(bytes, start, end);
  return name === undefined ? undefined : new CachedTopic(name);
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
