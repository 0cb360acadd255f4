/**
 * Brings node_modules up to date with package-lock.json, and does nothing, at once, when it already is. Then runs the
 * script that it is told to, under the Node 24 that it installed:
 *
 *     node scripts/install.js [--then SCRIPT [ARGUMENT…]]
 *
 * `--then` rather than `&&` in package.json: a shell remembers where it found `node` the first time, so after `&&` a
 * fresh clone would still run the machine's Node.
 *
 * Plain JavaScript on Node's own modules: it is the one file that must run on Node 20 with nothing installed.
 */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './support/npm.js';
import { showProgress } from './support/progress.js';

const oldestNodeMajor = 20;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binFolder = join(root, 'node_modules/.bin');
const node24 = join(root, 'node_modules/node/bin/node');

/** @typedef {{ version: string, optional?: boolean }} LockedPackage */

/** Throws one clear sentence when npm fails. */
async function bringUpToDate() {
  if (isUpToDate()) return;
  const progress = showProgress('Installing the npm packages that package-lock.json names');
  try {
    await runNpm(['ci'], { cwd: root, onFetched: (packages) => progress.update(`${packages} packages`) });
  } catch (error) {
    progress.done('failed');
    throw error;
  }
  progress.done();
}

/**
 * npm writes what it has installed, last of all, to node_modules/.package-lock.json. It holds against the lockfile when
 * each side names nothing that the other lacks; a package for another platform is optional, and not installed.
 */
function isUpToDate() {
  const installedPath = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedPath) || !existsSync(node24)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedPath);
  delete wanted[''];
  return (
    Object.entries(installed).every(([path, { version }]) => wanted[path]?.version === version) &&
    Object.entries(wanted).every(
      ([path, { version, optional }]) => optional || installed[path]?.version === version,
    )
  );
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage>}
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * Runs a script to its end with our terminal, and ends as it does. The terminal sends Ctrl+C to both of us; what comes
 * to this process alone is handed on.
 *
 * @param {string[]} scriptAndArguments
 */
function runThen(scriptAndArguments) {
  const PATH = [binFolder, process.env.PATH].join(delimiter);
  const child = spawn(node24, scriptAndArguments, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH },
  });
  process.on('SIGINT', () => {
    // The script has it too, and decides.
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) {
    // npm hands a signal to the shell between us, which ends without handing it on: all that is left of it to see is
    // that our parent changes.
    const { ppid } = process;
    const watch = setInterval(() => process.ppid !== ppid && child.kill('SIGTERM'), 250);
    child.on('exit', () => clearInterval(watch));
  }
  child.on('error', (error) => fail(`${node24} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < oldestNodeMajor) {
  fail(
    `This needs Node ${oldestNodeMajor} or newer to install, and found ${process.version}: see https://nodejs.org`,
  );
}
const [option, ...then] = process.argv.slice(2);
if (option !== undefined && (option !== '--then' || then.length === 0)) {
  fail('usage: node scripts/install.js [--then SCRIPT [ARGUMENT…]]');
}
try {
  await bringUpToDate();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
if (then.length > 0) runThen(then);
