import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  budgetTable,
  feltTable,
  figureTable,
  lostTable,
  rateTable,
} from '../../../bench/report/pageTables.ts';
import { pagePath, withRuns } from '../../../bench/report/performancePage.ts';
import { type Run, readRuns } from '../../../bench/report/runs.ts';
import { noSamples, type Samples } from '../../../bench/report/samples.ts';
import { alignedLines, markdownTable } from '../../../bench/report/table.ts';
import { budgetWords, ratioWords, spreadWords } from '../../../bench/report/words.ts';
import { base, type Workload } from '../../../bench/workloads.ts';

const workload: Workload = {
  id: 'it',
  name: 'It',
  load: base,
  figures: [{ kind: 'cpuPerMillion', budget: { atMost: 1 / 4, of: 'mosquitto' } }],
  brokers: ['workbench', 'mosquitto'],
  isKilled: true,
};
const machine = {
  cpu: 'A CPU',
  cores: 2,
  node: '24.1.0',
  mosquitto: '2.0',
  aedes: '1.2',
  workbench: '0.1.0',
};

function samples(cpuPerMillion: (number | null)[], more: Partial<Samples> = {}): Samples {
  return { ...noSamples(), figures: { cpuPerMillion }, ...more };
}

function run(date: string, workbench: Samples, mosquitto: Samples): Run {
  return { date, machine, rounds: 5, series: { it: { workbench, mosquitto } }, felt: [] };
}

test('a Markdown table has a line for the header and one for each row, and no cell ends early', () => {
  assert.equal(markdownTable(['a', 'b'], [['1|2', '']]), '| a | b |\n|---|---|\n| 1\\|2 |  |');
});

test('aligned columns are as wide as their widest cell, and lines do not end in blanks', () => {
  assert.deepEqual(
    alignedLines([
      ['a', 'b', 'c'],
      ['long', ''],
    ]),
    ['a     b  c', 'long'],
  );
});

test('a value is told as its median with the least and the most, and a single one as it is', () => {
  assert.equal(spreadWords([0.412, 0.39, null, 0.44], ' s'), '0.412 (0.39–0.44) s');
  assert.equal(spreadWords([1234.5], '/s'), '1,230/s');
  assert.equal(spreadWords([null], ' s'), '–');
});

test('a ratio of CPU below a half is told as a fraction, with its range, and any other as it is', () => {
  assert.equal(ratioWords([0.1, 0.125, 0.2], 'cpuPerMillion'), '1/8.0 (1/10–1/5.0)');
  assert.equal(ratioWords([0.8, 1.1], 'cpuPerMillion'), '0.95 (0.80–1.1)');
  assert.equal(ratioWords([0.1], 'messagesPerSecond'), '0.10');
});

test('a budget is told as it was chosen: as a fraction of CPU, or in the unit of its figure', () => {
  assert.equal(budgetWords({ atMost: 1 / 9, of: 'mosquitto' }, 'cpuPerMillion'), 'at most 1/9');
  assert.equal(budgetWords({ atMost: 1.2 }, 'cpuPerMillion'), 'at most 1.2');
  assert.equal(budgetWords({ atLeast: 5, of: 'mosquitto' }, 'messagesPerSecond'), 'at least 5');
  assert.equal(budgetWords({ atMost: 500, of: 'itself' }, 'p99Microseconds'), 'at most 500 µs');
});

test('the budgets stand beside the ratios of every kept run, and the newest decides', () => {
  const runs = [
    run('2026-01-01T00:00:00Z', samples([1]), samples([2])),
    run('2026-02-01T00:00:00Z', samples([1, 2]), samples([8, 8])),
  ];
  assert.equal(
    budgetTable([workload], runs),
    [
      '| Workload | Figure | 2026-01-01, 0.1.0 | 2026-02-01, 0.1.0 | Budget | Newest run |',
      '|---|---|---|---|---|---|',
      '| It | CPU seconds per million messages | 1/2.0 | 1/5.33 (1/8.0–1/4.0) | at most 1/4 of mosquitto | held |',
    ].join('\n'),
  );
});

test('figures, rates and losses have a column for each broker, and a mark where the rate is the generator’s', () => {
  const bound = { rates: [1_000], generatorShares: [0.95], brokerShares: [0.5], lost: [0] };
  const free = { rates: [2_000], generatorShares: [0.5], brokerShares: [1], lost: [0, 12_345, null] };
  const newest = run('2026-01-01T00:00:00Z', samples([1], bound), samples([8], free));
  const last = (table: string): string | undefined => table.split('\n').at(-1);
  assert.equal(
    last(figureTable([workload], newest)),
    '| It | CPU seconds per million messages | 1.0 s | 8.0 s | – | – |',
  );
  assert.equal(
    last(rateTable([workload], newest)),
    '| It | 1,000, generator 0.95 † | 2,000, generator 0.50 | – | – |',
  );
  assert.equal(last(lostTable([workload], newest)), '| It | 0 | 12,345 | – | – |');
});

test('what a person feels is shown as every kept run measured it, and beside its budget', () => {
  const felt = [{ name: 'activation', value: 25, unit: 'ms', budget: 30 }] as const;
  const older = run('2026-01-01T00:00:00Z', samples([]), samples([]));
  const newest = { ...older, date: '2026-02-01T00:00:00Z', felt };
  assert.equal(
    feltTable([older, newest]).split('\n').at(-1),
    '| activation | – | 25 ms | at most 30 ms: held |',
  );
  assert.equal(feltTable([older]), '');
});

test('runs are written between the marks of the page, and nothing else of it changes', () => {
  const page = 'before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n';
  const written = withRuns(page, [run('2026-01-01T00:00:00Z', samples([1]), samples([8]))]);
  assert.match(written, /^before\n<!-- bench: begin -->\n\nNewest run: 2026-01-01, 5 rounds\./);
  assert.match(written, /\n<!-- bench: end -->\nafter\n$/);
  assert.ok(!written.includes('old'));
  assert.throws(() => withRuns('no marks', []), /bench: begin/);
  assert.throws(() => withRuns('<!-- bench: begin -->', []), /bench: end/);
});

test('docs/performance.md shows the runs of bench/results.json; performancePage.ts writes them', () => {
  const page = readFileSync(pagePath, 'utf8');
  assert.equal(page, withRuns(page, readRuns()), 'run: node bench/report/performancePage.ts');
});
