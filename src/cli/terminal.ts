/**
 * Where the command line writes: results to the standard output, the log to the standard error output.
 *
 * Log lines of one turn of the event loop leave in one write: a flood of connections costs a line of text each, not a
 * system call.
 */
import type { LogLevel } from '../observation/brokerLog.ts';

export interface Terminal {
  print(text: string): void;
  log(level: LogLevel, message: string): void;
  /** Writes what waits. Before the process ends. */
  flush(): void;
}

interface Output {
  write(text: string): unknown;
}

export function createTerminal(stdout: Output, stderr: Output, nowMs: () => number): Terminal {
  let waiting = '';
  let stampedMs = Number.NaN;
  let stamp = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '') stderr.write(text);
  };
  return {
    print: (text) => {
      stdout.write(text);
    },
    log: (level, message) => {
      if (waiting === '') setImmediate(flush);
      const atMs = nowMs();
      // Lines of one flood share their time: to write it out took longer than the rest of a line.
      if (atMs !== stampedMs) stamp = new Date(atMs).toISOString();
      stampedMs = atMs;
      waiting += `${stamp} ${level.padEnd(5)} ${message}\n`;
    },
    flush,
  };
}
