import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gapLine, headerLine, JsonLinesEncoder } from '../../../src/recording/jsonLines.ts';
import {
  type ReadRecordingOptions,
  type RecordingEntry,
  type RecordingProblem,
  readRecording,
} from '../../../src/recording/recordingReader.ts';
import { SeededRandom } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { arbitraryMessage, message, plain, START_MS } from './messages.ts';

async function entriesOf(
  files: readonly string[],
  options?: ReadRecordingOptions,
): Promise<RecordingEntry[]> {
  const all: RecordingEntry[] = [];
  for await (const { entries } of readRecording(files, options)) all.push(...entries);
  return all;
}

function problemsIn(entries: readonly RecordingEntry[]): RecordingProblem[] {
  return entries.flatMap((entry) => (entry.kind === 'problem' ? [entry.problem] : []));
}

function payloadsIn(entries: readonly RecordingEntry[]): string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'message' ? [Buffer.from(entry.message.payload).toString()] : [],
  );
}

function lines(...payloads: string[]): Buffer {
  const encoder = new JsonLinesEncoder();
  return Buffer.concat(payloads.map((payload) => Buffer.from(encoder.encode(message({ payload })))));
}

const header = headerLine({ startedAtMs: START_MS, part: 1 });

test('messages come whole out of chunks of any size', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  const random = new SeededRandom(11);
  const encoder = new JsonLinesEncoder();
  const messages = random.array(20, () => arbitraryMessage(random));
  writeFileSync(
    file,
    Buffer.concat([header, ...messages.map((value) => Buffer.from(encoder.encode(value)))]),
  );
  for (const chunkBytes of [1, 2, 7, 100, 1000, 1_000_000]) {
    const entries = await entriesOf([file], { chunkBytes });
    assert.deepEqual(
      entries.map((entry) => (entry.kind === 'message' ? plain(entry.message) : entry)),
      messages.map(plain),
    );
  }
});

test('what is read grows with the chunks, and is all of the files at the end', async (t) => {
  const folder = temporaryFolder(t);
  const files = ['a', 'b'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, lines('one', 'two'));
  const read: number[] = [];
  for await (const { bytesRead } of readRecording(files, { chunkBytes: 50 })) read.push(bytesRead);
  assert.deepEqual(
    read,
    [...read].sort((a, b) => a - b),
  );
  assert.equal(read.at(-1), 2 * lines('one', 'two').length);
});

test('a last line that is cut, at whatever byte, is told, and all before it is read', async (t) => {
  const file = join(temporaryFolder(t), 'r-001.jsonl');
  const before = Buffer.concat([header, lines('one')]);
  const last = lines('two');
  for (let cut = 1; cut < last.length - 1; cut++) {
    writeFileSync(file, Buffer.concat([before, last.subarray(0, cut)]));
    const entries = await entriesOf([file]);
    assert.deepEqual(payloadsIn(entries), ['one']);
    assert.deepEqual(problemsIn(entries), [
      {
        kind: 'cutLine',
        file,
        line: 3,
        message:
          'r-001.jsonl, line 3: the file ends in the middle of it, as after a crash or with a full disk. The message in it is lost; those before it were read.',
      },
    ]);
  }
  // All but the line feed: nothing of the message is missing.
  writeFileSync(file, Buffer.concat([before, last.subarray(0, -1)]));
  assert.deepEqual(payloadsIn(await entriesOf([file])), ['one', 'two']);
});

test('a broken line is told with its place, and what is around it is read', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  writeFileSync(file, Buffer.concat([header, lines('one'), Buffer.from('{"topic":"t" 7}\n'), lines('two')]));
  const entries = await entriesOf([file]);
  assert.deepEqual(payloadsIn(entries), ['one', 'two']);
  const [problem] = problemsIn(entries);
  assert.deepEqual([problem?.kind, problem?.line, problem?.column], ['brokenLine', 3, 14]);
  assert.match(
    problem?.message ?? '',
    /^a\.jsonl, line 3, column 14: it is no JSON \(.*\)\. It was left out, and the rest was read\. Correct it, or delete it\.$/,
  );
});

test('a line that is too long is told, and those after it have their numbers', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  const long = lines('x'.repeat(2000));
  const options = { maxLineBytes: 1000 };
  writeFileSync(
    file,
    Buffer.concat([long, lines('one'), Buffer.from('?\n'), long, lines('two'), long.subarray(0, -1)]),
  );
  for (const chunkBytes of [10, 5000, 1_000_000]) {
    const entries = await entriesOf([file], { ...options, chunkBytes });
    assert.deepEqual(payloadsIn(entries), ['one', 'two']);
    assert.deepEqual(
      problemsIn(entries).map(({ kind, line }) => [kind, line]),
      [
        ['longLine', 1],
        ['brokenLine', 3],
        ['longLine', 4],
        ['longLine', 6],
      ],
    );
  }
});

test('a large payload comes back, whatever chunks it is read in', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  const payload = new SeededRandom(3).bytes(1_000_003);
  writeFileSync(file, new JsonLinesEncoder().encode(message({ payload })));
  const [entry] = await entriesOf([file]);
  assert.ok(entry?.kind === 'message');
  assert.ok(Buffer.from(payload).equals(entry.message.payload));
});

test('gaps are among the messages, where they were', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  const gap = { lostMessages: 7, fromMs: START_MS, toMs: START_MS + 1 };
  writeFileSync(file, Buffer.concat([header, lines('one'), gapLine(gap), lines('two')]));
  const entries = await entriesOf([file]);
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['message', 'gap', 'message'],
  );
  assert.deepEqual(entries[1], { kind: 'gap', gap });
});

test('a file without our header is read; a message without a time has that of the one before', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  writeFileSync(
    file,
    '\ufeff{"topic":"a","payload":"one"}\r\n\r\n{"topic":"a","payload":"two","time":"2026-01-31T12:00:00Z"}\r\n{"topic":"a","payload":"three"}',
  );
  const entries = await entriesOf([file]);
  assert.deepEqual(
    entries.map((entry) => (entry.kind === 'message' ? entry.message.receivedAtMs : entry)),
    [0, START_MS, START_MS],
  );
});

test('a file of another version is refused in words, and the next file is read', async (t) => {
  const folder = temporaryFolder(t);
  const [other, ours] = ['b.jsonl', 'a.jsonl'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(other, '{"format":"mqtt-workbench-recording","version":2}\n{"topic":"t","payload":"one"}\n');
  writeFileSync(ours, lines('two'));
  assert.deepEqual(payloadsIn(await entriesOf([other, ours], { chunkBytes: 20 })), ['two']);
  const entries = await entriesOf([other, ours]);
  assert.deepEqual(payloadsIn(entries), ['two']);
  const [problem, ...more] = problemsIn(entries);
  assert.deepEqual(more, []);
  assert.equal(problem?.kind, 'otherFormat');
  assert.match(problem.message, /^b\.jsonl, line 1: .*version 2; .*\. The file was not read\.$/);
});

test('a file that is not there, or is a folder, is told, and the next is read', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'a.jsonl');
  writeFileSync(file, lines('one'));
  mkdirSync(join(folder, 'sub'));
  const entries = await entriesOf([join(folder, 'none'), join(folder, 'sub'), file]);
  assert.deepEqual(payloadsIn(entries), ['one']);
  assert.deepEqual(
    problemsIn(entries).map(({ kind, message: text }) => [kind, text.replace(folder, '')]),
    [
      ['unreadable', '/none is not there. Was it moved or deleted?'],
      ['unreadable', '/sub is a folder. Choose a file in it.'],
    ],
  );
});

test('a part that is missing, or out of order, is told', async (t) => {
  const folder = temporaryFolder(t);
  const part = (number: number, startedAtMs = START_MS) => {
    const file = join(folder, `r-${startedAtMs}-${number}`);
    writeFileSync(file, headerLine({ startedAtMs, part: number }));
    return file;
  };
  const problems = async (...files: string[]) =>
    problemsIn(await entriesOf(files)).map(
      (problem) => /part \d+ of .* after part \d+/.exec(problem.message)?.[0],
    );
  assert.deepEqual(await problems(part(1), part(2), part(3)), []);
  assert.deepEqual(await problems(part(2)), []);
  assert.deepEqual(await problems(part(2), part(1, 0)), []);
  assert.deepEqual(await problems(part(1), part(3), part(4)), [
    'part 3 of the recording, and comes after part 1',
  ]);
  assert.deepEqual(await problems(part(2), part(1)), ['part 1 of the recording, and comes after part 2']);
});

test('nothing more is read once it is aborted', async (t) => {
  const file = join(temporaryFolder(t), 'a.jsonl');
  writeFileSync(file, lines('one', 'two', 'three'));
  const controller = new AbortController();
  let chunks = 0;
  const files = [file, file, join(file, 'none')];
  for await (const _ of readRecording(files, { chunkBytes: 10, signal: controller.signal })) {
    if (++chunks === 3) controller.abort();
  }
  assert.equal(chunks, 3);
});
