/**
 * Where the suite inside VS Code begins: bundled to out/test/vscode/index.js, called by VS Code in its extension host.
 * Runs every *.test.js beside it, and writes what came out to the file that MQTT_WORKBENCH_SUITE_RESULT names.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import { join } from 'node:path';
import Mocha from 'mocha';
import { noTests, type TestCounts } from '../support/testCounts.ts';
import { suiteLinePrefix } from './suiteLine.ts';

const testTimeoutMs = 30_000;

/** Rejects when a test failed, which is how VS Code learns of it. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const resultPath = process.env.MQTT_WORKBENCH_SUITE_RESULT;
  if (resultPath === undefined) throw new Error('MQTT_WORKBENCH_SUITE_RESULT names no file for the result');

  const counts = noTests();
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeoutMs, reporter: reporterInto(counts) });
  for (const name of readdirSync(import.meta.dirname)) {
    if (name.endsWith('.test.js')) mocha.addFile(join(import.meta.dirname, name));
  }
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
  writeFileSync(resultPath, JSON.stringify(counts));
  if (counts.failed.length > 0) throw new Error(`${counts.failed.length} failed`);
}

/** A class that mocha makes, so the counts come in around it. */
function reporterInto(counts: TestCounts): new (runner: Mocha.Runner) => Mocha.reporters.Base {
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner) {
      super(runner);
      runner.on('pass', (test) => {
        counts.passed++;
        say(`✔ ${test.fullTitle()} (${test.duration ?? 0} ms)`);
      });
      runner.on('pending', (test) => {
        counts.skipped.push({ name: test.fullTitle(), why: 'skipped in its source' });
        say(`– ${test.fullTitle()} (skipped)`);
      });
      // A hook that fails comes here too, and counts as the test that it kept from running.
      runner.on('fail', (test, error: Error) => {
        const why = inSources(error.stack ?? error.message);
        counts.failed.push({ name: test.fullTitle(), why });
        say(`✖ ${test.fullTitle()}\n${why}`);
      });
    }
  };
}

/** The console is all that VS Code hands out of the extension host, and everything else there writes to it too. */
function say(text: string): void {
  for (const line of text.split('\n')) console.log(`${suiteLinePrefix}${line}`);
}

/** VS Code prints stacks in its own way, in which Node's source maps have no part. */
function inSources(stack: string): string {
  return stack.replace(
    /\((\/\S+\.test\.js):(\d+):(\d+)\)/g,
    (place, path: string, line: string, column: string) => {
      const origin = findSourceMap(path)?.findOrigin(Number(line), Number(column));
      return origin && 'fileName' in origin
        ? `(${origin.fileName}:${origin.lineNumber}:${origin.columnNumber})`
        : place;
    },
  );
}
