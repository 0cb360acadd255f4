/**
 * A program that a test starts, reads and ends: real clients, real brokers, our own command line.
 *
 * Waits on what the program prints or on its end, never on time; one that hangs is killed, and fails the test that waits
 * with what was printed, long before the runner ends all tests. It ends with the test that started it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { cleanEnvironment } from './environment.ts';

/** Who a program ends with at the latest: a `TestContext` is one. */
export interface Owner {
  after(end: () => Promise<unknown>): void;
}

export interface ProgramEnd {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** No program takes so long to print a line or to end, on the slowest machine. */
const PATIENCE_MS = 120_000;

export class Program {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #stdout = '';
  #stderr = '';
  #waiting: (() => void)[] = [];
  #ended: ProgramEnd | undefined;
  readonly ended: Promise<ProgramEnd>;

  static start(owner: Owner, command: string, args: readonly string[]): Program {
    const program = new Program(command, args);
    owner.after(() => program.end('SIGKILL'));
    return program;
  }

  private constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wakeAll();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wakeAll();
    });
    // A program that ends without reading its input is no concern of the test.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode, signal) => {
        this.#ended = { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr };
        this.#wakeAll();
        resolve(this.#ended);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Writes to the program's input and closes it. */
  feed(input: string): void {
    this.#child.stdin.end(input);
  }

  /** Resolves with the first match in what was or will be printed. Rejects when the program ends before, or hangs. */
  waitFor(output: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    return this.#unlessItHangs(this.#matchIn(output, pattern), `print ${pattern}`);
  }

  /** Sends the signal, by the process id, and waits until the program is gone. Rejects when it hangs. */
  async end(signal: NodeJS.Signals): Promise<ProgramEnd> {
    if (this.#ended !== undefined) return this.#ended;
    this.#child.kill(signal);
    return this.#unlessItHangs(this.ended, `end at ${signal}`);
  }

  async #matchIn(output: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(output === 'stdout' ? this.#stdout : this.#stderr);
      if (match !== null) return match;
      if (this.#ended !== undefined)
        throw new Error(`ended without ${pattern}: ${JSON.stringify(this.#ended)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** @param deed what it is to do. */
  async #unlessItHangs<T>(awaited: Promise<T>, deed: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        const printed = JSON.stringify({ stdout: this.#stdout, stderr: this.#stderr });
        const command = this.#child.spawnargs.join(' ');
        reject(new Error(`${command} did not ${deed} in ${PATIENCE_MS / 1000} s. It printed ${printed}`));
      }, PATIENCE_MS);
    });
    try {
      return await Promise.race([awaited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** Runs a program to its end. */
export function run(owner: Owner, command: string, args: readonly string[], input = ''): Promise<ProgramEnd> {
  const program = Program.start(owner, command, args);
  program.feed(input);
  return program.ended;
}
