/** A store in a folder, with a door to the file that a product does not have. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as sqlite from 'node:sqlite';
import type { Persistence } from '../../../src/broker/persistence.ts';
import { openPersistence, STORE_FILE } from '../../../src/persistence/openPersistence.ts';

export const tables = ['session', 'subscription', 'message', 'retained', 'delivery', 'incoming'] as const;

/** Opens a folder that is in order. */
export function openStore(folder: string): { persistence: Persistence; database: sqlite.DatabaseSync } {
  let database: sqlite.DatabaseSync | undefined;
  class Watched extends sqlite.DatabaseSync {
    constructor(path: string, options?: sqlite.DatabaseSyncOptions) {
      super(path, options);
      database = this;
    }
  }
  const result = openPersistence(folder, { loadSqlite: () => ({ ...sqlite, DatabaseSync: Watched }) });
  assert.ok(result.kind === 'opened', JSON.stringify(result));
  assert.equal(result.notice, undefined);
  assert.ok(database !== undefined);
  return { persistence: result.persistence, database };
}

/** Copies the store as a crash of this moment would leave it. */
export function crashedCopy(folder: string, copy: string): string {
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Does something to the file of a store that is closed. */
export function withFile<Result>(folder: string, work: (database: sqlite.DatabaseSync) => Result): Result {
  const database = new sqlite.DatabaseSync(join(folder, STORE_FILE));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** How many rows each table has. */
export function rowCounts(folder: string): Record<string, number> {
  return withFile(folder, (database) =>
    Object.fromEntries(
      tables.map((table) => [
        table,
        Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows),
      ]),
    ),
  );
}
