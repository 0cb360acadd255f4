import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetainedMessage } from '../../../../src/contracts/retained.ts';
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
  assert.equal(rows.take({ before: 0, messages: [message('a'), message('b')], total: 2 }), undefined);
  const [a, b] = rows.all;
  const changed = rows.take({ before: 0, messages: [message('a'), message('b', 'y')], total: 2 });
  assert.deepEqual(changed, [b]);
  assert.equal(rows.all[0], a);
  assert.equal(rows.all[1], b);
  assert.deepEqual(rows.take({ before: 0, messages: [message('a'), message('b', 'y')], total: 2 }), []);
  assert.deepEqual(
    rows.take({ before: 0, messages: [message('a', 'x', 2000), message('b', 'y')], total: 2 }),
    [a],
  );
});

test('when topics come, go or change places, the whole list is others, with the same rows in it', () => {
  const rows = new RetainedRows();
  rows.take({ before: 0, messages: [message('a'), message('b')], total: 2 });
  const [a, b] = rows.all;
  assert.equal(rows.take({ before: 0, messages: [message('b'), message('a')], total: 2 }), undefined);
  assert.deepEqual(rows.all, [b, a]);
  assert.equal(rows.take({ before: 0, messages: [message('b')], total: 1 }), undefined);
  assert.equal(rows.all[0], b);
  rows.clear();
  assert.deepEqual(rows.all, []);
});

test('what is not listed has a row at the end, which says how many', () => {
  const rows = new RetainedRows();
  rows.take({ before: 0, messages: [message('a')], total: 5 });
  assert.deepEqual(rows.all[1], { kind: 'moreRetained', side: 'after', hidden: 4 });
  const more = rows.all[1];
  assert.deepEqual(rows.take({ before: 0, messages: [message('a')], total: 5 }), []);
  assert.equal(rows.all[1], more);
  assert.equal(rows.take({ before: 0, messages: [message('a')], total: 6 }), undefined);
  assert.deepEqual(rows.all[1], { kind: 'moreRetained', side: 'after', hidden: 5 });
  assert.equal(rows.take({ before: 0, messages: [message('a')], total: 1 }), undefined);
  assert.equal(rows.all.length, 1);
});

test('what comes before has a row of its own, which says how many', () => {
  const rows = new RetainedRows();
  rows.take({ messages: [message('m'), message('n')], before: 7, total: 10 });
  const [before, m, , after] = rows.all;
  assert.deepEqual(before, { kind: 'moreRetained', side: 'before', hidden: 7 });
  assert.deepEqual(after, { kind: 'moreRetained', side: 'after', hidden: 1 });
  assert.deepEqual(
    rows.messages.map(({ topic }) => topic),
    ['m', 'n'],
  );
  assert.deepEqual(rows.take({ messages: [message('m'), message('n')], before: 7, total: 10 }), []);
  assert.equal(rows.take({ messages: [message('m'), message('n')], before: 8, total: 10 }), undefined);
  assert.deepEqual(rows.all[0], { kind: 'moreRetained', side: 'before', hidden: 8 });
  assert.equal(rows.all[1], m);
  assert.equal(rows.all.length, 3);
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
