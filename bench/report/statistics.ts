/** What is reckoned from samples. A sample that could not be taken is null, so that those of one round stay together. */

export type Sample = number | null;

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError without values. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  // There are values, so the middle is one of them, and so is its neighbour of an even number.
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The least value that so many of all do not exceed.
 *
 * @param fraction above 0, up to 1.
 * @throws RangeError without values.
 */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = ascending(values);
  return sorted[Math.ceil(sorted.length * fraction) - 1]!; // 0 to length - 1, by the range of `fraction`
}

/** `undefined` when none of the samples could be taken. */
export function spread(samples: readonly Sample[]): Spread | undefined {
  const values = taken(samples);
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Pair by pair: of what was measured in the same round, and so on the machine as it was then. */
export function ratios(of: readonly Sample[], to: readonly Sample[]): Sample[] {
  return of.map((sample, round) => {
    const other = to[round] ?? null;
    return sample === null || other === null || other <= 0 ? null : sample / other;
  });
}

export function taken(samples: readonly Sample[]): number[] {
  return samples.filter((sample) => sample !== null);
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('there are no values');
  return [...values].sort((a, b) => a - b);
}
