/**
 * Which rows of a tree changed since it was last told, handed on together and never too often.
 *
 * VS Code debounces a tree's change event by 200 ms on the leading edge: events that keep coming faster never render.
 * So one event carries all that changed, at a pace above that. While the view is hidden nothing is told.
 */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

export interface DirtyRowsOptions<T> {
  clock: Clock;
  /** Shortest time between two calls of `refresh`. */
  intervalMs: number;
  /** Rows in one call. The rest waits its turn: a call costs the editor's thread time for each row. */
  maxRows: number;
  /** Tells the tree. */
  refresh: (rows: readonly T[]) => void;
}

export class DirtyRows<T> implements Disposable {
  readonly #options: DirtyRowsOptions<T>;
  readonly #rows = new Set<T>();
  #timer: Disposable | undefined;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;
  #isPaused = false;

  constructor(options: DirtyRowsOptions<T>) {
    this.#options = options;
  }

  add(row: T): void {
    this.#rows.add(row);
    this.#schedule();
  }

  /** Nothing is told for an interval from now. */
  postpone(): void {
    this.#refreshedAtMs = this.#options.clock.monotonicMs();
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#rows.size > 0) this.#schedule();
  }

  /** Forgets what is dirty: who resumes refreshes the whole view anyway. */
  pause(): void {
    this.#isPaused = true;
    this.clear();
  }

  resume(): void {
    this.#isPaused = false;
  }

  clear(): void {
    this.#rows.clear();
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  dispose(): void {
    this.pause();
  }

  #schedule(): void {
    if (this.#isPaused) {
      this.#rows.clear();
      return;
    }
    const { clock, intervalMs } = this.#options;
    const dueInMs = Math.max(0, this.#refreshedAtMs + intervalMs - clock.monotonicMs());
    this.#timer ??= clock.setTimeout(() => this.#flush(), dueInMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const { clock, maxRows, refresh } = this.#options;
    this.#refreshedAtMs = clock.monotonicMs();
    const rows: T[] = [];
    for (const row of this.#rows) {
      if (rows.length === maxRows) break;
      rows.push(row);
      this.#rows.delete(row);
    }
    if (this.#rows.size > 0) this.#schedule();
    refresh(rows);
  }
}
