import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoggedMessage } from '../../../src/model/loggedMessage.ts';
import { LogReader, type LogReaderOptions } from '../../../src/model/logReader.ts';
import { BROKER_ORIGIN } from '../../../src/model/messageLog.ts';
import { Model } from '../../../src/model/model.ts';
import { incoming, text } from './messages.ts';

const everything = { origin: BROKER_ORIGIN };

function setUp({ historyBytes = 1_000_000 } = {}) {
  const model = new Model({ historyBytes });
  const publish = (topic: string, payload: string, receivedAtMs = 1000) =>
    model.messagePublished(topic, incoming(payload, { receivedAtMs }));
  const dropped: string[] = [];
  const readerOf = (options: Partial<LogReaderOptions> = {}) =>
    new LogReader({
      log: model.log,
      query: everything,
      fromId: 0,
      onDropped: (message) => dropped.push(text(message.payload)),
      ...options,
    });
  return { model, publish, dropped, readerOf };
}

function read(reader: LogReader, isTimeUp = () => false): string[] {
  const payloads: string[] = [];
  reader.read((message: LoggedMessage) => payloads.push(text(message.payload)), isTimeUp);
  return payloads;
}

test('each message that the query means is read once, in its order, also what comes later', () => {
  const { publish, readerOf } = setUp();
  publish('a/1', 'one');
  publish('b', 'other');
  publish('a/2', 'two');
  const reader = readerOf({ query: { ...everything, topicFilter: 'a/+' } });
  assert.deepEqual(read(reader), ['one', 'two']);
  assert.equal(reader.isBehind, false);
  publish('a/1', 'three');
  assert.equal(reader.isBehind, true);
  assert.deepEqual(read(reader), ['three']);
  assert.deepEqual(read(reader), []);
});

test('it begins and ends at the ids and times that it is told, both ends of the time included', () => {
  const { model, publish, readerOf } = setUp();
  for (let n = 0; n < 10; n++) publish('a', `${n}`, 1000 + n);
  const first = model.log.firstId;
  assert.deepEqual(read(readerOf({ fromId: first + 2, endId: first + 5 })), ['2', '3', '4']);
  assert.deepEqual(read(readerOf({ fromMs: 1003, toMs: 1005 })), ['3', '4', '5']);
  assert.deepEqual(read(readerOf({ fromId: model.log.nextId })), []);
});

test('when its time is up it stops, and goes on from there', () => {
  const { publish, readerOf } = setUp();
  for (let n = 0; n < 5; n++) publish('a', `${n}`);
  const reader = readerOf();
  let left = 2;
  assert.deepEqual(
    read(reader, () => --left === 0),
    ['0', '1'],
  );
  assert.deepEqual(read(reader), ['2', '3', '4']);
});

test('a search that finds nothing stops as well', () => {
  const { publish, readerOf } = setUp();
  for (let n = 0; n < 5000; n++) publish('a', 'x');
  const reader = readerOf({ query: { ...everything, topicFilter: 'b' } });
  let asked = 0;
  read(reader, () => ++asked > 0);
  assert.equal(asked, 1);
  assert.equal(reader.isBehind, true);
});

test('a long payload is searched in turns, and handed over once', () => {
  const { publish, readerOf } = setUp({ historyBytes: 10_000_000 });
  publish('a', `${'x'.repeat(600_000)}needle`);
  publish('a', 'x'.repeat(600_000));
  publish('a', 'needle');
  const reader = readerOf({ query: { ...everything, text: 'needle' } });
  const found: number[] = [];
  let turns = 0;
  for (; reader.isBehind; turns++) found.push(...read(reader, () => true).map(({ length }) => length));
  assert.deepEqual(found, [600_006, 6]);
  assert.ok(turns > 3, `${turns} turns`);
});

test('a long payload that is dropped while it is searched is handed over all the same', () => {
  const { publish, dropped, readerOf } = setUp({ historyBytes: 1_000_000 });
  publish('a', `${'x'.repeat(700_000)}needle`);
  const reader = readerOf({ query: { ...everything, text: 'needle' } });
  assert.deepEqual(
    read(reader, () => true),
    [],
  );
  publish('a', 'x'.repeat(600_000));
  assert.deepEqual(
    dropped.map(({ length }) => length),
    [700_006],
  );
});

test('what the log drops before it was read is handed over then: nothing is missed, and nothing comes twice', () => {
  const { model, publish, dropped, readerOf } = setUp({ historyBytes: 20_000 });
  const reader = readerOf();
  const all: string[] = [];
  for (let n = 0; n < 3000; n++) {
    publish('a', `${n}`);
    if (n === 1500) all.push(...dropped.splice(0), ...read(reader));
  }
  assert.ok(model.log.droppedMessages > 2000, 'the log is too small for all');
  all.push(...dropped, ...read(reader));
  assert.deepEqual(
    all,
    Array.from({ length: 3000 }, (_, n) => `${n}`),
  );
});

test('what is forgotten by a person is handed over as well, and the reading goes on after it', () => {
  const { model, publish, dropped, readerOf } = setUp();
  const reader = readerOf();
  publish('a', 'before');
  model.clear();
  assert.deepEqual(dropped, ['before']);
  publish('b', 'after');
  assert.deepEqual(read(reader), ['after']);
});

test('a topic that takes the number of one that is gone is judged by its own name', () => {
  const { model, publish, readerOf } = setUp();
  const reader = readerOf({ query: { ...everything, topicFilter: 'meant/#' } });
  publish('meant/1', 'one');
  assert.deepEqual(read(reader), ['one']);
  model.clear();
  publish('other', 'two');
  publish('meant/2', 'three');
  assert.deepEqual(read(reader), ['three']);
});

test('after its end it is handed nothing', () => {
  const { model, publish, dropped, readerOf } = setUp();
  const reader = readerOf();
  publish('a', 'one');
  reader.dispose();
  model.clear();
  assert.deepEqual(dropped, []);
});
