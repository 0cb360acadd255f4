import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicChildren, TopicNode } from '../../../../src/contracts/topics.ts';
import { ROOT_ID, TopicBranches, type TopicRow } from '../../../../src/extension/views/topicBranches.ts';

function node(id: number, parentId: number, messageCount = 0): TopicNode {
  return {
    id,
    parentId,
    level: `level ${id}`,
    topic: `topic ${id}`,
    childCount: 1,
    descendantTopicCount: 1,
    messageCount,
    branchMessageCount: messageCount,
    branchMessagesPerSecond: 0,
    branchNewestAtMs: 0,
    retained: false,
  };
}

const children = (parentId: number, ids: number[], total = ids.length): TopicChildren => ({
  parentId,
  nodes: ids.map((id) => node(id, parentId)),
  total,
});

const idsOf = (rows: readonly TopicRow[]): (number | string)[] =>
  rows.map((row) => (row.kind === 'node' ? row.node.id : `${row.hidden} more`));

/** 1 > 2 > 3, and 4 beside 1. */
function openTree(): TopicBranches {
  const branches = new TopicBranches();
  branches.setChildren(children(ROOT_ID, [1, 4]));
  branches.open(1);
  branches.setChildren(children(1, [2]));
  branches.open(2);
  branches.setChildren(children(2, [3]));
  return branches;
}

test('at first only the top level is watched', () => {
  assert.deepEqual(new TopicBranches().watched, [ROOT_ID]);
});

test('branches are watched while they and all above them are open', () => {
  const branches = openTree();
  assert.deepEqual(branches.watched, [ROOT_ID, 1, 2]);
  branches.close(1);
  assert.deepEqual(branches.watched, [ROOT_ID]);
  assert.equal(branches.open(1), true);
  assert.deepEqual([...branches.watched].sort(), [ROOT_ID, 1, 2]);
});

test('opening what is open already is no news', () => {
  const branches = openTree();
  assert.equal(branches.open(1), false);
  assert.equal(branches.open(ROOT_ID), false);
});

test('answers are held for branches that are watched, and go stale for those that no longer are', () => {
  const branches = openTree();
  assert.deepEqual(idsOf(branches.heldChildren(2) ?? []), [3]);
  branches.close(1);
  assert.equal(branches.heldChildren(1), undefined);
  assert.equal(branches.heldChildren(2), undefined);
  assert.deepEqual(idsOf(branches.heldChildren(ROOT_ID) ?? []), [1, 4]);
});

test('a change updates the row in place: its identity is what the tree knows it by', () => {
  const branches = openTree();
  const [row] = branches.heldChildren(2) ?? [];
  const touched = branches.apply({ changed: [node(3, 2, 7)], childrenChanged: [] });
  assert.equal(touched.rows[0], row);
  assert.equal(row?.kind === 'node' && row.node.messageCount, 7);
  assert.equal(touched.root, false);
});

test('a branch that got children is refreshed itself, and asked again', () => {
  const branches = openTree();
  const touched = branches.apply({ changed: [], childrenChanged: [1] });
  assert.deepEqual(idsOf(touched.rows), [1]);
  assert.equal(touched.root, false);
  assert.equal(branches.heldChildren(1), undefined);
});

test('only a new top level touches the root', () => {
  const branches = openTree();
  assert.deepEqual(branches.apply({ changed: [], childrenChanged: [ROOT_ID] }), { root: true, rows: [] });
  assert.equal(branches.heldChildren(ROOT_ID), undefined);
});

test('a change of a node that was never shown touches nothing', () => {
  const branches = openTree();
  assert.deepEqual(branches.apply({ changed: [node(99, 4)], childrenChanged: [98] }), {
    root: false,
    rows: [],
  });
});

test('children beyond the limit are one row that counts them; showing more doubles the limit', () => {
  const branches = openTree();
  assert.equal(branches.limitOf(4), 1_000);
  const rows = branches.setChildren(children(4, [10, 11], 2_500));
  assert.deepEqual(idsOf(rows), [10, 11, '2498 more']);
  const touched = branches.showMore(4);
  assert.deepEqual(idsOf(touched.rows), [4]);
  assert.equal(branches.limitOf(4), 2_000);
  assert.equal(branches.limitOf(1), 1_000);
});

test('more of the top level touches the root', () => {
  assert.equal(openTree().showMore(ROOT_ID).root, true);
});

test('after a reset nothing is known', () => {
  const branches = openTree();
  branches.showMore(4);
  branches.reset();
  assert.deepEqual(branches.watched, [ROOT_ID]);
  assert.equal(branches.heldChildren(ROOT_ID), undefined);
  assert.equal(branches.limitOf(4), 1_000);
  assert.equal(branches.size, 0);
});

test('a branch that is gone is forgotten with all below it, and no longer watched', () => {
  const branches = openTree();
  assert.equal(branches.size, 4);
  branches.setChildren(children(ROOT_ID, [4]));
  assert.equal(branches.size, 1);
  assert.deepEqual(branches.watched, [ROOT_ID]);
  assert.equal(branches.heldChildren(2), undefined);
});
