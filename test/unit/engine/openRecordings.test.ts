import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { OpenRecording, OpenRecordingResult } from '../../../src/contracts/connections.ts';
import { MessageService } from '../../../src/engine/messageService.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { Models } from '../../../src/engine/models.ts';
import { OpenRecordings } from '../../../src/engine/openRecordings.ts';
import { TopicService } from '../../../src/engine/topicService.ts';
import { incoming, text } from '../model/messages.ts';

function lineOf(n: number): string {
  const time = new Date(1_700_000_000_000 + n).toISOString();
  return `${JSON.stringify({ time, topic: `plant/${n % 7}`, payload: `value ${n}` })}\n`;
}

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const models = new Models(50_000_000);
  const listeners = new Set<(open: readonly OpenRecording[]) => void>();
  const emit: Emit = (event, payload) => {
    if (event !== 'recordingsChanged') return;
    // The event of that name.
    for (const listener of listeners) listener(payload as readonly OpenRecording[]);
  };
  const troubles: string[] = [];
  const onTrouble = (message: string) => void troubles.push(message);
  const recordings = new OpenRecordings({ clock: systemClock, models, emit, onTrouble });
  t.after(() => recordings.dispose());
  const topics = new TopicService({
    models,
    clock: systemClock,
    messagesReceived: () => 0,
    onCleared: () => {},
  });
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  /** When all of it is read. */
  const opened = async (file: string): Promise<OpenRecording> => {
    const read = new Promise<OpenRecording>((resolve) => {
      listeners.add((open) => {
        const recording = open.find((each) => each.file === file);
        if (recording?.isRead) resolve(recording);
      });
    });
    recordingOf(await recordings.openRecording({ file }));
    return read;
  };
  const messages = new MessageService(models, systemClock);
  return { models, recordings, topics, messages, write, opened, troubles };
}

function recordingOf(result: OpenRecordingResult): OpenRecording {
  assert.equal(result.kind, 'opened', JSON.stringify(result));
  return result.kind === 'opened' ? result.recording : assert.fail();
}

test('a recording has topics and messages of its own, beside those of the broker', async (t) => {
  const { models, topics, messages, write, opened, troubles } = setUp(t);
  models.local.messagePublished('plant/0', incoming('of the broker'));
  const file = write('a.jsonl', Array.from({ length: 5000 }, (_, n) => lineOf(n)).join(''));
  const recording = await opened(file);
  assert.deepEqual([recording.messageCount, recording.progress, recording.problemCount], [5000, 1, 0]);
  assert.deepEqual(troubles, []);

  const [plant] = (await topics.topicChildren({ parentId: recording.rootId, offset: 0, limit: 10 })).nodes;
  assert.deepEqual([plant?.level, plant?.branchMessageCount, plant?.childCount], ['plant', 5000, 7]);
  assert.equal(plant?.connection, recording.connection);
  const top = await topics.topicChildren({ parentId: 0, offset: 0, limit: 10 });
  assert.deepEqual(
    top.nodes.map(({ id, parentId, level, branchMessageCount, isConnection }) => {
      return { id, parentId, level, branchMessageCount, isConnection };
    }),
    [
      { id: recording.rootId, parentId: 0, level: 'a.jsonl', branchMessageCount: 5000, isConnection: true },
      { id: top.nodes[1]?.id, parentId: 0, level: 'plant', branchMessageCount: 1, isConnection: undefined },
    ],
  );
  assert.equal(top.total, 2);
  const second = (await topics.topicChildren({ parentId: 0, offset: 1, limit: 1 })).nodes;
  assert.deepEqual(second, top.nodes.slice(1));
  assert.equal(await topics.topicPlace({ id: second[0]?.id ?? 0, order: 'name' }), 1);
  const path = topics.topicPath({ topic: 'plant/3', connection: recording.connection });
  assert.equal(path?.[1]?.last && text(path[1].last.preview), 'value 4994');

  const query = {
    source: { kind: 'broker', connection: recording.connection },
    topicFilter: 'plant/3',
  } as const;
  const { viewId } = messages.openMessages({ query });
  models.withId(viewId)?.views.advance(() => false);
  const { rows } = messages.messageRows({ viewId, from: 0, count: 2 });
  assert.deepEqual(
    rows.map((row) => [text(row.preview), row.receivedAtMs]),
    [
      ['value 3', 1_700_000_000_003],
      ['value 10', 1_700_000_000_010],
    ],
  );
  const detail = messages.message({ id: rows[0]?.id ?? 0, maxPayloadBytes: 100 });
  assert.equal(detail && text(detail.payload), 'value 3');
});

test('all parts of a recording are one, whichever was opened, and opened once', async (t) => {
  const { recordings, write, opened } = setUp(t);
  const first = write('run-001.jsonl', lineOf(1));
  const second = write('run-002.jsonl', lineOf(2));
  const { messageCount, connection } = await opened(first);
  assert.equal(messageCount, 2);
  const again = await recordings.openRecording({ file: second });
  assert.equal(again.kind === 'alreadyOpen' && again.recording.connection, connection);
});

test('lines that can’t be read are told, and the others are there', async (t) => {
  const { write, opened } = setUp(t);
  const recording = await opened(write('a.jsonl', `${lineOf(1)}{"topic": 5\n${lineOf(2)}`));
  assert.deepEqual([recording.messageCount, recording.problemCount], [2, 1]);
  assert.match(recording.problems[0] ?? '', /line 2/i);
});

test('what is no recording at all is not opened, and the reason said', async (t) => {
  const { recordings, write } = setUp(t);
  for (const file of [write('a.txt', 'hello\nworld\n'), '/nowhere/at/all.jsonl']) {
    const result = await recordings.openRecording({ file });
    assert.equal(result.kind, 'unreadable');
    assert.match(result.kind === 'unreadable' ? result.message : '', /\w+ .*\./);
    assert.deepEqual(recordings.openRecordings(), []);
  }
});

test('what a recording says that it lost is told', async (t) => {
  const { write, opened } = setUp(t);
  const gap = (lostMessages: number) =>
    `${JSON.stringify({ gap: { lostMessages, from: 1_700_000_000_000, to: 1_700_000_000_001 } })}\n`;
  const recording = await opened(write('a.jsonl', lineOf(1) + gap(3) + lineOf(2) + gap(4)));
  assert.deepEqual([recording.messageCount, recording.lostMessages], [2, 7]);
});

test('a recording whose reading breaks off is closed, and can be opened again', async (t) => {
  const { models, recordings, write, opened, troubles } = setUp(t);
  const file = write('a.jsonl', lineOf(1));
  const add = models.add.bind(models);
  models.add = (name) => {
    const added = add(name);
    added.model.messagePublished = () => assert.fail('a bug');
    return added;
  };
  await assert.rejects(recordings.openRecording({ file }), /a bug/);
  assert.deepEqual(recordings.openRecordings(), []);
  assert.match(troubles[0] ?? '', /broke off: a bug/);
  models.add = add;
  assert.equal((await opened(file)).messageCount, 1);
});

test('a recording that is closed is forgotten, also while it is read', async (t) => {
  const { models, recordings, topics, write } = setUp(t);
  const file = write('a.jsonl', Array.from({ length: 200_000 }, (_, n) => lineOf(n)).join(''));
  const { connection, rootId, isRead } = recordingOf(await recordings.openRecording({ file }));
  assert.equal(isRead, false, 'it answers before all is read');
  recordings.closeRecording({ connection });
  assert.deepEqual(recordings.openRecordings(), []);
  assert.deepEqual((await topics.topicChildren({ parentId: rootId, offset: 0, limit: 10 })).nodes, []);
  assert.equal(models.of(connection), undefined);
});
