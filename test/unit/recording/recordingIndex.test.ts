import assert from 'node:assert/strict';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gapLine, headerLine, JsonLinesEncoder } from '../../../src/recording/jsonLines.ts';
import {
  MAX_KEPT_PROBLEMS,
  RecordingIndex,
  type RecordingSummary,
} from '../../../src/recording/recordingIndex.ts';
import { partName, partsWith } from '../../../src/recording/recordingParts.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { message, START_MS } from './messages.ts';

function line(receivedAtMs: number): Buffer {
  return Buffer.from(new JsonLinesEncoder().encode(message({ receivedAtMs })));
}

test('a recording is a stream of its messages, with what was counted', async (t) => {
  const folder = temporaryFolder(t);
  const files = [1, 2].map((part) => join(folder, partName('r', part)));
  const [first, second] = files as [string, string];
  const header = (part: number) => headerLine({ startedAtMs: START_MS, part });
  writeFileSync(first, Buffer.concat([header(1), line(START_MS), Buffer.from('?\n')]));
  const gap = gapLine({ lostMessages: 5, fromMs: 0, toMs: 0 });
  writeFileSync(second, Buffer.concat([header(2), gap, line(START_MS + 9), gap, Buffer.from('{"to')]));
  const told: RecordingSummary[] = [];
  const index = new RecordingIndex(files, { onProgress: (summary) => told.push(summary) });
  const times: number[] = [];
  for await (const { receivedAtMs } of index.messages()) times.push(receivedAtMs);
  assert.deepEqual(times, [START_MS, START_MS + 9]);
  const { firstProblems, ...counts } = index.summary;
  const totalBytes = statSync(first).size + statSync(second).size;
  assert.deepEqual(counts, {
    ...{ messages: 2, lostMessages: 10, problems: 2 },
    ...{ firstAtMs: START_MS, lastAtMs: START_MS + 9 },
    ...{ bytesRead: totalBytes, totalBytes, isDone: true },
  });
  assert.deepEqual(
    firstProblems.map(({ kind, file, line: number }) => [kind, file, number]),
    [
      ['brokenLine', first, 3],
      ['cutLine', second, 5],
    ],
  );
  assert.deepEqual(told.at(-1), index.summary);
  assert.equal(told[0]?.isDone, false);
  assert.ok(told.length >= 3);
});

test('of many problems the first are kept, and all counted', async (t) => {
  const file = join(temporaryFolder(t), 'a.log');
  writeFileSync(file, 'no recording\n'.repeat(5000));
  const index = new RecordingIndex([file]);
  for await (const _ of index.messages()) assert.fail('a message');
  assert.equal(index.summary.problems, 5000);
  assert.equal(index.summary.firstProblems.length, MAX_KEPT_PROBLEMS);
});

test('a reading that is aborted is not done', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  writeFileSync(file, line(START_MS));
  const controller = new AbortController();
  const index = new RecordingIndex([file], { signal: controller.signal });
  for await (const _ of index.messages()) controller.abort();
  assert.equal(index.summary.isDone, false);
  assert.equal(index.summary.messages, 1);
});

test('it is read once', async () => {
  const index = new RecordingIndex([]);
  for await (const _ of index.messages()) assert.fail('a message');
  assert.equal(index.summary.isDone, true);
  await assert.rejects(index.messages().next(), /read already/);
});

test('however many messages there are, no more than a chunk of them is read ahead', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  const lineBytes = line(START_MS).length;
  const block = line(START_MS).toString().repeat(10_000);
  for (let i = 0; i < 20; i++) appendFileSync(file, block);
  const index = new RecordingIndex([file]);
  let count = 0;
  let mostAheadBytes = 0;
  for await (const _ of index.messages()) {
    count++;
    mostAheadBytes = Math.max(mostAheadBytes, index.summary.bytesRead - count * lineBytes);
  }
  assert.equal(count, 200_000);
  assert.ok(mostAheadBytes <= 256 * 1024, `${mostAheadBytes}`);
});

test('the parts of a recording are found by one of them, in the order of their numbers', async (t) => {
  const folder = temporaryFolder(t);
  const names = [1, 2, 10, 999, 1000].map((part) => partName('r-x', part));
  assert.deepEqual(names, [
    'r-x-001.jsonl',
    'r-x-002.jsonl',
    'r-x-010.jsonl',
    'r-x-999.jsonl',
    'r-x-1000.jsonl',
  ]);
  for (const name of [...names, 'r-001.jsonl', 'r-x-001.jsonl.partial', 'other.jsonl', 'r-x-01.jsonl'])
    writeFileSync(join(folder, name), '');
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) assert.deepEqual(await partsWith(path), paths);
  assert.deepEqual(await partsWith(join(folder, 'other.jsonl')), [join(folder, 'other.jsonl')]);
});
