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

  constructor(text: string) {
    this.#text = foldText(text);
    this.#lower = new TextEncoder().encode(this.#text);
  }

  /** In `bytes[start .. end)`. */
  isIn(bytes: Uint8Array, start: number, end: number): boolean {
    const lower = this.#lower;
    const last = end - lower.length;
    const first = lower[0];
    if (first === undefined) return true;
    for (let at = start; at <= last; at++) {
      // Inside the bytes, and inside the pattern.
      if (foldByte(bytes[at]!) !== first) continue;
      let i = 1;
      while (i < lower.length && foldByte(bytes[at + i]!) === lower[i]) i++;
      if (i === lower.length) return true;
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

function foldByte(byte: number): number {
  return byte >= A && byte <= Z ? byte + TO_LOWER : byte;
}

/** The letters A to Z alone: as many characters as before, and the same bytes as foldByte makes. */
function foldText(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
