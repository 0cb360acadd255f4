/**
 * Runs test files with node:test, one process each, prints what a person wants to see of it, and counts truly.
 *
 * Counted are the tests that hold no others: node:test also reports each parent of a failed test as failed, a file that
 * crashed as one test, and a file without tests as one that passed. The last two are failures here.
 */

import { relative } from 'node:path';
import { type EventData, run } from 'node:test';
import { inspect, stripVTControlCharacters } from 'node:util';
import { inRepository, repositoryRoot } from '../../test/support/repository.ts';
import { noTests, type TestCounts } from '../../test/support/testCounts.ts';
import { failedMark, passedMark, skippedMark } from './marks.ts';

export interface NodeTestOptions {
  /** Paths from the repository's root. */
  readonly files: readonly string[];
  /** How many files run at once. */
  readonly concurrency: number;
  /** For all of them together: a file that still runs then is ended, and has failed. A test has half of it. */
  readonly timeoutMs: number;
  /** Over our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A line for each test, where each takes its time; else one for each file. */
  readonly everyTest?: boolean;
  readonly signal: AbortSignal;
}

export async function runNodeTests(options: NodeTestOptions): Promise<TestCounts> {
  const events = run({
    files: options.files.map((path) => inRepository(path)),
    concurrency: options.concurrency,
    // So that what hangs is named, and not its file alone.
    timeout: options.timeoutMs / 2,
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
    cwd: repositoryRoot,
    env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
  });
  const report = new Report(options.everyTest ?? false);
  for await (const { type, data } of events) {
    if (type === 'test:start') report.start(data);
    else if (type === 'test:pass' || type === 'test:fail') report.end(type === 'test:pass', data);
    else if (type === 'test:stdout' || type === 'test:stderr') report.print(data.file, data.message);
    else if (type === 'test:summary' && data.file !== undefined) report.endFile(data.file, data.duration_ms);
  }
  return report.counts;
}

type TestEnd = EventData.TestPass | EventData.TestFail;

/** One file's tests by node:test's ids, which count from 1 in each file. */
interface FileReport {
  readonly names: Map<number, { readonly name: string; readonly parentId: number }>;
  readonly parents: Set<number>;
  readonly counts: TestCounts;
  printed: string;
}

class Report {
  readonly counts = noTests();
  readonly #everyTest: boolean;
  readonly #files = new Map<string, FileReport>();
  #printedSuite = '';

  constructor(everyTest: boolean) {
    this.#everyTest = everyTest;
  }

  start({ file, name, testId, parentId = 0 }: EventData.TestStart): void {
    const { names, parents } = this.#file(file);
    names.set(testId, { name, parentId });
    parents.add(parentId);
  }

  end(passed: boolean, test: TestEnd): void {
    const path = relativePath(test.file ?? test.name);
    if (isWholeFile(test)) {
      this.#wholeFile(path, passed, test);
      return;
    }
    const file = this.#file(test.file);
    const isParent = file.parents.has(test.testId);
    const names = this.#names(file, test);
    const name = names.join(' › ');
    if (test.skip !== undefined || test.todo !== undefined) {
      const why =
        [test.skip, test.todo].find((reason) => typeof reason === 'string') || 'skipped in its source';
      this.#add(file, { passed: 0, failed: [], skipped: [{ name: `${path} › ${name}`, why }] });
      if (this.#everyTest) this.#printTest(names, `${skippedMark} ${test.name} (skipped: ${why})`);
    } else if (!passed) {
      // The failed children have been counted; a suite's own failure is that of a hook.
      if (runnerError(test)?.failureType === 'subtestsFailed') return;
      this.#fail(file, `${path} › ${name}`, describeFailure(test));
    } else if (!isParent && test.details.type !== 'suite') {
      this.#add(file, { passed: 1, failed: [], skipped: [] });
      if (this.#everyTest)
        this.#printTest(names, `${passedMark} ${test.name} (${seconds(test.details.duration_ms)})`);
    }
  }

  print(path: string, message: string): void {
    if (this.#everyTest) process.stdout.write(message);
    else this.#file(path).printed += message;
  }

  endFile(path: string, durationMs: number): void {
    const { counts, printed } = this.#file(path);
    if (counts.failed.length > 0 && printed !== '') console.log(indented(printed.trimEnd()));
    if (this.#everyTest) return;
    const mark = counts.failed.length > 0 ? failedMark : passedMark;
    const parts = [`${counts.passed} passed`];
    if (counts.failed.length > 0) parts.push(`${counts.failed.length} failed`);
    if (counts.skipped.length > 0) parts.push(`${counts.skipped.length} skipped`);
    console.log(`  ${mark} ${relativePath(path)}: ${parts.join(', ')} (${seconds(durationMs)})`);
  }

  /** node:test speaks of the file itself when it crashed, was ended for its time, or ran no test. */
  #wholeFile(path: string, passed: boolean, test: TestEnd): void {
    const file = this.#file(test.file);
    this.#fail(
      file,
      path,
      passed ? 'The file ran no tests, or ended before they did.' : describeFailure(test),
    );
    if (file.printed !== '') console.log(indented(file.printed.trimEnd()));
  }

  /** Under the name of its suite, said once. */
  #printTest(names: readonly string[], line: string): void {
    const suite = names.slice(0, -1).join(' › ');
    if (suite !== this.#printedSuite) console.log(`  ${suite}`);
    this.#printedSuite = suite;
    console.log(`    ${line}`);
  }

  #fail(file: FileReport, name: string, reason: string): void {
    this.#add(file, { passed: 0, failed: [{ name, why: reason }], skipped: [] });
    console.log(`  ${failedMark} ${name}\n${indented(reason)}`);
  }

  #add(file: FileReport, more: TestCounts): void {
    for (const counts of [file.counts, this.counts]) {
      counts.passed += more.passed;
      counts.failed.push(...more.failed);
      counts.skipped.push(...more.skipped);
    }
  }

  /** Of the suites around a test, from the outside in, and its own. */
  #names(file: FileReport, test: TestEnd): string[] {
    const names = [test.name];
    for (let id = test.parentId ?? 0; id !== 0; ) {
      const parent = file.names.get(id);
      if (!parent) break;
      names.unshift(parent.name);
      id = parent.parentId;
    }
    return names;
  }

  #file(path = ''): FileReport {
    let file = this.#files.get(path);
    if (!file) {
      file = { names: new Map(), parents: new Set(), counts: noTests(), printed: '' };
      this.#files.set(path, file);
    }
    return file;
  }
}

function isWholeFile({ name, file, nesting }: TestEnd): boolean {
  return nesting === 0 && file !== undefined && inRepository(name) === file;
}

/** node:test's own error, which holds what the test threw as its cause. */
interface RunnerError extends Error {
  readonly failureType?: string;
  /** Of the file's process, when the file as a whole failed. */
  readonly exitCode?: number | null;
}

function runnerError({ details }: TestEnd): RunnerError | undefined {
  return 'error' in details ? details.error : undefined;
}

function describeFailure(test: TestEnd): string {
  const error = runnerError(test);
  if (typeof error?.exitCode === 'number') return `The file's process ended with exit ${error.exitCode}.`;
  return stackOf(error?.cause ?? error);
}

/** The stack, whose first lines are the message, and that of its cause. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return inspect(thrown);
  // Node's own frames say nothing of the failure.
  const stack = stripVTControlCharacters(thrown.stack ?? thrown.message).replace(
    /\n +at .*node:[\w/]+:\d.*$/gm,
    '',
  );
  return thrown.cause === undefined ? stack : `${stack}\n  caused by ${stackOf(thrown.cause)}`;
}

function relativePath(path: string): string {
  return relative(repositoryRoot, inRepository(path));
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '      ');
}
