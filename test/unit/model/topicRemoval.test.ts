import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../src/model/model.ts';
import { topicOf } from '../../../src/model/topicNode.ts';
import { ROOT_ID } from '../../../src/model/topicStore.ts';
import { incoming } from './messages.ts';

function setUp(...heard: string[]) {
  const model = new Model({ historyBytes: 1_000_000 });
  const { topics } = model;
  const hear = (...names: string[]) => {
    for (const topic of names) model.messagePublished(topic, incoming('x'));
  };
  hear(...heard);
  const all = (id = ROOT_ID): string[] =>
    topics.children(id).flatMap((node) => [topicOf(node), ...all(node.id)]);
  return { model, topics, hear, all };
}

test('a branch goes with all below it, and what led to it alone', () => {
  const { topics, all } = setUp('a/b', 'a/b/c/d', 'a/b/e', 'f/g/h');
  assert.equal(topics.remove(topics.find('a/b')!.id), 3);
  assert.deepEqual(all(), ['f', 'f/g', 'f/g/h']);
  assert.equal(topics.topicCount, 1);
  assert.equal(topics.find('a/b/c/d'), undefined);
});

test('what stays counts what is left', () => {
  const { topics } = setUp('a', 'a/b', 'a/b', 'a/c');
  topics.remove(topics.find('a/b')!.id);
  const a = topics.find('a')!;
  assert.deepEqual([a.branchMessageCount, a.descendantTopicCount, a.children?.size], [2, 1, 1]);
});

test('a topic comes back with its next message, as a new node, and still retained', () => {
  const { topics, hear } = setUp('a/b', 'a/c');
  topics.retainedChanged('a/b', true);
  const { id } = topics.find('a/b')!;
  topics.remove(id);
  assert.equal(topics.node(id), undefined);
  hear('a/b');
  const back = topics.find('a/b')!;
  assert.notEqual(back.id, id);
  assert.equal(back.messageCount, 1);
  assert.equal(back.retained, true);
});

test('who watches the branch above is told, and no drop is counted', () => {
  const { topics } = setUp('a/b', 'a/c');
  const told: string[] = [];
  topics.onDidForgetTopic((topic) => told.push(topic));
  const a = topics.find('a')!;
  topics.watch([ROOT_ID, a.id]);
  topics.takeDelta(100, 1000);
  topics.remove(topics.find('a/c')!.id);
  assert.deepEqual(topics.takeDelta(100, 1000).childrenChanged, [a]);
  assert.deepEqual(told, []);
  assert.equal(topics.forgottenTopics, 0);
});

test('the root, and what is not there, can’t be removed', () => {
  const { topics, all } = setUp('a');
  assert.equal(topics.remove(ROOT_ID), 0);
  assert.equal(topics.remove(999), 0);
  assert.deepEqual(all(), ['a']);
});

test('of a followed topic every change is told, wherever it is, and already its first message', () => {
  const { topics, hear } = setUp('a/b');
  topics.watch([], ['a/b', 'later/on']);
  assert.deepEqual(topics.takeDelta(100, 1000).changed.map(topicOf), ['a/b']);
  hear('a/b', 'a/c', 'later/on');
  assert.deepEqual(topics.takeDelta(100, 1000).changed.map(topicOf), ['a/b', 'later/on']);
  topics.watch([], []);
  hear('a/b', 'later/on');
  assert.equal(topics.hasDelta, false);
});
