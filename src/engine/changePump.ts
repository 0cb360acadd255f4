/**
 * Turns "something changed" into events at a bounded rate.
 *
 * The first change after a quiet time goes out at once; during a flood, one event each interval carries all of it.
 * Nothing changed: nothing is sent, and no timer runs. Knows nothing of what is sent.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';

export interface PumpOptions {
  clock: Clock;
  /** Shortest time between two events, milliseconds. 100 is the least that the contract allows (10 a second). */
  intervalMs: number;
  /** Sends what is there. Returns true when there is more, for the next turn. */
  send: () => boolean;
}

const nothing: Disposable = toDisposable(() => {});

export class ChangePump implements Disposable {
  readonly #options: PumpOptions;
  #timer: Disposable | undefined;
  #lastSentAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** HOT PATH. Something changed. */
  touch(): void {
    if (this.#timer !== undefined) return;
    const { clock, intervalMs } = this.#options;
    const dueInMs = this.#lastSentAtMs + intervalMs - clock.monotonicMs();
    // Never inside the call: who touches is in the middle of its change.
    this.#timer = clock.setTimeout(() => this.#fire(), Math.max(0, dueInMs));
  }

  /** Nothing is sent from here on. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = nothing;
  }

  #fire(): void {
    this.#timer = undefined;
    this.#lastSentAtMs = this.#options.clock.monotonicMs();
    if (this.#options.send()) this.touch();
  }
}
