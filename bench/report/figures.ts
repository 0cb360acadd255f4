/** Each kind of figure: how it comes from a measurement, what it is called, and which way is better. */
import type { Load, Measurement } from '../load/loads.ts';
import type { FigureKind } from '../workloads.ts';
import { median, percentile } from './statistics.ts';

export interface FigureTraits {
  readonly label: string;
  /** As it stands behind a value. */
  readonly unit: string;
  readonly isBiggerBetter: boolean;
  /** Of a slower machine it is worse. */
  readonly isOfSpeed: boolean;
  /** By the clock: where the generator was at its limit, it is the generator's figure. */
  readonly isOfClock: boolean;
  readonly valueOf: (measurement: Measurement, load: Load) => number;
}

const costs = { isBiggerBetter: false, isOfSpeed: true, isOfClock: false };
const gains = { isBiggerBetter: true, isOfSpeed: true, isOfClock: true };

export const figures: Readonly<Record<FigureKind, FigureTraits>> = {
  cpuPerMillion: {
    ...costs,
    label: 'CPU seconds per million messages',
    unit: ' s',
    valueOf: ({ brokerCpuSeconds, count }) => (brokerCpuSeconds / count) * 1e6,
  },
  p50Microseconds: {
    ...costs,
    label: 'time there and back, median',
    unit: ' µs',
    valueOf: (measurement) => median(timesMs(measurement)) * 1000,
  },
  p99Microseconds: {
    ...costs,
    label: 'time there and back, 99 of 100',
    unit: ' µs',
    valueOf: (measurement) => percentile(timesMs(measurement), 0.99) * 1000,
  },
  connectionsPerCpuSecond: {
    ...gains,
    isOfClock: false,
    label: 'connections per CPU second',
    unit: '',
    valueOf: ({ count, brokerCpuSeconds }) => count / brokerCpuSeconds,
  },
  kilobytesPerConnection: {
    ...costs,
    isOfSpeed: false,
    label: 'memory of a connection',
    unit: ' kB',
    valueOf: ({ memoryGrowthBytes, count }) => present(memoryGrowthBytes, 'memory') / count / 1000,
  },
  medianMilliseconds: {
    ...costs,
    label: 'time to the last message, median',
    unit: ' ms',
    valueOf: (measurement) => median(timesMs(measurement)),
  },
  megabytesPerSecond: {
    ...gains,
    label: 'payload delivered',
    unit: ' MB/s',
    valueOf: ({ count, seconds }, load) => (count * payloadBytes(load)) / seconds / 1e6,
  },
  messagesPerSecond: {
    ...gains,
    label: 'messages acknowledged',
    unit: '/s',
    valueOf: ({ count, seconds }) => count / seconds,
  },
};

function timesMs({ timesMs }: Measurement): readonly number[] {
  return present(timesMs, 'times');
}

function payloadBytes(load: Load): number {
  return present('payloadBytes' in load ? load.payloadBytes : undefined, 'payloads');
}

/** A workload that asks for a figure which its load does not bring is a mistake of ours. */
function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`a load without ${what} has no such figure`);
  return value;
}
