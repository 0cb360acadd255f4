import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishDraft } from '../../../../src/contracts/publishForm.ts';
import {
  MAX_ENTRIES,
  type PublishedEntry,
  PublishHistory,
  withPublished,
} from '../../../../src/extension/publishing/publishHistory.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

const draft: PublishDraft = {
  topic: 'a',
  qos: 0,
  retain: false,
  format: 'text',
  payloadText: 'x',
  properties: {},
};

function published(drafts: readonly PublishDraft[]): readonly PublishedEntry[] {
  let entries: readonly PublishedEntry[] = [];
  for (const [i, each] of drafts.entries()) entries = withPublished(entries, each, i);
  return entries;
}

test('the newest is the first, and one that is published again and again is one', () => {
  const entries = published([draft, { ...draft, topic: 'b' }, { ...draft, topic: 'b' }, draft]);
  assert.deepEqual(
    entries.map(({ id, atMs, times, draft: { topic } }) => [id, atMs, times, topic]),
    [
      [3, 3, 1, 'a'],
      [2, 2, 2, 'b'],
      [1, 0, 1, 'a'],
    ],
  );
});

test('it is bounded in count and in characters, and the oldest go', () => {
  const many = Array.from({ length: MAX_ENTRIES + 10 }, (_, i) => ({ ...draft, topic: `t/${i}` }));
  const entries = published(many);
  assert.deepEqual([entries.length, entries[0]?.draft.topic], [MAX_ENTRIES, `t/${MAX_ENTRIES + 9}`]);
  const long = Array.from({ length: 30 }, (_, i) => ({
    ...draft,
    topic: `t/${i}`,
    payloadText: 'x'.repeat(16_000),
  }));
  const kept = published(long);
  assert.ok(JSON.stringify(kept).length < 270_000);
  assert.equal(kept[0]?.draft.topic, 't/29');
});

test('of a payload that is too long the head is kept, and it is said; two of them are not taken for one', () => {
  const long = { ...draft, payloadText: `${'x'.repeat(2_047)}\u{1F600}${'y'.repeat(20_000)}` };
  const entries = published([long, long]);
  assert.deepEqual(
    entries.map(({ isCut, times }) => [isCut, times]),
    [
      [true, 1],
      [true, 1],
    ],
  );
  assert.equal(entries[0]?.draft.payloadText, 'x'.repeat(2_047), 'no half of a character');
});

test('what is to be repeated is the form’s, not the message’s', () => {
  assert.equal(published([{ ...draft, repeat: { everyMs: 10 } }])[0]?.draft.repeat, undefined);
});

test('it tells when it changes, and can be cleared', async () => {
  const store = {
    publishHistory: [] as readonly PublishedEntry[],
    async rememberPublishHistory(entries: readonly PublishedEntry[]) {
      store.publishHistory = entries;
    },
  };
  const history = new PublishHistory(store, new FakeClock(5000));
  let changes = 0;
  history.onDidChange(() => changes++);
  await history.add(draft);
  assert.equal(history.with(1)?.atMs, 5000);
  await history.clear();
  assert.deepEqual([history.entries, changes], [[], 2]);
});
