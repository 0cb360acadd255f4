import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicChildren, TopicNode } from '../../../../src/contracts/topics.ts';
import { ROOT_ID, TopicBranches } from '../../../../src/extension/views/topicBranches.ts';
import type { TopicRow } from '../../../../src/extension/views/topicRows.ts';

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
  rows.map((row) => {
    if (row.kind === 'more') return `${row.hidden} ${row.side}`;
    return row.node?.id ?? row.topic;
  });

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
  assert.deepEqual(idsOf(touched.branches), [1]);
  assert.equal(touched.root, false);
  assert.equal(branches.heldChildren(1), undefined);
});

test('only a new top level touches the root', () => {
  const branches = openTree();
  assert.deepEqual(branches.apply({ changed: [], childrenChanged: [ROOT_ID] }), {
    root: true,
    branches: [],
    rows: [],
  });
  assert.equal(branches.heldChildren(ROOT_ID), undefined);
});

test('a change of a node that was never shown touches nothing', () => {
  const branches = openTree();
  assert.deepEqual(branches.apply({ changed: [node(99, 4)], childrenChanged: [98] }), {
    root: false,
    branches: [],
    rows: [],
  });
});

test('children beyond the range are one row that counts them; showing more makes it a page longer', () => {
  const branches = openTree();
  assert.deepEqual(branches.rangeOf(4), { from: 0, count: 200 });
  const rows = branches.setChildren(children(4, [10, 11], 2_500));
  assert.deepEqual(idsOf(rows), [10, 11, '2498 after']);
  const touched = branches.showMore({ parentId: 4, side: 'after' });
  assert.deepEqual(idsOf(touched.branches), [4]);
  assert.deepEqual(branches.rangeOf(4), { from: 0, count: 400 });
  assert.deepEqual(branches.rangeOf(1), { from: 0, count: 200 });
});

test('a place far down is shown with its page, and with what is before and after it counted', () => {
  const branches = openTree();
  assert.equal(branches.showPlace(4, 199), false);
  assert.equal(branches.showPlace(4, 45_678), true);
  assert.deepEqual(branches.rangeOf(4), { from: 45_600, count: 200 });
  const rows = branches.setChildren(children(4, [10], 100_000));
  assert.deepEqual(idsOf(rows), ['45600 before', 10, '54399 after']);
  branches.showMore({ parentId: 4, side: 'before' });
  assert.deepEqual(branches.rangeOf(4), { from: 45_400, count: 400 });
});

test('no more is shown before the first', () => {
  const branches = openTree();
  branches.showPlace(4, 200);
  branches.showMore({ parentId: 4, side: 'before' });
  branches.showMore({ parentId: 4, side: 'before' });
  assert.deepEqual(branches.rangeOf(4), { from: 0, count: 400 });
});

test('more of the top level touches the root', () => {
  assert.equal(openTree().showMore({ parentId: ROOT_ID, side: 'after' }).root, true);
});

test('an answer is as shown when it has the same nodes in the same order', () => {
  const branches = openTree();
  assert.equal(branches.isAsShown(children(ROOT_ID, [1, 4])), true);
  assert.equal(branches.isAsShown(children(ROOT_ID, [4, 1])), false);
  assert.equal(branches.isAsShown(children(ROOT_ID, [1])), false);
  assert.equal(branches.isAsShown(children(7, [])), false);
});

test('a row is in sight while every branch above it is open', () => {
  const branches = openTree();
  const [row] = branches.heldChildren(2) ?? [];
  assert.ok(row?.kind === 'node');
  assert.equal(branches.isInSight(row), true);
  branches.close(1);
  assert.equal(branches.isInSight(row), false);
  branches.setChildren(children(ROOT_ID, [4]));
  assert.equal(branches.isInSight(row), false, 'it is gone');
});

test('collapsing to a depth closes what is deeper, and nothing beside or above it', () => {
  const branches = openTree();
  branches.open(3);
  branches.open(4);
  branches.collapse(1, 1);
  assert.deepEqual(
    [1, 2, 3, 4].map((id) => branches.isOpen(id)),
    [true, false, false, true],
  );
  branches.collapse(ROOT_ID, 1);
  assert.deepEqual(branches.watched, [ROOT_ID]);
});

test('a branch is taken anew with all below it, and what is above it is refreshed', () => {
  const branches = openTree();
  const touched = branches.renew(2);
  assert.deepEqual(idsOf(touched.branches), [1]);
  assert.deepEqual(
    [1, 2, 3, 4].map((id) => branches.row(id)?.generation),
    [0, 1, 1, 0],
  );
  assert.equal(branches.renew(1).root, true);
});

test('under a filter branches are open by themselves, up to a number of rows', () => {
  const branches = new TopicBranches(2);
  branches.setChildren(children(ROOT_ID, [1, 2, 3]));
  assert.deepEqual(
    [1, 2, 3].map((id) => branches.isOpen(id)),
    [true, true, false],
  );
  branches.close(1);
  branches.setChildren(children(ROOT_ID, [1, 2, 3]));
  assert.equal(branches.isOpen(1), false, 'a person closed it');
});

test('a row becomes dim when nothing came for a while, and is told once', () => {
  const branches = new TopicBranches();
  branches.setChildren({
    parentId: ROOT_ID,
    nodes: [
      { ...node(1, ROOT_ID), branchNewestAtMs: 1_000 },
      { ...node(2, ROOT_ID), branchNewestAtMs: 9_000 },
    ],
    total: 2,
  });
  assert.deepEqual(idsOf(branches.dimQuiet(10_000, 0)), []);
  assert.deepEqual(idsOf(branches.dimQuiet(10_000, 5_000)), [1]);
  assert.deepEqual(idsOf(branches.dimQuiet(10_000, 5_000)), []);
  branches.apply({ changed: [{ ...node(1, ROOT_ID), branchNewestAtMs: 11_000 }], childrenChanged: [] });
  assert.deepEqual(idsOf(branches.dimQuiet(12_000, 5_000)), [1], 'heard again');
});

test('a branch that is gone is forgotten with all below it, and no longer watched', () => {
  const branches = openTree();
  assert.equal(branches.size, 4);
  branches.setChildren(children(ROOT_ID, [4]));
  assert.equal(branches.size, 1);
  assert.deepEqual(branches.watched, [ROOT_ID]);
  assert.equal(branches.heldChildren(2), undefined);
});
