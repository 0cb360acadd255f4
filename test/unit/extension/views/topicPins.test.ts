import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopicPins } from '../../../../src/extension/views/topicPins.ts';
import { topicNode, withPayload } from './topicNodes.ts';

test('topics are pinned once, in order, and unpinned once', () => {
  const pins = new TopicPins(['a']);
  assert.equal(pins.pin('b'), true);
  assert.equal(pins.pin('a'), false);
  assert.deepEqual(pins.topics, ['a', 'b']);
  assert.equal(pins.unpin('a'), true);
  assert.equal(pins.unpin('a'), false);
  assert.deepEqual(pins.topics, ['b']);
});

test('a row keeps its identity while its node comes and changes', () => {
  const pins = new TopicPins(['topic 1', 'topic 2']);
  const [row] = pins.rows;
  pins.setNodes([undefined, topicNode(2)]);
  assert.deepEqual(
    pins.rows.map(({ node }) => node?.id),
    [undefined, 2],
  );
  assert.deepEqual(pins.apply([topicNode(1), topicNode(3)]), [row]);
  assert.equal(row?.node?.id, 1);
  pins.pin('topic 4');
  assert.equal(pins.rows[0], row);
});

test('the number of a new message goes up or down, and another rate leaves it', () => {
  const pins = new TopicPins(['topic 1']);
  const [row] = pins.rows;
  pins.apply([withPayload(1, 1, '5')]);
  assert.equal(row?.trend, undefined);
  pins.apply([withPayload(1, 2, '7')]);
  assert.equal(row?.trend, 'up');
  pins.apply([withPayload(1, 2, '7')]);
  assert.equal(row?.trend, 'up');
  pins.apply([withPayload(1, 3, '7')]);
  assert.equal(row?.trend, 'same');
  pins.setNodes([undefined]);
  assert.equal(row?.trend, undefined);
});

test('a pinned topic that was never heard, or not for long, is dim', () => {
  const pins = new TopicPins(['topic 1', 'topic 2']);
  pins.setNodes([undefined, topicNode(2, { branchNewestAtMs: 9_000 })]);
  assert.deepEqual(
    pins.dimQuiet(10_000, 5_000).map(({ topic }) => topic),
    ['topic 1'],
  );
  assert.deepEqual(pins.dimQuiet(10_000, 5_000), []);
});
