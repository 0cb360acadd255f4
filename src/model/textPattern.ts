/**
 * A text that is looked for in bytes, in any case of the letters A to Z; other letters as they are typed, in UTF-8.
 *
 * Payloads are bytes: to decode each before it is searched would cost ten times as much, and would find nothing in what
 * is no text.
 */

const A = 0x41;
const Z = 0x5a;
const TO_LOWER = 0x20;

export class TextPattern {
  readonly #lower: Uint8Array;
  readonly #text: string;
  /**
   * By a byte that stands where the pattern's last one would: how far on the next place is at which it can end (Horspool's
   * way). Most bytes of a payload are never looked at.
   */
  readonly #steps: Int32Array;

  constructor(text: string) {
    this.#text = foldText(text);
    this.#lower = new TextEncoder().encode(this.#text);
    this.#steps = stepsOf(this.#lower);
  }

  /** In `bytes[start .. end)`. */
  isIn(bytes: Uint8Array, start: number, end: number): boolean {
    const lower = this.#lower;
    const steps = this.#steps;
    const last = lower.length - 1;
    if (last < 0) return true;
    let at = start + last;
    while (at < end) {
      // Inside the bytes, and inside the pattern.
      let i = last;
      while (i >= 0 && foldByte(bytes[at - last + i]!) === lower[i]) i--;
      if (i < 0) return true;
      at += steps[bytes[at]!]!; // of each value of a byte
    }
    return false;
  }

  /** Begins in `bytes[from .. to)`, and ends before `end`: what begins in one part may end in the next. */
  beginsIn(bytes: Uint8Array, from: number, to: number, end: number): boolean {
    return this.isIn(bytes, from, Math.min(to + this.#lower.length - 1, end));
  }

  isInText(text: string): boolean {
    return foldText(text).includes(this.#text);
  }
}

function stepsOf(lower: Uint8Array): Int32Array {
  const steps = new Int32Array(256).fill(lower.length);
  for (let i = 0; i < lower.length - 1; i++) steps[lower[i]!] = lower.length - 1 - i; // inside the pattern
  for (let capital = A; capital <= Z; capital++) steps[capital] = steps[capital + TO_LOWER]!; // of each value
  return steps;
}

function foldByte(byte: number): number {
  return byte >= A && byte <= Z ? byte + TO_LOWER : byte;
}

/** The letters A to Z alone: as many characters as before, and the same bytes as foldByte makes. */
function foldText(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
