/**
 * The broker as a user starts it: `broker --port 0 --json` in a process of its own.
 *
 * Runs src/cli/main.ts, which needs no build; MQTT_WORKBENCH_CLI names another program, as dist/cli.js.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type Owner, Program, type ProgramEnd } from './program.ts';
import { inRepository } from './repository.ts';

const READY = /^(\{"event":"listening".*\})\n/;

export type ListenerKind = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export const cliProgram = process.env.MQTT_WORKBENCH_CLI ?? inRepository('src/cli/main.ts');

/** Starts the command line with any arguments. */
export function startCli(owner: Owner, args: readonly string[]): Program {
  return Program.start(owner, process.execPath, [cliProgram, ...args]);
}

export class CliBroker {
  readonly program: Program;
  readonly #ports: ReadonlyMap<string, number>;

  /** Resolves when every listener is up. */
  static async start(owner: Owner, args: readonly string[] = []): Promise<CliBroker> {
    const program = startCli(owner, ['broker', '--port', '0', '--json', ...args]);
    const [, line = ''] = await program.waitFor('stdout', READY);
    const ready: { listeners: { kind: string; port: number }[] } = JSON.parse(line);
    return new CliBroker(program, new Map(ready.listeners.map(({ kind, port }) => [kind, port])));
  }

  private constructor(program: Program, ports: ReadonlyMap<string, number>) {
    this.program = program;
    this.#ports = ports;
  }

  port(kind: ListenerKind): number {
    const port = this.#ports.get(kind);
    if (port === undefined) throw new Error(`this broker has no ${kind} listener`);
    return port;
  }

  /** Resolves with the first line of the log that matches: the way to know that a client has subscribed. */
  waitForLog(pattern: RegExp): Promise<RegExpExecArray> {
    return this.program.waitFor('stderr', pattern);
  }

  stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<ProgramEnd> {
    return this.program.end(signal);
  }
}

/**
 * One broker for all tests of the suite, or file, that calls this: up before the first, and gone after the last. It
 * must have met no fault by then, neither of a client nor of its own.
 */
export function brokerOfSuite(args: readonly string[] = []): () => CliBroker {
  const ends: (() => Promise<unknown>)[] = [];
  let broker: CliBroker | undefined;
  before(async () => {
    broker = await CliBroker.start({ after: (end) => ends.push(end) }, args);
  });
  after(async () => {
    const end = await broker?.stop();
    await Promise.all(ends.map((kill) => kill()));
    assert.equal(end?.exitCode, 0);
    assert.doesNotMatch(end?.stderr ?? '', /^\S+ error /m);
  });
  return () => {
    assert.ok(broker, 'the broker is up from the first test on');
    return broker;
  };
}
