/**
 * HOT PATH. The outputs that are being written to, and the memory that they write into.
 *
 * Whoever handles input calls `begin`, and `close` when it is through: what was borrowed from the input is copied by
 * then. What is written elsewhere (a timer, a command) is closed by itself, behind the code that runs now and within its
 * turn.
 *
 * Owns the slab from which outputs take their pages, each at the end of it. A slab is never written to twice, so what a
 * page holds needs no further copy, and the memory is free when the last connection has sent its part.
 */
import { copyBytes } from '../base/copyBytes.ts';

/** Of these memory is made at once: a hundredth of the time that as much takes page by page. */
const SLAB_BYTES = 64 * 1024;

const NO_BYTES: Uint8Array = Buffer.alloc(0);

/** As Output, seen from here. */
export interface OpenOutput {
  close(): void;
  discard(): void;
}

export class OpenOutputs {
  /** The memory that pages are taken from, and where its free part starts. Read by Output at once after `take`. */
  slab: Uint8Array = NO_BYTES;
  #freeFrom = 0;
  readonly #open: OpenOutput[] = [];
  #isHandlingInput = false;
  /** The last bytes that were copied, for the next output that is sent the same. */
  #copiedFrom: Uint8Array | undefined;
  #copiedStart = 0;
  #copy: Uint8Array = NO_BYTES;

  readonly #closeInTurn = (): void => this.close();

  /** Input is about to be handled, and `close` follows. */
  begin(): void {
    this.#isHandlingInput = true;
  }

  /** Remembers the output until the next `close`. */
  add(output: OpenOutput): void {
    if (this.#open.push(output) === 1 && !this.#isHandlingInput) queueMicrotask(this.#closeInTurn);
  }

  /** Hands everything to the transports. */
  close(): void {
    this.#isHandlingInput = false;
    if (this.#open.length === 0) return;
    const failures: unknown[] = [];
    for (const output of this.#open) {
      try {
        output.close();
      } catch (error) {
        // A bug, of its transport. It must not keep what is borrowed, and the others must have what is theirs.
        output.discard();
        failures.push(error);
      }
    }
    this.#open.length = 0;
    this.#copiedFrom = undefined;
    this.#copy = NO_BYTES;
    if (failures.length > 0) throw failures[0];
  }

  /** Room for so many bytes in `slab`; returns where. */
  take(bytes: number): number {
    if (this.#freeFrom + bytes > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
      this.#freeFrom = 0;
    }
    const at = this.#freeFrom;
    this.#freeFrom += bytes;
    return at;
  }

  /** The page that ended at `end` needs no more than up to `used`. */
  giveBack(slab: Uint8Array, used: number, end: number): void {
    if (slab === this.slab && end === this.#freeFrom) this.#freeFrom = used;
  }

  /** `bytes[start .. end)`, which are borrowed, in memory of their own: the same for all who ask in a row. */
  copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const isKnown = bytes === this.#copiedFrom && start === this.#copiedStart;
    if (isKnown && this.#copy.length === end - start) return this.#copy;
    this.#copiedFrom = bytes;
    this.#copiedStart = start;
    this.#copy = Buffer.allocUnsafe(end - start);
    copyBytes(bytes, start, end, this.#copy, 0);
    return this.#copy;
  }
}
