/** What was measured, and on what. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { inRepository } from '../test/support/repository.ts';
import { hasTool, toolPath } from '../test/support/tools.ts';
import type { Machine } from './report/runs.ts';

const ABSENT = 'none';

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() || 'unknown',
    cores: cores.length,
    node: process.versions.node,
    mosquitto: mosquittoVersion(),
    aedes: packageVersion('bench/peers/node_modules/aedes/package.json'),
    workbench: packageVersion('package.json'),
  };
}

function mosquittoVersion(): string {
  if (!hasTool('mosquitto')) return ABSENT;
  // Its help begins with its version; the exit code is that of a wrong usage.
  const { stdout } = spawnSync(toolPath('mosquitto'), ['-h'], { encoding: 'utf8' });
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

function packageVersion(path: string): string {
  if (!existsSync(inRepository(path))) return ABSENT;
  const { version }: { version: string } = JSON.parse(readFileSync(inRepository(path), 'utf8')); // npm's field
  return version;
}
