/** What another process has used, as Linux tells it: all of its threads, children excluded. */
import { readdirSync, readFileSync } from 'node:fs';

export const BYTES_PER_MEGABYTE = 1024 * 1024;

/** CPU time so far, seconds, user and system together; of the threads that still run, to the nanosecond. */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const schedstat = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    nanoseconds += Number(schedstat.split(' ', 1)[0]);
  }
  return nanoseconds / 1e9;
}

/** Resident memory that belongs to the process alone, bytes: what a file or another process shares does not grow it. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`the system does not tell the memory of process ${pid}`);
  return Number(kilobytes) * 1024;
}
