/**
 * A map that forgets the entry that was set longest ago, once it holds as many as it may.
 *
 * Its keys are a stranger's choice, as client ids are: a thousand of the longest would be 64 MB, so that what has a longer
 * key than anybody would choose is not kept.
 */

const MAX_KEY_CHARACTERS = 1_024;

export class Recent<Value> {
  readonly #maximum: number;
  readonly #entries = new Map<string, Value>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Makes it the newest one. Does nothing for a key of more than 1,024 characters. */
  set(key: string, value: Value): void {
    if (key.length > MAX_KEY_CHARACTERS) return;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maximum) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The newest last. */
  entries(): Iterable<[string, Value]> {
    return this.#entries;
  }

  /** As `entries`. */
  values(): Iterable<Value> {
    return this.#entries.values();
  }

  clear(): void {
    this.#entries.clear();
  }
}
