import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetSamples, bytesOfEach, ratiosToFirst } from '../../../bench/report/comparison.ts';
import { noSamples, type Samples } from '../../../bench/report/samples.ts';
import type { VariantGroup } from '../../../bench/series.ts';
import { base } from '../../../bench/workloads.ts';

function cpu(...values: (number | null)[]): Samples {
  return { ...noSamples(), figures: { cpuPerMillion: values } };
}

function variant(things: number) {
  const start = () => Promise.reject(new Error('never started here'));
  return { name: String(things), things, load: base, start };
}

const group: VariantGroup = {
  id: 'growth',
  name: 'Growth',
  figures: ['cpuPerMillion'],
  budget: { atMost: 1.2 },
  contenders: [variant(10), variant(100), variant(1_010)],
  memoryOf: 'thing',
};

test('a budget of mosquitto is one of ratios, of itself one of the figures', () => {
  const measured = { workbench: cpu(1, 2, 3), mosquitto: cpu(4, null, 6) };
  assert.deepEqual(budgetSamples(measured, 'cpuPerMillion', { of: 'mosquitto' }), [0.25, null, 0.5]);
  assert.deepEqual(budgetSamples(measured, 'cpuPerMillion', { of: 'itself' }), [1, 2, 3]);
  assert.deepEqual(budgetSamples(undefined, 'cpuPerMillion', { of: 'mosquitto' }), []);
});

test('a variant is compared to the first of its group, round by round', () => {
  const measured = { 10: cpu(1, 2), 100: cpu(2, 3) };
  assert.deepEqual(ratiosToFirst(group, measured, '100'), [2, 1.5]);
});

test('memory of a thing is what a variant grew by beyond the first, over the things that it has more', () => {
  const grown = (...memoryGrowthBytes: (number | null)[]): Samples => ({ ...noSamples(), memoryGrowthBytes });
  const measured = { 10: grown(1e6, 1e6), 100: grown(2e6, 2e6), 1010: grown(4e6, null) };
  assert.deepEqual(bytesOfEach(group, measured, '1010'), [3_000, null]);
  assert.deepEqual(bytesOfEach(group, measured, '100'), [], 'a megabyte is too little to tell');
  assert.deepEqual(bytesOfEach(group, measured, '10'), [], 'nothing is smaller than the first');
});
