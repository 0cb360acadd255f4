/** Opening a store: what is refused and why, and what is set aside. It never starts empty without saying so. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';
import { openPersistence, STORE_FILE } from '../../../src/persistence/openPersistence.ts';
import { loadSqlite } from '../../../src/persistence/sqliteModule.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openStore, withFile } from './sqliteUnderTest.ts';

const nowMs = (): number => Date.UTC(2026, 0, 31, 12, 0, 1);
const BROKEN = `${STORE_FILE}.broken-2026-01-31T12-00-01Z`;

function refusalOf(folder: string): string {
  const result = openPersistence(folder, { nowMs });
  assert.ok(result.kind === 'failed', JSON.stringify(result));
  return result.message;
}

/** A closed store with as many retained messages, of 1,000 bytes each, and a session with one subscription. */
function fillStore(folder: string, messages: number): void {
  const { persistence } = openStore(folder);
  persistence.load();
  persistence.sessionChanged({ clientId: 'a', protocolVersion: 5, expirySeconds: 60 });
  for (let i = 0; i < messages; i++) {
    const payload = new Uint8Array(1000).fill(i);
    persistence.retainedSet(new StoredMessage({ topic: `t/${i}`, payload, qos: 1, retain: true }, 'a', 0));
  }
  assert.equal(persistence.commit(), undefined);
  persistence.close();
}

test('a folder that is not there is made, with those above it', (t) => {
  const folder = join(temporaryFolder(t), 'a', 'b');
  fillStore(folder, 3);
  const { persistence } = openStore(folder);
  assert.equal(persistence.load().retained.length, 3);
  persistence.close();
  assert.deepEqual(readdirSync(folder), [STORE_FILE]);
});

test('a store in use is refused to a second broker, and free when the first has closed it', (t) => {
  const folder = temporaryFolder(t);
  const { persistence } = openStore(folder);
  const files = readdirSync(folder);
  assert.match(refusalOf(folder), /mqtt-workbench\.sqlite is in use by another broker; stop that one/);
  assert.deepEqual(readdirSync(folder), files);
  persistence.close();
  openStore(folder).persistence.close();
});

test('a file of a newer version is refused, with both versions, and left as it is', (t) => {
  const folder = temporaryFolder(t);
  fillStore(folder, 1);
  withFile(folder, (database) => database.exec('PRAGMA user_version = 99'));
  const before = readFileSync(join(folder, STORE_FILE));
  assert.match(
    refusalOf(folder),
    /is of format 99, .* knows formats up to 1: use the newer version, or another folder/,
  );
  assert.deepEqual(readdirSync(folder), [STORE_FILE]);
  assert.ok(before.equals(readFileSync(join(folder, STORE_FILE))));
});

test('a SQLite file of another program is refused, and left as it is', (t) => {
  const folder = temporaryFolder(t);
  withFile(folder, (database) => database.exec('CREATE TABLE birds (name TEXT)'));
  const before = readFileSync(join(folder, STORE_FILE));
  assert.match(refusalOf(folder), /belongs to another program; use another folder/);
  assert.ok(before.equals(readFileSync(join(folder, STORE_FILE))));
});

test('a folder that is a file is refused', (t) => {
  const folder = join(temporaryFolder(t), 'file');
  writeFileSync(folder, '');
  assert.match(refusalOf(folder), /file is no folder: a file is in its place/);
  assert.match(refusalOf(join(folder, 'below')), /is no folder: a file is in its place/);
});

test('a folder where the system makes none is refused', { skip: process.platform !== 'linux' }, () => {
  assert.match(refusalOf('/proc/nowhere/below'), /^the folder \/proc\/nowhere\/below can't be used: ENOENT/);
});

test('a file that the system does not let us open is refused', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, STORE_FILE));
  assert.match(refusalOf(folder), /can't be read and written \(.+\); check the permissions/);
});

test('a runtime without SQLite is told which one has it', (t) => {
  const result = openPersistence(temporaryFolder(t), { loadSqlite: () => undefined });
  assert.ok(result.kind === 'failed');
  assert.match(result.message, /has no SQLite; run it with Node\.js 22\.13 or later/);
});

test('SQLite is loaded without a word, and other warnings are as they were', () => {
  const { emitWarning } = process;
  assert.ok(loadSqlite() !== undefined);
  assert.equal(process.emitWarning, emitWarning);
});

const damages: Record<string, (folder: string, file: string) => void> = {
  'no SQLite at all': (_folder, file) => writeFileSync(file, 'garbage'.repeat(1000)),
  'a garbage header': (_folder, file) => {
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 0, 100);
    writeFileSync(file, bytes);
  },
  'cut off in the middle': (_folder, file) => truncateSync(file, 40 * 4096 + 100),
  'pages overwritten': (_folder, file) => {
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 30 * 4096, 34 * 4096);
    writeFileSync(file, bytes);
  },
  'a table gone': (folder) => withFile(folder, (database) => database.exec('DROP TABLE delivery')),
  'a table with fewer columns': (folder) =>
    withFile(folder, (database) => database.exec('ALTER TABLE session DROP COLUMN username')),
  'a QoS that there is not': (folder) =>
    withFile(folder, (database) => database.exec('UPDATE message SET qos = 7 WHERE id = 5')),
  'properties that are none': (folder) =>
    withFile(folder, (database) => database.exec("UPDATE message SET properties = x'05FF' WHERE id = 5")),
  'a retained message without its message': (folder) =>
    withFile(folder, (database) => database.exec('DELETE FROM message WHERE id = 5')),
  'a subscription without its session': (folder) =>
    withFile(folder, (database) =>
      database.exec("INSERT INTO subscription VALUES (77, 't', 0, 0, 0, 0, NULL)"),
    ),
  'a delivery without its message': (folder) =>
    withFile(folder, (database) =>
      database.exec('INSERT INTO delivery VALUES (1, 1, 7777, 1, 0, 0, NULL, 0, 0, NULL)'),
    ),
  'a packet identifier in flight twice': (folder) =>
    withFile(folder, (database) => {
      for (const id of [1, 2])
        database.exec(`INSERT INTO delivery VALUES (1, ${id}, 5, 1, 0, 0, NULL, 1, 42, NULL)`);
    }),
  'a packet identifier that there is not': (folder) =>
    withFile(folder, (database) => database.exec('INSERT INTO incoming VALUES (1, 70000)')),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a broken file is kept aside, and the broker starts empty and says so: ${what}`, (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, STORE_FILE);
    fillStore(folder, 200);
    damage(folder, file);
    const before = readFileSync(file);
    // The name is taken already: it is not written over.
    writeFileSync(join(folder, BROKEN), 'an earlier one');

    const result = openPersistence(folder, { nowMs });
    assert.ok(result.kind === 'opened', JSON.stringify(result));
    // Counted: to tell how all of it differs from nothing takes minutes, and all the memory that there is.
    const { sessions, retained } = result.persistence.load();
    assert.deepEqual([sessions.length, retained.length], [0, 0]);
    result.persistence.close();
    const aside = join(folder, `${BROKEN}-2`);
    assert.match(result.notice ?? '', /can't be read: .+\. It is kept as .+, and the broker starts empty/);
    assert.ok(result.notice?.includes(aside));
    assert.ok(before.equals(readFileSync(aside)));
    assert.equal(readFileSync(join(folder, BROKEN), 'utf8'), 'an earlier one');
    assert.deepEqual(readdirSync(folder).sort(), [STORE_FILE, BROKEN, `${BROKEN}-2`]);
    // And the next start has nothing to tell.
    openStore(folder).persistence.close();
  });
}

test('a log whose file is gone is kept aside and told of', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, `${STORE_FILE}-wal`), 'all that there was');
  const result = openPersistence(folder, { nowMs });
  assert.ok(result.kind === 'opened');
  result.persistence.close();
  assert.match(result.notice ?? '', /the file itself is gone or empty, and its log is there/);
  assert.equal(readFileSync(join(folder, `${BROKEN}-wal`), 'utf8'), 'all that there was');
  assert.ok(!existsSync(join(folder, BROKEN)));
});

test('a file that is empty is told of', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, STORE_FILE), '');
  const result = openPersistence(folder);
  assert.ok(result.kind === 'opened');
  result.persistence.close();
  assert.match(result.notice ?? '', /was there, but empty: what it held is lost/);
});
