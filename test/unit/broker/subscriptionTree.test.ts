import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Subscriber, Subscription } from '../../../src/broker/subscription.ts';
import { SubscriptionTree } from '../../../src/broker/subscriptionTree.ts';
import { parseSharedFilter, topicMatches } from '../../../src/mqtt/topics.ts';
import { SeededRandom } from '../../support/random.ts';

function subscriber(clientId: string): Subscriber {
  return {
    clientId,
    isConnected: true,
    isReady: true,
    deliver: () => assert.fail('a tree delivers nothing'),
    redeliver: () => assert.fail('a tree delivers nothing'),
    deliveryFailed: () => assert.fail('a tree delivers nothing'),
  };
}

function plainFilters(tree: SubscriptionTree, topic: string): string[] {
  return tree
    .match(topic)
    .flatMap(({ plain }) => plain.map((subscription) => subscription.topicFilter))
    .sort();
}

test('matches as the reference matcher does, while subscriptions come and go', () => {
  const random = new SeededRandom(4);
  const levels = ['a', 'b', '+', '$x', ''];
  const tree = new SubscriptionTree(() => 0);
  const subscriptions = new Map<string, Subscription>();
  for (let i = 0; i < 3000; i++) {
    const path = random.array(random.integer(1, 3), () => random.pick(levels)).join('/') || 'a';
    const filter = random.integer(1, 10) <= 3 ? `${path}/#` : path;
    const existing = subscriptions.get(filter);
    if (existing !== undefined) {
      tree.remove(existing);
      subscriptions.delete(filter);
    } else {
      const subscription = new Subscription(subscriber('c'), filter);
      tree.add(subscription);
      subscriptions.set(filter, subscription);
    }
    assert.equal(tree.size, subscriptions.size);
    // The same few topics again and again: each match but the first could come from the cache.
    for (const topic of ['a', 'a/b', 'b//a', '$x/a', 'a/b/b']) {
      const expected = [...subscriptions.keys()].filter((candidate) => topicMatches(candidate, topic));
      assert.deepEqual(plainFilters(tree, topic), expected.sort(), topic);
    }
  }
});

test('one of many subscribers of a filter can leave, and the others stay', () => {
  const tree = new SubscriptionTree(() => 0);
  const all = ['1', '2', '3', '4'].map((id) => new Subscription(subscriber(id), 'a'));
  for (const subscription of all) tree.add(subscription);
  const ids = (): string[] =>
    tree
      .match('a')
      .flatMap(({ plain }) => plain.map(({ subscriber: { clientId } }) => clientId))
      .sort();
  tree.remove(all[1]!); // of four
  assert.deepEqual(ids(), ['1', '3', '4']);
  tree.remove(all[3]!);
  tree.remove(all[0]!);
  assert.deepEqual(ids(), ['3']);
  tree.remove(all[2]!);
  assert.deepEqual(tree.match('a'), []);
  assert.equal(tree.size, 0);
});

test('a shared subscription is found by its filter, in a group for each share name', () => {
  const tree = new SubscriptionTree(() => 0);
  const filters = ['$share/g/a/+', '$share/h/a/+', '$share/g/b'];
  const subscriptions = filters.map((filter) => new Subscription(subscriber('c'), filter));
  for (const subscription of subscriptions) tree.add(subscription);
  const [match, ...others] = tree.match('a/b');
  assert.deepEqual(others, []);
  assert.deepEqual(match?.plain, []);
  assert.deepEqual([...(match?.shared.keys() ?? [])].sort(), ['g', 'h']);
  assert.equal(parseSharedFilter('$share/g/a/+')?.topicFilter, 'a/+');
  for (const subscription of subscriptions) tree.remove(subscription);
  assert.deepEqual(tree.match('a/b'), []);
});
