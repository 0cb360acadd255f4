/** A time or a size that a person feels, with its budget: measured once a run, and compared to nothing else. */
import { judge, type Verdict } from './verdict.ts';

export interface FeltFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'kB' | 'MB' | 's' | 'messages/s' | 'packets' | 'times' | '%';
  /** At most. Absent: stated for comparison. */
  readonly budget?: number;
}

export function judgeFelt({ value, budget }: FeltFigure): Verdict | undefined {
  return budget === undefined ? undefined : judge([value], { atMost: budget });
}
