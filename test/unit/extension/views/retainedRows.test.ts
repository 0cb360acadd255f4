import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_LISTED_RETAINED, type RetainedMessage } from '../../../../src/contracts/retained.ts';
import {
  branchFiltersOf,
  RetainedRows,
  retainedFilterOf,
} from '../../../../src/extension/views/retainedRows.ts';

const message = (topic: string, text = 'x', storedAtMs = 1000): RetainedMessage => ({
  topic,
  payloadBytes: text.length,
  preview: new TextEncoder().encode(text),
  qos: 0,
  storedAtMs,
});

test('a row keeps its identity while its message changes, and is named as changed', () => {
  const rows = new RetainedRows();
  assert.equal(rows.take({ messages: [message('a'), message('b')], total: 2 }), undefined);
  const [a, b] = rows.all;
  const changed = rows.take({ messages: [message('a'), message('b', 'y')], total: 2 });
  assert.deepEqual(changed, [b]);
  assert.equal(rows.all[0], a);
  assert.equal(rows.all[1], b);
  assert.deepEqual(rows.take({ messages: [message('a'), message('b', 'y')], total: 2 }), []);
  assert.deepEqual(rows.take({ messages: [message('a', 'x', 2000), message('b', 'y')], total: 2 }), [a]);
});

test('when topics come, go or change places, the whole list is others, with the same rows in it', () => {
  const rows = new RetainedRows();
  rows.take({ messages: [message('a'), message('b')], total: 2 });
  const [a, b] = rows.all;
  assert.equal(rows.take({ messages: [message('b'), message('a')], total: 2 }), undefined);
  assert.deepEqual(rows.all, [b, a]);
  assert.equal(rows.take({ messages: [message('b')], total: 1 }), undefined);
  assert.equal(rows.all[0], b);
  rows.clear();
  assert.deepEqual(rows.all, []);
});

test('what is not listed has a row at the end, which says how many', () => {
  const rows = new RetainedRows();
  rows.take({ messages: [message('a')], total: 5 });
  assert.deepEqual(rows.all[1], { kind: 'moreRetained', hidden: 4, canShowMore: true });
  const more = rows.all[1];
  assert.deepEqual(rows.take({ messages: [message('a')], total: 5 }), []);
  assert.equal(rows.all[1], more);
  assert.equal(rows.take({ messages: [message('a')], total: 6 }), undefined);
  assert.deepEqual(rows.all[1], { kind: 'moreRetained', hidden: 5, canShowMore: true });
  assert.equal(rows.take({ messages: [message('a')], total: 1 }), undefined);
  assert.equal(rows.all.length, 1);
});

test('where the engine lists no more, the row at the end offers none', () => {
  const rows = new RetainedRows();
  const messages = Array.from({ length: MAX_LISTED_RETAINED }, (_, i) => message(`t/${i}`));
  rows.take({ messages: messages.slice(1), total: MAX_LISTED_RETAINED });
  assert.deepEqual(rows.all.at(-1), { kind: 'moreRetained', hidden: 1, canShowMore: true });
  rows.take({ messages, total: MAX_LISTED_RETAINED + 1 });
  assert.deepEqual(rows.all.at(-1), { kind: 'moreRetained', hidden: 1, canShowMore: false });
});

test('what is typed is a topic filter where it has a wildcard and is one, else a part of the topic', () => {
  assert.deepEqual(retainedFilterOf(''), {});
  assert.deepEqual(retainedFilterOf('sensor'), { text: 'sensor' });
  assert.deepEqual(retainedFilterOf('a/b'), { text: 'a/b' });
  assert.deepEqual(retainedFilterOf('a/#'), { topicFilter: 'a/#' });
  assert.deepEqual(retainedFilterOf('+/status'), { topicFilter: '+/status' });
  assert.deepEqual(retainedFilterOf('a#b'), { text: 'a#b' });
  assert.deepEqual(retainedFilterOf('$share/g/a/#'), { text: '$share/g/a/#' });
});

test('the branches of a topic are those above it, the innermost first', () => {
  assert.deepEqual(branchFiltersOf('a'), []);
  assert.deepEqual(branchFiltersOf('a/b/c'), ['a/b/#', 'a/#']);
  assert.deepEqual(branchFiltersOf('/a'), ['/#']);
  assert.deepEqual(branchFiltersOf('a//b'), ['a//#', 'a/#']);
});
