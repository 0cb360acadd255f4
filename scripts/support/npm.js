/**
 * Runs npm with the Node that npm belongs to. A distribution's npm finds its libraries only under the distribution's own
 * Node, so the Node 24 of node_modules must not run it, although it comes first on the PATH of every npm script.
 *
 * Plain JavaScript: install.js needs it before there is a Node that runs TypeScript.
 */

import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { createInterface } from 'node:readline';

const fetchedLine = /^npm http (fetch GET 200|cache) \S+\.tgz/;
const keptLines = 40;

/**
 * @typedef {object} NpmOptions
 * @property {string} cwd The folder of the package.json.
 * @property {Record<string, string>} [env] Over our own environment.
 * @property {(packages: number) => void} [onFetched] Called with the number of packages fetched so far.
 * @property {(line: string) => void} [onLine] Called for each line that npm prints.
 */

/**
 * Resolves when npm has ended well; else rejects with an Error whose message ends with what npm said.
 *
 * @param {string[]} args
 * @param {NpmOptions} options
 * @returns {Promise<void>}
 */
export function runNpm(args, { cwd, env, onFetched, onLine }) {
  const npm = npmCommand();
  const quiet = ['--loglevel=http', '--no-audit', '--no-fund', '--no-update-notifier'];
  const child = spawn(npm.command, [...npm.args, ...args, ...quiet], {
    cwd,
    env: { ...process.env, PATH: machinePath(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: npm.needsShell,
  });
  const endWithUs = () => child.kill();
  process.once('exit', endWithUs);
  /** @type {string[]} */
  const lines = [];
  let fetched = 0;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine?.(line);
      if (fetchedLine.test(line)) onFetched?.(++fetched);
      if (line.startsWith('npm http')) return;
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`npm cannot be started: ${error.message}`)));
    child.on('close', (code) => {
      process.off('exit', endWithUs);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} in ${cwd} failed (exit ${code}):\n${lines.join('\n')}`));
    });
  });
}

/** In an npm script, npm says where it and its Node are; else it is the one on the PATH. */
function npmCommand() {
  const { npm_execpath: npmPath, npm_node_execpath: nodePath } = process.env;
  const isNpm = npmPath !== undefined && /npm-cli\.c?js$/.test(npmPath);
  if (isNpm && nodePath !== undefined) return { command: nodePath, args: [npmPath], needsShell: false };
  const isWindows = process.platform === 'win32';
  return { command: isWindows ? 'npm.cmd' : 'npm', args: [], needsShell: isWindows };
}

/** The PATH as it was before npm put the folders of installed packages ahead of it. */
function machinePath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const machineNode = process.env.npm_node_execpath;
  const ahead = machineNode === undefined ? [] : [dirname(machineNode)];
  return [...ahead, ...folders.filter((folder) => !/node_modules[\\/]\.bin$/.test(folder))].join(delimiter);
}
