import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Load, Measurement } from '../../../bench/load/loads.ts';
import { addCell, isGeneratorBound, noSamples, type Samples } from '../../../bench/report/samples.ts';
import type { FigureKind } from '../../../bench/workloads.ts';
import { repositoryRoot } from '../../support/repository.ts';

const load: Load = {
  kind: 'flow',
  transport: 'mqtt',
  protocolVersion: 4,
  qos: 1,
  publishers: 1,
  subscribers: 1,
  window: 20,
  payloadBytes: 1_000_000,
  warmUpMs: 1,
  measureMs: 1,
};
const measurement: Measurement = {
  brokerCpuSeconds: 0.5,
  generatorShare: 0.25,
  seconds: 2,
  count: 1_000,
  missing: 0,
  memoryGrowthBytes: 5_000_000,
  timesMs: Array.from({ length: 100 }, (_, i) => (i + 1) / 10),
};

/** Of one round. */
function figure(kind: FigureKind): number | null | undefined {
  const samples = noSamples();
  addCell(samples, { kind: 'measured', measurement }, load, [kind]);
  return samples.figures[kind]?.[0];
}

test('each kind of figure is reckoned from what was measured', () => {
  const expected: Record<FigureKind, number> = {
    cpuPerMillion: 500, // half a second for a thousand
    p50Microseconds: 5_050,
    p99Microseconds: 9_900,
    connectionsPerCpuSecond: 2_000,
    kilobytesPerConnection: 5,
    medianMilliseconds: 5.05,
    megabytesPerSecond: 500,
    messagesPerSecond: 500,
  };
  for (const [kind, value] of Object.entries(expected) as [FigureKind, number][])
    assert.equal(figure(kind), value, kind);
});

test('a round that failed leaves a gap in its place, a reason, and what is known of it', () => {
  const samples = noSamples();
  addCell(samples, { kind: 'measured', measurement, lost: 0 }, load, ['cpuPerMillion']);
  addCell(samples, { kind: 'failed', reason: 'gone', missing: 3, lost: 4 }, load, ['cpuPerMillion']);
  assert.deepEqual(samples.figures.cpuPerMillion, [500, null]);
  assert.deepEqual(samples.rates, [500, null]);
  assert.deepEqual(samples.brokerShares, [0.25, null]);
  assert.deepEqual(samples.missing, [0, 3]);
  assert.deepEqual(samples.lost, [0, 4]);
  assert.deepEqual(samples.failures, [{ round: 2, reason: 'gone' }]);
});

test('a reason is kept as one line, without its stack and without where the repository is', () => {
  const samples = noSamples();
  const thrown = `node:internal/modules\n  throw err;\n\nError: no ${repositoryRoot}/dist/cli.js\n    at here`;
  addCell(samples, { kind: 'failed', reason: thrown }, load, []);
  addCell(samples, { kind: 'failed', reason: 'refused\n    at there' }, load, []);
  assert.deepEqual(
    samples.failures.map(({ reason }) => reason),
    ['Error: no dist/cli.js', 'refused'],
  );
});

function withShares(generatorShares: (number | null)[], brokerShares: (number | null)[]): Samples {
  return { ...noSamples(), generatorShares, brokerShares };
}

test('a rate is the generator’s where in half of the rounds it had no CPU left and the broker had', () => {
  assert.equal(isGeneratorBound(withShares([0.9, 0.5], [0.89, 0.5])), true);
  assert.equal(isGeneratorBound(withShares([0.9, 0.5, 0.5], [0.5, 0.5, 0.5])), false);
  assert.equal(isGeneratorBound(withShares([0.95, null, null], [0.5, null, null])), true);
});

test('a rate is the broker’s where it had no CPU left either, and nobody’s where nothing was measured', () => {
  assert.equal(isGeneratorBound(withShares([0.99, 0.99], [0.9, 0.99])), false);
  assert.equal(isGeneratorBound(withShares([null], [null])), false);
});
