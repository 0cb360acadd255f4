import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetainedStore } from '../../../src/broker/retainedStore.ts';
import { StoredMessage } from '../../../src/broker/storedMessage.ts';

function message(topic: string, payloadBytes = 1, expirySeconds?: number): StoredMessage {
  const properties = expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds };
  const payload = new Uint8Array(payloadBytes);
  return new StoredMessage({ topic, payload, qos: 0, retain: true, properties }, 'publisher', 1000);
}

test('keeps the last message of each topic, and counts bytes of what it holds', () => {
  const store = new RetainedStore();
  store.set(message('a', 10));
  store.set(message('b', 10));
  const bytes = store.bytes;
  store.set(message('a', 30));
  assert.equal(store.count, 2);
  assert.equal(store.bytes, bytes + 20);
  assert.equal(store.get('a')?.payload.length, 30);
});

test('is empty, in count and bytes, after the last message is deleted', () => {
  const store = new RetainedStore();
  store.set(message('a/b', 10));
  assert.equal(store.delete('a'), false);
  assert.equal(store.delete('a/b'), true);
  assert.equal(store.delete('a/b'), false);
  assert.equal(store.count, 0);
  assert.equal(store.bytes, 0);
  assert.deepEqual(store.all(), []);
});

test('finds the messages that a filter matches', () => {
  const store = new RetainedStore();
  for (const topic of ['a', 'a/b', 'a/b/c', '/a', '$SYS/a']) store.set(message(topic));
  const topics = (filter: string): string[] =>
    store
      .matching(filter)
      .map(({ topic }) => topic)
      .sort();
  assert.deepEqual(topics('#'), ['/a', 'a', 'a/b', 'a/b/c']);
  assert.deepEqual(topics('a/#'), ['a', 'a/b', 'a/b/c']);
  assert.deepEqual(topics('+/+'), ['/a', 'a/b']);
  assert.deepEqual(topics('$SYS/#'), ['$SYS/a']);
  assert.deepEqual(topics('a/b'), ['a/b']);
  assert.deepEqual(topics('b'), []);
});

test('gives up what has expired, and only that', () => {
  const store = new RetainedStore();
  store.set(message('never'));
  store.set(message('soon', 1, 1));
  store.set(message('later', 1, 5));
  assert.deepEqual(store.removeExpired(1999), []);
  assert.deepEqual(
    store.removeExpired(2000).map(({ topic }) => topic),
    ['soon'],
  );
  assert.deepEqual(
    store.removeExpired(6000).map(({ topic }) => topic),
    ['later'],
  );
  assert.equal(store.count, 1);
});
