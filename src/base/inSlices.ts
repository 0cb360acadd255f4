/**
 * Long work in slices, so that what else happens on the thread has its turn in between.
 *
 * A slice ends when its time is up, or its number of items is reached: work that others must follow, as messages that
 * go to subscribers, is paced by the number.
 */
import type { Clock } from './clock.ts';
import { nextTurn, timeSlice } from './timeSlice.ts';

/** How long a slice may take. */
const SLICE_MS = 8;
/** The clock is not asked for each item. */
const ITEMS_PER_LOOK = 16;

export interface SliceOptions {
  clock: Clock;
  /** In one slice. */
  maxItems: number;
  /** After each slice but the last; false ends the work. */
  mayGoOn(visited: number): boolean;
}

/** @returns how many items were visited, and whether those were all. */
export async function inSlices<T>(
  items: Iterable<T>,
  visit: (item: T, index: number) => void,
  { clock, maxItems, mayGoOn }: SliceOptions,
): Promise<{ visited: number; isComplete: boolean }> {
  const iterator = items[Symbol.iterator]();
  let next = iterator.next();
  let visited = 0;
  for (;;) {
    const sliceEnd = visited + maxItems;
    const isTimeUp = timeSlice(clock, SLICE_MS);
    do {
      const lookAt = Math.min(sliceEnd, visited + ITEMS_PER_LOOK);
      for (; visited < lookAt && next.done !== true; next = iterator.next()) visit(next.value, visited++);
    } while (visited < sliceEnd && next.done !== true && !isTimeUp());
    if (next.done === true) return { visited, isComplete: true };
    if (!mayGoOn(visited)) break;
    await nextTurn(clock);
    if (!mayGoOn(visited)) break;
  }
  iterator.return?.();
  return { visited, isComplete: false };
}
