/**
 * Branches whose order may have changed since they were shown, looked at again together and not too often.
 *
 * By activity or rate, every message changes the order: rows that followed it would never be where one clicks. Pure.
 */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

export interface StaleBranchesOptions {
  clock: Clock;
  /** Shortest time between two looks at the same branch. */
  intervalMs: number;
  /** In one look. The others wait for the next. */
  maxBranches: number;
  lookAt: (branchIds: readonly number[]) => void;
}

export class StaleBranches implements Disposable {
  readonly #options: StaleBranchesOptions;
  readonly #ids = new Set<number>();
  #timer: Disposable | undefined;

  constructor(options: StaleBranchesOptions) {
    this.#options = options;
  }

  add(branchId: number): void {
    const { clock, intervalMs } = this.#options;
    this.#ids.add(branchId);
    this.#timer ??= clock.setTimeout(() => this.#look(), intervalMs);
  }

  clear(): void {
    this.#ids.clear();
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  dispose(): void {
    this.clear();
  }

  #look(): void {
    const { clock, intervalMs, maxBranches, lookAt } = this.#options;
    const ids = [...this.#ids].slice(0, maxBranches);
    for (const id of ids) this.#ids.delete(id);
    this.#timer = this.#ids.size > 0 ? clock.setTimeout(() => this.#look(), intervalMs) : undefined;
    lookAt(ids);
  }
}
