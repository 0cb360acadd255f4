import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetainedMessage } from '../../../../src/contracts/retained.ts';
import { RetainedWindow, ROWS_PER_PAGE } from '../../../../src/extension/views/retainedWindow.ts';

const messages = Array.from(
  { length: 3 * ROWS_PER_PAGE },
  (_, i): RetainedMessage => ({
    topic: `t/${i}`,
    payloadBytes: i,
    preview: new Uint8Array(),
    qos: 0,
    storedAtMs: i,
  }),
);
const placeOf = (i: number) => ({ topic: `t/${i}`, payloadBytes: i, storedAtMs: i });

test('a list grows by pages up to three; then the first page makes room for the next, and comes back', () => {
  const window = new RetainedWindow();
  assert.deepEqual(window.part, { limit: ROWS_PER_PAGE });
  window.showMore(messages.slice(0, ROWS_PER_PAGE));
  window.showMore(messages.slice(0, 2 * ROWS_PER_PAGE));
  assert.deepEqual(window.part, { limit: 3 * ROWS_PER_PAGE });
  window.showMore(messages);
  const moved = { limit: 3 * ROWS_PER_PAGE, after: placeOf(ROWS_PER_PAGE - 1) };
  assert.deepEqual(window.part, moved);
  window.showMore(messages.map((message, i) => ({ ...message, ...placeOf(ROWS_PER_PAGE + i) })));
  assert.deepEqual(window.part.after, placeOf(2 * ROWS_PER_PAGE - 1));
  window.showEarlier();
  assert.deepEqual(window.part, moved);
  window.showEarlier();
  window.showEarlier();
  assert.deepEqual(window.part, { limit: 3 * ROWS_PER_PAGE });
});

test('another filter or order begins at the beginning', () => {
  const window = new RetainedWindow();
  for (let i = 0; i < 4; i++) window.showMore(messages);
  window.reset();
  assert.deepEqual(window.part, { limit: ROWS_PER_PAGE });
});

test('where less is left than a page, there is nowhere to go on', () => {
  const window = new RetainedWindow();
  for (let i = 0; i < 2; i++) window.showMore(messages);
  window.showMore(messages.slice(0, 10));
  assert.equal(window.part.after, undefined);
});
