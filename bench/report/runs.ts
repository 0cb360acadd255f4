/** bench/results.json: the newest full runs, as samples, so that a later report can ask them something else. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { runNodeScript } from '../../scripts/support/runProgram.ts';
import { inRepository } from '../../test/support/repository.ts';
import type { MeasuredSeries } from '../measuring.ts';
import type { FeltFigure } from './felt.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly mosquitto: string;
  readonly aedes: string;
  readonly workbench: string;
}

export interface Run {
  /** ISO 8601, when it ended. */
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly series: MeasuredSeries;
  readonly felt: readonly FeltFigure[];
}

const resultsPath = inRepository('bench/results.json');
const KEPT = 3;

/** Newest last. */
export function readRuns(): Run[] {
  if (!existsSync(resultsPath)) return [];
  const { runs }: { runs: Run[] } = JSON.parse(readFileSync(resultsPath, 'utf8')); // as writeRuns wrote it
  return runs;
}

/** Adds it, and forgets the oldest. Returns those that are kept. */
export async function addRun(run: Run): Promise<Run[]> {
  const runs = [...readRuns(), run].slice(-KEPT);
  writeFileSync(resultsPath, JSON.stringify({ runs }));
  // Formatted as all of the repository is: `npm test` looks.
  const biome = inRepository('node_modules/@biomejs/biome/bin/biome');
  const { exitCode, output } = await runNodeScript(biome, ['format', '--write', resultsPath]);
  if (exitCode !== 0) throw new Error(`bench/results.json could not be formatted:\n${output}`);
  return runs;
}
