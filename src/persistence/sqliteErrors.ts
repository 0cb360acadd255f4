/** What SQLite's errors mean to a broker: which are the disk's fault, which the file's, and which are bugs. */

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const ERROR = 1;
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const NOMEM = 7;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const AUTH = 23;
const NOTADB = 26;

/**
 * `full`: no room on the disk. `inUse`: another process has the file. `broken`: it is not, or no longer, what SQLite
 * wrote. `unusable`: the machine does not let us read or write it. `mismatch`: the statement does not fit the tables.
 */
export type SqliteFault = { kind: 'full' | 'inUse' | 'broken' | 'unusable' | 'mismatch'; message: string };

/** Undefined for anything else that was thrown: a bug. */
export function sqliteFaultOf(error: unknown): SqliteFault | undefined {
  if (!isSqliteError(error)) return undefined;
  const kind = kinds.get(error.errcode & 0xff);
  return kind === undefined ? undefined : { kind, message: error.message };
}

const kinds: ReadonlyMap<number, SqliteFault['kind']> = new Map([
  [FULL, 'full'],
  [BUSY, 'inUse'],
  [LOCKED, 'inUse'],
  [CORRUPT, 'broken'],
  [NOTADB, 'broken'],
  [PERM, 'unusable'],
  [NOMEM, 'unusable'],
  [READONLY, 'unusable'],
  [IOERR, 'unusable'],
  [CANTOPEN, 'unusable'],
  [AUTH, 'unusable'],
  [ERROR, 'mismatch'],
]);

/** @property errcode the extended result code; its lowest byte is the primary one. */
function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
