import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { headerLine, JsonLinesEncoder } from '../../../src/recording/jsonLines.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { partName } from '../../../src/recording/recordingParts.ts';
import {
  type Replay,
  type ReplayedMessage,
  type ReplayedPublish,
  type ReplayOptions,
  type ReplayProgress,
  startReplay,
} from '../../../src/recording/replay.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { message, START_MS } from './messages.ts';

/** A file with a message at each of these times, in milliseconds from the start, each with its number as payload. */
function fileOf(t: TestContext, atMs: readonly number[]): string {
  return fileWith(
    t,
    atMs.map((ms, i) => message({ topic: 't', payload: `${i}`, receivedAtMs: START_MS + ms })),
  );
}

function fileWith(t: TestContext, messages: readonly RecordedMessage[]): string {
  const file = join(temporaryFolder(t), 'r.jsonl');
  const encoder = new JsonLinesEncoder();
  writeFileSync(file, Buffer.concat(messages.map((value) => Buffer.from(encoder.encode(value)))));
  return file;
}

class ReplayUnderTest {
  readonly clock = new FakeClock();
  readonly replay: Replay;
  readonly published: ReplayedMessage[] = [];
  /** When each was published, by the clock, from the start. */
  readonly atMs: number[] = [];
  readonly progress: ReplayProgress[] = [];
  /** What the publisher answers, and when. */
  answer: (message: ReplayedMessage) => Promise<ReplayedPublish> = async () => ({ kind: 'published' });
  #awaited: { count: number; resolve: () => void } | undefined;

  constructor(files: readonly string[], options: Partial<ReplayOptions> = {}) {
    const started = startReplay({
      files,
      clock: this.clock,
      speed: { kind: 'factor', factor: 1 },
      publish: (published) => {
        this.published.push(published);
        this.atMs.push(this.clock.monotonicMs());
        if (this.published.length === this.#awaited?.count) this.#awaited.resolve();
        return this.answer(published);
      },
      ...options,
    });
    assert.ok(started.kind === 'started', JSON.stringify(started));
    this.replay = started.replay;
    this.replay.onDidChange((progress) => this.progress.push(progress));
  }

  /** Resolves when so many were published in all, and the next one waits for its time. */
  async until(count: number): Promise<void> {
    if (this.published.length < count)
      await new Promise<void>((resolve) => {
        this.#awaited = { count, resolve };
      });
    await turnOfTheLoop();
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turnOfTheLoop();
  }

  /** Moves the clock millisecond by millisecond until all are published. */
  async runTo(count: number): Promise<void> {
    await this.until(1);
    while (this.published.length < count) await this.advance(1);
  }

  get payloads(): string {
    return this.published.map(({ payload }) => Buffer.from(payload).toString()).join('');
  }
}

test('messages come at the times that they had, the first at once', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [5000, 5010, 5010, 5300])]);
  await under.until(1);
  assert.equal(under.payloads, '0');
  await under.advance(9);
  assert.equal(under.payloads, '0');
  await under.advance(1);
  assert.equal(under.payloads, '012');
  await under.advance(289);
  assert.equal(under.payloads, '012');
  await under.advance(1);
  const end = await under.replay.ended;
  assert.equal(under.payloads, '0123');
  assert.deepEqual(end, {
    ...{ state: 'finished', position: 4, total: undefined, atMs: START_MS + 5300 },
    ...{ refused: 0, firstRefusal: undefined, problems: 0, firstProblem: undefined, failure: undefined },
  });
  assert.equal(under.clock.pendingTimers, 0);
});

test('a factor makes it faster or slower', async (t) => {
  const file = fileOf(t, [0, 100, 300]);
  for (const [factor, expected] of [
    [0.1, [0, 1000, 3000]],
    [10, [0, 10, 30]],
    [1000, [0, 1, 1]],
  ] as const) {
    const under = new ReplayUnderTest([file], { speed: { kind: 'factor', factor } });
    await under.runTo(3);
    assert.deepEqual(under.atMs, expected);
    await under.replay.ended;
  }
});

test('what timers are late by does not add up', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 10, 20, 30, 40, 1000])]);
  await under.until(1);
  // As if this thread was busy: each timer runs 7 ms late.
  const late = under.clock.advance.bind(under.clock);
  const setTimeout = under.clock.setTimeout.bind(under.clock);
  under.clock.setTimeout = (callback, delayMs) => setTimeout(callback, delayMs + 7);
  late(10);
  await turnOfTheLoop();
  while (under.published.length < 6) await under.advance(1);
  assert.ok(under.atMs.at(-1)! <= 1007, `${under.atMs}`); // six were published
  await under.replay.ended;
});

test('a clock that was set back while it was recorded makes no pause', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [1000, 0, 50])]);
  await under.runTo(3);
  assert.deepEqual(under.atMs, [0, 0, 50]);
});

test('long pauses are shortened, and what follows keeps its distance', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 3_600_000, 3_600_100, 3_603_000])], {
    longestGapSeconds: 2,
    speed: { kind: 'factor', factor: 10 },
  });
  await under.runTo(4);
  assert.deepEqual(under.atMs, [0, 200, 210, 410]);
});

test('paused, it holds; resumed, the rest keeps its distance', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 100, 200])]);
  await under.until(1);
  await under.advance(60);
  under.replay.pause();
  under.replay.pause();
  await turnOfTheLoop();
  assert.equal(under.clock.pendingTimers, 0);
  await under.advance(5000);
  assert.equal(under.payloads, '0');
  under.replay.resume();
  under.replay.resume();
  await under.advance(39);
  assert.equal(under.payloads, '0');
  await under.advance(1);
  assert.equal(under.payloads, '01');
  await under.advance(100);
  assert.equal((await under.replay.ended).state, 'finished');
  assert.deepEqual(
    under.progress.map(({ state, position }) => `${state} ${position}`),
    ['playing 1', 'paused 1', 'playing 1', 'playing 2', 'playing 3', 'finished 3'],
  );
});

test('step by step, each step plays one, and resumed it goes on in time', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 100, 200, 300])], { isPaused: true, total: 4 });
  await under.advance(1000);
  assert.equal(under.payloads, '');
  under.replay.step();
  await under.until(1);
  await under.advance(1000);
  assert.equal(under.payloads, '0');
  under.replay.step();
  under.replay.step();
  await under.until(3);
  assert.equal(under.payloads, '012');
  assert.deepEqual(
    [under.replay.progress.state, under.replay.progress.position, under.replay.progress.total],
    ['paused', 3, 4],
  );
  await under.advance(500);
  under.replay.resume();
  under.replay.step(); // it plays: nothing to step
  await under.advance(99);
  assert.equal(under.payloads, '012');
  await under.advance(1);
  assert.equal(under.payloads, '0123');
  await under.replay.ended;
});

test('steps that are not used up are forgotten when it goes on', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 100])], { isPaused: true, maxInFlight: 1 });
  under.replay.step();
  under.replay.step();
  under.replay.resume();
  await under.until(1);
  assert.equal(under.payloads, '0');
  under.replay.pause();
  await turnOfTheLoop();
  assert.equal(under.payloads, '0');
  await under.replay.stop();
});

test('as fast as possible, no more are on their way than may be', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 1e6, 2e6, 3e6, 4e6])], {
    speed: { kind: 'fastest' },
    maxInFlight: 2,
  });
  const settle: (() => void)[] = [];
  under.answer = () => new Promise((resolve) => settle.push(() => resolve({ kind: 'published' })));
  await under.until(2);
  assert.equal(under.payloads, '01');
  settle[1]?.();
  await turnOfTheLoop();
  assert.equal(under.payloads, '012');
  settle[0]?.();
  settle[2]?.();
  await turnOfTheLoop();
  assert.equal(under.payloads, '01234');
  assert.equal(under.replay.progress.state, 'playing', 'two are on their way');
  settle[3]?.();
  settle[4]?.();
  assert.equal((await under.replay.ended).state, 'finished');
});

test('a publisher that is slow makes it late, and it catches up', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 10, 20, 500])], { maxInFlight: 1 });
  let settle: (() => void) | undefined;
  under.answer = () =>
    new Promise((resolve) => {
      settle = () => resolve({ kind: 'published' });
    });
  await under.until(1);
  await under.advance(100);
  assert.equal(under.payloads, '0');
  under.answer = async () => ({ kind: 'published' });
  settle?.();
  await under.until(3);
  await under.advance(400);
  await under.replay.ended;
  assert.deepEqual(under.atMs, [0, 100, 100, 500]);
});

test('paused while a publisher is slow, it plays nothing when there is room again', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 0])], { maxInFlight: 1 });
  let settle: (() => void) | undefined;
  under.answer = () =>
    new Promise((resolve) => {
      settle = () => resolve({ kind: 'published' });
    });
  await under.until(1);
  under.replay.pause();
  settle?.();
  await turnOfTheLoop();
  assert.equal(under.payloads, '0');
  const stopped = under.replay.stop();
  assert.equal((await stopped).state, 'stopped');
});

test('stopped, it plays no more, and has ended when nothing is on its way', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 100])]);
  let settle: (() => void) | undefined;
  under.answer = () =>
    new Promise((resolve) => {
      settle = () => resolve({ kind: 'published' });
    });
  await under.until(1);
  let hasEnded = false;
  const stopped = under.replay.stop().then((end) => {
    hasEnded = true;
    return end;
  });
  await under.advance(1000);
  assert.equal(hasEnded, false);
  settle?.();
  assert.equal((await stopped).state, 'stopped');
  assert.equal(under.payloads, '0');
  under.replay.resume();
  under.replay.step();
  under.replay.pause();
  assert.equal((await under.replay.stop()).state, 'stopped');
  assert.equal(under.clock.pendingTimers, 0);
});

test('parts are played one after the other', async (t) => {
  const folder = temporaryFolder(t);
  const encoder = new JsonLinesEncoder();
  const files = [1, 2, 3].map((part) => {
    const file = join(folder, partName('r', part));
    const value = message({ payload: `${part}`, receivedAtMs: START_MS + part * 100 });
    writeFileSync(file, Buffer.concat([headerLine({ startedAtMs: START_MS, part }), encoder.encode(value)]));
    return file;
  });
  const under = new ReplayUnderTest(files, { speed: { kind: 'fastest' } });
  await under.replay.ended;
  assert.equal(under.payloads, '123');
});

test('a prefix goes before each topic, as levels of its own', async (t) => {
  const file = fileWith(
    t,
    ['a/b', '/c', '$SYS/x'].map((topic) => message({ topic })),
  );
  for (const topicPrefix of ['lab/7', 'lab/7/']) {
    const under = new ReplayUnderTest([file], { topicPrefix, speed: { kind: 'fastest' } });
    await under.replay.ended;
    assert.deepEqual(
      under.published.map(({ topic }) => topic),
      ['lab/7/a/b', 'lab/7//c', 'lab/7/$SYS/x'],
    );
  }
});

test('filters leave messages out; the pauses are those between what is played', async (t) => {
  const topics = ['a/1', 'b/1', 'c', 'a/2', '$SYS/a'];
  const file = fileWith(
    t,
    topics.map((topic, i) => message({ topic, receivedAtMs: START_MS + i * 1000 })),
  );
  const under = new ReplayUnderTest([file], { topicFilters: ['a/+', 'c/#'], longestGapSeconds: 1.5 });
  await under.runTo(3);
  const end = await under.replay.ended;
  assert.deepEqual(
    under.published.map(({ topic }) => topic),
    ['a/1', 'c', 'a/2'],
  );
  assert.deepEqual(under.atMs, [0, 1500, 2500]);
  assert.equal(end.position, 3);
});

test('a message goes out as it was, without Subscription Identifiers; RETAIN is kept or dropped', async (t) => {
  const ofMessage = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'text/plain',
    responseTopic: 'r',
    userProperties: [['a', 'b']],
  } as const;
  const file = fileWith(t, [
    message({ qos: 2, retain: true, properties: { ...ofMessage, subscriptionIdentifiers: [7] } }),
    message({ payload: '', qos: 1, publisher: 'board', isWill: true }),
  ]);
  for (const retain of ['kept', 'dropped'] as const) {
    const under = new ReplayUnderTest([file], { retain, speed: { kind: 'fastest' } });
    await under.replay.ended;
    const { payload } = message();
    assert.deepEqual(under.published, [
      { topic: 'lab/led', payload, qos: 2, retain: retain === 'kept', properties: ofMessage },
      { topic: 'lab/led', payload: new Uint8Array(0), qos: 1, retain: false },
    ]);
  }
});

test('what is refused is counted, and the first reason told', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 0, 0])], { speed: { kind: 'fastest' } });
  under.answer = async ({ payload }) =>
    payload[0] === 0x30 ? { kind: 'published' } : { kind: 'refused', message: `not ${payload[0]}` };
  const end = await under.replay.ended;
  assert.deepEqual([end.state, end.position, end.refused, end.firstRefusal], ['finished', 3, 2, 'not 49']);
});

test('a connection that is lost ends it', async (t) => {
  const under = new ReplayUnderTest([fileOf(t, [0, 0, 1000])]);
  under.answer = async ({ payload }) =>
    payload[0] === 0x30 ? { kind: 'published' } : { kind: 'disconnected', message: 'The broker is gone.' };
  const end = await under.replay.ended;
  assert.deepEqual([end.state, end.position, end.failure], ['failed', 2, 'The broker is gone.']);
});

test('a publisher that throws rejects the end', async (t) => {
  for (const answer of [
    () => Promise.reject(new TypeError('a bug')),
    () => {
      throw new TypeError('a bug');
    },
  ]) {
    const under = new ReplayUnderTest([fileOf(t, [0, 1000])]);
    under.answer = answer;
    await assert.rejects(under.replay.ended, new TypeError('a bug'));
    assert.equal(under.replay.progress.state, 'failed');
  }
});

test('lines that can not be read are left out and counted; where nothing can, it fails', async (t) => {
  const file = join(temporaryFolder(t), 'r.jsonl');
  writeFileSync(file, Buffer.concat([Buffer.from('?\n?\n'), new JsonLinesEncoder().encode(message())]));
  const under = new ReplayUnderTest([file]);
  const end = await under.replay.ended;
  assert.deepEqual([end.state, end.position, end.problems, end.firstProblem?.line], ['finished', 1, 2, 1]);

  const missing = new ReplayUnderTest([join(temporaryFolder(t), 'none.jsonl')]);
  const failed = await missing.replay.ended;
  assert.equal(failed.state, 'failed');
  assert.match(failed.failure ?? '', /none\.jsonl is not there/);
});

test('options that can not be are refused in words, each by its name', () => {
  for (const [option, options] of [
    ['speed', { speed: { kind: 'factor', factor: 0.09 } }],
    ['speed', { speed: { kind: 'factor', factor: 1001 } }],
    ['speed', { speed: { kind: 'factor', factor: Number.NaN } }],
    ['topicPrefix', { topicPrefix: 'a/#' }],
    ['topicPrefix', { topicPrefix: '' }],
    ['topicFilters', { topicFilters: ['a', 'b#'] }],
    ['longestGapSeconds', { longestGapSeconds: -1 }],
  ] as const) {
    const started = startReplay({
      ...{ files: [], clock: new FakeClock(), publish: async () => ({ kind: 'published' }) },
      speed: { kind: 'fastest' },
      ...options,
    });
    assert.ok(started.kind === 'badOption');
    assert.equal(started.option, option);
    assert.match(started.message, /\.$/);
  }
});
