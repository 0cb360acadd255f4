/**
 * The time, asked of the system once for all that is handled together.
 *
 * What one read of a socket brought came at one time, and asking for it costs as much as keeping a message. Behind by the
 * length of a turn of the event loop at most, and by a millisecond where it is idle.
 */
import type { Clock } from './clock.ts';

export class TurnTime {
  readonly #clock: Clock;
  #nowMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** HOT PATH. Milliseconds since 1970. */
  nowMs(): number {
    return this.#nowMs ?? this.#ask();
  }

  #ask(): number {
    const nowMs = this.#clock.nowMs();
    this.#nowMs = nowMs;
    this.#clock.setTimeout(() => {
      this.#nowMs = undefined;
    }, 0);
    return nowMs;
  }
}
