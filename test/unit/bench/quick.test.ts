import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeasuredSeries } from '../../../bench/measuring.ts';
import { type Comparison, compareToLast, comparisonLines } from '../../../bench/report/quick.ts';
import { noSamples, type Samples } from '../../../bench/report/samples.ts';
import { base, type FigureKind, type Workload } from '../../../bench/workloads.ts';

function workload(kind: FigureKind): Workload {
  return { id: 'it', name: 'It', load: base, figures: [{ kind }], brokers: ['workbench'] };
}

function measured(kind: FigureKind, ours: number[], sketch: number[]): MeasuredSeries {
  const samples = (figures: Samples['figures']): Samples => ({ ...noSamples(), figures });
  return {
    it: { workbench: samples({ [kind]: ours }) },
    'qos0-1-1': { sketch: samples({ cpuPerMillion: sketch }) },
  };
}

function compare(kind: FigureKind, before: MeasuredSeries, today: MeasuredSeries): Comparison {
  return compareToLast([workload(kind)], before, today)[0]!; // one workload with one figure
}

test('a machine that is half as fast makes no broker slower', () => {
  const before = measured('cpuPerMillion', [1, 1, 1], [0.1, 0.1, 0.1]);
  const today = measured('cpuPerMillion', [2, 4, 2], [0.2, 0.4, 0.2]);
  const comparison = compare('cpuPerMillion', before, today);
  assert.equal(comparison.change, 0);
  assert.equal(comparison.before, 1);
  assert.equal(comparison.today, 1);
});

test('where more is better, less of it is slower', () => {
  const before = measured('messagesPerSecond', [1_000], [0.1]);
  const today = measured('messagesPerSecond', [500], [0.1]);
  const comparison = compare('messagesPerSecond', before, today);
  assert.equal(comparison.change, 1);
  assert.equal(Math.round(comparison.before ?? 0), 1_000);
  assert.equal(Math.round(comparison.today ?? 0), 500);
});

test('memory is compared as it is, whatever the sketch took', () => {
  const before = measured('kilobytesPerConnection', [10], [0.1]);
  const today = measured('kilobytesPerConnection', [13], [0.3]);
  assert.equal(compare('kilobytesPerConnection', before, today).change?.toFixed(2), '0.30');
});

test('only what is worse by more than 15 % is called out', () => {
  const before = measured('cpuPerMillion', [1], [0.1]);
  const line = (ours: number): string | undefined =>
    comparisonLines([compare('cpuPerMillion', before, measured('cpuPerMillion', [ours], [0.1]))]).at(-1);
  assert.match(line(1.23) ?? '', /^it +CPU seconds per million messages +1\.0 s +1\.23 s +SLOWER by 23 %$/);
  assert.match(line(1.1) ?? '', /10 % slower$/);
  assert.match(line(0.5) ?? '', /50 % faster$/);
  assert.match(line(0.998) ?? '', /the same$/);
});

test('what either run has not measured is not compared', () => {
  const today = measured('cpuPerMillion', [1], [0.1]);
  const comparison = compare('cpuPerMillion', {}, today);
  assert.equal(comparison.change, undefined);
  assert.match(comparisonLines([comparison]).at(-1) ?? '', /not compared$/);
});
