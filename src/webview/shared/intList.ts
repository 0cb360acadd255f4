/** A growing list of 32-bit integers: four bytes an entry, where an array of a million numbers would take many more. */

export class IntList {
  #values = new Int32Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** @param index 0 to length - 1; anything else is a bug and throws. */
  at(index: number): number {
    this.#check(index);
    return this.#values[index]!; // inside the list
  }

  set(index: number, value: number): void {
    this.#check(index);
    this.#values[index] = value;
  }

  /** Drops everything from `length` on. */
  truncate(length: number): void {
    if (length < 0 || length > this.#length) throw new RangeError(`length ${length} of ${this.#length}`);
    this.#length = length;
  }

  #check(index: number): void {
    if (index < 0 || index >= this.#length) throw new RangeError(`index ${index} of ${this.#length}`);
  }
}
