/**
 * So many a second in the long run, and a burst at once: a bucket that fills by itself and that each event takes from.
 *
 * Knows nothing of what it counts. Rate and burst are told with each question, as they are limits that may change
 * while the broker runs. It is asked the time instead of running a timer.
 */
import type { Clock } from '../base/clock.ts';

export class TokenBucket {
  readonly #clock: Clock;
  /** Full at the start. */
  #tokens = Number.POSITIVE_INFINITY;
  #filledAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAtMs = clock.monotonicMs();
  }

  /**
   * Whether one more may happen now; counts as having happened only if so.
   *
   * @param perSecond above 0.
   * @param burst 1 or more.
   */
  take(perSecond: number, burst: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#filledAtMs) / 1000) * perSecond;
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(burst, this.#tokens + gained);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
