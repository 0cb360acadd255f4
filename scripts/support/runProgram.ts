/** Runs a program to its end. Its output comes in order, both streams together: shown as it comes, or returned. */

import { spawn } from 'node:child_process';
import { repositoryRoot } from '../../test/support/repository.ts';

export interface ProgramRun {
  readonly exitCode: number;
  readonly output: string;
}

export interface ProgramRunOptions {
  /** Over our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Rejects only when the program cannot be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env = {} }: ProgramRunOptions = {},
): Promise<ProgramRun> {
  const child = spawn(command, args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/** A program of an npm package that is a Node script, under the Node that runs this. */
export function runNodeScript(path: string, args: readonly string[]): Promise<ProgramRun> {
  return runProgram(process.execPath, [path, ...args]);
}
