import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { ExportParams } from '../../../src/contracts/recordings.ts';
import { ExportService } from '../../../src/engine/exportService.ts';
import { Models } from '../../../src/engine/models.ts';
import { type Files, nodeFiles } from '../../../src/recording/files.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { incoming } from '../model/messages.ts';
import { Emitted } from './emitted.ts';

const broker = { source: { kind: 'broker' } } as const;

function setUp(
  t: TestContext,
  { historyBytes = 50_000_000, files }: { historyBytes?: number; files?: Files } = {},
) {
  const file = join(temporaryFolder(t), 'export.jsonl');
  const models = new Models(historyBytes);
  const emitted = new Emitted();
  const service = new ExportService({
    clock: systemClock,
    models,
    emit: emitted.emit,
    ...(files && { files }),
  });
  const run = (more: Partial<ExportParams> = {}) =>
    service.export({ exportId: 1, query: broker, file, format: 'jsonLines', ...more });
  const texts = () =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => (JSON.parse(line) as { text: string }).text);
  return { file, models, emitted, service, run, texts };
}

test('what a query and a time mean is exported, and nothing else', async (t) => {
  const { models, run, texts } = setUp(t);
  for (let n = 0; n < 10; n++)
    models.local.messagePublished(`plant/${n % 2}`, incoming(`${n}`, { receivedAtMs: 1000 + n }));
  const result = await run({
    query: { ...broker, topicFilter: 'plant/1' },
    fromMs: 1002,
    toMs: 1008,
  });
  assert.deepEqual(result.kind === 'exported' && [result.messages, result.missingMessages], [3, 0]);
  assert.deepEqual(texts(), ['3', '5', '7']);
});

test('the messages of a recording that is open can be exported', async (t) => {
  const { models, run, texts } = setUp(t);
  const { connection, model } = models.add({ kind: 'recording', name: 'run.jsonl' });
  model.messagePublished('a', incoming('recorded'));
  models.local.messagePublished('a', incoming('of the broker'));
  assert.equal((await run({ query: { source: { kind: 'broker', connection } } })).kind, 'exported');
  assert.deepEqual(texts(), ['recorded']);
});

test('CSV has a byte order mark where Excel is to read it, and none elsewhere', async (t) => {
  const { file, models, run } = setUp(t);
  models.local.messagePublished('a', incoming('on'));
  await run({ format: 'csv' });
  assert.match(
    readFileSync(file, 'utf8'),
    /^time,topic,.*\r\n1970-01-01T00:00:01\.000Z,a,0,false,,false,2,on,/,
  );
  await run({ format: 'excelCsv' });
  assert.match(readFileSync(file, 'utf8'), /^\ufefftime,topic,/);
});

test('where nothing matches, no file is written', async (t) => {
  const { file, models, run } = setUp(t);
  assert.deepEqual(await run(), { kind: 'nothingToExport', missingMessages: 0 });
  models.local.messagePublished('a', incoming('on'));
  const query = { ...broker, topicFilter: 'b' };
  assert.deepEqual(await run({ query }), { kind: 'nothingToExport', missingMessages: 0 });
  assert.equal(existsSync(file), false);
});

test('messages that are dropped meanwhile are counted, and those after them are there', async (t) => {
  // The disk is slow: at its first write, the history takes as much as it can hold.
  const { models, run, texts } = setUp(t, {
    historyBytes: 2_000_000,
    files: {
      ...nodeFiles,
      create: async (file) => {
        const opened = await nodeFiles.create(file);
        return {
          ...opened,
          write: (bytes) => {
            flood();
            return opened.write(bytes);
          },
        };
      },
    },
  });
  let isFlooded = false;
  const flood = (): void => {
    if (isFlooded) return;
    isFlooded = true;
    const { log } = models.local;
    const halfway = (log.firstId + log.nextId) / 2;
    while (log.firstId < halfway) models.local.messagePublished('later', incoming('later'));
  };
  const count = 2800;
  for (let n = 0; n < count; n++) models.local.messagePublished('a', incoming(`${n} `.padEnd(400, '.')));
  assert.equal(models.local.log.droppedMessages, 0);
  const result = await run();
  assert.equal(result.kind, 'exported');
  if (result.kind !== 'exported') return;
  assert.ok(result.missingMessages > 0, 'some were dropped');
  assert.equal(result.messages + result.missingMessages, count);
  const found = texts();
  assert.equal(found.length, result.messages);
  assert.ok(found.at(-1)?.startsWith(`${count - 1} `));
});

test('a message that the history holds in part is missing, not wrong', async (t) => {
  const { models, run, texts } = setUp(t, { historyBytes: 20_000 });
  models.local.messagePublished('large', incoming(new Uint8Array(30_000)));
  models.local.messagePublished('small', incoming('on'));
  const result = await run();
  assert.equal(result.kind === 'exported' && result.missingMessages, 1);
  assert.deepEqual(texts(), ['on']);
});

test('the thread is free for others while much is exported, and the progress told', async (t) => {
  const { models, emitted, run } = setUp(t);
  for (let n = 0; n < 100_000; n++) models.local.messagePublished('a', incoming(`value ${n}`));
  let turns = 0;
  const turn = setInterval(() => turns++, 1);
  const result = await run();
  clearInterval(turn);
  assert.equal(result.kind === 'exported' && result.messages, 100_000);
  assert.ok(turns >= 5, `${turns} turns`);
  const told = emitted.of('exportProgress');
  assert.ok(told.every(({ progress }) => progress >= 0 && progress <= 1));
});

test('an export that is cancelled changes nothing', async (t) => {
  const { file, models, service, run } = setUp(t);
  for (let n = 0; n < 50_000; n++) models.local.messagePublished('a', incoming(`value ${n}`));
  const result = run();
  service.cancel({ exportId: 1 });
  assert.deepEqual(await result, { kind: 'cancelled' });
  assert.equal(existsSync(file), false);
});

test('at the end of the engine exports are called off, and no file is left half written', async (t) => {
  const { file, models, service, run } = setUp(t);
  for (let n = 0; n < 50_000; n++) models.local.messagePublished('a', incoming(`value ${n}`));
  const result = run();
  await service.dispose();
  assert.deepEqual(await result, { kind: 'cancelled' });
  assert.equal(existsSync(file), false);
});

test('a folder that is not there is told', async (t) => {
  const { models, run } = setUp(t);
  models.local.messagePublished('a', incoming('on'));
  assert.equal((await run({ file: '/nowhere/at/all.jsonl' })).kind, 'folderMissing');
});
