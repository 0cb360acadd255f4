import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingInfo, ReplayInfo } from '../../../../src/contracts/recordings.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import { Recordings } from '../../../../src/extension/recording/recordings.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const recording: RecordingInfo = {
  messages: 3,
  bytes: 300,
  files: 1,
  lostMessages: 0,
  currentFile: '/r/run-001.jsonl',
  firstFile: '/r/run-001.jsonl',
  startedAtMs: 1000,
  pendingBytes: 0,
};
const replay: ReplayInfo = {
  state: 'playing',
  file: '/r/run-001.jsonl',
  speed: { kind: 'factor', factor: 1 },
  position: 1,
  refused: 0,
  problems: 0,
};

function setUp() {
  let thread: FakeEngineThread | undefined;
  const engine = new EngineClient((handlers) => {
    thread = new FakeEngineThread(handlers);
    return thread;
  });
  const recordings = new Recordings(engine);
  const lost: RecordingInfo[] = [];
  recordings.onDidLoseRecording((info) => lost.push(info));
  void engine.call('openRecordings', {}).catch(() => {});
  assert.ok(thread !== undefined);
  return { recordings, lost, thread };
}

test('it knows what the engine told last, and tells who listens', () => {
  const { recordings, thread } = setUp();
  const told: string[] = [];
  recordings.onDidChangeRecording(({ kind }) => told.push(kind));
  thread.event('recordingState', { kind: 'recording', recording });
  thread.event('replayState', { kind: 'open', replay });
  assert.deepEqual(recordings.recording, { kind: 'recording', recording });
  assert.deepEqual(recordings.replay, replay);
  assert.deepEqual(told, ['recording']);
});

test('an end holds at once, before the engine tells the next state', () => {
  const { recordings, lost, thread } = setUp();
  thread.event('recordingState', { kind: 'recording', recording });
  thread.event('recordingEnded', { kind: 'stopped', recording });
  thread.event('replayState', { kind: 'open', replay });
  thread.event('replayEnded', { ...replay, state: 'finished' });
  assert.equal(recordings.recording.kind, 'idle');
  assert.equal(recordings.replay, undefined);
  assert.deepEqual(lost, [], 'it was not lost');
});

test('an engine that dies takes all of it along, and a recording that is lost by it is told', () => {
  const { recordings, lost, thread } = setUp();
  thread.event('recordingState', { kind: 'recording', recording });
  thread.event('replayState', { kind: 'open', replay });
  thread.event('recordingsChanged', [
    {
      ...{ connection: 1, rootId: 5, file: '/r/run-001.jsonl', messageCount: 3 },
      ...{ progress: 1, isRead: true, problems: [], problemCount: 0, lostMessages: 0 },
    },
  ]);
  assert.equal(recordings.open.length, 1);
  thread.die(new Error('heap'));
  assert.equal(recordings.recording.kind, 'idle');
  assert.deepEqual(recordings.open, []);
  assert.equal(recordings.replay, undefined);
  assert.deepEqual(lost, [recording]);
});

test('a recording that was opened is known before its event, and known once', () => {
  const { recordings, thread } = setUp();
  const told: number[] = [];
  recordings.onDidChangeOpen(({ length }) => told.push(length));
  const opened = {
    ...{ connection: 1, rootId: 9, file: '/r/run-001.jsonl', messageCount: 3, progress: 1, isRead: true },
    ...{ problems: [], problemCount: 0, lostMessages: 0 },
  };
  recordings.opened(opened);
  assert.deepEqual(recordings.open, [opened]);
  recordings.opened(opened);
  assert.deepEqual(told, [1]);
  thread.event('recordingsChanged', []);
  assert.deepEqual(recordings.open, []);
});
