/**
 * Which process listens on a port, where the system tells: for "port 1883 is in use by mosquitto".
 *
 * Asks Linux through /proc, macOS through lsof, Windows through netstat and tasklist. A system that does not tell (no
 * rights, no tool, another system) is an ordinary answer: undefined. Never throws.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export interface PortOwner {
  pid: number;
  /** `mosquitto`, `node`. */
  name: string;
}

const runFile = promisify(execFile);

/** State of a listening socket in /proc/net/tcp. */
const TCP_LISTEN = '0A';

/** @param port 1 to 65,535. */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  try {
    switch (process.platform) {
      case 'linux':
        return await findOnLinux(port);
      case 'darwin':
        return await findOnMacOs(port);
      case 'win32':
        return await findOnWindows(port);
      default:
        return undefined;
    }
  } catch {
    // The tool is missing or refused: the system does not tell.
    return undefined;
  }
}

async function findOnLinux(port: number): Promise<PortOwner | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || !(await hasSocket(pid, inodes))) continue;
    return { pid, name: await programName(pid) };
  }
  return undefined;
}

/** Inodes of the sockets in a /proc/net/tcp table that listen on the port. Exported for its test. */
export function listeningInodes(table: string, port: number): string[] {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, localAddress, , state]) => localAddress?.endsWith(`:${portHex}`) && state === TCP_LISTEN)
    .flatMap((columns) => columns[9] ?? []);
}

async function hasSocket(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Another user's process, or one that has just ended, has nothing to show.
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

/** The file that runs, rather than `comm`: that is the name of a thread, and Node calls its own "MainThread". */
async function programName(pid: number): Promise<string> {
  const file = await readlink(`/proc/${pid}/exe`);
  return basename(file).replace(/ \(deleted\)$/, '');
}

async function readOrEmpty(path: string): Promise<string> {
  // A system without IPv6 has no tcp6.
  return readFile(path, 'utf8').catch(() => '');
}

async function findOnMacOs(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await runFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  return parseLsof(stdout);
}

/** Fields of `lsof -Fpc`: a line `p<pid>`, then a line `c<name>`. Exported for its test. */
export function parseLsof(output: string): PortOwner | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined || name === undefined ? undefined : { pid: Number(pid), name };
}

async function findOnWindows(port: number): Promise<PortOwner | undefined> {
  const { stdout: table } = await runFile('netstat', ['-ano', '-p', 'TCP']);
  const pid = parseNetstat(table, port);
  if (pid === undefined) return undefined;
  const { stdout: tasks } = await runFile('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh']);
  const name = /^"([^"]+)"/m.exec(tasks)?.[1];
  return name === undefined ? undefined : { pid, name };
}

/** The words of netstat's state column are translated; a listener is told by its foreign port 0. Exported for its test. */
export function parseNetstat(table: string, port: number): number | undefined {
  for (const line of table.split('\n')) {
    const [protocol, local, foreign, , pid] = line.trim().split(/\s+/);
    if (protocol === 'TCP' && local?.endsWith(`:${port}`) && foreign?.endsWith(':0')) return Number(pid);
  }
  return undefined;
}
