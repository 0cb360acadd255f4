/**
 * The brokers that are measured, and how each is started: with all its listeners on loopback, its limits out of the way,
 * and, where it is asked, its store on disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from '../../src/transports/freePort.ts';
import { inRepository } from '../../test/support/repository.ts';
import { toolPath } from '../../test/support/tools.ts';
import type { Target } from '../load/loads.ts';

export type BrokerName = 'workbench' | 'mosquitto' | 'aedes' | 'sketch';

export interface BrokerOptions {
  /** Where it may put files. */
  readonly folder: string;
  /** Keeps sessions and messages in `folder`, so that a second broker of that folder takes them up. */
  readonly persists?: boolean;
}

/** Of the tests: a server certificate for loopback. */
const certificate = inRepository('test/fixtures/tls/server.crt');
const key = inRepository('test/fixtures/tls/server.key');
/** Node prints it to its standard output, mosquitto nothing at all. */
const PORTS = /^(\{.*\})\n/;

export class RunningBroker implements Target {
  readonly ports: Target['ports'];
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(child: ChildProcess, ports: Target['ports']) {
    if (child.pid === undefined) throw new Error('the broker has no process');
    this.#child = child;
    this.pid = child.pid;
    this.ports = ports;
    this.#ended =
      child.exitCode === null
        ? new Promise((resolve) => child.once('exit', () => resolve()))
        : Promise.resolve();
  }

  /** Resolves when the process is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    return this.#ended;
  }
}

export function startBroker(name: BrokerName, options: BrokerOptions): Promise<RunningBroker> {
  mkdirSync(options.folder, { recursive: true });
  switch (name) {
    case 'workbench':
      return startWorkbench(options);
    case 'mosquitto':
      return startMosquitto(options);
    case 'aedes':
      return startNode(
        [inRepository('bench/peers/aedesBroker.js'), certificate, key],
        options.folder,
        readPorts,
      );
    case 'sketch':
      return startNode([inRepository('bench/brokers/sketch.ts')], options.folder, readPorts);
  }
}

/** Our broker with somebody looking, see observed.ts. */
export function startObserved(
  look: 'none' | 'model' | 'trace',
  { folder }: BrokerOptions,
): Promise<RunningBroker> {
  mkdirSync(folder, { recursive: true });
  return startNode([inRepository('bench/brokers/observed.ts'), look], folder, readPorts);
}

/** Where a load goes beyond what the defaults allow a client on a desk. */
const limits = {
  maxSubscriptions: 100_000,
  maxConnectionsPerSecond: 0,
  maxRetainedMessages: 10_000_000,
  maxRetainedBytes: 16e9,
  maxQueuedMessages: 10_000_000,
  maxQueuedBytes: 4e9,
  maxTotalQueuedBytes: 4e9,
};

function startWorkbench({ folder, persists }: BrokerOptions): Promise<RunningBroker> {
  const file = join(folder, 'broker.json');
  const listener = { host: '127.0.0.1', port: 0 };
  const tls = { cert: certificate, key };
  const configuration = {
    listeners: [
      { kind: 'mqtt', ...listener },
      { kind: 'ws', ...listener },
      { kind: 'mqtts', ...listener, ...tls },
    ],
    limits,
    ...(persists && { persist: join(folder, 'store') }),
  };
  writeFileSync(file, JSON.stringify(configuration));
  const args = [inRepository('dist/cli.js'), 'broker', '--json', '--config', file];
  return startNode(args, folder, (line) => {
    const { listeners }: { listeners: { kind: string; port: number }[] } = JSON.parse(line);
    return Object.fromEntries(listeners.map(({ kind, port }) => [kind, port]));
  });
}

/** @param read the ports in the first line that it prints. */
async function startNode(
  args: readonly string[],
  folder: string,
  read: (line: string) => Target['ports'],
): Promise<RunningBroker> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', logOf(folder)] });
  const { stdout } = child;
  if (stdout === null) throw new Error('the broker has no output');
  let output = '';
  const line = await new Promise<string>((resolve, reject) => {
    stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const first = PORTS.exec(output)?.[1];
      if (first !== undefined) resolve(first);
    });
    child.once('exit', () =>
      reject(new Error(`${args[0]} ended at once: ${readFileSync(logPath(folder), 'utf8')}`)),
    );
  });
  return new RunningBroker(child, read(line));
}

/** Every broker logs what it logs by default, into a file: a pipe would cost the bench the reading of it. */
function logOf(folder: string): number {
  return openSync(logPath(folder), 'a');
}

function logPath(folder: string): string {
  return join(folder, 'log');
}

function readPorts(line: string): Target['ports'] {
  return JSON.parse(line);
}

async function startMosquitto({ folder, persists }: BrokerOptions): Promise<RunningBroker> {
  const mqtt = await findFreePort('127.0.0.1', 20_000 + Math.floor(Math.random() * 10_000));
  const mqtts = await findFreePort('127.0.0.1', mqtt);
  const ws = await findFreePort('127.0.0.1', mqtts);
  const file = join(folder, 'mosquitto.conf');
  const lines = [
    'user root',
    'log_dest stderr',
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'max_queued_messages 0',
    `listener ${mqtt} 127.0.0.1`,
    `listener ${mqtts} 127.0.0.1`,
    `certfile ${certificate}`,
    `keyfile ${key}`,
    `listener ${ws} 127.0.0.1`,
    'protocol websockets',
  ];
  if (persists) {
    const store = `${join(folder, 'store')}/`;
    mkdirSync(store, { recursive: true });
    // Saves at each change: the nearest it comes to keeping what it acknowledged.
    lines.push(
      'persistence true',
      `persistence_location ${store}`,
      'autosave_on_changes true',
      'autosave_interval 1',
    );
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn(toolPath('mosquitto'), ['-c', file], { stdio: ['ignore', 'ignore', logOf(folder)] });
  const broker = new RunningBroker(child, { mqtt, mqtts, ws });
  for (const port of [mqtt, mqtts, ws]) await untilListening(port, child);
  return broker;
}

const POLL_MS = 5;

/** mosquitto says nothing when it is up. */
async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended at once with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether someone listens there now. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
