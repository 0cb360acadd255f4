import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesState } from '../../../src/contracts/plots.ts';
import { Models } from '../../../src/engine/models.ts';
import { textNumbers } from '../../../src/engine/payloadNumbers.ts';
import { PlotService } from '../../../src/engine/plotService.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock(0);
  const models = new Models(10_000_000);
  const model = models.local;
  const told: SeriesState[] = [];
  let events = 0;
  const plots = new PlotService({
    models,
    clock,
    numbers: textNumbers,
    onChanged: (states) => {
      events++;
      told.push(...states);
    },
  });
  const publish = (topic: string, ...payloads: readonly string[]): void => {
    for (const text of payloads) {
      clock.advance(1);
      model.messagePublished(topic, {
        payload: new TextEncoder().encode(text),
        qos: 0,
        retain: false,
        receivedAtMs: clock.nowMs(),
        isWill: false,
      });
    }
  };
  const open = (topic: string, path = ''): number => {
    const result = plots.openSeries({ topic, path });
    assert.equal(result.kind, 'opened');
    return result.kind === 'opened' ? result.seriesId : 0;
  };
  return { clock, models, model, plots, told, publish, open, events: () => events };
}

const range = { fromMs: 0, toMs: 1e9, maxPoints: 4000 };

test('a series has the numbers of the history and those that come, and who watches it is told', () => {
  const { clock, plots, told, publish, open } = setUp();
  publish('oven', '{"c":180}', 'no', '{"c":181}');
  const seriesId = open('oven', '.c');
  plots.watchSeries({ seriesIds: [seriesId] });
  clock.advance(250);
  assert.deepEqual(told.at(-1), {
    seriesId,
    generation: 0,
    progress: 1,
    lines: [
      {
        topic: 'oven',
        numbers: 2,
        otherMessages: 1,
        oldestAtMs: 1,
        newestAtMs: 3,
        newestValue: 181,
        min: 180,
        max: 181,
      },
    ],
    otherMessages: 0,
    hasMoreTopics: false,
    missedMessages: 0,
    startsLate: false,
  });
  publish('oven', '{"c":185}');
  clock.advance(250);
  assert.equal(told.at(-1)?.lines[0]?.max, 185);
  const [line] = plots.seriesPoints({ seriesIds: [seriesId], ...range });
  assert.deepEqual([...(line?.timesMs ?? [])], [1, 3, 3, 254]);
  assert.deepEqual([...(line?.values ?? [])], [180, Number.NaN, 181, 185]);
});

test('a flood is told four times a second, and what does not change is not told', () => {
  const { clock, plots, publish, open, events } = setUp();
  const seriesId = open('a');
  plots.watchSeries({ seriesIds: [seriesId] });
  for (let i = 0; i < 2000; i++) publish('a', String(i));
  assert.ok(events() >= 8 && events() <= 9, `${events()} in two seconds`);
  clock.advance(1000);
  const before = events();
  publish('other', '1');
  clock.advance(1000);
  assert.equal(events(), before);
});

test('a series that nobody watches is kept all the same, and told of when it is watched', () => {
  const { clock, plots, told, publish, open } = setUp();
  const seriesId = open('a');
  publish('a', '1', '2', '3');
  clock.advance(1000);
  assert.equal(told.length, 0);
  assert.equal(plots.seriesPoints({ seriesIds: [seriesId], ...range })[0]?.values.length, 3);
  plots.watchSeries({ seriesIds: [seriesId] });
  clock.advance(1000);
  assert.equal(told.at(-1)?.lines[0]?.numbers, 3);
});

test('nothing runs while no series is open, nor after the last is closed', () => {
  const { clock, plots, publish, open } = setUp();
  publish('a', '1');
  assert.equal(clock.pendingTimers, 0);
  const seriesId = open('a');
  clock.advance(1000);
  plots.closeSeries({ seriesId });
  publish('a', '2');
  clock.advance(1000);
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual(plots.seriesPoints({ seriesIds: [seriesId], ...range }), []);
});

test('the paths with a number in the newest message of a topic, or of one that matches a filter', async () => {
  const { plots, publish } = setUp();
  publish('oven/1', '{"c":1,"name":"x"}', '{"c":180,"on":true}');
  publish('oven/2', '7');
  publish('other', '9');
  assert.deepEqual(await plots.plotPaths({ topic: 'oven/1' }), [
    { path: '.c', value: 180 },
    { path: '.on', value: 1 },
  ]);
  assert.deepEqual(await plots.plotPaths({ topic: 'oven/+' }), [{ path: '', value: 7 }]);
  assert.deepEqual(await plots.plotPaths({ topic: 'fridge' }), []);
});

test('a filter that is none, and one series too many, are refused', () => {
  const { plots, open } = setUp();
  assert.deepEqual(plots.openSeries({ topic: 'a/#/b', path: '' }), { kind: 'invalidTopicFilter' });
  for (let i = 0; i < 64; i++) open('a');
  assert.deepEqual(plots.openSeries({ topic: 'a', path: '' }), { kind: 'tooManySeries', maxSeries: 64 });
});

test('clearing the topics empties a series, and says so by its generation', () => {
  const { clock, model, plots, told, publish, open } = setUp();
  publish('a', '1');
  plots.watchSeries({ seriesIds: [open('a')] });
  clock.advance(250);
  model.clear();
  clock.advance(250);
  assert.deepEqual([told.at(-1)?.generation, told.at(-1)?.lines], [1, []]);
});

test('the points of a range as a table, in parts, of what was held when it was opened', () => {
  const { clock, plots, publish, open } = setUp();
  publish('a', '1', '2', '3');
  const seriesId = open('a');
  clock.advance(250);
  const columns = [{ seriesId, topic: 'a', name: 'a' }];
  const { csvId } = plots.openCsv({ columns, fromMs: 2, toMs: Number.POSITIVE_INFINITY });
  publish('a', '4');
  clock.advance(250);
  const part = plots.csvPart({ csvId });
  assert.equal(part?.progress, 1);
  assert.equal(
    new TextDecoder().decode(part?.bytes),
    'time,a\r\n1970-01-01T00:00:00.002Z,2\r\n1970-01-01T00:00:00.003Z,3\r\n',
  );
  plots.closeCsv({ csvId });
  assert.equal(plots.csvPart({ csvId }), undefined);
});

test('a series of a recording has its messages alone; of one that is closed there is none', () => {
  const { clock, models, plots, publish } = setUp();
  publish('a', '1');
  const { connection, model: recorded } = models.add({ kind: 'recording', name: 'monday.jsonl' });
  const payload = new TextEncoder().encode('7');
  recorded.messagePublished('a', { payload, qos: 0, retain: false, receivedAtMs: 5, isWill: false });
  const result = plots.openSeries({ topic: 'a', path: '', connection });
  assert.ok(result.kind === 'opened');
  clock.advance(250);
  const [line] = plots.seriesPoints({ seriesIds: [result.seriesId], ...range });
  assert.deepEqual([...(line?.values ?? [])], [7]);
  models.remove(connection);
  assert.deepEqual(plots.openSeries({ topic: 'a', path: '', connection }), { kind: 'noSuchConnection' });
});
