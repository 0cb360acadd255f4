/**
 * What `npm test` runs, in this order, each step with the tools that it needs. The one place to add a step to; a test
 * file that none of them runs is itself a failure (test.ts).
 */

import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inRepository, repositoryRoot } from '../../test/support/repository.ts';
import { noTests, type TestCounts } from '../../test/support/testCounts.ts';
import { skipUnless, type ToolName } from '../../test/support/tools.ts';
import { runSuiteInsideVscode } from '../../test/vscode/runSuite.ts';
import type { EditorInstallation } from './editorInstallation.ts';
import { failedMark, passedMark, skippedMark } from './marks.ts';
import { type NodeTestOptions, runNodeTests } from './nodeTests.ts';
import { runNodeScript } from './runProgram.ts';

export interface Step {
  readonly name: string;
  /** A glob of the test files that it runs; without, it is a tool's check. */
  readonly files?: string;
  /** What its tests skip without. */
  readonly tools?: readonly ToolName[];
  /** Needs VS Code's server, from the npm package code-server. */
  readonly needsEditor?: boolean;
  /** Needs what the step `build` writes. */
  readonly needsBuild?: boolean;
  /** Prints as it goes. Rejects when it could not run at all. */
  run(context: StepContext): Promise<TestCounts>;
}

export interface StepContext {
  /** The test files that it is to run, of its own; all of them where a step is run as a whole. */
  readonly files: readonly string[];
  readonly editor: EditorInstallation;
  /** Aborted when the person has had enough. */
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;
const clientTools: readonly ToolName[] = [
  'mosquitto',
  'mosquitto_pub',
  'mosquitto_rr',
  'mosquitto_sub',
  'python3',
  'paho',
  'c_compiler',
];
const deviceTools: readonly ToolName[] = [
  ...clientTools,
  'openssl',
  'faketime',
  'mbedtls',
  'c_headers',
  'compiler',
  'libmosquitto',
  'rustc',
  'tcpdump',
  'tshark',
  'ip',
  'zeroconf',
];
const biome = 'node_modules/@biomejs/biome/bin/biome';

export const steps: readonly Step[] = [
  { name: 'build', run: () => programs({ 'the bundles build': ['esbuild.js', '--production'] }) },
  {
    name: 'types',
    run: () =>
      programs({
        'types of what runs in Node': [
          'node_modules/typescript/bin/tsc',
          '--noEmit',
          '--project',
          'tsconfig.json',
        ],
        'types of the webviews': [
          'node_modules/typescript/bin/tsc',
          '--noEmit',
          '--project',
          'src/webview/tsconfig.json',
        ],
      }),
  },
  {
    name: 'lint',
    run: () => programs({ 'lint and format': [biome, 'ci', '--colors=off', '--error-on-warnings'] }),
  },
  nodeTests('architecture', { timeoutMs: 2 * minuteMs }),
  nodeTests('runners', { timeoutMs: 2 * minuteMs }),
  nodeTests('unit', { timeoutMs: 8 * minuteMs }),
  nodeTests('conformance', { timeoutMs: 4 * minuteMs }),
  nodeTests('fuzz', { timeoutMs: byHand('FUZZ_CASES') ?? 12 * minuteMs, everyTest: true }),
  nodeTests('faults', { timeoutMs: byHand('FAULT_ROUNDS') ?? 12 * minuteMs }),
  { ...nodeTests('device', { timeoutMs: 6 * minuteMs }), tools: deviceTools },
  {
    ...nodeTests('clients', {
      timeoutMs: 4 * minuteMs,
      env: { MQTT_WORKBENCH_CLI: inRepository('dist/cli.js') },
    }),
    tools: clientTools,
    // It tests the bundle that is shipped, not its sources.
    needsBuild: true,
  },
  {
    ...nodeTests('connections', { timeoutMs: 4 * minuteMs }),
    tools: ['mosquitto', 'mosquitto_passwd', 'mosquitto_pub', 'ip', 'faketime'],
  },
  {
    name: 'vscode',
    files: 'test/vscode/suite/**/*.test.ts',
    tools: ['chromium'],
    needsEditor: true,
    needsBuild: true,
    run: ({ files, editor }) => withEditor(files, editor, () => runSuiteInsideVscode(files)),
  },
  {
    name: 'e2e',
    files: 'test/e2e/**/*.test.ts',
    tools: ['chromium', ...clientTools],
    needsEditor: true,
    run: ({ files, editor, signal }) => withEditor(files, editor, () => throughTheScreen(files, signal)),
  },
];

/** A day, for who says how long a run is to be. */
function byHand(variable: string): number | undefined {
  return process.env[variable] ? 24 * 60 * minuteMs : undefined;
}

/** Paths from the repository's root, in order. */
export function testFiles(globs: string | readonly string[]): string[] {
  return globSync(globs, { cwd: repositoryRoot, exclude: (path) => path.endsWith('node_modules') }).sort();
}

/** A folder of test/ with node:test. */
function nodeTests(name: string, options: Pick<NodeTestOptions, 'timeoutMs' | 'env' | 'everyTest'>): Step {
  const files = `test/${name}/**/*.test.ts`;
  const concurrency = availableParallelism();
  return {
    name,
    files,
    run: (context) => runNodeTests({ ...options, files: context.files, concurrency, signal: context.signal }),
  };
}

/** Each program is one check: node, with these arguments. Prints what a failed one said. */
async function programs(
  checks: Readonly<Record<string, readonly [string, ...string[]]>>,
): Promise<TestCounts> {
  const counts = noTests();
  for (const [name, [script, ...args]] of Object.entries(checks)) {
    const { exitCode, output } = await runNodeScript(inRepository(script), args);
    if (exitCode === 0) {
      counts.passed++;
      console.log(`  ${passedMark} ${name}`);
    } else {
      counts.failed.push({ name, why: output.trim() });
      console.log(`  ${failedMark} ${name}\n${output}`);
    }
  }
  return counts;
}

/** A machine that can't run VS Code's server, or show it, skips the files that need it, by name. */
async function withEditor(
  files: readonly string[],
  editor: EditorInstallation,
  run: () => Promise<TestCounts>,
): Promise<TestCounts> {
  const why = skipUnless('chromium') || editor.whyImpossible();
  if (why === undefined) {
    await editor.wait();
    return run();
  }
  const skipped = files.map((name) => ({ name, why }));
  for (const { name } of skipped) console.log(`  ${skippedMark} ${name} (skipped: ${why})`);
  return { ...noTests(), skipped };
}

/** Most of a story is waiting for what is drawn: two windows at a time, where there are cores for them; a line for each test. */
async function throughTheScreen(files: readonly string[], signal: AbortSignal): Promise<TestCounts> {
  const { exitCode, output } = await runNodeScript(inRepository('scripts/package.ts'), []);
  if (exitCode !== 0) throw new Error(`The extension could not be packaged:\n${output}`);
  console.log(`  ${output.trim().split('\n').at(-1)}`);
  return runNodeTests({
    files,
    concurrency: Math.min(2, availableParallelism()),
    timeoutMs: 20 * minuteMs,
    everyTest: true,
    signal,
  });
}
