/**
 * `npm run bench`: the broker beside mosquitto, aedes and a bare sketch, and what a person feels of it, beside budgets.
 *
 * A full run is kept in bench/results.json and shown in docs/performance.md; `-- --quick` compares to the last of them.
 * Ends with 1 when something could not be measured, or lost a message. A budget that is missed is shown, and no failure:
 * one run on a busy machine proves little.
 */
import { buildBundles, packageExtension } from '../scripts/package.ts';
import { installMissingTools } from '../scripts/support/debianPackages.ts';
import { showProgress } from '../scripts/support/progress.js';
import { editorPackageTools, isEditorPackageInstalled } from '../test/host/editorPackage.ts';
import { measureEditor, whyNoEditor } from './editorFigures.ts';
import { GeneratorProcess } from './generatorProcess.ts';
import { groups } from './groups.ts';
import { describeMachine } from './machine.ts';
import { type MeasuredSeries, measureSeries } from './measuring.ts';
import { type BenchOptions, isFull, parseOptions, usage } from './options.ts';
import { installPeers } from './peersInstallation.ts';
import { quickSeries } from './quickSeries.ts';
import type { FeltFigure } from './report/felt.ts';
import { writePage } from './report/performancePage.ts';
import { compareToLast, comparisonLines, YARDSTICK } from './report/quick.ts';
import { addRun, readRuns } from './report/runs.ts';
import { feltLines, groupLines, summaryLines, workloadLines } from './report/terminal.ts';
import { type Series, seriesOfWorkload } from './series.ts';
import { measureSizes } from './sizes.ts';
import { workloads } from './workloads.ts';

const options = readOptions();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
try {
  const isWell = options.isQuick ? await runQuick() : await runBesideOthers();
  process.exitCode = isWell ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function readOptions(): BenchOptions {
  const args = process.argv.slice(2);
  const ids = [...workloads, ...groups].map(({ id }) => id);
  try {
    return parseOptions(args, ids);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function isWanted({ id }: { readonly id: string }): boolean {
  return options.only?.includes(id) ?? true;
}

/** @returns whether all could be measured. */
async function runBesideOthers(): Promise<boolean> {
  const wanted = { workloads: workloads.filter(isWanted), groups: groups.filter(isWanted) };
  const ofWorkloads = wanted.workloads.map((workload) => seriesOfWorkload(workload, workload.brokers));
  const series = await measure([...ofWorkloads, ...wanted.groups]);
  const felt = isFull(options) ? await measureFelt() : { figures: [], isWhole: true };

  for (const workload of wanted.workloads) print(workloadLines(workload, series[workload.id]));
  for (const group of wanted.groups) print(groupLines(group, series[group.id]));
  if (felt.figures.length > 0) print(feltLines(felt.figures));
  print(summaryLines({ ...wanted, series, felt: felt.figures }));
  if (isFull(options)) {
    const { rounds } = options;
    const date = new Date().toISOString();
    writePage(await addRun({ date, machine: describeMachine(), rounds, series, felt: felt.figures }));
    console.log('\nWritten: bench/results.json, docs/performance.md');
  }
  return felt.isWhole && hasNoFailure(series);
}

/** @returns whether all could be measured: what is slower than it was is a warning. */
async function runQuick(): Promise<boolean> {
  const last = readRuns().at(-1);
  const wanted = workloads.filter((workload) => isWanted(workload) || workload.id === YARDSTICK);
  const series = await measure(quickSeries(wanted));
  if (last === undefined) {
    for (const workload of wanted) print(workloadLines(workload, series[workload.id]));
    console.log('\nThere is no full run to compare with: `npm run bench` makes one.');
  } else {
    console.log(`\nBeside the full run of ${last.date.slice(0, 10)}, version ${last.machine.workbench}.`);
    print(comparisonLines(compareToLast(wanted, last.series, series)));
  }
  print(summaryLines({ workloads: [], groups: [], series, felt: [] }));
  return hasNoFailure(series);
}

async function measure(series: readonly Series[]): Promise<MeasuredSeries> {
  const brokers = new Set(series.flatMap(({ contenders }) => contenders.map(({ name }) => name)));
  if (options.builds) {
    const progress = showProgress('Building the bundles');
    await buildBundles().finally(() => progress.done());
  }
  if (brokers.has('aedes')) await installPeers();
  if (brokers.has('mosquitto')) await installMissingTools(['mosquitto']);
  const generator = new GeneratorProcess();
  try {
    return await measureSeries(series, options.rounds, generator);
  } finally {
    generator.end();
  }
}

/** The sizes alone where there is no editor, and where it failed, which is said. */
async function measureFelt(): Promise<{ figures: FeltFigure[]; isWhole: boolean }> {
  await packageExtension();
  if (!options.hasEditor) return { figures: measureSizes(), isWhole: true };
  await installMissingTools(['chromium', ...(isEditorPackageInstalled() ? [] : editorPackageTools)]);
  const why = whyNoEditor();
  if (why !== undefined) {
    console.log(`VS Code is not measured: ${why}`);
    return { figures: measureSizes(), isWhole: true };
  }
  try {
    return { figures: await measureEditor(), isWhole: true };
  } catch (error) {
    console.error(`VS Code could not be measured: ${error instanceof Error ? error.message : error}`);
    return { figures: measureSizes(), isWhole: false };
  }
}

function hasNoFailure(series: MeasuredSeries): boolean {
  return Object.values(series).every((contenders) =>
    Object.values(contenders).every(({ failures }) => failures.length === 0),
  );
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
}
