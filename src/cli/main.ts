/** The program dist/cli.js: gives runCli the process that it runs in. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAX_DELAY_MS } from '../base/clock.ts';
import { createPasswordSource } from './passwordSource.ts';
import { runCli } from './runCli.ts';
import { createTerminal } from './terminal.ts';

const PACKAGE_NAME = 'mqtt-workbench';

const terminal = createTerminal(process.stdout, process.stderr, Date.now);

// Who started the broker may stop to read what it says; that is no reason to end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

runCli(process.argv.slice(2), {
  terminal,
  printProblem: (line) => process.stderr.write(`${line}\n`),
  version: findVersion(),
  passwords: createPasswordSource(process.stdin, process.stderr),
  untilStopped,
}).then((exitCode) => process.exit(exitCode));
// However it ends: also when a bug throws.
process.on('exit', () => terminal.flush());

/** A second signal, while the broker stops, ends the process at once: Node's own handling is back by then. */
function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    // A fault may close every port for a while, and Node ends a process that waits for nothing.
    const alive = setInterval(() => undefined, MAX_DELAY_MS);
    const onSignal = (signal: NodeJS.Signals): void => {
      clearInterval(alive);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      resolve(signal);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

/** From the package that this program is part of: one folder up from dist/, two from src/cli/. */
function findVersion(): string {
  let folder = dirname(realpathSync(process.argv[1] ?? '.'));
  for (;;) {
    const version = versionIn(folder);
    if (version !== undefined) return version;
    const parent = dirname(folder);
    if (parent === folder) return 'unknown';
    folder = parent;
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const manifest: { name?: string; version?: string } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    return manifest.name === PACKAGE_NAME ? manifest.version : undefined;
  } catch {
    // No package.json here, or somebody else's broken one: the folder above may be ours.
    return undefined;
  }
}
