/** Numbers as a person reads them: three digits, the unit behind, and a small ratio as a fraction. */
import type { FigureKind } from '../workloads.ts';
import { type FeltFigure, judgeFelt } from './felt.ts';
import { figures } from './figures.ts';
import { type Sample, spread, taken } from './statistics.ts';
import { type Bounds, judge, verdictWords } from './verdict.ts';

const threeDigits = new Intl.NumberFormat('en', { minimumSignificantDigits: 2, maximumSignificantDigits: 3 });
/** For bounds, which were chosen: 9, not 9.0. */
const asChosen = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Where there is nothing to say. */
export const NONE = '–';

const LARGEST_FRACTION = 0.5;

export function numberWords(value: number): string {
  return threeDigits.format(value);
}

/** `0.41 (0.39–0.44) s` */
export function spreadWords(samples: readonly Sample[], unit: string): string {
  return wordsOf(samples, (value) => numberWords(value), unit);
}

/** `1/9.31 (1/9.80–1/8.90)`; fractions where CPU is compared and the median is below a half. */
export function ratioWords(samples: readonly Sample[], kind: FigureKind): string {
  const isFraction = kind === 'cpuPerMillion' && (spread(samples)?.median ?? 1) <= LARGEST_FRACTION;
  return wordsOf(samples, (value) => (isFraction ? `1/${numberWords(1 / value)}` : numberWords(value)));
}

/** `at most 1/9`, `at most 500 µs` */
export function budgetWords(bounds: Bounds & { readonly of?: string }, kind: FigureKind): string {
  const isOfItself = bounds.of === 'itself';
  const word = (value: number): string =>
    isOfItself ? `${asChosen.format(value)}${figures[kind].unit}` : chosenRatio(value, kind);
  const parts: string[] = [];
  if (bounds.atMost !== undefined) parts.push(`at most ${word(bounds.atMost)}`);
  if (bounds.atLeast !== undefined) parts.push(`at least ${word(bounds.atLeast)}`);
  return parts.join(', ');
}

/** `at most 1/9: held` */
export function verdictLine(
  samples: readonly Sample[],
  bounds: Bounds & { readonly of?: string },
  kind: FigureKind,
): string {
  return `${budgetWords(bounds, kind)}: ${verdictWords[judge(samples, bounds)]}`;
}

export function feltValueWords({ value, unit }: FeltFigure): string {
  return `${numberWords(value)} ${unit}`;
}

/** Empty without a budget. */
export function feltVerdictWords(figure: FeltFigure): string {
  const verdict = judgeFelt(figure);
  if (verdict === undefined || figure.budget === undefined) return '';
  return `at most ${asChosen.format(figure.budget)} ${figure.unit}: ${verdictWords[verdict]}`;
}

function wordsOf(samples: readonly Sample[], word: (value: number) => string, unit = ''): string {
  const all = spread(samples);
  if (all === undefined) return NONE;
  const { median, least, most } = all;
  const range = taken(samples).length > 1 ? ` (${word(least)}–${word(most)})` : '';
  return `${word(median)}${range}${unit}`;
}

function chosenRatio(ratio: number, kind: FigureKind): string {
  const isFraction = kind === 'cpuPerMillion' && ratio <= LARGEST_FRACTION;
  return isFraction ? `1/${asChosen.format(1 / ratio)}` : asChosen.format(ratio);
}
