import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { csvHeader, csvRow } from '../../../src/recording/csv.ts';
import { exportMessages } from '../../../src/recording/export.ts';
import { headerLine, JsonLinesEncoder } from '../../../src/recording/jsonLines.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { DiskUnderTest, faultOf } from './diskUnderTest.ts';
import { message, START_MS } from './messages.ts';

const jsonLines = { kind: 'jsonLines', startedAtMs: START_MS } as const;
const csv = { kind: 'csv', byteOrderMark: true } as const;
const messages = [message({ payload: 'one' }), message({ payload: 'a,"b"' })];

function lineOf(value: RecordedMessage): Buffer {
  return Buffer.from(new JsonLinesEncoder().encode(value));
}

test('messages become a file of JSON Lines or of CSV, and nothing else is left in the folder', async (t) => {
  const folder = temporaryFolder(t);
  const asLines = join(folder, 'a.jsonl');
  const asCsv = join(folder, 'a.csv');
  const lines = Buffer.concat([headerLine({ startedAtMs: START_MS }), ...messages.map(lineOf)]);
  assert.deepEqual(await exportMessages({ messages, file: asLines, format: jsonLines }), {
    kind: 'exported',
    messages: 2,
    bytes: lines.length,
  });
  assert.deepEqual(readFileSync(asLines), lines);
  const result = await exportMessages({ messages, file: asCsv, format: csv });
  assert.equal(result.kind, 'exported');
  assert.deepEqual(
    readFileSync(asCsv),
    Buffer.concat([csvHeader({ byteOrderMark: true }), ...messages.map(csvRow)]),
  );
  assert.deepEqual(readdirSync(folder).sort(), ['a.csv', 'a.jsonl']);
});

test('no messages make a file with a header', async (t) => {
  const file = join(temporaryFolder(t), 'a.csv');
  assert.equal((await exportMessages({ messages: [], file, format: csv })).kind, 'exported');
  assert.deepEqual(readFileSync(file), Buffer.from(csvHeader({ byteOrderMark: true })));
});

test('what is there is replaced, and a link stays a link', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'a.jsonl');
  writeFileSync(file, 'old');
  symlinkSync(file, join(folder, 'link'));
  const result = await exportMessages({ messages, file: join(folder, 'link'), format: jsonLines });
  assert.equal(result.kind, 'exported');
  assert.match(readFileSync(file, 'utf8'), /^\{"format"/);
  assert.deepEqual(readdirSync(folder).sort(), ['a.jsonl', 'link']);
});

test('messages larger than the buffer, and many small ones, are written whole and in order', async () => {
  const disk = new DiskUnderTest();
  disk.mostBytesAtOnce = 100_001;
  const many = [
    ...Array.from({ length: 3000 }, (_, i) => message({ topic: `t/${i}`, payload: 'x'.repeat(i % 300) })),
    message({ payload: new Uint8Array(1_000_000) }),
    message({ payload: 'last' }),
  ];
  const progress: { messages: number; bytes: number }[] = [];
  const result = await exportMessages({
    ...{ messages: many, file: 'a', format: jsonLines, files: disk },
    onProgress: (at) => progress.push(at),
  });
  const expected = Buffer.concat([headerLine({ startedAtMs: START_MS }), ...many.map(lineOf)]);
  assert.ok(disk.text('a') === expected.toString());
  assert.deepEqual(result, { kind: 'exported', messages: 3002, bytes: expected.length });
  assert.ok(progress.length > 2);
  assert.deepEqual(progress.at(-1), { messages: 3002, bytes: expected.length });
  for (const [i, { bytes }] of progress.entries()) assert.ok(bytes >= (progress[i - 1]?.bytes ?? 1));
});

test('no message is asked for while the disk is busy: a million are never in memory', async () => {
  const disk = new DiskUnderTest();
  const large = message({ payload: new Uint8Array(60_000) });
  let asked = 0;
  async function* source() {
    for (; asked < 100; asked++) yield large;
  }
  disk.hold();
  const exported = exportMessages({ messages: source(), file: 'a', format: csv, files: disk });
  await new Promise(setImmediate);
  assert.ok(asked < 5, `${asked}`);
  assert.equal(disk.heldWrites, 1);
  disk.release();
  assert.equal((await exported).kind, 'exported');
});

test('cancelled before, within and at the end, it leaves everything as it was', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'a.jsonl');
  writeFileSync(file, 'old');
  for (const at of [0, 1, 2, 3]) {
    const controller = new AbortController();
    if (at === 0) controller.abort();
    async function* source() {
      yield message();
      if (at === 1) controller.abort();
      yield message();
      if (at === 2) controller.abort();
    }
    const onProgress = () => {
      if (at === 3) controller.abort();
    };
    const { signal } = controller;
    const result = await exportMessages({ messages: source(), file, format: jsonLines, signal, onProgress });
    // The last progress is told when all is written: too late.
    assert.equal(result.kind, at === 3 ? 'exported' : 'cancelled');
    if (at < 3) assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['a.jsonl']);
  }
});

test('each failure has its kind, and leaves nothing behind', async () => {
  for (const [call, code, kind] of [
    ['create', 'EACCES', 'notPermitted'],
    ['create', 'EROFS', 'notPermitted'],
    ['create', 'ENOENT', 'folderMissing'],
    ['create', 'ENOTDIR', 'folderMissing'],
    ['create', 'EMFILE', 'failed'],
    ['sync', 'ENOSPC', 'noSpace'],
    ['sync', 'EDQUOT', 'noSpace'],
    ['close', 'EIO', 'failed'],
    ['rename', 'EPERM', 'notPermitted'],
    ['rename', 'EISDIR', 'failed'],
  ] as const) {
    const disk = new DiskUnderTest();
    disk.faults.set(call, faultOf(code));
    const result = await exportMessages({ messages, file: 'a', format: csv, files: disk });
    assert.equal(result.kind, kind, `${call} ${code}`);
    assert.match((result as { message: string }).message, /^[^.]*\ba\b.*\.$/); // as of a fault
    assert.deepEqual([...disk.contents.keys()], []);
  }
});

test('a disk that is full on the way says so, also when the rest of a file can not be removed', async () => {
  const disk = new DiskUnderTest();
  disk.roomBytes = 300;
  disk.faults.set('remove', faultOf('EIO'));
  const result = await exportMessages({ messages, file: 'a', format: csv, files: disk });
  assert.equal(result.kind, 'noSpace');
});

test('what the source throws is thrown, and nothing is left behind', async () => {
  const disk = new DiskUnderTest();
  async function* source() {
    yield message();
    throw new RangeError('a bug');
  }
  const exporting = exportMessages({ messages: source(), file: 'a', format: csv, files: disk });
  await assert.rejects(exporting, new RangeError('a bug'));
  assert.deepEqual([...disk.contents.keys()], []);
});

test('real folders: one that is not there, one in the file’s place, one that may not be written', async (t) => {
  const folder = temporaryFolder(t);
  const missing = await exportMessages({ messages, file: join(folder, 'none', 'a'), format: csv });
  assert.equal(missing.kind, 'folderMissing');
  mkdirSync(join(folder, 'taken'));
  const taken = await exportMessages({ messages, file: join(folder, 'taken'), format: csv });
  assert.equal(taken.kind, process.platform === 'win32' ? 'notPermitted' : 'failed');
  assert.deepEqual(readdirSync(folder), ['taken']);
  if (process.getuid?.() === 0 || process.platform === 'win32') {
    t.diagnostic('not tried here: this user may write everywhere');
    return;
  }
  chmodSync(join(folder, 'taken'), 0o500);
  const closed = await exportMessages({ messages, file: join(folder, 'taken', 'a'), format: csv });
  assert.equal(closed.kind, 'notPermitted');
});
