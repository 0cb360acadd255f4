/** What of a run's samples is compared to what. */
import type { MeasuredSeries } from '../measuring.ts';
import type { VariantGroup } from '../series.ts';
import type { Budget, FigureKind } from '../workloads.ts';
import { ratios, type Sample, spread } from './statistics.ts';

/** Of one series. */
export type Measured = MeasuredSeries[string] | undefined;

/** Empty where the run has no such contender or figure. */
export function samplesOf(measured: Measured, contender: string, kind: FigureKind): readonly Sample[] {
  return measured?.[contender]?.figures[kind] ?? [];
}

/** What a workload's budget is a bound of. */
export function budgetSamples(measured: Measured, kind: FigureKind, { of }: Budget): readonly Sample[] {
  const ours = samplesOf(measured, 'workbench', kind);
  return of === 'itself' ? ours : ratios(ours, samplesOf(measured, 'mosquitto', kind));
}

/** What a group's budget is a bound of. */
export function ratiosToFirst(group: VariantGroup, measured: Measured, variant: string): Sample[] {
  const [kind] = group.figures;
  return ratios(samplesOf(measured, variant, kind), samplesOf(measured, group.contenders[0].name, kind));
}

/** What a process's memory goes up and down by itself: a smaller growth says nothing of what was put into it. */
const LEAST_BYTES = 2_000_000;

/** Bytes of each thing that a variant has beyond those of the first; empty where that is too little to tell. */
export function bytesOfEach(group: VariantGroup, measured: Measured, variant: string): Sample[] {
  const first = group.contenders[0];
  const things = group.contenders.find(({ name }) => name === variant)?.things;
  if (things === undefined || first.things === undefined || things <= first.things) return [];
  const more = things - first.things;
  const bytesOfFirst = measured?.[first.name]?.memoryGrowthBytes ?? [];
  const bytes = (measured?.[variant]?.memoryGrowthBytes ?? []).map((sample, round) => {
    const other = bytesOfFirst[round] ?? null;
    return sample === null || other === null ? null : sample - other;
  });
  const all = spread(bytes);
  if (all === undefined || all.median < LEAST_BYTES) return [];
  return bytes.map((sample) => sample && sample / more);
}
