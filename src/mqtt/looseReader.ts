/**
 * Reads a packet field by field without judging it: for who looks at packets that may be broken or cut.
 *
 * Where a field does not fit, the reader is lost: it stands where that field begins, reads zeros from there on, and
 * never throws.
 */
import { definitionOfId } from './properties.ts';

/** `start` up to but not including `end`, from the first byte of the packet. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const NOTHING: ByteRange = { start: 0, end: 0 };

export class LooseReader {
  readonly bytes: Uint8Array;
  #at = 1;
  #isLost = false;

  /** Stands behind the fixed header. @param bytes a packet, or as much of one as there is. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.variableByteInteger();
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#isLost || this.#at >= this.bytes.length;
  }

  lose(): void {
    this.#isLost = true;
  }

  /** False, and lost, if there are not so many. */
  skip(bytes: number): boolean {
    if (this.#isLost || this.#at + bytes > this.bytes.length) {
      this.#isLost = true;
      return false;
    }
    this.#at += bytes;
    return true;
  }

  byte(): number {
    return this.skip(1) ? this.bytes[this.#at - 1]! : 0; // skip has looked
  }

  twoByteInteger(): number {
    return this.skip(2) ? (this.bytes[this.#at - 2]! << 8) | this.bytes[this.#at - 1]! : 0; // as above
  }

  /** One to four bytes. Section 1.5.5. */
  variableByteInteger(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.lose();
    return value;
  }

  /** A string, or binary data: where it is, without the two bytes of length before it. Empty when lost. */
  string(): ByteRange {
    const lengthAt = this.#at;
    const length = this.twoByteInteger();
    const start = this.#at;
    if (this.skip(length)) return { start, end: start + length };
    this.#at = lengthAt;
    return NOTHING;
  }

  /**
   * Properties, with their length.
   *
   * @param visit told of each: where its value is, of strings and binary data without the length.
   */
  properties(visit?: (id: number, value: ByteRange) => void): void {
    const end = this.variableByteInteger() + this.#at;
    if (this.#isLost || end > this.bytes.length) {
      this.lose();
      return;
    }
    while (this.#at < end && !this.#isLost) {
      const id = this.byte();
      const value = this.#value(id);
      if (!this.#isLost) visit?.(id, value);
    }
    if (this.#at !== end) this.lose();
  }

  #value(id: number): ByteRange {
    const start = this.#at;
    switch (definitionOfId[id]?.type) {
      case 'byte':
        this.skip(1);
        break;
      case 'twoByteInteger':
        this.skip(2);
        break;
      case 'fourByteInteger':
        this.skip(4);
        break;
      case 'variableByteInteger':
        this.variableByteInteger();
        break;
      case 'utf8StringPair':
        this.string();
        this.string();
        break;
      case 'utf8String':
      case 'binaryData':
        return this.string();
      case undefined:
        this.lose();
        break;
    }
    return { start, end: this.#at };
  }
}
