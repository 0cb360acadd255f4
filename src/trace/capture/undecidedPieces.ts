/**
 * What came of a connection while it is not known what it speaks.
 *
 * A gap belongs to the piece before it in its direction: a capture of headers alone is nothing but gaps, and they must not
 * pile up. So there are at most as many pieces as bytes, and two.
 */
import type { TraceDirection } from '../exchanges.ts';

export interface UndecidedPiece {
  readonly direction: TraceDirection;
  readonly atMs: number;
  /** Own copies. None where a direction begins with a gap. */
  readonly bytes: Uint8Array;
  /** How many are missing behind them. */
  readonly lostBytes: number;
}

export class UndecidedPieces {
  readonly #pieces: UndecidedPiece[] = [];
  readonly #last: Partial<Record<TraceDirection, { lostBytes: number }>> = {};
  #bytes = 0;

  /** In the order in which they came. */
  get pieces(): readonly UndecidedPiece[] {
    return this.#pieces;
  }

  /** Of both directions, without what is missing. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param bytes borrowed. */
  take(direction: TraceDirection, atMs: number, bytes: Uint8Array): void {
    this.#push(direction, atMs, Buffer.from(bytes));
    this.#bytes += bytes.length;
  }

  lose(direction: TraceDirection, atMs: number, count: number): void {
    const last = this.#last[direction] ?? this.#push(direction, atMs, NO_BYTES);
    last.lostBytes += count;
  }

  #push(direction: TraceDirection, atMs: number, bytes: Uint8Array): { lostBytes: number } {
    const piece = { direction, atMs, bytes, lostBytes: 0 };
    this.#pieces.push(piece);
    this.#last[direction] = piece;
    return piece;
  }
}

const NO_BYTES = new Uint8Array(0);
