import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounters } from '../../../src/broker/counters.ts';
import {
  detailOf,
  limitsReachedOf,
  messageRowsOf,
  summaryOf,
  topicNodeOf,
  topicPageOf,
} from '../../../src/engine/snapshots.ts';
import type { LoggedMessage } from '../../../src/model/loggedMessage.ts';
import { Model } from '../../../src/model/model.ts';

function setUp() {
  const model = new Model({ historyBytes: 1_000_000 });
  const publish = (topic: string, payload = new Uint8Array([1])): LoggedMessage => {
    model.messagePublished(topic, { payload, qos: 0, retain: false, receivedAtMs: 1000, isWill: false });
    const newest = model.log.message(model.log.nextId - 1);
    assert.ok(newest);
    return newest;
  };
  return { model, publish };
}

test('a list’s preview shares no buffer with a long payload: a clone would take all of it along', () => {
  const { publish } = setUp();
  const { preview, payloadBytes } = summaryOf(publish('a', new Uint8Array(10_000).fill(7)));
  assert.deepEqual([preview.length, preview.buffer.byteLength, payloadBytes], [256, 256, 10_000]);
});

test('what is not known is absent, not undefined', () => {
  const { publish } = setUp();
  const message = publish('a');
  assert.ok(!('publisher' in summaryOf(message)));
  assert.ok(!('properties' in detailOf(message, 10)));
});

test('a detail’s payload is the caller’s: giving its buffer away leaves the history whole', () => {
  const { publish } = setUp();
  const message = publish('a', new Uint8Array([1, 2, 3]));
  const { payload, truncated } = detailOf(message, 3);
  assert.equal(truncated, false);
  structuredClone(payload, { transfer: [payload.buffer as ArrayBuffer] });
  assert.deepEqual(new Uint8Array(message.payload), new Uint8Array([1, 2, 3]));
  assert.deepEqual(detailOf(message, 0), {
    ...summaryOf(message),
    payload: new Uint8Array(),
    truncated: true,
  });
});

test('rows of a view begin where they were asked for, and no earlier than what is held', () => {
  const { model, publish } = setUp();
  for (let n = 0; n < 10; n++) publish('a', new Uint8Array([n]));
  const view = model.views.open({ origin: 0 });
  model.views.advance(() => false);
  const rows = (from: number, count: number) => {
    const answer = messageRowsOf(view, model.log, from, count);
    return [answer.from, ...answer.rows.map((row) => row.id)];
  };
  assert.deepEqual(rows(2, 3), [2, 3, 4, 5]);
  assert.deepEqual(rows(8, 100), [8, 9, 10]);
  assert.deepEqual(rows(10, 5), [10]);
  // All but the newest is dropped, and the view has not looked since.
  model.log.setBudget(60_000);
  while (model.log.firstId <= 9) publish('b', new Uint8Array(10_000));
  assert.deepEqual(rows(0, 1)[0], view.placeOf(model.log.firstId));
});

test('a page has as many nodes as were asked for, from where it was asked', () => {
  const { model, publish } = setUp();
  for (const topic of ['a', 'b', 'c', 'd']) publish(topic);
  const page = (offset: number, limit: number) =>
    topicPageOf(model.topics.children(0), model, { offset, limit, maxTopicChars: 1000 }).map(
      ({ topic }) => topic,
    );
  assert.deepEqual(page(0, 2), ['a', 'b']);
  assert.deepEqual(page(2, 10), ['c', 'd']);
  assert.deepEqual(page(4, 10), []);
});

test('a page of very long topics ends early, and the next goes on after it', () => {
  const { model, publish } = setUp();
  for (const letter of ['a', 'b', 'c']) publish(letter.repeat(600));
  const page = (offset: number) =>
    topicPageOf(model.topics.children(0), model, { offset, limit: 10, maxTopicChars: 1000 }).map(
      ({ level }) => level[0],
    );
  assert.deepEqual(page(0), ['a', 'b']);
  assert.deepEqual(page(2), ['c']);
});

test('a node of the tree has the topic up to itself, and its parent’s id', () => {
  const { model, publish } = setUp();
  publish('/a/b');
  const a = model.topics.find('/a');
  assert.ok(a?.parent);
  assert.deepEqual(topicNodeOf(a, model), {
    id: a.id,
    parentId: a.parent.id,
    level: 'a',
    topic: '/a',
    childCount: 1,
    descendantTopicCount: 1,
    messageCount: 0,
    branchMessageCount: 1,
    branchMessagesPerSecond: 0,
    branchNewestAtMs: 1000,
    retained: false,
  });
});

test('of the limits, those that were reached are shown, most often first', () => {
  const { limitsReached } = createCounters();
  limitsReached.maxSubscriptions = 2;
  limitsReached.maxQueuedMessages = 12;
  assert.deepEqual(limitsReachedOf({ limitsReached }), [
    { limit: 'maxQueuedMessages', times: 12 },
    { limit: 'maxSubscriptions', times: 2 },
  ]);
});
