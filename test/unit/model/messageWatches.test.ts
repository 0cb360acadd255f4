import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageHistory } from '../../../src/model/messageHistory.ts';
import { type MessagesDelta, MessageWatches } from '../../../src/model/messageWatches.ts';
import { incoming, text } from './messages.ts';

function setUp(budgetBytes = 100_000_000) {
  const history = new MessageHistory(budgetBytes);
  const watches = new MessageWatches(history);
  const publish = (topic: string, ...payloads: string[]) => {
    for (const payload of payloads) history.append(history.topic(topic), topic, incoming(payload));
  };
  return { history, watches, publish };
}

function told(delta: MessagesDelta | undefined) {
  if (delta === undefined) return undefined;
  const { watchId, added, ...numbers } = delta;
  return { ...numbers, added: added.map((message) => text(message.payload)) };
}

test('a watch opens with what is held, as much as it has room for', () => {
  const { watches, publish } = setUp();
  publish('a', '1', '2', '3');
  const opened = watches.open('topic', 'a', 2);
  assert.deepEqual(told(opened), { added: ['2', '3'], skipped: 0, total: 3, dropped: 0 });
  assert.equal(watches.takeDelta(), undefined);
});

test('a watch is told each message once', () => {
  const { watches, publish } = setUp();
  const { watchId } = watches.open('topic', 'a', 10);
  publish('a', '1', '2');
  const delta = watches.takeDelta();
  assert.equal(delta?.watchId, watchId);
  assert.deepEqual(told(delta), { added: ['1', '2'], skipped: 0, total: 2, dropped: 0 });
  publish('a', '3');
  assert.deepEqual(told(watches.takeDelta()), { added: ['3'], skipped: 0, total: 3, dropped: 0 });
  assert.equal(watches.takeDelta(), undefined);
});

test('at a flood a watch is told the newest that it has room for, and how many came besides', () => {
  const { watches, publish } = setUp();
  watches.open('topic', 'a', 2);
  publish('a', ...Array.from({ length: 250 }, (_, n) => `${n}`));
  assert.deepEqual(told(watches.takeDelta()), {
    added: ['248', '249'],
    skipped: 248,
    total: 250,
    dropped: 150,
  });
});

test('a watch is told when the budget pushes messages out, though none came', () => {
  const { history, watches, publish } = setUp();
  publish('a', '1', '2');
  watches.open('topic', 'a', 10);
  history.setBudget(0);
  assert.deepEqual(told(watches.takeDelta()), { added: [], skipped: 0, total: 2, dropped: 2 });
});

test('a loud topic takes turns with a quiet one', () => {
  const { watches, publish } = setUp();
  const loud = watches.open('topic', 'loud', 10);
  const quiet = watches.open('topic', 'quiet', 10);
  publish('loud', '1');
  publish('quiet', '1');
  assert.equal(watches.takeDelta()?.watchId, loud.watchId);
  publish('loud', '2');
  assert.equal(watches.takeDelta()?.watchId, quiet.watchId);
  assert.equal(watches.takeDelta()?.watchId, loud.watchId);
});

test('onDidChange fires once for any number of messages, and again after the news were taken', () => {
  const { watches, publish } = setUp();
  let fired = 0;
  watches.onDidChange(() => fired++);
  watches.open('topic', 'a', 10);
  publish('a', '1', '2', '3');
  assert.equal(fired, 1);
  watches.takeDelta();
  publish('a', '4');
  assert.equal(fired, 2);
});

test('two watches of one source are each told everything', () => {
  const { watches, publish } = setUp();
  watches.open('topic', 'a', 10);
  publish('a', '1');
  watches.open('topic', 'a', 10);
  publish('a', '2');
  assert.deepEqual(told(watches.takeDelta())?.added, ['1', '2']);
  assert.deepEqual(told(watches.takeDelta())?.added, ['2']);
});

test('a closed watch is told nothing, and closing it twice does nothing', () => {
  const { watches, publish } = setUp();
  const { watchId } = watches.open('topic', 'a', 10);
  publish('a', '1');
  watches.close(watchId);
  watches.close(watchId);
  publish('a', '2');
  assert.equal(watches.takeDelta(), undefined);
});

test('a clear is told by itself, before what comes after it, even if that is more than before', () => {
  const { history, watches, publish } = setUp();
  publish('a', 'old');
  watches.open('topic', 'a', 10);
  history.clear();
  assert.deepEqual(told(watches.takeDelta()), { added: [], skipped: 0, total: 0, dropped: 0 });
  publish('a', 'before the next clear');
  history.clear();
  publish('a', '1', '2');
  assert.deepEqual(told(watches.takeDelta()), { added: [], skipped: 0, total: 0, dropped: 0 });
  assert.equal(watches.hasDeltas, true);
  assert.deepEqual(told(watches.takeDelta()), { added: ['1', '2'], skipped: 0, total: 2, dropped: 0 });
  assert.equal(watches.hasDeltas, false);
});

test('a forgotten source stays for its watchers, and goes with the last of them', () => {
  const { history, watches, publish } = setUp();
  publish('a', '1');
  const first = watches.open('topic', 'a', 10);
  const second = watches.open('topic', 'a', 10);
  history.forget('topic', 'a');
  assert.equal(history.heldMessages, 1);
  watches.close(first.watchId);
  assert.equal(history.heldMessages, 1);
  watches.close(second.watchId);
  assert.equal(history.heldMessages, 0);
});
