/** A map that forgets the entry that was set longest ago, once it holds as many as it may. */
export class Recent<Value> {
  readonly #maximum: number;
  readonly #entries = new Map<string, Value>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Makes it the newest one. */
  set(key: string, value: Value): void {
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

  entries(): Iterable<[string, Value]> {
    return this.#entries;
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** Clients that a rule remembers. */
export const MAX_CLIENTS = 2_000;
