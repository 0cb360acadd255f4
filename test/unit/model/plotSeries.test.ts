import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_ORIGIN, MessageLog } from '../../../src/model/messageLog.ts';
import { MessageViews } from '../../../src/model/messageViews.ts';
import { type NumberReader, PlotSeries } from '../../../src/model/plotSeries.ts';

const never = (): boolean => false;

/** A number where the payload is one. */
const readText: NumberReader = (payload) => {
  const text = new TextDecoder().decode(payload);
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
};

function setUp(topicFilter = 'a/b', readNumber: NumberReader = readText, budgetBytes = 10_000_000) {
  const log = new MessageLog(budgetBytes);
  const views = new MessageViews(log);
  let atMs = 1000;
  const publish = (topic: string, ...payloads: string[]): void => {
    for (const payload of payloads)
      log.append(
        log.topics.get(topic),
        {
          payload: new TextEncoder().encode(payload),
          qos: 0,
          retain: false,
          receivedAtMs: atMs++,
          isWill: false,
        },
        BROKER_ORIGIN,
      );
  };
  let readyTimes = 0;
  const open = (): PlotSeries => {
    const view = views.open({ origin: BROKER_ORIGIN, topicFilter });
    const onReady = (): void => void readyTimes++;
    return new PlotSeries({ id: 1, view, log, readNumber, maxPoints: 1000, onReady });
  };
  return { log, views, publish, open, readyTimes: () => readyTimes };
}

function valuesOf(series: PlotSeries, topic = 'a/b'): number[] {
  return [...(series.line(topic)?.points.draw(0, 1e9, 1000).values ?? [])];
}

test('a series has what the history holds, and what comes', () => {
  const { views, publish, open } = setUp();
  publish('a/b', '1', '2');
  publish('a/c', '7');
  const series = open();
  views.advance(never);
  assert.equal(series.read(never), false);
  assert.deepEqual(valuesOf(series), [1, 2]);
  publish('a/b', '3');
  views.advance(never);
  series.read(never);
  assert.deepEqual(valuesOf(series), [1, 2, 3]);
  assert.equal(series.line('a/b')?.points.newestAtMs, 1003);
  assert.equal(series.startsLate, false);
});

test('what is no number breaks the line, and is counted', () => {
  const { views, publish, open } = setUp();
  publish('a/b', 'off', '1', 'x', 'y', '2');
  const series = open();
  views.advance(never);
  series.read(never);
  assert.deepEqual(valuesOf(series), [1, Number.NaN, 2]);
  assert.equal(series.line('a/b')?.otherMessages, 3);
  assert.equal(series.otherMessages, 0);
});

test('a topic without a number is no line; its messages are counted', () => {
  const { views, publish, open } = setUp('#');
  publish('a/b', 'off', 'on');
  publish('c', '1');
  const series = open();
  views.advance(never);
  series.read(never);
  assert.deepEqual(
    series.lines.map(({ topic }) => topic),
    ['c'],
  );
  assert.equal(series.otherMessages, 2);
});

test('a filter has a line for each of its first 16 topics, and says that there are more', () => {
  const { views, publish, open } = setUp('plant/+');
  for (let i = 0; i < 17; i++) publish(`plant/${i}`, String(i));
  const series = open();
  views.advance(never);
  series.read(never);
  assert.deepEqual(
    series.lines.map(({ topic }) => topic),
    Array.from({ length: 16 }, (_, i) => `plant/${i}`),
  );
  assert.equal(series.hasMoreTopics, true);
});

test('it stops when its time is up, and goes on where it stopped', () => {
  const { views, publish, open } = setUp();
  for (let i = 0; i < 100; i++) publish('a/b', String(i));
  const series = open();
  views.advance(never);
  assert.equal(
    series.read(() => true),
    true,
  );
  const first = series.line('a/b')?.points.added ?? 0;
  assert.ok(first > 0 && first < 100, `${first}`);
  assert.equal(series.progress, first / 100);
  assert.equal(series.read(never), false);
  assert.deepEqual(
    valuesOf(series),
    Array.from({ length: 100 }, (_, i) => i),
  );
  assert.equal(series.progress, 1);
});

test('a reader that takes its time keeps the order, and the next messages wait for it', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const { views, publish, open, readyTimes } = setUp('a/b', (payload) => {
    const text = new TextDecoder().decode(payload);
    asked.push(text);
    // Every other one at once; the slow ones fail for what is no number.
    if (Number(text) % 2 === 0) return Number(text);
    return new Promise((resolve, reject) => {
      answers.push(() => (text === 'x' ? reject(new Error('no number')) : resolve(Number(text))));
    });
  });
  publish('a/b', '0', '1', '2', 'x', '4');
  for (let i = 5; i < 400; i++) publish('a/b', String(i));
  const series = open();
  views.advance(never);
  assert.equal(series.read(never), false);
  assert.equal(series.read(never), false);
  assert.deepEqual(valuesOf(series), [0]);
  assert.equal(asked.length, 257, 'one at once, and 256 that wait');
  assert.equal(series.progress, 1 / 400, 'what waits is not read');
  for (const answer of answers.splice(0).reverse()) answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(readyTimes(), 1);
  assert.deepEqual(valuesOf(series).slice(0, 6), [0, 1, 2, Number.NaN, 4, 5]);
  series.read(never);
  for (const answer of answers.splice(0)) answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(series.line('a/b')?.points.newestValue, 399);
});

test('messages that the history dropped before they were read are counted', () => {
  const { log, views, publish, open } = setUp('a/b', readText, 40_000);
  publish('a/b', '0');
  const series = open();
  views.advance(never);
  series.read(never);
  for (let i = 1; i <= 100; i++) publish('a/b', String(i));
  views.advance(never);
  for (let i = 0; i < 5000; i++) publish('other', 'x');
  views.advance(never);
  series.read(never);
  assert.ok(log.droppedMessages > 100);
  assert.equal(series.missedMessages, 100);
  assert.deepEqual(valuesOf(series), [0]);
  const late = open();
  assert.equal(late.startsLate, true);
  log.clear();
  views.advance(never);
  late.read(never);
  assert.equal(late.startsLate, false, 'nothing is older than the emptied history');
});

test('when everything is forgotten it starts anew, with what comes after', () => {
  const { log, views, publish, open } = setUp();
  publish('a/b', '1', 'x');
  const series = open();
  views.advance(never);
  series.read(never);
  const before = series.generation;
  log.clear();
  publish('a/b', '2');
  views.advance(never);
  series.read(never);
  assert.ok(series.generation > before);
  assert.deepEqual(valuesOf(series), [2]);
  assert.equal(series.line('a/b')?.otherMessages, 0);
});

test('large payloads wait by the megabyte, not by the hundred', () => {
  let asked = 0;
  const { views, publish, open } = setUp('a/b', () => {
    asked++;
    return new Promise(() => {});
  });
  publish('a/b', ...Array.from({ length: 8 }, () => 'x'.repeat(1024 * 1024)));
  const series = open();
  views.advance(never);
  series.read(never);
  assert.equal(asked, 4);
});
