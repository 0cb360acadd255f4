/**
 * The other end of `startLeashed`: runs one command, and ends the whole process group when its standard input closes.
 * The operating system closes that pipe however the owner ends, by an exception or a SIGKILL too, so nothing that a
 * test started can outlive it. Started detached, it leads the group; POSIX only.
 */

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

const graceMs = 3000;
/** A pipe to the owner, for the exit code: this process itself always ends by a signal. */
const exitCodeFd = 3;
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: node leash.ts COMMAND [ARGUMENT…]');

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  console.error(`cannot start ${command}: ${error.message}`);
  process.exit(127);
});
// Once the command has ended, what it left behind ends with it, and so does this process.
child.on('exit', (code) => {
  writeSync(exitCodeFd, String(code ?? ''));
  endGroupNow();
});

process.on('SIGTERM', () => {
  // Sent by ourselves to the group below: the leader waits for the others.
});
process.stdin.on('end', () => {
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(endGroupNow, graceMs);
});
process.stdin.resume();

function endGroupNow(): void {
  process.kill(-process.pid, 'SIGKILL');
}
