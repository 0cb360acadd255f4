/**
 * Where the command line writes: results to the standard output, the log to the standard error output.
 *
 * Log lines of one turn of the event loop leave in one write, and those that follow soon wait for each other: a flood of
 * connections costs a line of text each, not a system call. What a device, a file or a system wrote into a line is escaped
 * here, whoever words it.
 */
import { printable } from '../base/printable.ts';
import type { LogLevel } from '../observation/brokerLog.ts';

export interface Terminal {
  print(text: string): void;
  /** @param message one line: a line end in it is escaped as other control characters are. */
  log(level: LogLevel, message: string): void;
  /** Writes what waits. Before the process ends. */
  flush(): void;
}

interface Output {
  write(text: string): unknown;
}

/** How soon after a write the next one comes at the soonest, milliseconds. */
const PAUSE_MS = 20;

export function createTerminal(stdout: Output, stderr: Output, nowMs: () => number): Terminal {
  let waiting = '';
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let stampedMs = Number.NaN;
  let stamp = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text === '') return;
    writtenAtMs = nowMs();
    stderr.write(text);
  };
  const planFlush = (atMs: number): void => {
    // A clock that was set back says that the last write is long to come: then it is no reason to wait.
    const isSoon = atMs >= writtenAtMs && atMs - writtenAtMs < PAUSE_MS;
    if (isSoon) setTimeout(flush, PAUSE_MS);
    else setImmediate(flush);
  };
  return {
    print: (text) => {
      stdout.write(text);
    },
    log: (level, message) => {
      const atMs = nowMs();
      if (waiting === '') planFlush(atMs);
      // Lines of one flood share their time: to write it out took longer than the rest of a line.
      if (atMs !== stampedMs) stamp = new Date(atMs).toISOString();
      stampedMs = atMs;
      waiting += `${stamp} ${level.padEnd(5)} ${printable(message)}\n`;
    },
    flush,
  };
}
