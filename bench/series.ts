/**
 * What is measured side by side: contenders that take turns in each round, so that whatever else the machine does meets
 * them all. A workload with its brokers is one, and so is a group of variants of our own broker.
 */
import { type BrokerName, type BrokerOptions, type RunningBroker, startBroker } from './brokers/brokers.ts';
import type { Load } from './load/loads.ts';
import type { Bounds } from './report/verdict.ts';
import type { FigureKind, Workload } from './workloads.ts';

export interface Contender {
  readonly name: string;
  readonly load: Load;
  readonly start: (options: BrokerOptions) => Promise<RunningBroker>;
  /** Killed behind the load and started again. Losing what was acknowledged is a failure, unless it may. */
  readonly isKilled?: 'mayLose' | 'mustKeep';
}

export interface Series {
  /** Stable, and one for all series: reports are compared by it. */
  readonly id: string;
  readonly figures: readonly FigureKind[];
  readonly contenders: readonly Contender[];
}

/** One broker in different circumstances; the first variant is what the others are compared to. */
export interface VariantGroup extends Series {
  readonly name: string;
  /** Of the ratio of each other variant's figure to the first's, pair by pair. */
  readonly budget: Bounds;
  readonly figures: readonly [FigureKind];
  readonly contenders: readonly [Variant, ...Variant[]];
  /** What memory is told by: "subscription". Absent: memory is not told. */
  readonly memoryOf?: string;
}

export interface Variant extends Contender {
  /** How many subscriptions, connections or what `memoryOf` says it has. */
  readonly things?: number;
}

export function seriesOfWorkload(workload: Workload, brokers: readonly BrokerName[]): Series {
  return {
    id: workload.id,
    figures: workload.figures.map(({ kind }) => kind),
    contenders: brokers.map((name) => ({
      name,
      load: workload.load,
      start: (options) => startBroker(name, options),
      ...(workload.isKilled && { isKilled: name === 'workbench' ? 'mustKeep' : 'mayLose' }),
    })),
  };
}
