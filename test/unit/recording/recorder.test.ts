import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { nodeFiles } from '../../../src/recording/files.ts';
import { JsonLinesEncoder } from '../../../src/recording/jsonLines.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { type Recorder, type RecordingOptions, startRecording } from '../../../src/recording/recorder.ts';
import { readRecording } from '../../../src/recording/recordingReader.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { DiskUnderTest, faultOf } from './diskUnderTest.ts';
import { message, START_MS } from './messages.ts';

const FIRST = join('disk', 'r-001.jsonl');
const SECOND = join('disk', 'r-002.jsonl');
const HEADER =
  '{"format":"mqtt-workbench-recording","version":1,"startedAt":"2026-01-31T12:00:00.000Z","part":1}\n';

interface Under {
  disk: DiskUnderTest;
  clock: FakeClock;
  recorder: Recorder;
}

async function start(options: Partial<RecordingOptions> = {}): Promise<Under> {
  const disk = new DiskUnderTest();
  const clock = new FakeClock(START_MS);
  const started = await startRecording({
    ...{ folder: 'disk', baseName: 'r', maxFileBytes: 1e9, clock, files: disk },
    ...options,
  });
  assert.ok(started.kind === 'started', JSON.stringify(started));
  return { disk, clock, recorder: started.recorder };
}

function lineOf(value: RecordedMessage): string {
  return Buffer.from(new JsonLinesEncoder().encode(value)).toString();
}

const one = message({ payload: 'one' });
const two = message({ payload: 'two' });

/** What the files hold, one letter an entry: m a message, g a gap, p a problem. */
async function kindsIn(files: readonly string[]): Promise<string> {
  let kinds = '';
  for await (const { entries } of readRecording(files)) for (const { kind } of entries) kinds += kind[0];
  return kinds;
}

test('what is appended is on the disk when it stops, and the file closed', async () => {
  const { disk, recorder } = await start();
  recorder.append(one);
  recorder.append(two);
  const text = HEADER + lineOf(one) + lineOf(two);
  const status = {
    messages: 2,
    bytes: text.length,
    files: 1,
    lostMessages: 0,
    startedAtMs: START_MS,
    currentFile: FIRST,
    pendingBytes: text.length,
  };
  assert.deepEqual(recorder.status, status);
  assert.deepEqual(await recorder.stop(), { kind: 'stopped', status: { ...status, pendingBytes: 0 } });
  assert.equal(disk.text(FIRST), text);
  assert.deepEqual(disk.calls, [`create ${FIRST}`, `sync ${FIRST}`, `close ${FIRST}`]);
});

test('to append writes nothing; a fifth of a second later it is written, by one call', async () => {
  const { disk, clock, recorder } = await start();
  recorder.append(one);
  clock.advance(199);
  recorder.append(two);
  await turnOfTheLoop();
  assert.equal(disk.text(FIRST), '');
  clock.advance(1);
  await turnOfTheLoop();
  assert.deepEqual(disk.contents.get(FIRST)?.length, 1);
  assert.equal(disk.text(FIRST), HEADER + lineOf(one) + lineOf(two));
  assert.equal(recorder.status.pendingBytes, 0);
  assert.equal(clock.pendingTimers, 0);
  await recorder.stop();
});

test('256 KiB are written at once, without the clock', async () => {
  const { disk, recorder } = await start();
  const large = message({ payload: new Uint8Array(50_000) });
  const lineBytes = lineOf(large).length;
  while (recorder.status.bytes + lineBytes < 256 * 1024) recorder.append(large);
  await turnOfTheLoop();
  assert.equal(disk.text(FIRST), '');
  recorder.append(large);
  await turnOfTheLoop();
  assert.equal(disk.text(FIRST).length, recorder.status.bytes);
  await recorder.stop();
});

test('a payload that is changed after it was appended is recorded as it was', async () => {
  const { disk, recorder } = await start();
  const short = new TextEncoder().encode('one');
  const long = new Uint8Array(2_000_000).fill(0x61);
  const expected = HEADER + lineOf(message({ payload: short })) + lineOf(message({ payload: long }));
  recorder.append(message({ payload: short }));
  recorder.append(message({ payload: long }));
  short.fill(0);
  long.fill(0);
  await recorder.stop();
  assert.ok(disk.text(FIRST) === expected);
});

test('a file ends exactly where the next line would make it too large, and each has its header', async () => {
  const fits = HEADER.length + 2 * lineOf(one).length;
  for (const [maxFileBytes, messagesAFile] of [
    [fits, 2],
    [fits - 1, 1],
    [1, 1], // even the header is larger: one line each all the same
  ] as const) {
    const { disk, recorder } = await start({ maxFileBytes });
    const four = ['aaa', 'bbb', 'ccc', 'ddd'].map((payload) => message({ payload }));
    for (const each of four) recorder.append(each);
    const end = await recorder.stop();
    assert.equal(end.status.files, 4 / messagesAFile);
    for (let part = 1; part <= end.status.files; part++) {
      const ofPart = four.slice((part - 1) * messagesAFile, part * messagesAFile);
      const expected =
        HEADER.replace('"part":1', `"part":${part}`) + ofPart.map((each) => lineOf(each)).join('');
      assert.equal(disk.text(join('disk', `r-00${part}.jsonl`)), expected, `${maxFileBytes} bytes`);
    }
  }
});

test('a file is on the disk and closed before the next is made', async () => {
  const { disk, recorder } = await start({ maxFileBytes: 1 });
  recorder.append(one);
  assert.equal(recorder.status.currentFile, FIRST);
  recorder.append(two);
  const { status } = await recorder.stop();
  assert.equal(status.currentFile, SECOND);
  assert.deepEqual(disk.calls, [
    ...[`create ${FIRST}`, `sync ${FIRST}`, `close ${FIRST}`],
    ...[`create ${SECOND}`, `sync ${SECOND}`, `close ${SECOND}`],
  ]);
});

test('a disk that takes a few bytes at a time gets all of them', async () => {
  const { disk, recorder } = await start();
  disk.mostBytesAtOnce = 7;
  recorder.append(one);
  recorder.append(two);
  await recorder.stop();
  assert.equal(disk.text(FIRST), HEADER + lineOf(one) + lineOf(two));
});

test('what finds no room while the disk is slow is counted, and the file says where it is missing', async () => {
  const lineBytes = lineOf(one).length;
  const { disk, clock, recorder } = await start({ maxPendingBytes: HEADER.length + 2 * lineBytes });
  disk.hold();
  recorder.append(one);
  recorder.append(two);
  clock.advance(200);
  await turnOfTheLoop();
  assert.equal(disk.heldWrites, 1);
  recorder.append(message({ payload: 'x1', receivedAtMs: START_MS + 1 }));
  recorder.append(message({ payload: 'x2', receivedAtMs: START_MS + 9 }));
  assert.equal(recorder.status.lostMessages, 2);
  assert.equal(recorder.status.messages, 2);
  disk.release();
  await turnOfTheLoop();
  recorder.append(one);
  const { status } = await recorder.stop();
  const gap =
    '{"gap":{"lostMessages":2,"from":"2026-01-31T12:00:00.001Z","to":"2026-01-31T12:00:00.009Z"}}\n';
  assert.equal(disk.text(FIRST), HEADER + lineOf(one) + lineOf(two) + gap + lineOf(one));
  assert.deepEqual([status.messages, status.lostMessages], [3, 2]);
});

test('a gap is written as soon as there is room, though no message follows', async () => {
  const { disk, clock, recorder } = await start({ maxPendingBytes: 1 });
  disk.hold();
  recorder.append(one);
  clock.advance(200);
  await turnOfTheLoop();
  disk.release();
  await turnOfTheLoop();
  clock.advance(200);
  await turnOfTheLoop();
  assert.match(disk.text(FIRST), /\n\{"gap":\{"lostMessages":1,[^\n]*\n$/);
  assert.equal(recorder.status.pendingBytes, 0);
  await recorder.stop();
});

test('a gap comes before the next message, though the disk took only a part, and before the end', async () => {
  const { disk, clock, recorder } = await start({ maxPendingBytes: HEADER.length + 1 });
  disk.mostBytesAtOnce = 150;
  disk.hold();
  recorder.append(one);
  clock.advance(200);
  await turnOfTheLoop();
  recorder.append(two);
  disk.release();
  disk.hold();
  await turnOfTheLoop();
  assert.equal(disk.text(FIRST).length, 150);
  recorder.append(one);
  recorder.append(two);
  const stopped = recorder.stop();
  disk.release();
  const { status } = await stopped;
  assert.equal(status.lostMessages, 2);
  const gap = /\{"gap":\{"lostMessages":1,[^\n]*\n/g;
  assert.equal(disk.text(FIRST).replace(gap, 'GAP'), `${HEADER + lineOf(one)}GAP${lineOf(one)}GAP`);
});

test('a message larger than all that may wait is taken while less than that waits', async () => {
  const { disk, recorder } = await start({ maxPendingBytes: 300 });
  const large = message({ payload: new Uint8Array(1000) });
  recorder.append(large);
  recorder.append(large);
  assert.deepEqual([recorder.status.messages, recorder.status.lostMessages], [1, 1]);
  await recorder.stop();
  assert.ok(disk.text(FIRST).startsWith(HEADER + lineOf(large)));
});

test('while a write hangs, lines gather in one block, not in one for every fifth of a second', async () => {
  const { disk, clock, recorder } = await start();
  disk.hold();
  clock.advance(200);
  for (let i = 0; i < 10; i++) {
    recorder.append(one);
    clock.advance(1000);
  }
  disk.release();
  await turnOfTheLoop();
  assert.equal(disk.contents.get(FIRST)?.length, 2);
  assert.equal(disk.text(FIRST), HEADER + lineOf(one).repeat(10));
  await recorder.stop();
});

test('a full disk ends the recording; what it took is counted and kept, the rest is lost and counted', async () => {
  const { disk, recorder } = await start();
  for (let i = 0; i < 5; i++) recorder.append(one);
  // Two messages, and half of the third.
  disk.roomBytes = HEADER.length + Math.floor(2.5 * lineOf(one).length);
  const { roomBytes } = disk;
  const end = await recorder.stop();
  assert.ok(end.kind === 'failed');
  assert.equal(end.fault.kind, 'noSpace');
  assert.match(end.fault.message, /no room on the disk for .*r-001\.jsonl\. Make some/);
  assert.deepEqual(
    [end.status.messages, end.status.lostMessages, end.status.bytes, end.status.pendingBytes],
    [2, 3, roomBytes, 0],
  );
  assert.equal(disk.text(FIRST).length, roomBytes);
  assert.equal(disk.calls.at(-1), `close ${FIRST}`);
});

test('a disk that fails while it records ends it without being stopped, and later messages do nothing', async () => {
  const { disk, clock, recorder } = await start({ maxFileBytes: 1 });
  disk.roomBytes = HEADER.length + lineOf(one).length;
  recorder.append(one);
  recorder.append(two);
  clock.advance(200);
  const end = await recorder.ended;
  assert.ok(end.kind === 'failed');
  assert.match(end.fault.message, /r-002\.jsonl/);
  recorder.append(one);
  assert.deepEqual(recorder.status, end.status);
  assert.deepEqual([end.status.messages, end.status.lostMessages], [1, 1]);
  assert.equal(await recorder.stop(), end);
  assert.equal(clock.pendingTimers, 0);
});

test('a file that can not be synced, or not be made, ends the recording', async () => {
  for (const [call, code, kind] of [
    ['sync', 'EIO', 'failed'],
    ['create', 'EEXIST', 'exists'],
    ['create', 'EACCES', 'notPermitted'],
  ] as const) {
    const { disk, recorder } = await start({ maxFileBytes: 1 });
    disk.faults.set(call, faultOf(code));
    recorder.append(one);
    recorder.append(two);
    const end = await recorder.stop();
    assert.ok(end.kind === 'failed');
    assert.equal(end.fault.kind, kind);
    assert.deepEqual([end.status.messages, end.status.lostMessages], [1, 1]);
  }
});

test('what is no error of the file system rejects: a bug is not taken for a full disk', async () => {
  const { disk, recorder } = await start();
  disk.faults.set('sync', new TypeError('a bug'));
  await assert.rejects(recorder.stop(), new TypeError('a bug'));
});

test('a recording that can not start says why', async (t) => {
  const folder = temporaryFolder(t);
  const options = { folder, baseName: 'r', maxFileBytes: 1000, clock: new FakeClock() };
  const missing = await startRecording({ ...options, folder: join(folder, 'none') });
  assert.equal(missing.kind, 'folderMissing');
  const first = await startRecording(options);
  assert.ok(first.kind === 'started');
  const again = await startRecording(options);
  assert.ok(again.kind === 'exists');
  assert.match(again.message, /there already/);
  await first.recorder.stop();
  for (const baseName of ['', '../r', 'a/b', 'a\\b', 'c:r', 'a?', 'a\0'])
    assert.equal((await startRecording({ ...options, baseName })).kind, 'badName', JSON.stringify(baseName));
  await assert.rejects(startRecording({ ...options, baseName: 'x', maxFileBytes: 0 }), RangeError);
  await assert.rejects(startRecording({ ...options, baseName: 'x', maxFileBytes: 1.5 }), RangeError);
});

async function recordedInFolder(t: TestContext, maxFileBytes: number): Promise<string[]> {
  const folder = temporaryFolder(t);
  const { recorder } = await start({ folder, maxFileBytes, files: nodeFiles });
  for (let i = 0; i < 1000; i++) {
    recorder.append(message({ topic: `t/${i}`, payload: `${i}`, receivedAtMs: START_MS + i }));
    if (i % 100 === 0) await turnOfTheLoop();
  }
  await recorder.stop();
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

test('real files: none is larger than it may be, and all messages are in them, in order', async (t) => {
  const files = await recordedInFolder(t, 10_000);
  assert.ok(files.length > 10);
  for (const file of files) assert.ok(statSync(file).size <= 10_000, `${file}: ${statSync(file).size}`);
  const topics: string[] = [];
  for await (const { entries } of readRecording(files)) {
    for (const entry of entries) {
      assert.ok(entry.kind === 'message');
      topics.push(entry.message.topic);
    }
  }
  assert.deepEqual(
    topics,
    Array.from({ length: 1000 }, (_, i) => `t/${i}`),
  );
});

test('a recording that was never stopped is readable as far as it was written', async (t) => {
  const folder = temporaryFolder(t);
  const { clock, recorder } = await start({ folder, files: nodeFiles });
  for (let i = 0; i < 3; i++) recorder.append(one);
  clock.advance(200);
  while (recorder.status.pendingBytes > 0) await turnOfTheLoop();
  const file = join(folder, 'r-001.jsonl');
  assert.equal(readFileSync(file, 'utf8'), HEADER + lineOf(one).repeat(3));
  assert.equal(await kindsIn([file]), 'mmm');
  await recorder.stop();
});

test('/dev/full: a recording on a real full disk ends with its kind', async (t) => {
  if (!existsSync('/dev/full')) {
    t.skip('there is no /dev/full on this machine');
    return;
  }
  const opened = await open('/dev/full', 'r+');
  const { recorder } = await start({
    files: {
      ...nodeFiles,
      create: async () => ({
        write: async (bytes) => (await opened.write(bytes)).bytesWritten,
        sync: () => opened.sync(),
        close: () => opened.close(),
      }),
    },
  });
  recorder.append(one);
  const end = await recorder.stop();
  assert.ok(end.kind === 'failed');
  assert.equal(end.fault.kind, 'noSpace');
  assert.deepEqual([end.status.messages, end.status.lostMessages, end.status.bytes], [0, 1, 0]);
});
