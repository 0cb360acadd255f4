import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageLog } from '../../../src/model/messageLog.ts';
import { type TopicNode, topicOf } from '../../../src/model/topicNode.ts';
import { MAX_TREE_DEPTH, ROOT_ID, TopicStore } from '../../../src/model/topicStore.ts';

function setUp(maxBytes?: number) {
  const log = new MessageLog(100_000_000);
  const topics = new TopicStore(log.topics, maxBytes);
  const hear = (...names: string[]) => {
    for (const topic of names) topics.messageArrived(topics.nodeOf(topic), 1, ++heardAtMs);
  };
  let heardAtMs = 0;
  return { topics, hear };
}

const levels = (nodes: readonly TopicNode[]) => nodes.map((node) => node.level);
const names = (nodes: readonly TopicNode[]) => nodes.map(topicOf);

/** Every node under `id`, to hold the promises between the numbers against all of them. */
function* below(topics: TopicStore, id: number): Generator<TopicNode> {
  for (const child of topics.children(id)) {
    yield child;
    yield* below(topics, child.id);
  }
}

function checkNumbers(topics: TopicStore): void {
  for (const node of below(topics, ROOT_ID)) {
    const children = topics.children(node.id);
    const sum = children.reduce((total, child) => total + child.branchMessageCount, 0);
    assert.equal(node.branchMessageCount, node.messageCount + sum, `messages of ${topicOf(node)}`);
    const heard = [...below(topics, node.id)].filter((n) => n.messageCount > 0).length;
    assert.equal(node.descendantTopicCount, heard, `topics below ${topicOf(node)}`);
    assert.equal(topics.node(node.id), node);
    assert.equal(topics.find(topicOf(node)), node);
  }
}

test('messages count on their topic and on every branch above it', () => {
  const { topics, hear } = setUp();
  hear('home/kitchen/temp', 'home/kitchen/temp', 'home/kitchen', 'home/hall/temp', 'home');
  const home = topics.find('home');
  const kitchen = topics.find('home/kitchen');
  assert.deepEqual([home?.messageCount, home?.branchMessageCount, home?.descendantTopicCount], [1, 5, 3]);
  assert.deepEqual(
    [kitchen?.messageCount, kitchen?.branchMessageCount, kitchen?.descendantTopicCount],
    [1, 3, 1],
  );
  assert.equal(topics.find('home/hall')?.messageCount, 0);
  checkNumbers(topics);
});

test('empty levels are levels: a, /a, a/ and a//b are four topics', () => {
  const { topics, hear } = setUp();
  hear('a', '/a', 'a/', 'a//b', '/');
  assert.deepEqual(levels(topics.children(ROOT_ID)), ['', 'a']);
  const a = topics.find('a');
  assert.equal(a?.messageCount, 1);
  assert.deepEqual(levels(topics.children(a?.id ?? -1)), ['']);
  assert.equal(topics.find('a/')?.messageCount, 1);
  assert.equal(topics.find('a//b')?.messageCount, 1);
  assert.equal(topics.find('/a')?.messageCount, 1);
  assert.equal(topics.find('/')?.messageCount, 1);
  assert.notEqual(topics.find('/a'), a);
  checkNumbers(topics);
});

test('children come in the order of their names, with numbers by their value', () => {
  const { topics, hear } = setUp();
  hear('sensor10', 'sensor2', 'b', 'B', 'a', '', 'sensor1');
  assert.deepEqual(levels(topics.children(ROOT_ID)), ['', 'a', 'b', 'B', 'sensor1', 'sensor2', 'sensor10']);
  hear('sensor3', '0', 'z');
  assert.deepEqual(levels(topics.children(ROOT_ID)), [
    '',
    '0',
    'a',
    'b',
    'B',
    'sensor1',
    'sensor2',
    'sensor3',
    'sensor10',
    'z',
  ]);
});

test('names that a collator takes for equal are still two nodes, always in one order', () => {
  const composed = 'caf\u00e9';
  const decomposed = 'cafe\u0301';
  const orders = [
    [composed, decomposed],
    [decomposed, composed],
  ].map((arrival) => {
    const { topics, hear } = setUp();
    hear(...arrival);
    return levels(topics.children(ROOT_ID));
  });
  assert.deepEqual(orders, [
    [decomposed, composed],
    [decomposed, composed],
  ]);
});

test('nothing is found of what was not heard, and a branch is found without a message', () => {
  const { topics, hear } = setUp();
  hear('a/b/c');
  assert.equal(topics.find('a/b')?.messageCount, 0);
  assert.equal(topics.find('a/x'), undefined);
  assert.equal(topics.find('a/b/c/d'), undefined);
  assert.deepEqual(topics.children(999), []);
});

test('a topic of 65,535 bytes in 32,768 levels is one path of 100 nodes, and its message counts', () => {
  const { topics, hear } = setUp();
  const topic = Array.from({ length: 32_768 }, () => 'a').join('/');
  assert.equal(topic.length, 65_535);
  hear(topic, topic);
  const node = topics.find(topic);
  assert.equal(node?.messageCount, 2);
  assert.equal(node && topicOf(node), topic);
  assert.equal([...below(topics, ROOT_ID)].length, MAX_TREE_DEPTH);
  checkNumbers(topics);
});

test('topics that differ beyond the deepest level are two nodes there', () => {
  const { topics, hear } = setUp();
  const prefix = 'a/'.repeat(MAX_TREE_DEPTH);
  hear(`${prefix}x`, `${prefix}y`, prefix.slice(0, -1));
  const parent = topics.find('a/'.repeat(MAX_TREE_DEPTH - 1).slice(0, -1));
  assert.deepEqual(levels(topics.children(parent?.id ?? -1)), ['a', 'a/x', 'a/y']);
  checkNumbers(topics);
});

test('a single level of 65,535 bytes and an empty-levelled topic of 65,535 separators are fine', () => {
  const { topics, hear } = setUp();
  hear('x'.repeat(65_535), '/'.repeat(65_535));
  assert.equal(topics.topicCount, 2);
  assert.equal(topics.find('/'.repeat(65_535))?.messageCount, 1);
});

test('10,000 topics are all there, in order, and 100,000 messages on them count', () => {
  const { topics, hear } = setUp();
  for (let round = 0; round < 10; round++) {
    for (let n = 9999; n >= 0; n--) hear(`plant/device${n}/state`);
  }
  const plant = topics.find('plant');
  const children = topics.children(plant?.id ?? -1);
  assert.equal(children.length, 10_000);
  assert.deepEqual(levels(children).slice(0, 3), ['device0', 'device1', 'device2']);
  assert.equal(plant?.branchMessageCount, 100_000);
  assert.equal(plant?.descendantTopicCount, 10_000);
});

test('search finds topics by any part in any case, the ones that start with it first', () => {
  const { topics, hear } = setUp();
  hear('home/Temp', 'temp/b', 'TEMP/a', 'other', 'x/temp');
  assert.deepEqual(topics.search('temp', 10), ['TEMP/a', 'temp/b', 'home/Temp', 'x/temp']);
  assert.deepEqual(topics.search('temp', 3), ['TEMP/a', 'temp/b', 'home/Temp']);
  assert.deepEqual(topics.search('temp', 1), ['TEMP/a']);
  assert.deepEqual(topics.search('nothing', 10), []);
  assert.deepEqual(topics.search('', 2), ['TEMP/a', 'home/Temp']);
  assert.deepEqual(topics.search('', 0), []);
});

test('search finds topics with messages, not branches', () => {
  const { topics, hear } = setUp();
  hear('a/b');
  assert.deepEqual(topics.search('a', 10), ['a/b']);
});

test('a retained mark comes and goes with the retained message', () => {
  const { topics, hear } = setUp();
  hear('a');
  topics.retainedChanged('a', true);
  topics.retainedChanged('b', true);
  assert.equal(topics.find('a')?.retained, true);
  assert.equal(topics.find('b')?.messageCount, 0);
  assert.deepEqual(topics.search('', 10, true), ['a', 'b']);
  topics.retainedChanged('a', false);
  assert.equal(topics.find('a')?.retained, false);
  topics.retainedLost();
  assert.equal(topics.find('b')?.retained, false);
  assert.deepEqual(topics.search('', 10, true), []);
});

test('clearing a retained message of an unknown topic makes no node', () => {
  const { topics } = setUp();
  topics.retainedChanged('a', false);
  assert.equal(topics.find('a'), undefined);
});

test('after a clear the tree is empty, ids are new, and what the broker retains is still known', () => {
  const { topics, hear } = setUp();
  hear('a');
  topics.retainedChanged('a', true);
  const before = topics.find('a')?.id ?? -1;
  topics.clear();
  assert.deepEqual(topics.children(ROOT_ID), []);
  assert.equal(topics.node(before), undefined);
  assert.deepEqual(topics.search('', 10, true), ['a']);
  hear('a');
  assert.ok((topics.find('a')?.id ?? -1) > before);
  assert.equal(topics.find('a')?.retained, true);
  assert.equal(topics.find('a')?.messageCount, 1);
});

// ── Changes ──

function watching(topics: TopicStore, ...branches: (string | undefined)[]): void {
  topics.watch(branches.map((topic) => (topic === undefined ? ROOT_ID : (topics.find(topic)?.id ?? -1))));
}

function takeDelta(topics: TopicStore) {
  const { changed, childrenChanged } = topics.takeDelta(1000, 1_000_000);
  return { changed: names(changed), childrenChanged: names(childrenChanged) };
}

test('only children of watched branches are told of', () => {
  const { topics, hear } = setUp();
  hear('a/b/c', 'x/y');
  watching(topics, undefined, 'a');
  hear('a/b/c', 'x/y');
  assert.deepEqual(takeDelta(topics), { changed: ['a/b', 'a', 'x'], childrenChanged: [] });
  assert.equal(topics.hasDelta, false);
});

test('a branch that gets a child is told of, and so is its own new number of children', () => {
  const { topics, hear } = setUp();
  hear('a/b');
  watching(topics, undefined, 'a');
  hear('a/new');
  assert.deepEqual(takeDelta(topics), { changed: ['a', 'a/new'], childrenChanged: ['a'] });
});

test('a retained mark is a change', () => {
  const { topics, hear } = setUp();
  hear('a');
  watching(topics, undefined);
  topics.retainedChanged('a', true);
  assert.deepEqual(takeDelta(topics).changed, ['a']);
  topics.retainedChanged('a', true);
  assert.deepEqual(takeDelta(topics).changed, []);
});

test('who watches nothing is told nothing, also not of what changed before', () => {
  const { topics, hear } = setUp();
  watching(topics, undefined);
  hear('a');
  topics.watch([]);
  assert.equal(topics.hasDelta, false);
  hear('b');
  assert.equal(topics.hasDelta, false);
});

test('onDidChange fires once for any number of messages, and again after the changes were taken', () => {
  const { topics, hear } = setUp();
  let fired = 0;
  topics.onDidChange(() => fired++);
  watching(topics, undefined);
  hear('a', 'b', 'c');
  assert.equal(fired, 1);
  takeDelta(topics);
  hear('a');
  assert.equal(fired, 2);
});

test('what exceeds the bounds of one delta comes with the next, first come, first served', () => {
  const { topics, hear } = setUp();
  hear('a', 'b', 'c');
  watching(topics, undefined);
  hear('a', 'b', 'c');
  assert.deepEqual(names(topics.takeDelta(2, 1000).changed), ['a', 'b']);
  hear('a');
  assert.deepEqual(names(topics.takeDelta(2, 1000).changed), ['c', 'a']);
  hear('a', 'b');
  assert.deepEqual(names(topics.takeDelta(10, 1).changed), ['a']);
  assert.ok(topics.hasDelta);
});

test('a clear tells who watches the top that its children are gone', () => {
  const { topics, hear } = setUp();
  hear('a/b');
  watching(topics, undefined, 'a');
  topics.clear();
  assert.deepEqual(takeDelta(topics), { changed: [], childrenChanged: [''] });
  hear('c');
  assert.deepEqual(takeDelta(topics), { changed: ['c'], childrenChanged: [''] });
});

// ── A full tree ──

test('a full tree forgets the topics that were quiet for longest, and counts them', () => {
  const { topics, hear } = setUp(100_000);
  const forgotten: string[] = [];
  topics.onDidForgetTopic((topic) => forgotten.push(topic));
  hear('first/of/all');
  for (let n = 0; n < 1000; n++) hear(`flood/${n}`, 'busy');
  assert.equal(topics.find('first/of/all'), undefined);
  assert.equal(topics.find('first'), undefined);
  assert.equal(forgotten[0], 'first/of/all');
  assert.equal(topics.forgottenTopics, forgotten.length);
  assert.equal(topics.topicCount + forgotten.length, 1002);
  assert.equal(topics.find('flood/999')?.messageCount, 1);
  assert.equal(topics.find('busy')?.messageCount, 1000);
  checkNumbers(topics);
});

test('a topic that is forgotten while its parent is watched is a change of the parent’s children', () => {
  const { topics, hear } = setUp(50_000);
  watching(topics, undefined);
  hear('a');
  takeDelta(topics);
  for (let n = 0; n < 100; n++) hear(`b/${n}`);
  assert.equal(topics.find('a'), undefined);
  assert.deepEqual(takeDelta(topics), { changed: ['b'], childrenChanged: [''] });
  assert.deepEqual(names(topics.children(ROOT_ID)), ['b']);
});

test('a topic larger than the tree still stands, alone', () => {
  const { topics, hear } = setUp(1000);
  hear('a', 'x'.repeat(60_000));
  assert.equal(topics.topicCount, 1);
  hear('b');
  assert.deepEqual(topics.search('', 10), ['b']);
});

test('children are put in order in steps as they are at once, also while others come and go in between', () => {
  const shuffled = Array.from({ length: 3000 }, (_, i) => `t${(i * 7919) % 3000}`);
  const atOnce = setUp();
  atOnce.hear(...shuffled);
  const inSteps = setUp();
  inSteps.hear(...shuffled.slice(0, 2000));
  assert.equal(
    inSteps.topics.orderChildren(ROOT_ID, () => true),
    true,
  );
  inSteps.hear('gone', ...shuffled.slice(2000));
  inSteps.topics.remove(inSteps.topics.find('gone')!.id);
  let steps = 2;
  while (inSteps.topics.orderChildren(ROOT_ID, () => true)) steps++;
  assert.ok(steps > 5, `${steps} steps`);
  assert.deepEqual(levels(inSteps.topics.children(ROOT_ID)), levels(atOnce.topics.children(ROOT_ID)));
  assert.equal(
    inSteps.topics.orderChildren(999, () => false),
    false,
  );
});
