/**
 * How long to wait before a lost connection is tried again. Pure.
 *
 * Each pause is twice the one before it, up to the longest. Half of it is left to chance: after an outage, a thousand
 * clients that lost their broker in the same moment do not come back in the same moment.
 */

export interface Backoff {
  /** Milliseconds, 1 or more. */
  firstMs: number;
  longestMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/**
 * @param failures tries that came to nothing since the connection last stood for a while: 0 for the first pause.
 * @param random 0 up to 1, as Math.random.
 * @returns milliseconds, from half of the pause up to all of it.
 */
export function reconnectDelayMs(failures: number, { firstMs, longestMs }: Backoff, random: number): number {
  // 2 to the power of a day's failures is no number any more.
  const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return pauseMs * (0.5 + random / 2);
}
