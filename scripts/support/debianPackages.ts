/**
 * Brings the programs that the tests need from Debian's packages, when this is root on Debian; else says in one line how.
 * Never rejects for a package that can't be had: what it keeps from running is counted and named as skipped.
 */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { debianPackagesFor, hasTool, type ToolName } from '../../test/support/tools.ts';
import { showProgress } from './progress.js';
import { runProgram } from './runProgram.ts';

const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
const policyPath = '/usr/sbin/policy-rc.d';

export async function installMissingTools(names: readonly ToolName[]): Promise<void> {
  const missing = names.filter((name) => !hasTool(name));
  if (missing.length === 0) return;
  const packages = debianPackagesFor(missing);
  if (!canInstall()) {
    console.log(`Not found: ${missing.join(', ')}. On Debian: sudo apt-get install ${packages.join(' ')}\n`);
    return;
  }
  const progress = showProgress(`Installing from Debian's packages: ${packages.join(', ')}`);
  const failure = await withoutStartingServices(() => install(packages));
  progress.done(failure === undefined ? 'done' : `failed: ${failure}`);
}

function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Returns what apt-get complained of, when it did. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { exitCode, output } = await runProgram('apt-get', ['-q', ...args], { env: quiet });
    if (exitCode !== 0) return output.trim().split('\n').at(-1);
  }
  return undefined;
}

/** Debian starts a server that it installs: mosquitto would sit on port 1883, which is the extension's own default. */
async function withoutStartingServices<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(policyPath)) return work();
  writeFileSync(policyPath, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policyPath);
  }
}
