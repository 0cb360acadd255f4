/** Moves a file that can't be used out of the way, with what belongs to it: never deleted, never written over. */
import { existsSync, renameSync } from 'node:fs';

/** What SQLite keeps beside a file: logs, which may hold what the file does not have yet, and the index of one. */
const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/**
 * @param nowMs wall clock, for the new name: `FILE.broken-2026-01-31T12-00-00Z`.
 * @returns the new path. A companion is at the new path with its ending.
 * @throws what the file system throws.
 */
export function setAside(file: string, nowMs: number): string {
  const time = new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-'); // no colons on Windows
  let target = `${file}.broken-${time}`;
  for (let number = 2; isTaken(target); number++) target = `${file}.broken-${time}-${number}`;
  // The file first: a log whose file is gone is noticed at the next start, a file whose log is gone is not.
  for (const ending of ['', ...COMPANIONS])
    if (existsSync(file + ending)) renameSync(file + ending, target + ending);
  return target;
}

function isTaken(path: string): boolean {
  return ['', ...COMPANIONS].some((ending) => existsSync(path + ending));
}
