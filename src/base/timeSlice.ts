/** The thread's time, in parts: how long to work on, and a turn for everything else that waits for the thread. */
import type { Clock } from './clock.ts';

/** A slice begins now. @param sliceMs milliseconds. @returns whether its time is up. */
export function timeSlice(clock: Clock, sliceMs: number): () => boolean {
  const endsAtMs = clock.monotonicMs() + sliceMs;
  return () => clock.monotonicMs() >= endsAtMs;
}

/**
 * Resolves in a later turn of the event loop. Promises alone would keep the thread: timers and sockets come between two
 * turns only.
 */
export function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, 0));
}
