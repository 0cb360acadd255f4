import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/model.ts';
import { incoming } from './messages.ts';

test('a topic that the full tree forgets takes its messages with it', () => {
  const model = new Model({ historyBytes: 100_000_000, treeBytes: 50_000 });
  for (let n = 0; n < 1000; n++) model.messagePublished(`topic/${n}`, incoming('x'));
  assert.equal(model.history.heldMessages, model.topics.topicCount);
  assert.equal(model.history.droppedMessages, model.topics.forgottenTopics);
  assert.equal(model.history.heldMessages + model.history.droppedMessages, 1000);
});

test('what a tree of 10 MB topics shows of its last messages stays inside the budgets', () => {
  const model = new Model({ historyBytes: 30_000_000 });
  const payload = new Uint8Array(10_000_000);
  for (let n = 0; n < 20; n++) model.messagePublished(`firmware/${n}`, incoming(payload));
  assert.equal(model.history.heldMessages, 2);
  const kept = Array.from({ length: 20 }, (_, n) => model.topics.find(`firmware/${n}`)?.last);
  const bytes = kept.reduce((total, last) => total + (last?.payload.buffer.byteLength ?? 0), 0);
  assert.equal(bytes, 2 * 10_000_000 + 18 * 256);
});

test('clear forgets topics and messages, and keeps what the broker holds', () => {
  const model = new Model({ historyBytes: 1_000_000 });
  model.messagePublished('a', incoming('x'));
  model.messageDelivered('#', 'a', incoming('x'));
  model.topics.retainedChanged('a', true);
  model.clear();
  assert.equal(model.topics.topicCount, 0);
  assert.equal(model.history.heldMessages, 0);
  assert.deepEqual(model.topics.search('', 10, true), ['a']);
});
