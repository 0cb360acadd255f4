/**
 * The best few of many, found in one pass: a heap of at most `limit`, whose top is the last of them.
 *
 * What is not among the best costs one comparison. The many are neither kept nor sorted.
 */
export class BestOf<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  /** Each entry comes after its children, 2i + 1 and 2i + 2, in the order: the first is the last of all. */
  readonly #heap: T[] = [];

  /** @param compare below 0 when `a` comes before `b`. */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(item: T): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(item);
      this.#rise(heap.length - 1);
    } else if (this.#limit > 0 && this.#compare(item, heap[0]!) < 0) {
      // Full, so there is a first.
      heap[0] = item;
      this.#sink();
    }
  }

  /** Takes out the last in the order. */
  takeLast(): T | undefined {
    const heap = this.#heap;
    const last = heap[0];
    const moved = heap.pop();
    if (moved !== undefined && heap.length > 0) {
      heap[0] = moved;
      this.#sink();
    }
    return last;
  }

  /** Takes out all, the best first. */
  takeAll(): T[] {
    const all: T[] = [];
    for (let item = this.takeLast(); item !== undefined; item = this.takeLast()) all.push(item);
    return all.reverse();
  }

  // Indexes are inside the heap in both.

  #rise(from: number): void {
    const heap = this.#heap;
    const item = heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(item, heap[parent]!) <= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  #sink(): void {
    const heap = this.#heap;
    const item = heap[0]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#compare(heap[child + 1]!, heap[child]!) > 0) child++;
      if (this.#compare(heap[child]!, item) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
  }
}
