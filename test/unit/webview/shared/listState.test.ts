import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageSummary, MessagesView } from '../../../../src/contracts/messages.ts';
import {
  emptyList,
  goalToRequest,
  type HeldRow,
  type ListAction,
  type ListState,
  looksAlike,
  placeReceived,
  reduceList,
  rowCountOf,
  rowsReceived,
  rowsToRequest,
  searchStart,
  showPlace,
  viewChanged,
  viewLost,
  waitingCountOf,
} from '../../../../src/webview/shared/listState.ts';

/** Its id is its place and 1000. */
const summary = (place: number): MessageSummary => ({
  id: 1000 + place,
  topic: 'plant/boiler/temperature',
  receivedAtMs: 1_000_000 + place,
  qos: 1,
  retain: false,
  payloadBytes: 4,
  preview: new TextEncoder().encode('21.5'),
  isWill: false,
});

const view = (first: number, end: number, others: Partial<MessagesView> = {}): MessagesView => ({
  viewId: 1,
  generation: 0,
  first,
  end,
  progress: 1,
  history: { heldMessages: end - first, droppedMessages: first, usedBytes: 0, budgetBytes: 1 },
  ...others,
});

/** The engine's answer to what the list asks for now. */
function answered(list: ListState): ListState {
  const request = rowsToRequest(list);
  assert.ok(request !== undefined, 'nothing is asked for');
  const { from, count } = request;
  const asked = reduceList(list, { kind: 'rowsRequested' });
  return rowsReceived(asked, from, {
    from,
    rows: Array.from({ length: count }, (_, i) => summary(from + i)),
  });
}

const after = (list: ListState, ...actions: ListAction[]): ListState => actions.reduce(reduceList, list);

/** Follows a view of so many messages, and has the last ones; ten of them are in the page. */
function following(end: number): ListState {
  const list = answered(viewChanged(emptyList(false), view(0, end)));
  return after(list, { kind: 'rowsInPage', first: Math.max(0, end - 10), end });
}

test('it follows: the newest rows are asked for, are its end when they come, and the newest is selected', () => {
  const opened = viewChanged(emptyList(false), view(0, 500));
  assert.equal(rowCountOf(opened), 0);
  assert.deepEqual(rowsToRequest(opened), { viewId: 1, from: 440, count: 60 });
  const list = answered(opened);
  assert.equal(rowCountOf(list), 500);
  assert.deepEqual([list.selected?.place, list.selected?.row?.id], [499, 1499]);
  assert.equal(rowsToRequest(list), undefined);
});

test('at a flood one request is under way, and what is shown stays until the next rows are there', () => {
  const asked = reduceList(viewChanged(following(500), view(0, 5000)), { kind: 'rowsRequested' });
  const flooded = viewChanged(asked, view(0, 50_000));
  assert.equal(rowsToRequest(flooded), undefined);
  assert.equal(flooded.end, 500);
  assert.equal(flooded.selected?.place, 499);
  const rows = Array.from({ length: 50 }, (_, i) => summary(4950 + i));
  const answer = rowsReceived(flooded, 4950, { from: 4950, rows });
  assert.equal(answer.end, 5000);
  assert.deepEqual(rowsToRequest(answer), { viewId: 1, from: 49_940, count: 60 });
});

test('paused, its end stays, and what comes is counted until it follows again', () => {
  const paused = viewChanged(after(following(100), { kind: 'paused' }), view(0, 107));
  assert.equal(paused.end, 100);
  assert.equal(waitingCountOf(paused), 7);
  assert.equal(paused.selected?.place, 99);
  const again = answered(after(paused, { kind: 'followed' }));
  assert.equal(again.end, 107);
  assert.equal(waitingCountOf(again), 0);
  assert.equal(again.selected?.place, 106);
});

test('looking at an older message holds it still; back at the newest it follows', () => {
  const older = after(following(100), { kind: 'selectionMoved', by: -2 });
  assert.equal(older.flow, 'selectedOlder');
  assert.equal(older.selected?.place, 97);
  assert.equal(after(older, { kind: 'selectionMoved', by: 2 }).flow, 'following');
  assert.equal(after(older, { kind: 'selectionMoved', by: Number.POSITIVE_INFINITY }).flow, 'following');
  assert.equal(after(older, { kind: 'selectionMoved', by: Number.NEGATIVE_INFINITY }).selected?.place, 0);
});

test('scrolling back holds it still, and scrolling to its end follows again', () => {
  const back = after(following(100), { kind: 'scrolledBack' });
  assert.equal(back.flow, 'scrolledBack');
  assert.equal(after(back, { kind: 'scrolledToEnd' }).flow, 'following');
  const paused = after(following(100), { kind: 'paused' }, { kind: 'scrolledToEnd' });
  assert.equal(paused.flow, 'paused');
});

test('held still, it asks for what is in sight and missing, and for some more around it', () => {
  const held = after(
    following(10_000),
    { kind: 'scrolledBack' },
    { kind: 'rowsInPage', first: 5000, end: 5030 },
  );
  assert.deepEqual(rowsToRequest(held), { viewId: 1, from: 4960, count: 110 });
  const list = answered(held);
  assert.equal(list.rows.get(5000)?.id, 6000);
  assert.equal(rowsToRequest(list), undefined);
  const further = after(list, { kind: 'rowsInPage', first: 5060, end: 5090 });
  assert.equal(rowsToRequest(further)?.from, 5030);
});

test('what the history drops goes from its front; places keep their messages, and a lost sight is told', () => {
  const held = after(following(1000), { kind: 'paused' }, { kind: 'rowsInPage', first: 100, end: 130 });
  const dropped = viewChanged(held, view(120, 2000));
  assert.equal(rowCountOf(dropped), 880);
  assert.equal(dropped.end, 1000);
  assert.equal(dropped.isSightLost, false);
  assert.equal(viewChanged(dropped, view(130, 2000)).isSightLost, true);
  const gone = viewChanged(dropped, view(1500, 3000));
  assert.equal(rowCountOf(gone), 0);
  assert.equal(waitingCountOf(gone), 2000);
  assert.equal(after(gone, { kind: 'followed' }).isSightLost, false);
});

test('an answer that begins later tells that older ones have gone, and an empty one is not asked for again', () => {
  const held = after(following(1000), { kind: 'scrolledBack' }, { kind: 'rowsInPage', first: 100, end: 110 });
  const asked = reduceList(held, { kind: 'rowsRequested' });
  const later = rowsReceived(asked, 60, {
    from: 105,
    rows: Array.from({ length: 20 }, (_, i) => summary(105 + i)),
  });
  assert.equal(later.view?.first, 105);
  assert.equal(rowsToRequest(later), undefined);
  const empty = rowsReceived(asked, 60, { from: 60, rows: [] });
  assert.equal(rowsToRequest(empty), undefined);
  assert.notEqual(rowsToRequest(viewChanged(empty, view(0, 1001))), undefined);
});

test('another query shows its newest, unless a message was looked at: that is gone to', () => {
  const other = viewChanged(following(100), view(0, 7, { viewId: 2 }));
  assert.equal(other.flow, 'following');
  assert.equal(other.selected, undefined);
  const held = after(following(100), { kind: 'selectionMoved', by: -50 });
  const searching = viewChanged(held, view(0, 3, { viewId: 2, progress: 0.5 }));
  assert.equal(goalToRequest(searching), undefined);
  const complete = viewChanged(searching, view(0, 9, { viewId: 2 }));
  assert.deepEqual(goalToRequest(complete), { id: 1049 });
  const reached = placeReceived(complete, complete.goalRequest, 4);
  assert.equal(reached.selected?.place, 4);
  assert.equal(reached.end, 9);
  assert.equal(reached.flow, 'selectedOlder');
});

test('where nothing matches there is nothing to hold still at', () => {
  const held = after(following(100), { kind: 'selectionMoved', by: -50 });
  const none = viewChanged(held, view(0, 0, { viewId: 2 }));
  const reached = placeReceived(none, none.goalRequest, 0);
  assert.equal(reached.selected, undefined);
  assert.equal(reached.flow, 'following');
});

test('a goal behind the last message is the last message, and an answer to an older request is none', () => {
  const list = after(following(100), { kind: 'wentTo', goal: { receivedAtMs: 5 } });
  assert.equal(list.flow, 'selectedOlder');
  assert.equal(placeReceived(list, list.goalRequest - 1, 3), list);
  assert.equal(placeReceived(list, list.goalRequest, 100).selected?.place, 99);
});

test('what was looked at before the page was hidden is gone to, or the next one that is left', () => {
  const back = (held: HeldRow, place: number): ListState => {
    const sought = after(emptyList(false), { kind: 'wentTo', goal: held });
    const list = viewChanged(sought, view(0, 100));
    const reached = placeReceived(list, list.goalRequest, place);
    return answered(after(reached, { kind: 'rowsInPage', first: place - 5, end: place + 5 }));
  };
  const itself = back({ id: 1020, receivedAtMs: 1_000_020 }, 20);
  assert.deepEqual(itself.selected, { place: 20, row: summary(20) });
  assert.equal(itself.flow, 'selectedOlder');
  assert.equal(back({ id: 1019, receivedAtMs: 1_000_019 }, 20).selected?.place, 20);
  // Another engine's: of the same id, of a later id and an earlier time, or none with so high an id.
  for (const other of [
    { id: 1020, receivedAtMs: 999_999 },
    { id: 1019, receivedAtMs: 2_000_000 },
    { id: 9000, receivedAtMs: 1_000_020 },
  ]) {
    const newest = back(other, 20);
    assert.deepEqual([newest.flow, newest.selected?.place], ['following', 99]);
  }
});

test('paused from the start, it shows what there was, and counts what comes', () => {
  const searching = viewChanged(emptyList(true), view(0, 10, { progress: 0.2 }));
  const complete = viewChanged(searching, view(0, 50));
  assert.equal(rowCountOf(complete), 50);
  assert.equal(complete.selected?.place, 49);
  assert.equal(waitingCountOf(viewChanged(complete, view(0, 53))), 3);
});

test('forgotten messages leave an empty list', () => {
  const cleared = viewChanged(after(following(100), { kind: 'scrolledBack' }), view(0, 0, { generation: 1 }));
  assert.equal(rowCountOf(cleared), 0);
  assert.equal(cleared.selected, undefined);
  assert.equal(cleared.flow, 'following');
});

test('when the engine is gone, what was read of the list stays, and nothing is asked for', () => {
  const lost = viewLost(after(following(100), { kind: 'scrolledBack' }));
  assert.equal(rowCountOf(lost), 60);
  assert.deepEqual([lost.view?.first, lost.end, waitingCountOf(lost)], [40, 100, 0]);
  assert.deepEqual(viewLost(lost).view, lost.view);
  assert.equal(lost.selected?.row?.id, 1099);
  assert.equal(rowsToRequest(lost), undefined);
  // Another engine's view looks the same, and its ids mean other messages.
  const again = viewChanged(lost, view(0, 200));
  assert.equal(again.flow, 'following');
  assert.equal(again.goal, undefined);
  assert.equal(again.rows.size, 0);
});

test('a message that is found is selected where it is, and the search goes on beside it', () => {
  const found = showPlace(following(100), 20);
  assert.equal(found.flow, 'selectedOlder');
  assert.equal(found.selected?.place, 20);
  assert.equal(found.shownPlace, 20);
  assert.equal(searchStart(found, 'forward'), 21);
  assert.equal(searchStart(found, 'backward'), 19);
  // Its row comes with those in sight.
  const seen = answered(after(found, { kind: 'rowsInPage', first: 15, end: 25 }));
  assert.equal(seen.selected?.row?.id, 1020);
});

test('rows far from what was looked at last are given up', () => {
  let list = after(following(100_000), { kind: 'scrolledBack' });
  for (let first = 0; first < 5000; first += 100)
    list = answered(after(list, { kind: 'rowsInPage', first, end: first + 100 }));
  assert.ok(list.rows.size <= 1500);
  assert.ok(list.rows.has(4950));
  assert.ok(!list.rows.has(0));
});

test('a list that follows is drawn when its rows have come, and not for what is not seen', () => {
  const list = following(100);
  const grown = viewChanged(list, view(0, 200));
  assert.ok(!looksAlike(list, grown));
  const asked = reduceList(grown, { kind: 'rowsRequested' });
  assert.ok(looksAlike(list, asked));
  assert.ok(looksAlike(list, reduceList(asked, { kind: 'rowsInPage', first: 80, end: 99 })));
  assert.ok(!looksAlike(list, answered(grown)));
  assert.ok(!looksAlike(list, reduceList(asked, { kind: 'paused' })));
  assert.ok(!looksAlike(list, viewLost(asked)));
  // One that holds still shows how many wait.
  const held = reduceList(list, { kind: 'scrolledBack' });
  assert.ok(!looksAlike(held, reduceList(viewChanged(held, view(0, 200)), { kind: 'rowsRequested' })));
  assert.ok(!looksAlike(emptyList(false), viewChanged(emptyList(false), view(0, 1))));
});
