/**
 * One direction of a bad link: bytes that go in leave in the same order, later, slower, in pieces, or not before it moves
 * again.
 *
 * Owns what is on its way, and its clock. Never overtakes: what is due waits for what went in before, as in TCP. With
 * nothing in it and nothing set, bytes go straight through.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** The share of a second in which a capped line lets one piece through. */
const PIECES_A_SECOND = 20;

interface Item {
  /** Bytes, or what is to be done when all before it have left. */
  readonly load: Uint8Array | (() => void);
  readonly dueMs: number;
  readonly isSplit: boolean;
}

export class Line {
  readonly #clock: Clock;
  readonly #emit: (bytes: Uint8Array) => void;
  #items: Item[] = [];
  /** Bytes of the first item that have left. */
  #sentOfFirst = 0;
  #heldBytes = 0;
  /** When the line is free for the next piece. */
  #freeAtMs = 0;
  #timer: Disposable | undefined;
  #isPumping = false;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #isStalled = false;

  /** @param emit takes what leaves; what it throws is its caller's. */
  constructor(clock: Clock, emit: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether what is put in now goes straight through: who puts borrowed bytes in need not copy them. */
  get isOpen(): boolean {
    return this.#items.length === 0 && !this.#isStalled && this.#bytesPerSecond === Number.POSITIVE_INFINITY;
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** @param bytesPerSecond infinity for no cap. Does not move what is in it: see `move`. */
  set(isStalled: boolean, bytesPerSecond: number): void {
    this.#isStalled = isStalled;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Bytes that do not change any more, unless they go straight through. */
  push(bytes: Uint8Array, delayMs = 0, isSplit = false): void {
    if (bytes.length === 0) return;
    if (delayMs === 0 && !isSplit && this.isOpen) {
      this.#emit(bytes);
      return;
    }
    this.#heldBytes += bytes.length;
    this.#add(bytes, delayMs, isSplit);
  }

  /** Does something when all that went in before has left. */
  pushEnd(act: () => void): void {
    this.#add(act, 0, false);
  }

  /** Lets go what may leave now. */
  move(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#timer?.dispose();
    this.#timer = undefined;
    try {
      let waitMs = this.#moveFirst();
      while (waitMs === 0) waitMs = this.#moveFirst();
      if (waitMs !== undefined) this.#timer = this.#clock.setTimeout(() => this.move(), waitMs);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Lets everything go at once, whatever held it. */
  release(): void {
    const items = this.#items;
    const sent = this.#sentOfFirst;
    this.clear();
    for (const [i, { load }] of items.entries()) {
      if (typeof load === 'function') load();
      else this.#emit(i === 0 && sent > 0 ? load.subarray(sent) : load);
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#items = [];
    this.#sentOfFirst = 0;
    this.#heldBytes = 0;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #add(load: Item['load'], delayMs: number, isSplit: boolean): void {
    this.#items.push({ load, dueMs: this.#clock.monotonicMs() + delayMs, isSplit });
    this.move();
  }

  /** @returns 0 when something moved, milliseconds to wait until something may, or undefined when nothing is to come. */
  #moveFirst(): number | undefined {
    const first = this.#items[0];
    if (first === undefined || this.#isStalled) return undefined;
    const nowMs = this.#clock.monotonicMs();
    const { load, isSplit } = first;
    const readyMs = typeof load === 'function' ? first.dueMs : Math.max(first.dueMs, this.#freeAtMs);
    // Never 0: a clock's timer may run a fraction of a millisecond early.
    if (readyMs > nowMs) return Math.max(1, readyMs - nowMs);
    if (typeof load === 'function') {
      this.#items.shift();
      load();
      return 0;
    }
    const pieceBytes = isSplit ? 1 : Math.max(1, Math.floor(this.#bytesPerSecond / PIECES_A_SECOND));
    const end = Math.min(load.length, this.#sentOfFirst + pieceBytes);
    const piece = load.subarray(this.#sentOfFirst, end);
    this.#heldBytes -= piece.length;
    this.#sentOfFirst = end;
    if (end === load.length) {
      this.#items.shift();
      this.#sentOfFirst = 0;
    }
    // Each byte of a split packet in a turn of its own, so that it leaves in a segment of its own.
    this.#freeAtMs = nowMs + Math.max((piece.length * 1000) / this.#bytesPerSecond, isSplit ? 1 : 0);
    this.#emit(piece);
    return 0;
  }
}
