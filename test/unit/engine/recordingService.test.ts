import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import type { StartRecordingParams } from '../../../src/contracts/recordings.ts';
import { RecordingService } from '../../../src/engine/recordingService.ts';
import { Model } from '../../../src/model/model.ts';
import type { Files } from '../../../src/recording/files.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { incoming } from '../model/messages.ts';
import { Emitted } from './emitted.ts';

function setUp(t: TestContext, options: { historyBytes?: number; clock?: Clock; files?: Files } = {}) {
  const { historyBytes = 50_000_000, clock = systemClock, files } = options;
  const folder = temporaryFolder(t);
  const model = new Model({ historyBytes });
  const emitted = new Emitted();
  const service = new RecordingService({
    ...{ clock, model, emit: emitted.emit },
    onTrouble: (message) => assert.fail(message),
    ...(files && { files }),
  });
  t.after(() => service.dispose());
  const start = async (more: Partial<StartRecordingParams> = {}) => {
    const result = await service.start({ folder, baseName: 'run', maxFileBytes: 100_000_000, ...more });
    assert.equal(result.kind, 'started', JSON.stringify(result));
  };
  const lines = (name = 'run-001.jsonl') =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const texts = () => lines().flatMap((line) => ('text' in line ? [line.text] : []));
  return { folder, model, emitted, service, start, lines, texts };
}

test('what comes after the start is in the file when it is stopped, with all that MQTT says of it', async (t) => {
  const { model, service, start, lines } = setUp(t);
  model.messagePublished('before', incoming('not meant'));
  await start();
  const properties = { contentType: 'text/plain', userProperties: [['a', 'b'] as const] };
  model.messagePublished(
    'plant/1',
    incoming('on', { qos: 2, retain: true, publisher: 'board', properties, receivedAtMs: 1000 }),
  );
  model.messagePublished('plant/2', incoming(Uint8Array.of(0, 255), { isWill: true, receivedAtMs: 2000 }));
  const end = await service.stop();
  assert.deepEqual(
    [end?.kind, end?.recording.messages, end?.recording.lostMessages, end?.recording.pendingBytes],
    ['stopped', 2, 0, 0],
  );
  const [header, first, second, ...others] = lines();
  assert.equal(header?.format, 'mqtt-workbench-recording');
  assert.deepEqual(first, {
    time: '1970-01-01T00:00:01.000Z',
    topic: 'plant/1',
    qos: 2,
    retain: true,
    publisher: 'board',
    properties,
    text: 'on',
    payloadBase64: 'b24=',
  });
  assert.deepEqual(second, {
    time: '1970-01-01T00:00:02.000Z',
    topic: 'plant/2',
    qos: 0,
    retain: false,
    isWill: true,
    payloadBase64: 'AP8=',
  });
  assert.deepEqual(others, []);
});

test('only the topics of its filter are recorded, and none that a subscription was delivered', async (t) => {
  const { model, service, start, texts } = setUp(t);
  await start({ topicFilter: 'plant/+' });
  model.messagePublished('plant/1', incoming('meant'));
  model.messagePublished('plant/1/x', incoming('not meant'));
  model.messageDelivered('plant/#', 'plant/1', incoming('delivered'));
  await service.stop();
  assert.deepEqual(texts(), ['meant']);
});

test('messages are read while it runs, without anybody who stops it', async (t) => {
  const { model, emitted, start } = setUp(t);
  await start();
  model.messagePublished('a', incoming('on'));
  const isWritten = (state: { kind: string; recording?: { messages: number; pendingBytes: number } }) =>
    state.recording?.messages === 1 && state.recording.pendingBytes === 0;
  const state = await emitted.first('recordingState', isWritten);
  assert.equal(state.kind, 'recording');
  model.messagePublished('a', incoming('off'));
  await emitted.first('recordingState', (each) => each.kind === 'recording' && each.recording.messages === 2);
});

test('what the log has no room for until it is read is recorded all the same', async (t) => {
  const { model, service, start, texts } = setUp(t, { historyBytes: 20_000 });
  await start();
  for (let n = 0; n < 5000; n++) model.messagePublished('a', incoming(`${n}`));
  assert.ok(model.log.droppedMessages > 4000);
  await service.stop();
  assert.deepEqual(
    texts(),
    Array.from({ length: 5000 }, (_, n) => `${n}`),
  );
});

test('a message that the log holds in part only is not recorded wrong: the file has a gap', async (t) => {
  const { model, service, start, lines } = setUp(t, { historyBytes: 20_000 });
  await start();
  model.messagePublished('large', incoming(new Uint8Array(30_000), { receivedAtMs: 5000 }));
  model.messagePublished('small', incoming('on', { receivedAtMs: 6000 }));
  const end = await service.stop();
  assert.equal(end?.recording.lostMessages, 1);
  const [, gap, message] = lines();
  const at = '1970-01-01T00:00:05.000Z';
  assert.deepEqual(gap, { gap: { lostMessages: 1, from: at, to: at } });
  assert.equal(message?.topic, 'small');
});

test('its state is told twice a second at most', async (t) => {
  const clock = new FakeClock();
  const { model, emitted, start } = setUp(t, { clock });
  await start();
  for (let n = 0; n < 100; n++) {
    model.messagePublished('a', incoming('x'));
    clock.advance(20);
  }
  const { length } = emitted.of('recordingState');
  assert.ok(length >= 4 && length <= 5, `${length} in 2 seconds`);
});

test('a folder that is not there is made; one that can’t be is told, and a file that is there kept', async (t) => {
  const { folder, service, start } = setUp(t);
  await start({ folder: join(folder, 'a', 'b') });
  assert.ok(existsSync(join(folder, 'a', 'b', 'run-001.jsonl')));
  await service.stop();
  const params = { folder: join(folder, 'a', 'b'), baseName: 'run', maxFileBytes: 1000 };
  assert.equal((await service.start(params)).kind, 'exists');
  const below = join(folder, 'a', 'b', 'run-001.jsonl', 'c');
  const result = await service.start({ ...params, folder: below });
  assert.equal(result.kind, 'folderMissing');
  assert.deepEqual(service.state, { kind: 'idle' });
});

test('a filter and a name that are none are told', async (t) => {
  const { folder, service } = setUp(t);
  const params = { folder, baseName: 'run', maxFileBytes: 1000 };
  assert.equal((await service.start({ ...params, topicFilter: 'a/#/b' })).kind, 'badFilter');
  assert.equal((await service.start({ ...params, baseName: '../run' })).kind, 'badName');
});

test('one recording at a time; after its end another can begin', async (t) => {
  const { service, start, folder } = setUp(t);
  await start();
  const again = { folder, baseName: 'again', maxFileBytes: 1000 };
  assert.equal((await service.start(again)).kind, 'alreadyRecording');
  assert.equal((await service.stop())?.kind, 'stopped');
  assert.equal(await service.stop(), undefined);
  assert.equal((await service.start(again)).kind, 'started');
});

test('when the disk fails it ends, says why, and what waited is lost', async (t) => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
  const files: Files = {
    create: async () => ({
      write: () => Promise.reject(full),
      sync: async () => {},
      close: async () => {},
    }),
    resolve: async (file) => file,
    rename: async () => {},
    remove: async () => {},
  };
  const { model, emitted, service, start } = setUp(t, { files });
  await start();
  model.messagePublished('a', incoming('on'));
  const end = await emitted.first('recordingEnded');
  assert.equal(end.kind === 'failed' && end.problem.kind, 'noSpace');
  assert.deepEqual(service.state, { kind: 'idle' });
  assert.equal(await service.stop(), undefined);
});
