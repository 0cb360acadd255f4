/**
 * Random numbers that come again: mulberry32, 32 bits of state, which pass the usual tests of chance and are no secret.
 *
 * Each rule has a stream of its own for each client and direction, made of the seed and their names. So what befalls the
 * tenth PUBLISH of one board hangs on nothing but the seed and the nine before it: not on other clients, not on time,
 * and not on how often it had to connect again.
 */

export class SeededRandom {
  #state: number;

  /** @param seed its lowest 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 up to but not 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 up to but not `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }
}

/** The seed of one stream (FNV-1a over the characters): different for each name, the same each time. */
export function streamSeed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
