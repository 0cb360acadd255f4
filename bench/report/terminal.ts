/** A run as it is printed: a block for each workload, each group of variants and what a person feels. */
import { styleText } from 'node:util';
import type { MeasuredSeries } from '../measuring.ts';
import type { VariantGroup } from '../series.ts';
import type { Workload } from '../workloads.ts';
import { budgetSamples, bytesOfEach, type Measured, ratiosToFirst, samplesOf } from './comparison.ts';
import { type FeltFigure, judgeFelt } from './felt.ts';
import { figures } from './figures.ts';
import { isGeneratorBound, type Samples } from './samples.ts';
import { spread } from './statistics.ts';
import { alignedLines } from './table.ts';
import { judge, type Verdict, verdictWords } from './verdict.ts';
import {
  feltValueWords,
  feltVerdictWords,
  numberWords,
  ratioWords,
  spreadWords,
  verdictLine,
} from './words.ts';

export function workloadLines(workload: Workload, measured: Measured): string[] {
  const lines = [styleText('bold', `${workload.name} (${workload.id})`)];
  for (const { kind, budget } of workload.figures) {
    lines.push(`  ${figures[kind].label}`);
    const rows = workload.brokers
      .filter((broker) => measured?.[broker] !== undefined)
      .map((broker) => [
        broker,
        spreadWords(samplesOf(measured, broker, kind), figures[kind].unit),
        ...circumstances(measured?.[broker], workload.load.kind !== 'idle'),
      ]);
    const isJudged = budget?.of === 'itself' || measured?.mosquitto !== undefined;
    if (budget !== undefined && isJudged) {
      const samples = budgetSamples(measured, kind, budget);
      const verdict = verdictLine(samples, budget, kind);
      if (budget.of === 'itself') rows.push(['budget', verdict]);
      else rows.push(['workbench/mosquitto', ratioWords(samples, kind), verdict]);
    }
    lines.push(...indented(alignedLines(rows)));
  }
  return lines;
}

export function groupLines(group: VariantGroup, measured: Measured): string[] {
  const [kind] = group.figures;
  const first = group.contenders[0].name;
  const rows = group.contenders.map(({ name }) => {
    const row = [name, spreadWords(samplesOf(measured, name, kind), figures[kind].unit)];
    const samples = ratiosToFirst(group, measured, name);
    if (name === first) row.push('', '', '');
    else
      row.push(
        `× ${ratioWords(samples, kind)}`,
        verdictLine(samples, group.budget, kind),
        group.memoryOf === undefined
          ? ''
          : `${spreadWords(bytesOfEach(group, measured, name), ' bytes')} a ${group.memoryOf}`,
      );
    return [...row, ...circumstances(measured?.[name], true)];
  });
  return [
    styleText('bold', `${group.name} (${group.id})`),
    `  ${figures[kind].label}`,
    ...indented(alignedLines(rows)),
  ];
}

export function feltLines(felt: readonly FeltFigure[]): string[] {
  return alignedLines(felt.map((figure) => [figure.name, feltValueWords(figure), feltVerdictWords(figure)]));
}

/** The rate, what the generator had to do for it, and what went wrong. */
function circumstances(samples: Samples | undefined, hasRate: boolean): string[] {
  if (samples === undefined) return [];
  const rate = spread(samples.rates);
  const share = spread(samples.generatorShares);
  const notes: string[] = [];
  if (share !== undefined) notes.push(`generator ${share.median.toFixed(2)}`);
  if (isGeneratorBound(samples)) notes.push('generator-bound');
  const lost = spread(samples.lost);
  if (lost !== undefined) notes.push(`lost when killed: ${lost.most.toLocaleString('en')}`);
  if (samples.failures.length > 0)
    notes.push(styleText('red', `FAILED ${samples.failures.length} of ${samples.rates.length}`));
  return [hasRate && rate !== undefined ? `${numberWords(rate.median)}/s` : '', notes.join(', ')];
}

export interface Report {
  readonly workloads: readonly Workload[];
  readonly groups: readonly VariantGroup[];
  readonly series: MeasuredSeries;
  readonly felt: readonly FeltFigure[];
}

/** What failed, which budgets are missed, and how many are not. */
export function summaryLines({ workloads, groups, series, felt }: Report): string[] {
  const verdicts = [
    ...workloads.flatMap(({ id, figures: wanted }) =>
      wanted.map(({ kind, budget }) => ({
        name: `${id}, ${figures[kind].label}`,
        verdict: budget && judge(budgetSamples(series[id], kind, budget), budget),
      })),
    ),
    ...groups.flatMap((group) =>
      group.contenders.slice(1).map(({ name }) => ({
        name: `${group.id}, ${name}`,
        verdict: judge(ratiosToFirst(group, series[group.id], name), group.budget),
      })),
    ),
    ...felt.map((figure) => ({ name: figure.name, verdict: judgeFelt(figure) })),
  ];
  const count = (wanted: Verdict): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const counts = (['held', 'met', 'missed', 'unmeasured'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdictWords[verdict]}`);
  const missed = verdicts.filter(({ verdict }) => verdict === 'missed').map(({ name }) => `  ${name}`);
  const failed = failureLines(series).map((line) => `  ${line}`);
  return [
    ...(failed.length > 0 ? ['Failed:', ...failed] : []),
    ...(missed.length > 0 ? ['Missed:', ...missed] : []),
    ...(counts.length > 0 ? [`Budgets: ${counts.join(', ')}`] : []),
  ];
}

/** One line a failed cell. */
export function failureLines(series: MeasuredSeries): string[] {
  return Object.entries(series).flatMap(([id, contenders]) =>
    Object.entries(contenders).flatMap(([name, { failures }]) =>
      failures.map(({ round, reason }) => `${id}, ${name}, round ${round}: ${reason}`),
    ),
  );
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
