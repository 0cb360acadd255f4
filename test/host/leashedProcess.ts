/**
 * Starts a program that cannot outlive this process, and hands out what it prints, line by line. The promise is kept by
 * leash.ts, a small process between the two; here is only its owner's side.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inRepository } from '../support/repository.ts';

export interface LeashedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called for each line of output and error output. */
  readonly onLine?: (line: string) => void;
}

export interface LeashedProcess {
  /**
   * Resolves when the program and all that it started are gone, whoever ended them: with the exit code, or `undefined`
   * when the program was ended by a signal.
   */
  readonly ended: Promise<number | undefined>;
  /** The last lines that it printed, for a message about a failure. */
  recentOutput(): string;
  /** Resolves with the first match in what it has printed or will print; rejects when it ends before. */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks the whole group to end (SIGTERM), insists after 3 seconds (SIGKILL), and waits until it is gone. */
  end(): Promise<void>;
}

const keptLines = 200;

export function startLeashed({ command, args, env, cwd, onLine }: LeashedProcessOptions): LeashedProcess {
  const leash = spawn(process.execPath, [inRepository('test/host/leash.ts'), command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const takeLine = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    onLine?.(line);
    for (const listener of listeners) listener(line);
  };
  createInterface({ input: leash.stdout }).on('line', takeLine);
  createInterface({ input: leash.stderr }).on('line', takeLine);
  // The pipe breaks when the leash is already gone; `ended` says so.
  leash.stdin.on('error', () => {});

  let exitCode = '';
  leash.stdio[3]?.on('data', (chunk: Buffer) => {
    exitCode += chunk.toString();
  });
  const ended = new Promise<number | undefined>((resolve) => {
    leash.on('close', () => resolve(exitCode === '' ? undefined : Number(exitCode)));
    leash.on('error', () => resolve(undefined));
  });
  const recentOutput = (): string => lines.join('\n');

  return {
    ended,
    recentOutput,
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (line: string): void => {
          const match = pattern.exec(line);
          if (!match) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        for (const line of lines) look(line);
        void ended.then(() =>
          reject(new Error(`${command} ended before it printed ${pattern}:\n${recentOutput()}`)),
        );
      }),
    end: async () => {
      leash.stdin.end();
      await ended;
    },
  };
}
