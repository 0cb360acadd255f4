/** The tree that the view shows, against the engine's own service: what one asks, the other answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineMethods } from '../../../../src/contracts/engine.ts';
import type { TopicMethods, TopicOrder } from '../../../../src/contracts/topics.ts';
import { Models } from '../../../../src/engine/models.ts';
import { TopicService } from '../../../../src/engine/topicService.ts';
import { expandTopics } from '../../../../src/extension/views/expandTopics.ts';
import { ROOT_ID } from '../../../../src/extension/views/topicBranches.ts';
import type { TopicRow } from '../../../../src/extension/views/topicRows.ts';
import { TopicTree } from '../../../../src/extension/views/topicTree.ts';
import { FakeClock } from '../../../support/fakeClock.ts';
import { incoming } from '../../model/messages.ts';

function setUp(heard: readonly string[], order: TopicOrder = 'name') {
  const models = new Models(10_000_000);
  const model = models.local;
  const service = new TopicService({
    models,
    clock: new FakeClock(),
    messagesReceived: () => 0,
    onCleared: () => {},
  });
  let receivedAtMs = 1_000;
  const hear = (...topics: string[]) => {
    for (const topic of topics)
      model.messagePublished(topic, incoming('1', { receivedAtMs: receivedAtMs++ }));
  };
  hear(...heard);
  const asked: string[] = [];
  // The service has a method for each name that is asked for here.
  const methods = service as unknown as Record<string, (params: unknown) => unknown>;
  const engine = {
    callIfRunning: async <M extends keyof EngineMethods>(
      method: M,
      params: Parameters<EngineMethods[M]>[0],
    ) => {
      asked.push(method satisfies keyof TopicMethods | keyof EngineMethods);
      return (await methods[method]!.call(service, params)) as ReturnType<EngineMethods[M]>;
    },
  };
  const tree = new TopicTree({ engine, order, pinnedTopics: ['p/q'] });
  return { tree, model, hear, asked };
}

const names = (rows: readonly TopicRow[]) =>
  rows.map((row) => (row.kind === 'more' ? `${row.hidden} ${row.side}` : row.topic));

const many = (count: number) => Array.from({ length: count }, (_, i) => `many/${String(i).padStart(5, '0')}`);

test('a topic is found with all that leads to it, empty levels too', async () => {
  const { tree } = setUp(['/a//b', 'a']);
  const found = await tree.find('/a//b');
  assert.equal(found?.row.topic, '/a//b');
  const above: string[] = [];
  for (let row = tree.parentOf(found!.row); row !== undefined; row = tree.parentOf(row))
    above.push(row.topic);
  assert.deepEqual(above, ['/a/', '/a', '']);
  assert.equal(await tree.find('a/b'), undefined);
});

test('of a wide branch the page is shown that has the topic', async () => {
  const { tree } = setUp(many(2_500));
  const found = await tree.find('many/02345');
  assert.equal(found?.row.topic, 'many/02345');
  assert.equal(found?.isMoved, true);
  const rows = await tree.childrenOf(found!.row.node.parentId);
  assert.deepEqual(names(rows).slice(0, 2), ['2200 before', 'many/02200']);
  assert.equal(rows.length, 202);
  assert.equal((await tree.find('many/02346'))?.isMoved, false);
});

test('a filter has a tree of its own, with what matches open; the whole one comes back as it was', async () => {
  const { tree } = setUp(['a/x', 'b/y', 'c']);
  const [a, b] = await tree.childrenOf(ROOT_ID);
  assert.ok(a?.kind === 'node' && b?.kind === 'node');
  tree.branches.open(b.node.id);
  const { id } = tree;
  assert.equal(await tree.setFilter('X'), true);
  assert.deepEqual(tree.filter, { text: 'X', matches: 1 });
  assert.notEqual(tree.id, id);
  const rows = await tree.childrenOf(ROOT_ID);
  assert.deepEqual(names(rows), ['a']);
  assert.equal(tree.branches.isOpen(a.node.id), true);
  await tree.setFilter('');
  assert.equal(tree.id, id);
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['a', 'b', 'c']);
  assert.deepEqual([tree.branches.isOpen(a.node.id), tree.branches.isOpen(b.node.id)], [false, true]);
});

test('of two filters the one that came last counts', async () => {
  const { tree } = setUp(['a', 'b']);
  const first = tree.setFilter('a');
  assert.equal(await tree.setFilter('b'), true);
  assert.equal(await first, false);
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['b']);
});

test('by activity, a branch is asked again and told only when its order has changed', async () => {
  const { tree, hear } = setUp(['a', 'b', 'c'], 'activity');
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['c', 'b', 'a']);
  assert.equal(await tree.orderAnew(ROOT_ID), undefined);
  hear('c');
  assert.equal(await tree.orderAnew(ROOT_ID), undefined);
  hear('a');
  assert.equal(await tree.orderAnew(ROOT_ID), 'topLevel');
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['a', 'c', 'b']);
});

test('another order is asked for anew', async () => {
  const { tree } = setUp(['a', 'b']);
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['a', 'b']);
  tree.setOrder('activity');
  assert.deepEqual(names(await tree.childrenOf(ROOT_ID)), ['b', 'a']);
});

test('pinned topics have rows, heard or not, and none under a filter', async () => {
  const { tree, hear } = setUp(['a']);
  await tree.askForPins();
  const heard = () => tree.pinRows.map(({ node }) => node?.topic);
  assert.deepEqual(heard(), [undefined]);
  hear('p/q');
  await tree.askForPins();
  assert.deepEqual(heard(), ['p/q']);
  await tree.setFilter('q');
  assert.deepEqual(tree.pinRows, []);
});

test('an answer for pins of a while ago is not given to those that took their place', async () => {
  const { tree, hear } = setUp(['p/q']);
  const asked = tree.askForPins();
  tree.pins.unpin('p/q');
  tree.pins.pin('r');
  await asked;
  assert.deepEqual(
    tree.pinRows.map(({ node }) => node),
    [undefined],
  );
  hear('r');
  await tree.askForPins();
  assert.equal(tree.pinRows[0]?.node?.topic, 'r');
});

test('what an engine said that has ended is forgotten, and rows have other ids', async () => {
  const { tree } = setUp(['a', 'p/q']);
  await tree.askForPins();
  const { id } = tree;
  tree.startOver();
  assert.notEqual(tree.id, id);
  assert.equal(tree.pinRows[0]?.node, undefined);
});

test('a branch is opened to a depth, and no deeper', async () => {
  const { tree } = setUp(['a/b/c/d', 'a/e', 'f/g']);
  const leftClosed = await expandTopics(
    tree.branches,
    ROOT_ID,
    3,
    () => {},
    (id) => tree.childrenOf(id),
  );
  assert.equal(leftClosed, 0);
  const isOpen = async (topic: string) => tree.branches.isOpen((await tree.find(topic))!.row.node.id);
  assert.deepEqual(await Promise.all(['a', 'a/b', 'a/b/c', 'f'].map(isOpen)), [true, true, false, true]);
});

test('each branch is watched before it is asked for', async () => {
  const { tree } = setUp(['a/b/c/d', 'f/g']);
  let watched: readonly number[] = [];
  const watch = () => {
    watched = tree.branches.watched;
  };
  await expandTopics(tree.branches, ROOT_ID, 3, watch, (id) => {
    assert.ok(watched.includes(id));
    return tree.childrenOf(id);
  });
  assert.equal(watched.length, 4);
});

test('a branch that is opened after its topics were sought is asked for again', async () => {
  const { tree, hear } = setUp(['a/b/c']);
  const found = await tree.find('a/b/c');
  const b = tree.parentOf(found!.row);
  const a = tree.parentOf(b!);
  assert.ok(a?.kind === 'node' && b?.kind === 'node');
  hear('a/b/d', 'a/e');
  assert.equal(tree.branches.open(a.node.id), true);
  assert.deepEqual(names(await tree.childrenOf(a.node.id)), ['a/b', 'a/e']);
  assert.equal(tree.branches.open(b.node.id), true);
  assert.deepEqual(names(await tree.childrenOf(b.node.id)), ['a/b/c', 'a/b/d']);
  assert.equal(tree.branches.open(b.node.id), false);
});

test('what is open below a closed branch is asked for again when that is opened', async () => {
  const { tree, asked } = setUp(['a/b/c']);
  const b = tree.parentOf((await tree.find('a/b/c'))!.row);
  const a = tree.parentOf(b!);
  assert.ok(a?.kind === 'node' && b?.kind === 'node');
  tree.branches.open(b.node.id);
  await tree.find('a/b/c');
  tree.branches.open(a.node.id);
  asked.length = 0;
  await tree.childrenOf(b.node.id);
  assert.deepEqual(asked, ['topicChildren']);
});

test('a branch that a filter opened by itself must be watched once it is asked for', async () => {
  const { tree, asked } = setUp(['a/x']);
  await tree.setFilter('x');
  const [a] = await tree.childrenOf(ROOT_ID);
  assert.ok(a?.kind === 'node');
  await tree.find('a/x');
  assert.equal(tree.branches.open(a.node.id), true);
  // Found before it was watched: asked for again.
  asked.length = 0;
  await tree.childrenOf(a.node.id);
  assert.deepEqual(asked, ['topicChildren']);
  assert.equal(tree.branches.open(a.node.id), false);
});

test('branches that would make too many rows are left closed, and counted', async () => {
  const wide = (name: string) => many(1_500).map((topic) => `${name}/${topic}`);
  const { tree } = setUp([...[...'abcfghijklm'].flatMap(wide), 'd/e']);
  const leftClosed = await expandTopics(
    tree.branches,
    ROOT_ID,
    3,
    () => {},
    (id) => tree.childrenOf(id),
  );
  assert.equal(leftClosed, 2);
  const isOpen = async (topic: string) => tree.branches.isOpen((await tree.find(topic))!.row.node.id);
  assert.deepEqual([await isOpen('k/many'), await isOpen('l/many'), await isOpen('d')], [true, false, true]);
});
