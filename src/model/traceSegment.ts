/**
 * HOT PATH while a trace is on. A stretch of the packet trace: packets one behind the other, each with its numbers before
 * it, and where each begins from the end of the buffer downwards. One buffer, nothing beside it, and no object per packet.
 *
 * Only packetTrace.ts writes. Numbers of a packet: when, over which connection, how long it was, how far back the packet
 * before it over the same connection is, flags and version.
 */
import type { WordCopy } from '../base/wordCopy.ts';

/** Before the bytes of each packet. */
const HEADER_BYTES = 24;
/** What a packet costs besides its bytes, at most: its header, its place, and what fills up its last eight bytes. */
const PACKET_COST_BYTES = HEADER_BYTES + 4 + 7;
/** The longest packet is kept to this part of a segment. */
const LARGEST_PART = 4;
/** And never more of it than this. */
const MOST_KEPT_BYTES = 64 * 1024;

// Numbers of a header, in words of four bytes; the first two are the time.
const CONNECTION = 2;
const WHOLE_BYTES = 3;
const BACK = 4;
const FLAGS = 5;
/** Behind the header, of a packet that has no bytes of its own. */
const SAME = 6;

/** From the broker to the client; else the other way. */
export const OUT_FLAG = 1;
/** Bytes that are no packet, or not all of one. */
export const REJECTED_FLAG = 2;
/** Its connection ended for what it says. */
export const FAULTY_FLAG = 4;
/** Secrets in it were written over. */
export const HIDDEN_FLAG = 8;
/** Its bytes are those of a packet before it: in their place stands where that one is. */
const SAME_FLAG = 16;
const VERSION_SHIFT = 8;

export class TraceSegment {
  /** Of the first packet; the others follow without a gap. */
  readonly firstId: number;
  readonly bytes: Uint8Array;
  /** Of a packet that is longer, these are kept. */
  readonly maxKeptBytes: number;
  count = 0;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #view: DataView;
  readonly #copier: WordCopy;
  /** What the clock for people shows at 0 of the other one. */
  readonly baseMs: number;
  #usedBytes = 0;

  /**
   * @param buffer of a multiple of eight bytes: the segment's from here on.
   * @param copier shared by all segments: what came in one read is known to it.
   */
  constructor(firstId: number, buffer: ArrayBuffer, baseMs: number, copier: WordCopy) {
    this.firstId = firstId;
    this.bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#times = new Float64Array(buffer);
    this.#view = new DataView(buffer);
    this.#copier = copier;
    this.maxKeptBytes = Math.min(MOST_KEPT_BYTES, Math.floor(buffer.byteLength / LARGEST_PART));
    this.baseMs = baseMs;
  }

  get buffer(): ArrayBuffer {
    return this.bytes.buffer as ArrayBuffer; // as it was made
  }

  get endId(): number {
    return this.firstId + this.count;
  }

  /** @param wholeBytes of a packet. */
  hasRoomFor(wholeBytes: number): boolean {
    const keptBytes = Math.min(wholeBytes, this.maxKeptBytes);
    return this.#usedBytes + keptBytes + PACKET_COST_BYTES + 4 * this.count <= this.bytes.length;
  }

  /** HOT PATH. Copies a packet behind the others: there must be room for it. @returns where its bytes are. */
  append(
    source: Uint8Array,
    start: number,
    end: number,
    atMs: number,
    connection: number,
    back: number,
    flags: number,
    version: number,
  ): number {
    const wholeBytes = end - start;
    const keptBytes = wholeBytes > this.maxKeptBytes ? this.maxKeptBytes : wholeBytes;
    const at = this.#usedBytes;
    const numbers = this.#words;
    const word = at >> 2;
    this.#times[at >> 3] = atMs;
    numbers[word + CONNECTION] = connection;
    numbers[word + WHOLE_BYTES] = wholeBytes;
    numbers[word + BACK] = back;
    numbers[word + FLAGS] = flags | (version << VERSION_SHIFT);
    numbers[numbers.length - 1 - this.count] = at;
    this.#copier.copy(source, start, start + keptBytes, this.bytes, this.#view, at + HEADER_BYTES);
    this.count++;
    this.#usedBytes = (at + HEADER_BYTES + keptBytes + 7) & ~7;
    return at + HEADER_BYTES;
  }

  /**
   * HOT PATH. A packet with the same bytes as one that is here, as a message that goes on as it came: the one before is
   * told by its index. There must be room for it.
   */
  appendSame(
    sameIndex: number,
    atMs: number,
    connection: number,
    back: number,
    flags: number,
    version: number,
  ): void {
    const at = this.#usedBytes;
    const numbers = this.#words;
    const same = numbers[numbers.length - 1 - sameIndex]!; // it is here
    const word = at >> 2;
    this.#times[at >> 3] = atMs;
    numbers[word + CONNECTION] = connection;
    numbers[word + WHOLE_BYTES] = numbers[(same >> 2) + WHOLE_BYTES]!; // as above
    numbers[word + BACK] = back;
    numbers[word + FLAGS] = flags | SAME_FLAG | (version << VERSION_SHIFT);
    numbers[word + SAME] = same;
    numbers[numbers.length - 1 - this.count] = at;
    this.count++;
    this.#usedBytes = at + HEADER_BYTES + 8;
  }

  // ── Of one packet: `index` below `count` ────────────────────────────────────────────────────────────────────

  start(index: number): number {
    const at = this.#at(index);
    const word = at >> 2;
    const isSame = (this.#words[word + FLAGS]! & SAME_FLAG) !== 0; // as below
    return (isSame ? this.#words[word + SAME]! : at) + HEADER_BYTES; // as below
  }

  end(index: number): number {
    return this.start(index) + Math.min(this.wholeBytes(index), this.maxKeptBytes);
  }

  /** As it was, also where less of it is kept. */
  wholeBytes(index: number): number {
    return this.#number(index, WHOLE_BYTES);
  }

  connection(index: number): number {
    return this.#number(index, CONNECTION);
  }

  /** From this packet's id to that of the one before it over the same connection; 0 for the first. */
  back(index: number): number {
    return this.#number(index, BACK);
  }

  flags(index: number): number {
    return this.#number(index, FLAGS) & 0xff;
  }

  version(index: number): number {
    return this.#number(index, FLAGS) >> VERSION_SHIFT;
  }

  addFlags(index: number, flags: number): void {
    const word = (this.#at(index) >> 2) + FLAGS;
    this.#words[word] = this.#words[word]! | flags; // inside: there is such a packet
  }

  /** Of the clock that never goes back: for what lies between two packets. */
  monotonicMs(index: number): number {
    return this.#times[this.#at(index) >> 3]!; // as above
  }

  /** Since 1970, with parts of a millisecond. */
  timeMs(index: number): number {
    return this.baseMs + this.monotonicMs(index);
  }

  #number(index: number, which: number): number {
    return this.#words[(this.#at(index) >> 2) + which]!; // as above
  }

  #at(index: number): number {
    return this.#words[this.#words.length - 1 - index]!; // as above
  }
}
