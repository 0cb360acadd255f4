/** Random numbers from a seed (mulberry32): a failing case comes back with its seed. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from `minimum` to `maximum`, both included; a range of up to 2^32 values. */
  integer(minimum: number, maximum: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    return minimum + Math.floor(fraction * (maximum - minimum + 1));
  }

  boolean(): boolean {
    return this.integer(0, 1) === 1;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!; // the index is in the array
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.integer(0, 255);
    return bytes;
  }

  /** `length` items from `make`. */
  array<T>(length: number, make: () => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(make());
    return items;
  }
}
