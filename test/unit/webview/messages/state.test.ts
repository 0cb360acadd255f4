import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageDetail, MessageSummary } from '../../../../src/contracts/messages.ts';
import type { ExtensionToMessagePanel } from '../../../../src/contracts/webview.ts';
import {
  capacity,
  initialState,
  type PanelAction,
  type PanelState,
  reduce,
  selectedEntry,
} from '../../../../src/webview/messages/state.ts';

const summary = (id: number): MessageSummary => ({
  id,
  topic: 'plant/boiler/temperature',
  receivedAtMs: 1_000_000 + id,
  qos: 1,
  retain: false,
  payloadBytes: 4,
  preview: new TextEncoder().encode('21.5'),
  isWill: false,
});

const detail = (id: number, truncated = false): MessageDetail => ({
  ...summary(id),
  payload: new TextEncoder().encode('21.5'),
  truncated,
});

const range = (first: number, last: number): MessageSummary[] =>
  Array.from({ length: last - first + 1 }, (_, i) => summary(first + i));

const init = (last: number): ExtensionToMessagePanel => ({
  kind: 'init',
  source: { kind: 'topic', topic: 'plant/boiler/temperature' },
  messages: range(Math.max(1, last - capacity + 1), last),
  total: last,
  dropped: 0,
});

const addedOf = (first: number, last: number, skipped = 0, dropped = 0): ExtensionToMessagePanel => ({
  kind: 'added',
  messages: range(first, last),
  skipped,
  total: last,
  dropped,
});

/** Messages of the extension and actions of the person, in order, from an empty panel. */
function after(...steps: (PanelAction | ExtensionToMessagePanel)[]): PanelState {
  return continued(initialState(), ...steps);
}

function continued(state: PanelState, ...steps: (PanelAction | ExtensionToMessagePanel)[]): PanelState {
  return steps.reduce<PanelState>(
    (before, step) => reduce(before, isAction(step) ? step : { kind: 'received', message: step }),
    state,
  );
}

function isAction(step: PanelAction | ExtensionToMessagePanel): step is PanelAction {
  return !['init', 'added', 'detail', 'detailGone', 'brokerState'].includes(step.kind);
}

const ids = (state: PanelState): number[] => state.entries.map((entry) => entry.message.id);

test('at first the newest message is selected, and the panel follows', () => {
  const state = after(init(5));
  assert.deepEqual(ids(state), [1, 2, 3, 4, 5]);
  assert.equal(state.selectedId, 5);
  assert.equal(state.flow, 'following');
});

test('while it follows, the newest is selected and the oldest leave the list at its capacity', () => {
  const state = after(init(capacity), addedOf(capacity + 1, capacity + 3));
  assert.equal(state.entries.length, capacity);
  assert.deepEqual([ids(state)[0], ids(state).at(-1), state.selectedId], [4, capacity + 3, capacity + 3]);
});

test('selecting an older message holds the list still, and counts what comes', () => {
  const state = after(init(5), { kind: 'selected', id: 2 }, addedOf(6, 8), addedOf(9, 9));
  assert.equal(state.flow, 'selectedOlder');
  assert.deepEqual(ids(state), [1, 2, 3, 4, 5]);
  assert.equal(state.selectedId, 2);
  assert.equal(state.waitingCount, 4);
  assert.equal(state.total, 9);
});

test('following again shows what has come, and selects the newest', () => {
  const state = after(init(5), { kind: 'selected', id: 2 }, addedOf(6, 8), { kind: 'followed' });
  assert.deepEqual(ids(state), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([state.selectedId, state.waitingCount, state.flow], [8, 0, 'following']);
});

test('selecting the newest while nothing waits follows on', () => {
  assert.equal(after(init(5), { kind: 'selected', id: 5 }).flow, 'following');
  assert.equal(after(init(5), { kind: 'selected', id: 2 }, { kind: 'selected', id: 5 }).flow, 'following');
});

test('selecting the last of the list while newer ones wait keeps holding', () => {
  const state = after(init(5), { kind: 'selected', id: 2 }, addedOf(6, 6), { kind: 'selected', id: 5 });
  assert.deepEqual([state.flow, state.selectedId, state.waitingCount], ['selectedOlder', 5, 1]);
});

test('scrolling back holds still, and scrolling to the end follows', () => {
  const held = after(init(50), { kind: 'scrolledBack' }, addedOf(51, 52));
  assert.deepEqual([held.flow, held.waitingCount, held.selectedId], ['scrolledBack', 2, 50]);
  const state = continued(held, { kind: 'scrolledToEnd' });
  assert.deepEqual([state.flow, state.waitingCount, state.selectedId], ['following', 0, 52]);
});

test('scrolling to the end does not end a hold that a selection or a pause began', () => {
  const selected = after(init(50), { kind: 'selected', id: 2 }, { kind: 'scrolledToEnd' });
  assert.equal(selected.flow, 'selectedOlder');
  assert.equal(after(init(50), { kind: 'paused' }, { kind: 'scrolledToEnd' }).flow, 'paused');
});

test('a pause holds still through every selection, and ends only when the person follows', () => {
  const paused = after(
    init(5),
    { kind: 'paused' },
    addedOf(6, 7),
    { kind: 'selected', id: 1 },
    {
      kind: 'selectionMoved',
      by: Infinity,
    },
  );
  assert.deepEqual([paused.flow, paused.selectedId, paused.waitingCount], ['paused', 5, 2]);
  assert.deepEqual(ids(paused), [1, 2, 3, 4, 5]);
  const state = continued(paused, { kind: 'followed' });
  assert.deepEqual([state.flow, state.selectedId, state.choices.paused], ['following', 7, false]);
});

test('a pause survives hiding: the panel comes back paused, with what is held now', () => {
  const kept = after(init(5), { kind: 'paused' }).choices;
  const state = continued(initialState(kept), init(9), addedOf(10, 10));
  assert.deepEqual([state.flow, state.entries.length, state.waitingCount], ['paused', 9, 1]);
});

test('what waits is kept up to the capacity, and counted whole', () => {
  const state = after(init(5), { kind: 'paused' }, addedOf(6, 105), addedOf(206, 305, 100));
  assert.equal(state.waiting.length, capacity);
  assert.equal(state.waitingCount, 300);
  const following = continued(state, { kind: 'followed' });
  assert.deepEqual([ids(following)[0], ids(following).at(-1)], [206, 305]);
});

test('arrow keys move the selection and stop at both ends', () => {
  const moved = (by: number, from: number) =>
    after(init(5), { kind: 'selected', id: from }, { kind: 'selectionMoved', by }).selectedId;
  assert.deepEqual([moved(-1, 3), moved(1, 3), moved(-1, 1), moved(1, 5), moved(-10, 3)], [2, 4, 1, 5, 1]);
  assert.equal(moved(-Infinity, 3), 1);
  assert.equal(after({ kind: 'selectionMoved', by: 1 }).selectedId, undefined);
});

test('the End key follows, and shows what waited', () => {
  const state = after(init(5), { kind: 'selected', id: 1 }, addedOf(6, 6), {
    kind: 'selectionMoved',
    by: Infinity,
  });
  assert.deepEqual([state.flow, state.selectedId], ['following', 6]);
});

test('skipped messages are counted, and the message after them knows of the gap', () => {
  const state = after(init(2), addedOf(103, 104, 100), addedOf(105, 105));
  assert.equal(state.skipped, 100);
  assert.deepEqual(
    state.entries.map((entry) => entry.skippedBefore),
    [0, 0, 100, 0, 0],
  );
});

test('dropped messages are counted as the engine says', () => {
  assert.equal(after(init(2), addedOf(3, 3, 0, 7)).dropped, 7);
});

test('the detail before stays until the next one comes', () => {
  const state = after(init(5), { kind: 'detail', detail: detail(5) }, { kind: 'selected', id: 2 });
  assert.equal(state.detail?.id, 5);
  assert.equal(continued(state, { kind: 'detail', detail: detail(2) }).detail?.id, 2);
});

test('a late detail is shown while the panel follows, and not when the person has selected', () => {
  assert.equal(after(init(5), addedOf(6, 6), { kind: 'detail', detail: detail(5) }).detail?.id, 5);
  const held = after(init(5), { kind: 'selected', id: 2 }, { kind: 'detail', detail: detail(5) });
  assert.equal(held.detail, undefined);
});

test('the first part of a payload does not replace the whole', () => {
  const state = after(
    init(5),
    { kind: 'wholeRequested', id: 5 },
    { kind: 'detail', detail: detail(5) },
    { kind: 'detail', detail: detail(5, true) },
  );
  assert.equal(state.detail?.truncated, false);
  assert.equal(state.loadingWholeId, undefined);
});

test('the wait for a whole payload ends with it, not with its first part', () => {
  const state = after(
    init(5),
    { kind: 'wholeRequested', id: 5 },
    { kind: 'detail', detail: detail(5, true) },
  );
  assert.equal(state.loadingWholeId, 5);
  assert.equal(continued(state, { kind: 'selected', id: 1 }).loadingWholeId, undefined);
});

test('of a message that is no longer held, the summary is left', () => {
  const state = after(
    init(5),
    { kind: 'detail', detail: detail(5) },
    { kind: 'selected', id: 2 },
    { kind: 'detailGone', id: 2 },
  );
  assert.deepEqual([state.goneId, state.detail, selectedEntry(state)?.message.id], [2, undefined, 2]);
  assert.equal(continued(state, { kind: 'selected', id: 3 }).goneId, undefined);
  assert.equal(after(init(5), { kind: 'detailGone', id: 2 }).goneId, undefined);
});

test('a new init forgets everything but the choices: ids of an engine that ended mean nothing', () => {
  const before = after(init(5), { kind: 'detail', detail: detail(5) }, addedOf(106, 106, 100), {
    kind: 'choicesChanged',
    choices: { tab: 'hex' },
  });
  const state = continued(before, init(3));
  assert.deepEqual([state.detail, state.skipped, state.total, state.choices.tab], [undefined, 0, 3, 'hex']);
  assert.notEqual(state.generation, before.generation);
});

test('when the broker stops, what is shown stays', () => {
  const state = after(init(5), { kind: 'brokerState', running: false });
  assert.deepEqual([state.isBrokerRunning, state.entries.length], [false, 5]);
});
