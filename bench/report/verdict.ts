/** Whether samples keep to their bounds. */
import type { Budget } from '../workloads.ts';
import { type Sample, spread, taken } from './statistics.ts';

export type Bounds = Pick<Budget, 'atMost' | 'atLeast'>;

export type Verdict =
  /** By every sample. */
  | 'held'
  /** By their median. */
  | 'met'
  | 'missed'
  /** There is no sample. */
  | 'unmeasured';

export function judge(samples: readonly Sample[], bounds: Bounds): Verdict {
  const middle = spread(samples)?.median;
  if (middle === undefined) return 'unmeasured';
  if (!isWithin(middle, bounds)) return 'missed';
  return taken(samples).every((sample) => isWithin(sample, bounds)) ? 'held' : 'met';
}

function isWithin(value: number, { atMost = Infinity, atLeast = -Infinity }: Bounds): boolean {
  return value <= atMost && value >= atLeast;
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  held: 'held',
  met: 'met',
  missed: 'MISSED',
  unmeasured: 'not measured',
};
