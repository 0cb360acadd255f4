/** Recording, export and replay of a whole engine, with its broker and devices that are not ours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { MessageFiles } from '../../../src/engine/messageFiles.ts';
import { Models } from '../../../src/engine/models.ts';
import { OpenRecordings } from '../../../src/engine/openRecordings.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { limits as engineLimits, received, startEngine } from './engineUnderTest.ts';

test('what a device publishes is recorded over a restart of the broker, and reaches a device again', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  const { files } = engine;
  const folder = temporaryFolder(t);
  await start();
  const started = await files.startRecording({ folder, baseName: 'run', maxFileBytes: 1_000_000 });
  assert.equal(started.kind, 'started');
  const properties = { contentType: 'text/plain', correlationData: Buffer.from([1, 0]) };
  await (await device({ clientId: 'board' })).publishAsync('lab/led', 'on', { qos: 1, properties });
  await engine.stopBroker({ keepState: false });
  await start();
  await (await device({ clientId: 'board' })).publishAsync('lab/led', 'off', { qos: 1 });
  const end = await files.stopRecording();
  assert.deepEqual([end?.kind, end?.recording.messages], ['stopped', 2]);
  const file = join(folder, 'run-001.jsonl');
  const [, first] = readFileSync(file, 'utf8').split('\n');
  assert.match(first ?? '', /"publisher":"board".*"correlationDataBase64":"AQA=".*"text":"on"/);

  const listener = await device();
  await listener.subscribeAsync('again/#', { qos: 1 });
  const message = received(listener);
  const ended = next('replayEnded');
  const replay = await files.startReplay({
    source: { kind: 'file', file },
    speed: { kind: 'fastest' },
    isPaused: false,
    topicPrefix: 'again',
    retain: 'kept',
  });
  assert.equal(replay.kind, 'started');
  const { payload, packet } = await message;
  assert.deepEqual(
    [packet.topic, payload, packet.properties?.contentType, packet.properties?.correlationData],
    ['again/lab/led', 'on', 'text/plain', Buffer.from([1, 0])],
  );
  assert.deepEqual([(await ended).state, (await ended).position], ['finished', 2]);
});

test('a replay needs a broker, and one that is stopped ends it', async (t) => {
  const { engine, start, next } = startEngine(t);
  const { files } = engine;
  const folder = temporaryFolder(t);
  const params = {
    source: { kind: 'file', file: join(folder, 'run-001.jsonl') },
    speed: { kind: 'factor', factor: 1 },
    isPaused: false,
    retain: 'kept',
  } as const;
  assert.equal((await files.startReplay(params)).kind, 'brokerNotRunning');
  await start();
  await files.startRecording({ folder, baseName: 'run', maxFileBytes: 1_000_000 });
  for (const payload of ['one', 'two'])
    await engine.publish({ topic: 'a', payload: Buffer.from(payload), qos: 1, retain: false });
  await files.stopRecording();
  await files.startReplay({ ...params, isPaused: true });
  const ended = next('replayEnded');
  await engine.stopBroker({ keepState: false });
  await files.replayControl({ action: 'resume' });
  assert.equal((await ended).state, 'failed');
});

test('an engine that ends in order has its recording on the disk', async (t) => {
  const folder = temporaryFolder(t);
  const engine = new Engine({ version: '1.2.3', limits: engineLimits });
  await engine.startBroker({ host: '127.0.0.1', port: 0, limits: engineLimits });
  await engine.files.startRecording({ folder, baseName: 'run', maxFileBytes: 1_000_000 });
  await engine.publish({ topic: 'a', payload: Buffer.from('last'), qos: 1, retain: false });
  await engine.dispose();
  assert.match(readFileSync(join(folder, 'run-001.jsonl'), 'utf8'), /"text":"last"/);
});

test('the recording is closed also when the replay ends with a bug, which is told', async (t) => {
  const folder = temporaryFolder(t);
  const ofFiles = { clock: systemClock, models: new Models(1_000_000), emit: () => {}, onTrouble: () => {} };
  let published = (): void => {};
  const isPublishing = new Promise<void>((resolve) => {
    published = resolve;
  });
  let breakOff = (): void => {};
  const files = new MessageFiles({
    ...ofFiles,
    openRecordings: new OpenRecordings(ofFiles),
    replayTarget: {
      isReady: () => true,
      publish: () => {
        published();
        return new Promise((_, reject) => {
          breakOff = () => reject(new Error('a bug'));
        });
      },
    },
  });
  await files.startRecording({ folder, baseName: 'run', maxFileBytes: 1_000_000 });
  ofFiles.models.local.messagePublished('a', {
    ...{ payload: Buffer.from('1'), qos: 0, retain: false, receivedAtMs: 0, isWill: false },
  });
  await files.stopRecording();
  await files.startReplay({
    source: { kind: 'file', file: join(folder, 'run-001.jsonl') },
    ...{ speed: { kind: 'fastest' }, isPaused: false, retain: 'kept' },
  });
  await isPublishing;
  await files.startRecording({ folder, baseName: 'next', maxFileBytes: 1_000_000 });
  assert.equal(files.recording().kind, 'recording');
  const closed = files.closeFiles();
  breakOff();
  await assert.rejects(closed, /a bug/);
  assert.equal(files.recording().kind, 'idle');
});
