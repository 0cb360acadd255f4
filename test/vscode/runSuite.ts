/** Bundles the suite inside VS Code, runs it in a real one without a desktop, and returns what came out. */

import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runExtensionHostSuite } from '../host/extensionHostSuite.ts';
import { inRepository, outFolder } from '../support/repository.ts';
import type { TestCounts } from '../support/testCounts.ts';
import { suiteLinePrefix } from './suiteLine.ts';

/** A whole run takes about ten seconds. */
const timeoutMs = 180_000;

/**
 * Runs these test files, of suite/, by their paths from the repository's root. Needs the extension to be built. Prints what the suite says; out/vscode-suite.log has what VS Code said besides.
 * Rejects when the suite could not be run to its end.
 */
export async function runSuiteInsideVscode(files: readonly string[]): Promise<TestCounts> {
  const testsFolder = await bundleSuite(files);
  const log = createWriteStream(join(outFolder, 'vscode-suite.log'));
  const workspaceFolder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-suite-'));
  const resultPath = join(testsFolder, 'result.json');
  try {
    const exitCode = await runExtensionHostSuite({
      extensionFolder: inRepository(),
      testsFolder,
      workspaceFolder,
      env: { MQTT_WORKBENCH_SUITE_RESULT: resultPath },
      timeoutMs,
      onLine: (line) => {
        log.write(`${line}\n`);
        if (line.startsWith(suiteLinePrefix)) console.log(`  ${line.slice(suiteLinePrefix.length)}`);
      },
    });
    if (!existsSync(resultPath))
      throw new Error(`The suite broke off (exit ${exitCode}) before it had a result: see ${log.path}`);
    // Written by index.ts, beside this file.
    return JSON.parse(readFileSync(resultPath, 'utf8')) as TestCounts;
  } finally {
    log.end();
    rmSync(workspaceFolder, { recursive: true, force: true });
  }
}

/** One bundle per test file, and one that runs them. Returns their folder. */
async function bundleSuite(files: readonly string[]): Promise<string> {
  const outdir = join(outFolder, 'test/vscode');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: inRepository(),
    entryPoints: ['test/vscode/index.ts', ...files],
    outdir,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'linked',
    mainFields: ['module', 'main'],
    // Mocha finds its own files at run time; `vscode` is VS Code itself.
    external: ['vscode', 'mocha', 'bufferutil', 'utf-8-validate'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  });
  return outdir;
}
