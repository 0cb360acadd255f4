/**
 * `npm run bench -- --quick`: how our figures stand to those of the last full run, on whatever machine this is.
 *
 * Two machines, or one at two times, differ by more than what is looked for. So each figure of speed is told in the
 * time that the bare sketch took for a message in the same round; memory is told as it is.
 */
import type { MeasuredSeries } from '../measuring.ts';
import type { FigureKind, Workload } from '../workloads.ts';
import { samplesOf } from './comparison.ts';
import { figures } from './figures.ts';
import { median, type Sample, spread, taken } from './statistics.ts';
import { alignedLines } from './table.ts';
import { NONE, numberWords } from './words.ts';

/** What the sketch is timed with, in each round. */
export const YARDSTICK = 'qos0-1-1';
const NOTABLE = 0.15;

export interface Comparison {
  readonly workload: string;
  readonly kind: FigureKind;
  /** In the figure's unit, as it would be where the last full run was made; `undefined`: not measured. */
  readonly before: number | undefined;
  readonly today: number | undefined;
  /** How much more it costs today: 0.23 is 23 % more, -0.1 is 10 % less. */
  readonly change: number | undefined;
}

export function compareToLast(
  workloads: readonly Workload[],
  last: MeasuredSeries,
  today: MeasuredSeries,
): Comparison[] {
  const stick = spread(yardstick(last))?.median;
  return workloads.flatMap(({ id, figures: wanted }) =>
    wanted.map(({ kind }) => {
      const costBefore = cost(last, id, kind);
      const costToday = cost(today, id, kind);
      const toFigure = (value: number | undefined): number | undefined => {
        const scale = figures[kind].isOfSpeed ? stick : 1;
        if (value === undefined || scale === undefined) return undefined;
        return figures[kind].isBiggerBetter ? 1 / (value * scale) : value * scale;
      };
      const change =
        costBefore === undefined || costToday === undefined ? undefined : costToday / costBefore - 1;
      return { workload: id, kind, before: toFigure(costBefore), today: toFigure(costToday), change };
    }),
  );
}

/** A line each: workload, figure, then, now, and the change. */
export function comparisonLines(comparisons: readonly Comparison[]): string[] {
  return alignedLines([
    ['', '', 'then', 'now', ''],
    ...comparisons.map((comparison) => {
      const { workload, kind, before, today } = comparison;
      const words = (value: number | undefined): string =>
        value === undefined ? NONE : `${numberWords(value)}${figures[kind].unit}`;
      return [workload, figures[kind].label, words(before), words(today), changeWords(comparison)];
    }),
  ]);
}

function isNotablyWorse({ change }: Comparison): boolean {
  return change !== undefined && change > NOTABLE;
}

function changeWords(comparison: Comparison): string {
  const { change, kind } = comparison;
  if (change === undefined) return 'not compared';
  const [worse, better] = figures[kind].isOfSpeed ? ['slower', 'faster'] : ['larger', 'smaller'];
  const percent = `${Math.abs(change * 100).toFixed(0)} %`;
  if (isNotablyWorse(comparison)) return `${worse.toUpperCase()} by ${percent}`;
  if (percent === '0 %') return 'the same';
  return `${percent} ${change > 0 ? worse : better}`;
}

/** Less is better; of speed, in the sketch's time. The median of the rounds. */
function cost(series: MeasuredSeries, id: string, kind: FigureKind): number | undefined {
  const stick = yardstick(series);
  const costs = samplesOf(series[id], 'workbench', kind).map((sample, round): Sample => {
    if (sample === null || sample <= 0) return null;
    const inTime = figures[kind].isBiggerBetter ? 1 / sample : sample;
    if (!figures[kind].isOfSpeed) return inTime;
    const other = stick[round] ?? null;
    return other && inTime / other;
  });
  const values = taken(costs);
  return values.length === 0 ? undefined : median(values);
}

function yardstick(series: MeasuredSeries): readonly Sample[] {
  return samplesOf(series[YARDSTICK], 'sketch', 'cpuPerMillion');
}
