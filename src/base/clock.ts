/** Time, as something that can be handed in: real in the product, moved by hand in tests. */
import type { Disposable } from './disposable.ts';

export interface Clock {
  /** Milliseconds since 1970, for people. May jump when the machine's clock is set. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back: for intervals and deadlines. */
  monotonicMs(): number;
  /** Runs `callback` once, no sooner than `delayMs` from now. Does not keep the process alive. */
  setTimeout(callback: () => void, delayMs: number): Disposable;
}

/** Longest delay that timers take (2^31 - 1 ms, 24.8 days); a longer one would fire at once. */
export const MAX_DELAY_MS = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    timer.unref();
    return { dispose: () => clearTimeout(timer) };
  },
};
