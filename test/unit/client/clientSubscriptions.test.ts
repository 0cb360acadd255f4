import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientSubscriptions } from '../../../src/client/clientSubscriptions.ts';

function subscribed(...topicFilters: string[]): ClientSubscriptions {
  const subscriptions = new ClientSubscriptions();
  for (const topicFilter of topicFilters) {
    const request = { topicFilter, qos: 0 } as const;
    subscriptions.set({ request, identifier: subscriptions.identifierFor(request) });
  }
  return subscriptions;
}

test('identifiers count up, stay with their filter, and leave out those that were asked for', () => {
  const subscriptions = subscribed('a', 'b');
  subscriptions.set({ request: { topicFilter: 'c', qos: 0 }, identifier: 3 });
  assert.equal(subscriptions.identifierFor({ topicFilter: 'b', qos: 1 }), 2);
  assert.equal(subscriptions.identifierFor({ topicFilter: 'd', qos: 0 }), 4);
  assert.equal(subscriptions.identifierFor({ topicFilter: 'd', qos: 0, subscriptionIdentifier: 9 }), 9);
});

test('one that is asked for and taken has a holder, unless it is the same filter', () => {
  const subscriptions = subscribed('a');
  assert.equal(subscriptions.holderOf({ topicFilter: 'b', qos: 0, subscriptionIdentifier: 1 }), 'a');
  assert.equal(subscriptions.holderOf({ topicFilter: 'a', qos: 0, subscriptionIdentifier: 1 }), undefined);
  assert.equal(subscriptions.holderOf({ topicFilter: 'b', qos: 0 }), undefined);
});

test('a message is for those whose identifiers it has, else for those that match', () => {
  const subscriptions = subscribed('a/#', 'a/b', '$share/group/a/+');
  assert.deepEqual(subscriptions.filtersOf('a/b', [2]), ['a/b']);
  assert.deepEqual(subscriptions.filtersOf('a/b', undefined), ['a/#', 'a/b', '$share/group/a/+']);
  assert.deepEqual(subscriptions.filtersOf('c', undefined), []);
});

test('a copy for another than the first that matches is a repeat; a muted one is no first', () => {
  const subscriptions = subscribed('a/#', 'a/b');
  assert.deepEqual([subscriptions.isRepeat('a/b', [1]), subscriptions.isRepeat('a/b', [2])], [false, true]);
  assert.equal(subscriptions.isRepeat('a/b', undefined), false);
  subscriptions.setMuted('a/#', true);
  assert.equal(subscriptions.isRepeat('a/b', [2]), false);
});

test('muted is what was for muted ones alone', () => {
  const subscriptions = subscribed('a', 'b');
  assert.equal(subscriptions.areMuted(['a']), false);
  subscriptions.setMuted('a', true);
  assert.deepEqual(
    [['a'], ['a', 'b'], []].map((filters) => subscriptions.areMuted(filters)),
    [true, false, false],
  );
  subscriptions.setMuted('a', false);
  assert.equal(subscriptions.areMuted(['a']), false);
});
