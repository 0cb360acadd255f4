/**
 * `npm test`: everything that can be checked, and a table of what came out. `node scripts/test.ts NAME…` runs some of the
 * steps in support/steps.ts, or of the groups in support/stepGroups.ts.
 *
 * The last line is `N passed, N failed`, with `, N skipped` when something was. Ends with 1 when anything failed, and
 * with `CI=true` when anything was skipped.
 */

import { editorPackageTools, isEditorPackageInstalled } from '../test/host/editorPackage.ts';
import { noTests, type TestCounts } from '../test/support/testCounts.ts';
import { installMissingTools } from './support/debianPackages.ts';
import { EditorInstallation } from './support/editorInstallation.ts';
import { failedMark } from './support/marks.ts';
import { type ChosenStep, chooseSteps, stepNames } from './support/stepGroups.ts';
import { type Step, type StepContext, steps, testFiles } from './support/steps.ts';
import { printSummary, type StepResult } from './support/summary.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !stepNames.includes(name));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}: ${stepNames.join(', ')}`);
  process.exit(2);
}
const chosen = chooseSteps(names);
await installMissingTools(neededTools(chosen));
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption.abort();
    process.exit(1);
  });
}

const editor = new EditorInstallation();
if (chosen.some(({ step }) => step.needsEditor) && editor.start()) {
  console.log("VS Code's server is being installed meanwhile (code-server from npm, 600 MB).");
}
const results: StepResult[] = [];
for (const { step, files } of chosen) {
  results.push(await runStep(step, { files, editor, signal: interruption.signal }));
}
if (names.length === 0) results.push(...strayFiles());
process.exitCode = printSummary(results, { maySkip: process.env.CI !== 'true' }) ? 0 : 1;

function neededTools(chosen: readonly ChosenStep[]) {
  const needsEditor = chosen.some(({ step }) => step.needsEditor) && !isEditorPackageInstalled();
  return [...chosen.flatMap(({ step }) => step.tools ?? []), ...(needsEditor ? editorPackageTools : [])];
}

/** A step that breaks off, or runs no test, has failed. */
async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  const startedAtMs = Date.now();
  console.log(`\n${step.name}`);
  const counts = await step.run(context).catch((error: unknown): TestCounts => {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`  ${failedMark} ${why}`);
    return { ...noTests(), failed: [{ name: 'broke off before its end', why }] };
  });
  if (counts.passed + counts.failed.length + counts.skipped.length === 0) {
    console.log(`  ${failedMark} ran no test`);
    counts.failed.push({ name: 'ran no test' });
  }
  return { name: step.name, counts, durationMs: Date.now() - startedAtMs };
}

/** A test file that no step runs would pass forever. */
function strayFiles(): StepResult[] {
  const known = new Set(steps.flatMap(({ files }) => (files === undefined ? [] : testFiles(files))));
  const strays = testFiles('test/**/*.test.ts').filter((file) => !known.has(file));
  if (strays.length === 0) return [];
  return [
    {
      name: 'no step runs',
      counts: { ...noTests(), failed: strays.map((name) => ({ name })) },
      durationMs: 0,
    },
  ];
}
