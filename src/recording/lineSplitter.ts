/**
 * The lines of a file, from its chunks, whatever their length up to a bound. Bytes only: what is in a line is for
 * parseLine.ts.
 */

const LINE_FEED = 0x0a;

/** A payload of 256 MiB, the most that MQTT can carry, takes 342 MiB in Base64; the rest is for what else is there. */
export const MAX_LINE_BYTES = 500 * 1024 * 1024;

export interface RawLine {
  /** From 1. */
  readonly number: number;
  /** Without its line feed. Borrowed: good until the next chunk. Empty where the line is too long. */
  readonly bytes: Uint8Array;
  readonly isTooLong: boolean;
  /** Whether a line feed ended it: the last line of a file that was cut off has none. */
  readonly isEnded: boolean;
}

export class LineSplitter {
  readonly #maxLineBytes: number;
  #number = 1;
  /** Of a line that goes on in the next chunk. Copies: chunks are the caller's. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #isTooLong = false;

  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that end in this chunk. To be taken to the end before the next. */
  *push(chunk: Uint8Array): Generator<RawLine> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      yield this.#line(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** What follows the last line feed, if anything does. */
  end(): RawLine | undefined {
    if (this.#piecesBytes === 0 && !this.#isTooLong) return undefined;
    return this.#line(new Uint8Array(0), false);
  }

  #keep(piece: Uint8Array): void {
    if (this.#isTooLong) return;
    if (this.#piecesBytes + piece.length > this.#maxLineBytes) {
      this.#isTooLong = true;
      this.#pieces = [];
      this.#piecesBytes = 0;
      return;
    }
    this.#pieces.push(piece.slice());
    this.#piecesBytes += piece.length;
  }

  #line(lastPiece: Uint8Array, isEnded: boolean): RawLine {
    const number = this.#number++;
    const isTooLong = this.#isTooLong || this.#piecesBytes + lastPiece.length > this.#maxLineBytes;
    let bytes = lastPiece;
    if (isTooLong) bytes = new Uint8Array(0);
    else if (this.#piecesBytes > 0) bytes = Buffer.concat([...this.#pieces, lastPiece]);
    this.#pieces = [];
    this.#piecesBytes = 0;
    this.#isTooLong = false;
    return { number, bytes, isTooLong, isEnded };
  }
}
