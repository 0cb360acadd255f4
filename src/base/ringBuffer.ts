/** A fixed number of newest items. Pushing to a full ring drops the oldest and hands it back. */

export class RingBuffer<T> {
  readonly capacity: number;
  readonly #slots: (T | undefined)[] = [];
  #first = 0;
  #length = 0;

  /** @param capacity 1 or more. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity is ${capacity}, must be 1 or more`);
    this.capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends; returns the item that fell out, if the ring was full. */
  push(item: T): T | undefined {
    if (this.#length < this.capacity) {
      this.#slots[(this.#first + this.#length) % this.capacity] = item;
      this.#length++;
      return undefined;
    }
    const dropped = this.#slots[this.#first];
    this.#slots[this.#first] = item;
    this.#first = (this.#first + 1) % this.capacity;
    return dropped;
  }

  /** Removes and returns the oldest. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.capacity;
    this.#length--;
    return item;
  }

  /** @param index 0 is the oldest; negative counts from the newest, -1 being the newest. */
  at(index: number): T | undefined {
    const i = index < 0 ? this.#length + index : index;
    if (i < 0 || i >= this.#length) return undefined;
    return this.#slots[(this.#first + i) % this.capacity];
  }

  clear(): void {
    this.#slots.length = 0;
    this.#first = 0;
    this.#length = 0;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#length; i++) yield this.at(i)!; // i is inside the ring
  }
}
