import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  branchArgument,
  branchFilterArgument,
  connectionArgument,
  connectionKindArgument,
  connectionNameArgument,
  depthArgument,
  kindArgument,
  messageArgument,
  messagePairArgument,
  messagesArgument,
  publishArgument,
  seriesArgument,
  textArgument,
  topicArgument,
  topicFilterArgument,
  urlArgument,
} from '../../../../src/extension/commands/arguments.ts';

test('a row of a tree says its kind', () => {
  assert.equal(kindArgument({ kind: 'retained', topic: 'a' }), 'retained');
  assert.equal(kindArgument({ kind: 3 }), undefined);
  assert.equal(kindArgument('retained'), undefined);
});

test('a topic comes as a string or in an object', () => {
  assert.equal(topicArgument('a/b'), 'a/b');
  assert.equal(topicArgument({ topic: 'a/b', node: {} }), 'a/b');
});

test('anything else is no topic', () => {
  for (const argument of [undefined, null, 7, {}, { topic: 7 }, [], () => 'a']) {
    assert.equal(topicArgument(argument), undefined);
    assert.equal(topicFilterArgument(argument), undefined);
    assert.equal(urlArgument(argument), undefined);
    assert.equal(publishArgument(argument), undefined);
    assert.equal(messageArgument(argument), undefined);
    assert.equal(messagePairArgument(argument), undefined);
  }
});

test('a whole message has defaults for QoS and retain', () => {
  assert.deepEqual(publishArgument({ topic: 'a', payload: 'é' }), {
    topic: 'a',
    payload: Uint8Array.of(0xc3, 0xa9),
    qos: 0,
    retain: false,
  });
  assert.deepEqual(publishArgument({ topic: 'a', payload: '', qos: 2, retain: true }), {
    topic: 'a',
    payload: new Uint8Array(),
    qos: 2,
    retain: true,
  });
});

test('a QoS that is none counts as 0', () => {
  for (const qos of [3, -1, '1', null])
    assert.equal(publishArgument({ topic: 'a', payload: '', qos })?.qos, 0);
});

test('the Messages view is about a topic, a branch, a client or a subscription', () => {
  assert.deepEqual(messagesArgument({ topic: 'a/b' }), { topicFilter: 'a/b' });
  assert.deepEqual(messagesArgument('a/b'), { topicFilter: 'a/b' });
  assert.deepEqual(messagesArgument({ branch: 'a' }), { topicFilter: 'a/#' });
  assert.deepEqual(messagesArgument({ client: 'board' }), { publisher: 'board' });
  assert.deepEqual(messagesArgument({ kind: 'client', client: { clientId: 'board' } }), {
    publisher: 'board',
  });
  assert.deepEqual(messagesArgument({ topicFilter: 'a/+' }), {
    source: { kind: 'subscription', topicFilter: 'a/+' },
  });
  // Rows of the tree: one that had a message, and one that only has topics below it.
  assert.deepEqual(messagesArgument({ topic: 'a', node: { topic: 'a', last: {} } }), { topicFilter: 'a' });
  assert.deepEqual(messagesArgument({ topic: 'a', node: { topic: 'a' } }), { topicFilter: 'a/#' });
  assert.equal(messagesArgument(undefined), undefined);
  assert.equal(messagesArgument({ other: 1 }), undefined);
  // Rows of a recording: all of it, a branch and a topic.
  const source = { kind: 'broker', connection: 2 };
  assert.deepEqual(messagesArgument({ topic: '', node: { topic: '', connection: 2, isConnection: true } }), {
    source,
  });
  assert.deepEqual(messagesArgument({ topic: 'a', node: { topic: 'a', connection: 2 } }), {
    source,
    topicFilter: 'a/#',
  });
  assert.deepEqual(messagesArgument({ topic: 'a', node: { topic: 'a', connection: 2, last: {} } }), {
    source,
    topicFilter: 'a',
  });
});

test('a text, a branch and a depth are taken as they are, and nothing else is', () => {
  assert.equal(textArgument('abc'), 'abc');
  assert.equal(textArgument({ text: '' }), '');
  assert.equal(textArgument({ topic: 'a' }), undefined);
  assert.equal(branchArgument({ kind: 'node', node: { id: 7 } }), 7);
  assert.equal(branchArgument({ kind: 'pin', node: undefined }), undefined);
  assert.equal(branchArgument(undefined), undefined);
  assert.equal(depthArgument(3), 3);
  assert.equal(depthArgument({ depth: 2 }), 2);
  for (const argument of [0, 1.5, '3', { depth: -1 }, undefined])
    assert.equal(depthArgument(argument), undefined);
});

test('a message comes by its id, or as the newest of a row', () => {
  assert.deepEqual(messageArgument({ id: 7 }), { id: 7 });
  assert.deepEqual(messageArgument({ id: 7, receivedAtMs: 9 }), { id: 7, receivedAtMs: 9 });
  const row = { kind: 'node', topic: 'a', node: { id: 3, last: { id: 8, receivedAtMs: 9 } } };
  assert.deepEqual(messageArgument(row), { id: 8, receivedAtMs: 9 });
  assert.deepEqual(messagePairArgument({ left: 7, right: 9 }), { left: { id: 7 }, right: { id: 9 } });
});

test('an id is a whole number from 1', () => {
  for (const id of [0, -1, 1.5, '7', Number.NaN]) {
    assert.equal(messageArgument({ id }), undefined);
    assert.equal(messagePairArgument({ left: 1, right: id }), undefined);
  }
});

test('a row means its topic with all that is below it, a subscription its filter, and a recording everything', () => {
  assert.equal(branchFilterArgument({ topicFilter: 'a/+' }), 'a/+');
  assert.equal(branchFilterArgument({ topic: 'a', node: { childCount: 2 } }), 'a/#');
  assert.equal(branchFilterArgument({ topic: 'a', node: { childCount: 0 } }), 'a');
  assert.equal(branchFilterArgument({ topic: 'a', node: undefined }), 'a', 'a pin that was not heard');
  assert.equal(branchFilterArgument({ topic: '', node: { childCount: 2, isConnection: true } }), undefined);
  assert.equal(branchFilterArgument(undefined), undefined);
});

test('a connection comes in an object, or in the node of a row', () => {
  assert.equal(connectionArgument({ connection: 2 }), 2);
  assert.equal(connectionArgument({ topic: 'a', node: { connection: 3 } }), 3);
  for (const argument of [undefined, 2, { connection: '2' }, { node: {} }, { topic: 'a' }])
    assert.equal(connectionArgument(argument), undefined);
});

test('what a connection is, its row says', () => {
  const row = (node: object) => ({ kind: 'node', topic: 'a', node: { id: 3, ...node } });
  assert.equal(connectionKindArgument(row({ connection: 2, connectionKind: 'recording' })), 'recording');
  assert.equal(
    connectionKindArgument(row({ connection: 2, connectionKind: 'remoteBroker' })),
    'remoteBroker',
  );
  for (const argument of [undefined, 'a', { topic: 'a' }, row({}), row({ connectionKind: 'other' })])
    assert.equal(connectionKindArgument(argument), undefined);
});

test('a connection has a name in the Connections view, and alone in a keybinding', () => {
  assert.equal(connectionNameArgument('Gateway'), 'Gateway');
  assert.equal(connectionNameArgument({ connectionName: 'Gateway' }), 'Gateway');
  for (const argument of [undefined, {}, { connectionName: 7 }])
    assert.equal(connectionNameArgument(argument), undefined);
});

test('a subscription at another broker is shown by its filter', () => {
  assert.deepEqual(messagesArgument({ topicFilter: 'a/#', connection: 3 }), {
    source: { kind: 'broker', connection: 3 },
    topicFilter: 'a/#',
  });
  assert.deepEqual(messagesArgument({ topicFilter: 'a/#' }), {
    source: { kind: 'subscription', topicFilter: 'a/#' },
  });
});

test('a series is a topic, with or without the path of its number', () => {
  assert.deepEqual(seriesArgument('a/b'), { topic: 'a/b' });
  assert.deepEqual(seriesArgument({ topic: 'a/b' }), { topic: 'a/b' });
  assert.deepEqual(seriesArgument({ topic: 'a/+', path: '' }), { topic: 'a/+', path: '' });
  assert.deepEqual(seriesArgument({ topic: 'a', path: 3 }), { topic: 'a' });
  const recorded = { kind: 'node', topic: 'a', node: { id: 3, connection: 2 } };
  assert.deepEqual(seriesArgument(recorded), { topic: 'a', connection: 2 });
  assert.equal(seriesArgument({ path: '.c' }), undefined);
  assert.equal(seriesArgument(undefined), undefined);
});
