/** The end of a run, for a person: a table, what failed and what was skipped by name, and one last line with the sum. */

import type { FailedTest, TestCounts } from '../../test/support/testCounts.ts';

/** Of what a test threw: the message and where it was thrown. All of it stands further up. */
const mostLinesOfFailure = 12;

export interface StepResult {
  readonly name: string;
  readonly counts: TestCounts;
  readonly durationMs: number;
}

/** Prints it, and returns whether all is well: nothing failed and, where nothing may be skipped, nothing was. */
export function printSummary(
  results: readonly StepResult[],
  { maySkip }: { readonly maySkip: boolean },
): boolean {
  const passed = sum(results.map(({ counts }) => counts.passed));
  const failed = results.flatMap(({ name, counts }) => counts.failed.map((test) => describe(name, test)));
  const skipped = results.flatMap(({ name, counts }) =>
    counts.skipped.map((test) => ({ step: name, ...test })),
  );

  console.log(`\n${table(results)}`);
  if (failed.length > 0) console.log(`\nFailed:\n${failed.join('\n')}`);
  if (skipped.length > 0) {
    const lines = skipped.map(({ step, name, why }) => `  ${step}: ${name}\n      ${why}`);
    console.log(`\nSkipped${maySkip ? '' : ', which is a failure in CI'}:\n${lines.join('\n')}`);
  }
  const total = [`${passed} passed`, `${failed.length} failed`];
  if (skipped.length > 0) total.push(`${skipped.length} skipped`);
  console.log(`\n${total.join(', ')}`);
  return failed.length === 0 && (maySkip || skipped.length === 0);
}

function describe(step: string, { name, why = '' }: FailedTest): string {
  const lines = why === '' ? [] : why.split('\n').slice(0, mostLinesOfFailure);
  return [`  ${step}: ${name}`, ...lines.map((line) => `      ${line}`)].join('\n');
}

function table(results: readonly StepResult[]): string {
  const rows = results.map(({ name, counts, durationMs }) => [
    name,
    String(counts.passed),
    String(counts.failed.length),
    String(counts.skipped.length),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]);
  const all = [['', 'passed', 'failed', 'skipped', 'time'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return all.map(line).join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
