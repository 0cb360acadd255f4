/**
 * HOT PATH. A stretch of the message log: some thousand messages one behind the other, as bytes and columns of numbers.
 *
 * No object per message: what 256 MB of small messages would otherwise be is millions of objects, which the collector
 * walks again and again. A message costs its bytes and `RECORD_BYTES`; a scan of a column reads a few nanoseconds each.
 * Only messageLog.ts writes.
 */

/** What a message costs besides its bytes: its row in the columns below. */
export const RECORD_BYTES = 33;

/** In `flags`. The two low bits are the QoS. */
export const QOS_MASK = 3;
export const RETAIN_FLAG = 4;
export const WILL_FLAG = 8;
/** Of the payload, no more than its first bytes are here. */
export const CUT_FLAG = 16;

export class LogSegment {
  /** Of the first message; the others follow without a gap. */
  readonly firstId: number;
  readonly maxRecords: number;
  /** Payloads, each with its property block before it. */
  bytes: Uint8Array;
  count = 0;
  usedBytes = 0;

  /** Where a message's bytes begin in `bytes`. They end where the next one's begin, or at `usedBytes`. */
  readonly starts: Uint32Array;
  readonly receivedAtMs: Float64Array;
  /** Numbers of names: messageLog.ts knows them. A publisher of 0 is none. */
  readonly topics: Uint32Array;
  readonly publishers: Uint32Array;
  readonly origins: Uint32Array;
  /** As received, also where it is cut here. */
  readonly payloadBytes: Uint32Array;
  readonly blockBytes: Uint32Array;
  readonly flags: Uint8Array;

  constructor(firstId: number, maxRecords: number, maxBytes: number) {
    this.firstId = firstId;
    this.maxRecords = maxRecords;
    this.bytes = new Uint8Array(maxBytes);
    this.starts = new Uint32Array(maxRecords);
    this.receivedAtMs = new Float64Array(maxRecords);
    this.topics = new Uint32Array(maxRecords);
    this.publishers = new Uint32Array(maxRecords);
    this.origins = new Uint32Array(maxRecords);
    this.payloadBytes = new Uint32Array(maxRecords);
    this.blockBytes = new Uint32Array(maxRecords);
    this.flags = new Uint8Array(maxRecords);
  }

  /** Of the first message that the next segment will have. */
  get endId(): number {
    return this.firstId + this.count;
  }

  /** What it holds of memory, full or not. */
  get costBytes(): number {
    return this.bytes.length + this.maxRecords * RECORD_BYTES;
  }

  /** The newest message is here as its preview alone. There is one. */
  get isLastCut(): boolean {
    return (this.flags[this.count - 1]! & CUT_FLAG) !== 0;
  }

  /** @param index below `count`. */
  payloadStart(index: number): number {
    return this.starts[index]! + this.blockBytes[index]!;
  }

  payloadEnd(index: number): number {
    return index + 1 < this.count ? this.starts[index + 1]! : this.usedBytes; // below count
  }

  /** Nothing more is written: gives back what was not used. */
  close(): void {
    const unused = this.bytes.length - this.usedBytes;
    // A copy for less than a quarter would cost more than it gives.
    if (unused > this.bytes.length / 4) this.bytes = this.bytes.slice(0, this.usedBytes);
  }
}
