/**
 * Two machines on one cable, as network namespaces of Linux: what is sent there reaches nobody else, multicast included.
 *
 * Needs root. The namespaces have names of their own, and are gone with the test, with everything that is in them.
 */
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { type Owner, Program } from '../support/program.ts';
import { skipUnless, type ToolName, toolPath } from '../support/tools.ts';

export interface Machine {
  readonly address: string;
  start(owner: Owner, command: string, args: readonly string[]): Program;
  /** As who pulls the cable out, and puts it in again. */
  setLink(state: 'up' | 'down'): void;
}

const COMMAND_TIMEOUT_MS = 10_000;
const MAX_TRIES = 1_000;
let made = 0;

/** For a test's options: the reason why it can't have networks of its own, or lacks a tool. */
export function skipUnlessSeparate(...names: ToolName[]): string | false {
  const missing = skipUnless('ip', ...names);
  if (missing !== false) return missing;
  try {
    ip('netns', 'add', nameOf('probe'));
    ip('netns', 'delete', nameOf('probe'));
    return false;
  } catch (error) {
    return `network namespaces can't be made here: ${error instanceof Error ? error.message.trim() : error}`;
  }
}

/** `board` and `desk`, connected, with 192.0.2.1 and 192.0.2.2. */
export function separateNetwork(owner: Owner): { board: Machine; desk: Machine } {
  made += 1;
  const [board, desk] = [nameOf(`${made}-board`), nameOf(`${made}-desk`)];
  owner.after(async () => {
    for (const name of [board, desk]) ip('netns', 'delete', name);
  });
  for (const name of [board, desk]) ip('netns', 'add', name);
  // Made inside: the machine's own namespace never has an end of this cable.
  ip('-n', board, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', desk);
  for (const [name, address] of [
    [board, '192.0.2.1'],
    [desk, '192.0.2.2'],
  ] as const) {
    ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
  for (const name of [board, desk]) waitForCarrier(name);
  return { board: machine(board, '192.0.2.1'), desk: machine(desk, '192.0.2.2') };
}

/** The kernel says a moment later that a link is up, and until then it is none for who lists them. */
function waitForCarrier(name: string): void {
  for (let tries = 0; tries < MAX_TRIES; tries++)
    if (/ state UP /.test(ip('-n', name, 'link', 'show', 'eth0'))) return;
  throw new Error(`the link of ${name} does not come up`);
}

function machine(name: string, address: string): Machine {
  return {
    address,
    // `ip` becomes the program: its process id is the program's.
    start: (owner, command, args) =>
      Program.start(owner, toolPath('ip'), ['netns', 'exec', name, command, ...args]),
    setLink: (state) => void ip('-n', name, 'link', 'set', 'eth0', state),
  };
}

function nameOf(part: string): string {
  return `mqttwb-${process.pid}-${part}`;
}

function ip(...args: string[]): string {
  return execFileSync(toolPath('ip'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
    encoding: 'utf8',
  });
}

/** As devices see this machine, whose host name the namespaces have too. */
export const localHost = `${hostname().split('.')[0]}.local`;
