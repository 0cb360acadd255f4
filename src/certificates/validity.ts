/** How long certificates hold. */

export const DAY_MS = 86_400_000;

/** A certificate is valid since two days before it was made: for a board whose clock is a little behind, or of another zone. */
export const BACKDATED_MS = 2 * DAY_MS;
