import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopicNode } from '../../../src/model/topicNode.ts';
import { firstInOrder } from '../../../src/model/topicOrder.ts';

function nodes(...values: number[]): TopicNode[] {
  return values.map((value, index) => {
    const node = new TopicNode(index + 1, undefined, String(index));
    node.branchNewestAtMs = value;
    node.branchMessagesPerSecond = 1000 - value;
    return node;
  });
}

const ids = (list: readonly TopicNode[]) => list.map(({ id }) => id);

test('by name, nodes stay as they are', () => {
  const list = nodes(3, 1, 2);
  assert.equal(firstInOrder(list, 'name', 1), list);
});

test('by activity the newest comes first, by rate the busiest', () => {
  const list = nodes(3, 1, 2);
  assert.deepEqual(ids(firstInOrder(list, 'activity', 3)), [1, 3, 2]);
  assert.deepEqual(ids(firstInOrder(list, 'rate', 3)), [2, 3, 1]);
});

test('where two are even, the order of their names holds, also at the cut', () => {
  const list = nodes(5, 7, 5, 5, 9, 5);
  assert.deepEqual(ids(firstInOrder(list, 'activity', 6)), [5, 2, 1, 3, 4, 6]);
  assert.deepEqual(ids(firstInOrder(list, 'activity', 4)), [5, 2, 1, 3]);
});

test('a part is the beginning of the whole, whatever the values', () => {
  const list = nodes(...Array.from({ length: 200 }, (_, i) => (i * 37) % 23));
  const whole = ids(firstInOrder(list, 'activity', 200));
  for (const count of [0, 1, 5, 50, 199]) {
    assert.deepEqual(ids(firstInOrder(list, 'activity', count)), whole.slice(0, count), String(count));
  }
});

test('the nodes that are handed in keep their order', () => {
  const list = nodes(1, 2, 3);
  firstInOrder(list, 'activity', 2);
  firstInOrder(list, 'activity', 3);
  assert.deepEqual(ids(list), [1, 2, 3]);
});
