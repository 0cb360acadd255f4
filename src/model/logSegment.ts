/**
 * HOT PATH. A stretch of the message log: some thousand messages one behind the other, as bytes and rows of numbers.
 *
 * No object per message: what 256 MB of small messages would otherwise be is millions of objects, which the collector
 * walks again and again. A message costs its bytes and a row; a row is half a cache line, so that writing it touches one
 * place of memory rather than eight, and a scan reads a few nanoseconds each. Only messageLog.ts writes.
 */

/** Numbers of a row. */
const ROW = 8;
const START = 0;
const BLOCK_BYTES = 1;
const PAYLOAD_BYTES = 2;
const TOPIC = 3;
const PUBLISHER = 4;
const ORIGIN = 5;
const AFTER_BASE_MS = 6;
const FLAGS = 7;

/** As much as a number of a row holds, 24.8 days. */
const MAX_AFTER_BASE_MS = 2 ** 31 - 1;

/** What a message costs besides its bytes. */
export const ROW_BYTES = 4 * ROW;

/** The two low bits of the flags are the QoS. */
export const QOS_MASK = 3;
export const RETAIN_FLAG = 4;
export const WILL_FLAG = 8;
/** Of the payload, no more than its first bytes are here. */
export const CUT_FLAG = 16;
/** It may have waited in a session of ours at another broker. */
export const WAITED_FLAG = 32;
/** Its publisher sent it again, or may have. */
export const DUP_FLAG = 64;
/** Behind these bits of the flags is the publisher's packet identifier; 0 where there is none, or it is not known. */
export const PACKET_ID_SHIFT = 8;

/** Rows begin at a multiple of four bytes. */
export function alignedBytes(bytes: number): number {
  return (bytes + 3) & ~3;
}

export class LogSegment {
  /** Of the first message; the others follow without a gap. */
  readonly firstId: number;
  readonly maxRows: number;
  /** Payloads, each with its property block before it. */
  bytes: Uint8Array;
  /** Of all of `bytes`, while it is written to. */
  view: DataView;
  count = 0;
  usedBytes = 0;
  /** Behind `bytes`, in the same buffer. */
  #rows: Int32Array;
  /** Times are kept as milliseconds after this. */
  readonly #baseMs: number;

  /** @param buffer of a multiple of four bytes, with room for the rows: the segment's from here on. */
  constructor(firstId: number, maxRows: number, buffer: ArrayBuffer, baseMs: number) {
    this.firstId = firstId;
    this.maxRows = maxRows;
    const maxBytes = buffer.byteLength - ROW_BYTES * maxRows;
    this.bytes = new Uint8Array(buffer, 0, maxBytes);
    this.view = new DataView(buffer, 0, maxBytes);
    this.#rows = new Int32Array(buffer, maxBytes, ROW * maxRows);
    this.#baseMs = baseMs;
  }

  /** Whether a message of this time can be kept here. A recording may be of months. */
  holdsTime(receivedAtMs: number): boolean {
    return Math.abs(receivedAtMs - this.#baseMs) <= MAX_AFTER_BASE_MS;
  }

  /** Of the first message that the next segment will have. */
  get endId(): number {
    return this.firstId + this.count;
  }

  /** What it holds of memory, full or not. */
  get costBytes(): number {
    return this.buffer.byteLength;
  }

  get buffer(): ArrayBuffer {
    return this.bytes.buffer as ArrayBuffer; // as it was made
  }

  /** A row for a message whose bytes will be at `usedBytes`. There is room for it. */
  begin(
    topic: number,
    publisher: number,
    origin: number,
    flags: number,
    receivedAtMs: number,
    blockBytes: number,
    payloadBytes: number,
  ): void {
    const rows = this.#rows;
    const row = ROW * this.count++;
    rows[row + START] = this.usedBytes;
    rows[row + BLOCK_BYTES] = blockBytes;
    rows[row + PAYLOAD_BYTES] = payloadBytes;
    rows[row + TOPIC] = topic;
    rows[row + PUBLISHER] = publisher;
    rows[row + ORIGIN] = origin;
    rows[row + AFTER_BASE_MS] = receivedAtMs - this.#baseMs;
    rows[row + FLAGS] = flags;
  }

  // Each of these takes an index below `count`: there is a row.

  /** The topic's number. */
  topic(index: number): number {
    return this.#rows[ROW * index + TOPIC]!;
  }

  /** The publisher's number; 0 for none. */
  publisher(index: number): number {
    return this.#rows[ROW * index + PUBLISHER]!;
  }

  /** Where the message comes from, as the log's `append` was told. */
  origin(index: number): number {
    return this.#rows[ROW * index + ORIGIN]!;
  }

  flags(index: number): number {
    return this.#rows[ROW * index + FLAGS]!;
  }

  receivedAtMs(index: number): number {
    return this.#baseMs + this.#rows[ROW * index + AFTER_BASE_MS]!;
  }

  /** As received, also where it is cut here. */
  payloadBytes(index: number): number {
    return this.#rows[ROW * index + PAYLOAD_BYTES]!;
  }

  /** Of the property block in `bytes`. It ends where the payload starts. */
  blockStart(index: number): number {
    return this.#rows[ROW * index + START]!;
  }

  payloadStart(index: number): number {
    return this.#rows[ROW * index + START]! + this.#rows[ROW * index + BLOCK_BYTES]!;
  }

  payloadEnd(index: number): number {
    return index + 1 < this.count ? this.#rows[ROW * (index + 1) + START]! : this.usedBytes;
  }

  /** Nothing more is written: gives back what was not used. A copy for less than a quarter costs more than it gives. */
  close(): void {
    const maxBytes = alignedBytes(this.usedBytes);
    const neededBytes = maxBytes + ROW_BYTES * this.count;
    if (neededBytes >= 0.75 * this.buffer.byteLength) return;
    const { buffer: before } = this;
    const buffer = new ArrayBuffer(neededBytes);
    const bytes = new Uint8Array(buffer, 0, maxBytes);
    const rows = new Int32Array(buffer, maxBytes, ROW * this.count);
    bytes.set(this.bytes.subarray(0, this.usedBytes));
    rows.set(this.#rows.subarray(0, ROW * this.count));
    this.bytes = bytes;
    this.view = new DataView(buffer, 0, maxBytes);
    this.#rows = rows;
    before.transfer(0);
  }
}
