/** What came out for one contender of a series, round by round, as bench/results.json keeps it. */
import { repositoryRoot } from '../../test/support/repository.ts';
import type { Load, Measurement } from '../load/loads.ts';
import type { FigureKind } from '../workloads.ts';
import { figures } from './figures.ts';
import type { Sample } from './statistics.ts';

/** One broker under one load, once. */
export type Cell =
  | {
      readonly kind: 'measured';
      readonly measurement: Measurement;
      /** Of messages that it had acknowledged when it was killed. */
      readonly lost?: number;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly missing?: number; readonly lost?: number };

/** An entry a round; null where the round failed, or has no such thing. */
export interface Samples {
  readonly figures: Partial<Record<FigureKind, Sample[]>>;
  /** Messages, or connections, a second by the clock. */
  readonly rates: Sample[];
  /** CPU of the generator and of the broker, as a share of one core. */
  readonly generatorShares: Sample[];
  readonly brokerShares: Sample[];
  readonly memoryGrowthBytes: Sample[];
  readonly missing: Sample[];
  readonly lost: Sample[];
  readonly failures: { readonly round: number; readonly reason: string }[];
}

export function noSamples(): Samples {
  return {
    figures: {},
    rates: [],
    generatorShares: [],
    brokerShares: [],
    memoryGrowthBytes: [],
    missing: [],
    lost: [],
    failures: [],
  };
}

/** Adds one round. */
export function addCell(samples: Samples, cell: Cell, load: Load, kinds: readonly FigureKind[]): void {
  const measurement = cell.kind === 'measured' ? cell.measurement : undefined;
  const add = (to: Sample[], value: number | undefined): void => {
    // More digits than a measurement has would only lengthen the file.
    to.push(value === undefined ? null : Number(value.toPrecision(5)));
  };
  for (const kind of kinds) {
    samples.figures[kind] ??= [];
    add(samples.figures[kind], measurement && figures[kind].valueOf(measurement, load));
  }
  add(samples.rates, measurement && measurement.count / measurement.seconds);
  add(samples.generatorShares, measurement?.generatorShare);
  add(samples.brokerShares, measurement && measurement.brokerCpuSeconds / measurement.seconds);
  add(samples.memoryGrowthBytes, measurement?.memoryGrowthBytes);
  add(samples.missing, cell.kind === 'measured' ? cell.measurement.missing : cell.missing);
  add(samples.lost, cell.lost);
  if (cell.kind === 'measured') return;
  samples.failures.push({ round: samples.rates.length, reason: briefly(cell.reason) });
}

/** Without stacks, and without where this machine has the repository. */
function briefly(reason: string): string {
  const lines = reason.replaceAll(`${repositoryRoot}/`, '').split('\n');
  return lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0]!; // a split text has a first line
}

const NEARLY_A_CORE = 0.9;

/** In half of its rounds or more, the generator had no CPU left while the broker had: the rate is the generator's. */
export function isGeneratorBound({ generatorShares, brokerShares }: Samples): boolean {
  let bound = 0;
  let rounds = 0;
  for (const [round, generatorShare] of generatorShares.entries()) {
    const brokerShare = brokerShares[round] ?? null;
    if (generatorShare === null || brokerShare === null) continue;
    rounds++;
    if (generatorShare >= NEARLY_A_CORE && brokerShare < NEARLY_A_CORE) bound++;
  }
  return bound > 0 && bound * 2 >= rounds;
}
