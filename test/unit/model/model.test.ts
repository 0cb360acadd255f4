import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/model.ts';
import { incoming } from './messages.ts';

test('a topic that the full tree forgets leaves its messages in the log, until they go in their turn', () => {
  const model = new Model({ historyBytes: 100_000_000, treeBytes: 50_000 });
  for (let n = 0; n < 1000; n++) model.messagePublished(`topic/${n}`, incoming('x'));
  assert.ok(model.topics.forgottenTopics > 500);
  assert.equal(model.topics.topicCount + model.topics.forgottenTopics, 1000);
  assert.equal(model.log.message(1)?.topic, 'topic/0');
});

test('what a tree of 10 MB topics shows of its last messages stays inside the budgets', () => {
  const model = new Model({ historyBytes: 30_000_000 });
  const payload = new Uint8Array(10_000_000 - 100);
  for (let n = 0; n < 20; n++) model.messagePublished(`firmware/${n}`, incoming(payload));
  assert.ok(model.log.usedBytes <= 30_000_000);
  for (let n = 0; n < 20; n++) {
    const node = model.topics.find(`firmware/${n}`);
    assert.deepEqual(
      [node && model.newestOf(node)?.id, node && model.newestOf(node)?.preview.length],
      [n + 1, 256],
    );
  }
});

test('the same filter subscribed to again does not show what an earlier subscription was delivered', () => {
  const model = new Model({ historyBytes: 1_000_000 });
  model.messageDelivered('a/#', 'a', incoming('x'));
  const { origin } = model.feeds.get('a/#');
  model.feeds.forget('a/#');
  assert.notEqual(model.feeds.get('a/#').origin, origin);
  assert.equal(model.feeds.get('a/#').total, 0);
});

test('clear forgets topics and messages, and keeps what the broker holds', () => {
  const model = new Model({ historyBytes: 1_000_000 });
  model.messagePublished('a', incoming('x'));
  model.messageDelivered('#', 'a', incoming('x'));
  model.topics.retainedChanged('a', true);
  model.clear();
  assert.equal(model.topics.topicCount, 0);
  assert.equal(model.log.heldMessages, 0);
  assert.equal(model.feeds.get('#').total, 0);
  assert.deepEqual(model.topics.search('', 10, true), ['a']);
});
