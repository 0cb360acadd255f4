/** Points of several lines: side by side for the chart, and the one at a time for the cursor. Pure. */
import type { TimeRange } from '../../contracts/plots.ts';

export interface Points {
  timesMs: Float64Array;
  /** NaN where the line breaks. */
  values: Float64Array;
}

export interface Point {
  timeMs: number;
  value: number;
}

export interface Extremes {
  min: number;
  max: number;
}

/** Null breaks a line; undefined is a time at which another line has a point. */
type Column = (number | null | undefined)[];

/**
 * All times of all lines, once each, and a column of values for each line. A line that has several points at one time gets
 * as many rows: what is drawn is a stroke from the first to the last.
 */
export function alignPoints(lines: readonly Points[]): [timesMs: number[], ...columns: Column[]] {
  const times: number[] = [];
  const columns = lines.map((): Column => []);
  const next = lines.map(() => 0);
  for (;;) {
    let atMs = Number.POSITIVE_INFINITY;
    lines.forEach(({ timesMs }, i) => {
      atMs = Math.min(atMs, timesMs[next[i]!] ?? atMs); // one a line
    });
    if (atMs === Number.POSITIVE_INFINITY) return [times, ...columns];
    times.push(atMs);
    lines.forEach(({ timesMs, values }, i) => {
      const at = next[i]!; // one a line
      if (timesMs[at] !== atMs) {
        columns[i]!.push(undefined);
        return;
      }
      const value = values[at]!; // as many values as times
      columns[i]!.push(Number.isNaN(value) ? null : value);
      next[i] = at + 1;
    });
  }
}

/** The point nearest in time, breaks aside. Undefined where there is none. */
export function nearestPoint({ timesMs, values }: Points, atMs: number): Point | undefined {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle]! < atMs)
      low = middle + 1; // below length, here and below
    else high = middle;
  }
  let before = low - 1;
  while (before >= 0 && Number.isNaN(values[before])) before--;
  let after = low;
  while (after < timesMs.length && Number.isNaN(values[after])) after++;
  const isBefore =
    before >= 0 && (after === timesMs.length || atMs - timesMs[before]! < timesMs[after]! - atMs);
  const at = isBefore ? before : after;
  return at < 0 || at === timesMs.length ? undefined : { timeMs: timesMs[at]!, value: values[at]! };
}

/** The next time after `atMs`, or the last before it, at which any line has a point in the range. */
export function nextTime(
  lines: readonly Points[],
  atMs: number,
  direction: 1 | -1,
  { fromMs, toMs }: TimeRange,
): number | undefined {
  let found: number | undefined;
  for (const { timesMs, values } of lines) {
    timesMs.forEach((timeMs, i) => {
      if (timeMs < fromMs || timeMs > toMs || Number.isNaN(values[i])) return;
      if ((timeMs - atMs) * direction <= 0) return;
      if (found === undefined || (timeMs - found) * direction < 0) found = timeMs;
    });
  }
  return found;
}

/** Of the points in the range. Undefined where there is none. */
export function extremesOf({ timesMs, values }: Points, { fromMs, toMs }: TimeRange): Extremes | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < timesMs.length; i++) {
    const timeMs = timesMs[i]!; // below length
    const value = values[i]!;
    // A comparison with NaN is false.
    if (timeMs < fromMs || timeMs > toMs) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}
