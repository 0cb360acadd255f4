import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { printSummary, type StepResult } from '../../scripts/support/summary.ts';

const passing: StepResult = {
  name: 'unit',
  counts: { passed: 12, failed: [], skipped: [] },
  durationMs: 1234,
};
const failing: StepResult = {
  name: 'types',
  counts: { passed: 1, failed: [{ name: 'types of the webviews', why: lines(20) }], skipped: [] },
  durationMs: 60_000,
};
const skipping: StepResult = {
  name: 'clients',
  counts: { passed: 3, failed: [], skipped: [{ name: 'mosquitto_pub', why: 'not found' }] },
  durationMs: 0,
};

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n');
}

function summarise(
  t: TestContext,
  results: StepResult[],
  maySkip = true,
): { isWell: boolean; lines: string[] } {
  const printed: string[] = [];
  t.mock.method(console, 'log', (text: string) => printed.push(text));
  const isWell = printSummary(results, { maySkip });
  t.mock.reset();
  return { isWell, lines: printed.join('\n').split('\n') };
}

test('the last line is the sum of what passed and failed', (t) => {
  const { isWell, lines } = summarise(t, [passing, failing]);
  assert.equal(lines.at(-1), '13 passed, 1 failed');
  assert.equal(isWell, false);
});

test('what failed is named with its step, and what it said first', (t) => {
  const { lines } = summarise(t, [passing, failing]);
  const start = lines.indexOf('  types: types of the webviews');
  assert.deepEqual(lines.slice(start + 1, start + 3), ['      line 1', '      line 2']);
  assert.deepEqual(lines.slice(start + 12, -1), ['      line 12', '']);
});

test('a skipped test is in the last line, named, and with its reason', (t) => {
  const { isWell, lines } = summarise(t, [passing, skipping]);
  assert.equal(lines.at(-1), '15 passed, 0 failed, 1 skipped');
  assert.deepEqual(lines.slice(lines.indexOf('Skipped:'), -2), [
    'Skipped:',
    '  clients: mosquitto_pub',
    '      not found',
  ]);
  assert.equal(isWell, true);
});

test('where nothing may be skipped, a skipped test is no success', (t) => {
  assert.equal(summarise(t, [passing, skipping], false).isWell, false);
  assert.equal(summarise(t, [passing], false).isWell, true);
});
