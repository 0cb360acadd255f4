import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusiestTopics } from '../../../../src/contracts/traffic.ts';
import { BusiestRows, REORDER_INTERVAL_MS } from '../../../../src/extension/views/busiestRows.ts';

/** Most first, as the engine answers. */
function answer(rates: Record<string, number>, clients: Record<string, number> = {}): BusiestTopics {
  const sorted = (all: Record<string, number>) => Object.entries(all).sort(([, a], [, b]) => b - a);
  const messagesPerSecond = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  return {
    topics: sorted(rates).map(([topic, rate]) => ({
      topic,
      messagesPerSecond: rate,
      bytesPerSecond: rate,
      hasOtherPublishers: false,
    })),
    clients: sorted(clients).map(([clientId, rate]) => ({
      clientId,
      messagesPerSecond: rate,
      bytesPerSecond: rate,
    })),
    total: { messagesPerSecond, bytesPerSecond: messagesPerSecond },
    activeTopics: Object.keys(rates).length,
  };
}

const topicsOf = (rows: BusiestRows): string[] =>
  rows.top.flatMap((row) => (row.kind === 'busyTopic' ? row.topic : []));
const rateOf = (rows: BusiestRows, topic: string): number | undefined =>
  rows.top.flatMap((row) => (row.kind === 'busyTopic' && row.topic === topic ? row.busy : []))[0]
    ?.messagesPerSecond;

test('numbers follow each answer, the order at most every two seconds, and rows keep their identity', () => {
  const rows = new BusiestRows();
  assert.equal(rows.take(answer({ a: 3, b: 2 }), 0), undefined);
  const [a, b] = rows.top;
  const changed = rows.take(answer({ a: 3, b: 9 }), REORDER_INTERVAL_MS - 1);
  assert.deepEqual(changed, [a, b]);
  assert.deepEqual(topicsOf(rows), ['a', 'b']);
  assert.equal(rateOf(rows, 'b'), 9);
  assert.equal(rows.total.messagesPerSecond, 12);
  assert.equal(rows.take(answer({ a: 3, b: 8 }), REORDER_INTERVAL_MS), undefined);
  assert.deepEqual(topicsOf(rows), ['b', 'a']);
  assert.equal(rows.top[0], b);
  assert.equal(rows.top[1], a);
});

test('a topic that comes or goes waits for the next order, too', () => {
  const rows = new BusiestRows();
  rows.take(answer({ a: 3, b: 2 }), 0);
  rows.take(answer({ a: 3, c: 2 }), 1000);
  assert.deepEqual(topicsOf(rows), ['a', 'b']);
  rows.take(answer({ a: 3, c: 2 }), 2000);
  assert.deepEqual(topicsOf(rows), ['a', 'c']);
});

test('the first topics after a quiet time need not wait, and neither does the quiet', () => {
  const rows = new BusiestRows();
  rows.take(answer({ a: 3 }), 0);
  assert.equal(rows.take(answer({}), 500), undefined);
  assert.deepEqual(rows.top, []);
  assert.equal(rows.take(answer({ b: 1 }), 1000), undefined);
  assert.deepEqual(topicsOf(rows), ['b']);
});

test('nothing comes: nothing is changed', () => {
  const rows = new BusiestRows();
  rows.take(answer({}), 0);
  assert.deepEqual(rows.take(answer({}), 10_000), []);
});

test('another order that was asked for holds at once', () => {
  const rows = new BusiestRows();
  rows.take(answer({ a: 3, b: 2 }), 0);
  rows.reorder();
  rows.take(answer({ a: 3, b: 4 }), 1);
  assert.deepEqual(topicsOf(rows), ['b', 'a']);
});

test('clients are below a heading at the end, where there are some', () => {
  const rows = new BusiestRows();
  rows.take(answer({ a: 3 }, { board: 2, lamp: 1 }), 0);
  assert.deepEqual(
    rows.top.map(({ kind }) => kind),
    ['busyTopic', 'busyClients'],
  );
  const heading = rows.top[1];
  assert.deepEqual(
    rows.clients.map(({ clientId }) => clientId),
    ['board', 'lamp'],
  );
  rows.take(answer({ a: 3 }, { board: 1, lamp: 2 }), 5000);
  assert.deepEqual(
    rows.clients.map(({ clientId }) => clientId),
    ['lamp', 'board'],
  );
  assert.equal(rows.top[1], heading);
  rows.clear();
  assert.deepEqual([rows.top, rows.clients, rows.activeTopics], [[], [], 0]);
});
