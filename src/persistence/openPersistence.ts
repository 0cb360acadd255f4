/**
 * Opens a folder as the broker's store, or says why that can't be.
 *
 * Owns what makes the file safe, and the promise that the broker never starts empty without saying so:
 * - One process at a time: the file is locked for as long as it is open, and the lock goes with the process.
 * - Everything is read, and checked, before the first client comes. What is broken is set aside, under a name with the
 *   time, and told.
 * - A file of a newer version, or of another program, is left as it is.
 *
 * Write-ahead log with `synchronous = NORMAL`: a commit is one write to the log, without waiting for the disk. It
 * survives the end of the process, `kill -9` included, as the written pages are the kernel's by then. When the power is
 * cut, or the kernel dies, what was committed since the last checkpoint (every 4 MB) may be lost; the file itself stays
 * sound. Waiting for the disk (`FULL`) would cost each turn of the event loop an fsync, milliseconds on many disks: too
 * much for a workbench, whose power cuts are those of boards, not of its own machine.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Persistence } from '../broker/persistence.ts';
import { setAside } from './setAside.ts';
import { sqliteFaultOf } from './sqliteErrors.ts';
import { loadSqlite, type Sqlite } from './sqliteModule.ts';
import { SqlitePersistence } from './sqlitePersistence.ts';
import { readState, UnreadableRow } from './sqliteReader.ts';
import { APPLICATION_ID, FORMAT_VERSION, migrate } from './sqliteSchema.ts';

export const STORE_FILE = 'mqtt-workbench.sqlite';

export type OpenPersistenceResult =
  /** `notice`: what the person must be told, in whole sentences: something that was there before is not any more. */
  | { kind: 'opened'; persistence: Persistence; notice?: string }
  /** `message`: what is wrong and what to do, to follow a name and a colon. Nothing was changed. */
  | { kind: 'failed'; message: string };

export interface OpenPersistenceOptions {
  /** Wall clock, for the name of a file that is set aside. */
  nowMs?: () => number;
  loadSqlite?: () => Sqlite | undefined;
}

/** A log at its largest is cut back to this, bytes. */
const MAX_IDLE_LOG_BYTES = 16 * 1024 * 1024;

/** @param folder made, with those above it, if it is not there. */
export function openPersistence(folder: string, options: OpenPersistenceOptions = {}): OpenPersistenceResult {
  const { nowMs = Date.now } = options;
  const sqlite = (options.loadSqlite ?? loadSqlite)();
  if (sqlite === undefined) {
    return failed(`Node.js ${process.version} has no SQLite; run it with Node.js 22.13 or later`);
  }
  try {
    makeFolder(folder);
    const file = join(folder, STORE_FILE);
    const opened = open(sqlite, file);
    if (opened.kind !== 'broken') return opened;
    const aside = setAside(file, nowMs());
    const anew = open(sqlite, file);
    const notice = `${file} can't be read: ${opened.why}. It is kept as ${aside}, and the broker starts empty: without the sessions, queued messages and retained messages of before.`;
    if (anew.kind === 'opened') return { ...anew, notice };
    return anew.kind === 'failed' ? anew : failed(`${file} can't be made: ${anew.why}`);
  } catch (error) {
    return failed(describeFileSystemError(error, folder));
  }
}

/** With those above it. mkdirSync's own `recursive` never returns where the system makes no folders, as in /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
}

type Opened = OpenPersistenceResult | { kind: 'broken'; why: string };

function open(sqlite: Sqlite, file: string): Opened {
  const bytes = sizeOf(file);
  // SQLite would delete the log of a file that is not there: it may hold all that there was.
  if ((bytes ?? 0) === 0 && (sizeOf(`${file}-wal`) ?? 0) > 0) {
    return { kind: 'broken', why: 'the file itself is gone or empty, and its log is there' };
  }
  let database: DatabaseSync | undefined;
  let result: Opened | undefined;
  try {
    database = new sqlite.DatabaseSync(file, { enableForeignKeyConstraints: false });
    result = prepare(database, file);
    if (result.kind === 'opened' && bytes === 0) {
      const notice = `${file} was there, but empty: what it held is lost, and the broker starts without sessions and retained messages.`;
      return { ...result, notice };
    }
    return result;
  } catch (error) {
    return describeFault(error, file);
  } finally {
    if (result?.kind !== 'opened') database?.close();
  }
}

function prepare(database: DatabaseSync, file: string): Opened {
  // Before the first look at the file: a log with one user needs no index shared with others, a third file.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  // Takes the lock, and keeps it.
  database.exec('BEGIN EXCLUSIVE; COMMIT');
  const applicationId = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  // Nobody has put anything into it, we included: a process may have ended before its first transaction had.
  const isNew = applicationId === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isNew && applicationId !== APPLICATION_ID) {
    return failed(`${file} belongs to another program; use another folder`);
  }
  if (Number(version) > FORMAT_VERSION) {
    return failed(
      `${file} is of format ${version}, from a newer version of MQTT Workbench, and this version knows formats up to ${FORMAT_VERSION}: use the newer version, or another folder`,
    );
  }
  // The first line names the database, and the last one the damage.
  const problem = String(pragma(database, 'quick_check(1)')).split('\n').at(-1);
  if (problem !== 'ok') return { kind: 'broken', why: `it is damaged (${problem})` };
  // Before the journal mode, which is written at once: a new file has all of its tables, or nothing.
  migrate(database, Number(version));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(`PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
  return { kind: 'opened', persistence: new SqlitePersistence(database, file, readState(database)) };
}

/** @throws the error itself if it is a bug. */
function describeFault(error: unknown, file: string): Opened {
  if (error instanceof UnreadableRow) return { kind: 'broken', why: error.message };
  const fault = sqliteFaultOf(error);
  switch (fault?.kind) {
    case undefined:
      throw error;
    case 'broken':
    // A statement that fits the format does not fit the file: it has not the tables that its version says.
    case 'mismatch':
      return { kind: 'broken', why: `it is damaged (${fault.message})` };
    case 'inUse':
      return failed(`${file} is in use by another broker; stop that one, or use another folder`);
    case 'full':
      return failed(`the disk is full, and ${file} needs room; make some`);
    case 'unusable':
      return failed(
        `${file} can't be read and written (${fault.message}); check the permissions of file and folder`,
      );
  }
}

/** @throws the error itself if it is none of the file system's. */
function describeFileSystemError(error: unknown, folder: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not write to the folder ${folder}; change its permissions, or use another`;
    case 'EROFS':
      return `the folder ${folder} is on a disk that can't be written; use another`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${folder} is no folder: a file is in its place; use another name`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of the folder ${folder} is full; make room`;
    default:
      if (typeof code === 'string' && 'syscall' in (error as Error))
        return `the folder ${folder} can't be used: ${(error as Error).message}`; // `code` is of an Error
      throw error;
  }
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Bytes; undefined if there is no such file. */
function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function failed(message: string): { kind: 'failed'; message: string } {
  return { kind: 'failed', message };
}
