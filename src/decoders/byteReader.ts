/**
 * Reads numbers and slices out of bytes, one behind the other, and never past the end: each read throws
 * `UnexpectedEnd` instead. Also holds what keeps hostile bytes small: how deep values may nest, and how many there may
 * be. Knows no format.
 */
import { isUtf8 } from 'node:buffer';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';

/** Deeper than any device sends, and no danger to the stack. */
export const maxDepth = 500;

/** More lines than a view can be of use with. */
export const maxValues = 500_000;
/** Nearly every value takes a byte; Avro's null takes none, and a field of protobuf may be tried several times. */
const maxValuesPerByte = 8;
const minValueBudget = 1000;

export class ByteReader {
  readonly bytes: Uint8Array;
  /** The next byte. */
  at: number;
  #end: number;
  readonly #view: DataView;
  readonly #values: { left: number };

  /**
   * @param options.valueBudget How many values may be entered.
   * @param options.sharesBudgetOf What is entered here counts there too: of bytes that were unpacked from its own.
   */
  constructor(
    bytes: Uint8Array,
    options: { start?: number; valueBudget?: number; sharesBudgetOf?: ByteReader } = {},
  ) {
    this.bytes = bytes;
    this.at = options.start ?? 0;
    this.#end = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const {
      valueBudget = Math.min(maxValues, minValueBudget + bytes.length * maxValuesPerByte),
      sharesBudgetOf,
    } = options;
    this.#values = sharesBudgetOf === undefined ? { left: valueBudget } : sharesBudgetOf.#values;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  /** The value that begins here, at `depth` from 0, is taken into account. */
  enter(depth: number): void {
    if (depth > maxDepth)
      throw new DecodeProblem(
        `Values are nested more than ${maxDepth} levels deep: this is not shown as a document.`,
        { atByte: this.at },
      );
    if (this.#values.left-- <= 0)
      throw new DecodeProblem('There are too many values to show them as a document. Look at the bytes.', {
        atByte: this.at,
      });
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  uint16(isLittle = false): number {
    return this.#view.getUint16(this.#advance(2), isLittle);
  }

  int16(isLittle = false): number {
    return this.#view.getInt16(this.#advance(2), isLittle);
  }

  uint32(isLittle = false): number {
    return this.#view.getUint32(this.#advance(4), isLittle);
  }

  int32(isLittle = false): number {
    return this.#view.getInt32(this.#advance(4), isLittle);
  }

  uint64(isLittle = false): bigint {
    return this.#view.getBigUint64(this.#advance(8), isLittle);
  }

  int64(isLittle = false): bigint {
    return this.#view.getBigInt64(this.#advance(8), isLittle);
  }

  /** As few digits as tell it from its neighbours among 32-bit floats: 0.1, not 0.10000000149011612. */
  float32(isLittle = false): number {
    return shortestFloat32(this.#view.getFloat32(this.#advance(4), isLittle));
  }

  float64(isLittle = false): number {
    return this.#view.getFloat64(this.#advance(8), isLittle);
  }

  /** A view of the bytes, not a copy. */
  slice(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** What `read` reads is the next `length` bytes and no more. It must read them all, or move `at` there. */
  within<T>(length: number, read: () => T): T {
    const start = this.#advance(length);
    const outerEnd = this.#end;
    this.at = start;
    this.#end = start + length;
    try {
      return read();
    } finally {
      this.#end = outerEnd;
    }
  }

  #advance(length: number): number {
    const start = this.at;
    if (length > this.#end - start)
      throw new UnexpectedEnd(
        `The bytes end too early: ${length} more are needed, and ${this.#end - start} are there.`,
        { atByte: start },
      );
    this.at = start + length;
    return start;
  }
}

export function shortestFloat32(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** A number where it keeps every digit. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function readUtf8(bytes: Uint8Array, atByte: number): string {
  if (!isUtf8(bytes)) throw new DecodeProblem('A string is not UTF-8.', { atByte });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
