import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { ConnectionId } from '../../../src/contracts/connections.ts';
import type { ReplayParams } from '../../../src/contracts/recordings.ts';
import { ReplayService, replayedPublishOf } from '../../../src/engine/replayService.ts';
import type { ReplayedMessage, ReplayedPublish } from '../../../src/recording/replay.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { text } from '../model/messages.ts';
import { Emitted } from './emitted.ts';

const OPEN_CONNECTION = 3;

function setUp(t: TestContext) {
  const folder = temporaryFolder(t);
  const write = (name: string, ...payloads: string[]) => {
    const lines = payloads.map((payload) => `${JSON.stringify({ topic: 'a', payload, retain: true })}\n`);
    writeFileSync(join(folder, name), lines.join(''));
    return join(folder, name);
  };
  const published: ReplayedMessage[] = [];
  const targets: ConnectionId[] = [];
  const emitted = new Emitted();
  const broker = { isReady: true, answer: { kind: 'published' } as ReplayedPublish };
  const opened = write('opened.jsonl', 'one', 'two');
  const service = new ReplayService({
    clock: systemClock,
    target: {
      isReady: () => broker.isReady,
      publish: async (message, target) => {
        published.push(message);
        targets.push(target);
        return broker.answer;
      },
    },
    openRecording: (connection) =>
      connection === OPEN_CONNECTION ? { files: [opened], messageCount: 2 } : undefined,
    emit: emitted.emit,
    onTrouble: (message) => assert.fail(message),
  });
  t.after(() => service.dispose());
  const start = (file: string, more: Partial<ReplayParams> = {}) =>
    service.start({
      source: { kind: 'file', file },
      speed: { kind: 'fastest' },
      isPaused: false,
      retain: 'kept',
      ...more,
    });
  const texts = () => published.map(({ payload }) => text(payload));
  return { write, published, targets, texts, emitted, broker, service, start };
}

test('all parts of a recording are played, from whichever is named, and its end is told once', async (t) => {
  const { write, texts, emitted, service, start } = setUp(t);
  write('run-001.jsonl', 'one', 'two');
  const result = await start(write('run-002.jsonl', 'three'));
  assert.equal(result.kind, 'started');
  const end = await emitted.first('replayEnded');
  assert.deepEqual([end.state, end.position, end.refused], ['finished', 3, 0]);
  assert.deepEqual(texts(), ['one', 'two', 'three']);
  await emitted.first('replayState', (state) => state.kind === 'idle');
  assert.deepEqual(service.state, { kind: 'idle' });
  assert.equal(emitted.of('replayEnded').length, 1);
});

test('a recording that is open is played from its files, and how many there are is known', async (t) => {
  const { texts, emitted, start } = setUp(t);
  const source = { kind: 'connection', connection: OPEN_CONNECTION } as const;
  const result = await start('', { source });
  assert.equal(result.kind === 'started' && result.replay.total, 2);
  await emitted.first('replayEnded');
  assert.deepEqual(texts(), ['one', 'two']);
  assert.equal((await start('', { source: { ...source, connection: 9 } })).kind, 'notOpen');
});

test('step by step, then on, under a prefix and without RETAIN', async (t) => {
  const { write, published, texts, emitted, service, start } = setUp(t);
  const file = write('a.jsonl', 'one', 'two', 'three');
  await start(file, { isPaused: true, topicPrefix: 'lab', retain: 'dropped' });
  await service.control({ action: 'step' });
  assert.deepEqual(texts(), ['one'], 'it answers when the message is on its way');
  await emitted.first('replayState', (state) => state.kind === 'open' && state.replay.position === 1);
  await service.control({ action: 'resume' });
  const { state } = await emitted.first('replayEnded');
  assert.equal(state, 'finished');
  assert.deepEqual(texts(), ['one', 'two', 'three']);
  assert.deepEqual(
    published.map(({ topic, retain }) => [topic, retain]),
    Array.from({ length: 3 }, () => ['lab/a', false]),
  );
});

test('one replay at a time; one that is stopped makes room for the next', async (t) => {
  const { write, emitted, service, start } = setUp(t);
  const file = write('a.jsonl', 'one', 'two');
  await start(file, { isPaused: true });
  assert.equal((await start(file)).kind, 'alreadyPlaying');
  await service.control({ action: 'stop' });
  assert.equal((await emitted.first('replayEnded')).state, 'stopped');
  assert.equal((await start(file)).kind, 'started');
});

test('without a broker none begins; when it is gone, the replay ends and says so', async (t) => {
  const { write, broker, emitted, start } = setUp(t);
  const file = write('a.jsonl', 'one', 'two', 'three');
  broker.isReady = false;
  assert.equal((await start(file)).kind, 'brokerNotRunning');
  broker.isReady = true;
  broker.answer = replayedPublishOf({ kind: 'brokerNotRunning' });
  await start(file);
  const end = await emitted.first('replayEnded');
  assert.equal(end.state, 'failed');
  assert.match(end.failure ?? '', /stopped/);
});

test('it goes to the broker that it is told, and to the local one unless told', async (t) => {
  const { write, broker, targets, emitted, start } = setUp(t);
  const file = write('a.jsonl', 'one');
  broker.isReady = false;
  assert.equal((await start(file, { target: 7 })).kind, 'targetNotConnected');
  broker.isReady = true;
  await start(file, { target: 7 });
  await emitted.first('replayEnded');
  assert.deepEqual(targets, [7]);
  await start(file);
  await emitted.first('replayEnded', () => emitted.of('replayEnded').length === 2);
  assert.deepEqual(targets, [7, 0]);
});

test('what the broker refuses is counted, and the others go on', async (t) => {
  const { write, broker, emitted, start } = setUp(t);
  broker.answer = replayedPublishOf({ kind: 'refused', reasonCode: 0x87, message: 'not authorized' });
  await start(write('a.jsonl', 'one', 'two'));
  const end = await emitted.first('replayEnded');
  assert.deepEqual([end.state, end.refused, end.firstRefusal], ['finished', 2, 'not authorized']);
});

test('an option that can’t be used, and a file that is not there, are told', async (t) => {
  const { write, emitted, start } = setUp(t);
  const result = await start(write('a.jsonl', 'one'), { topicPrefix: 'a/#' });
  assert.equal(result.kind === 'badOption' && result.option, 'topicPrefix');
  await start('/nowhere/at/all.jsonl');
  const end = await emitted.first('replayEnded');
  assert.equal(end.state, 'failed');
  assert.match(end.failure ?? '', /all\.jsonl/);
});
