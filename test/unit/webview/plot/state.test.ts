import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlottedSeries } from '../../../../src/contracts/plotPanel.ts';
import type { PlotLineState } from '../../../../src/contracts/plots.ts';
import {
  dataVersion,
  extremesInView,
  hasPoints,
  heldRange,
  initialState,
  isLost,
  lineIdOf,
  linesOf,
  type PlotAction,
  type PlotState,
  rangeOf,
  reduce,
} from '../../../../src/webview/plot/state.ts';

function line(topic: string, more: Partial<PlotLineState> = {}): PlotLineState {
  const times = { oldestAtMs: 1000, newestAtMs: 9000 };
  return { topic, numbers: 9, otherMessages: 0, ...times, newestValue: 5, min: 1, max: 9, ...more };
}

function series(key: number, lines: readonly PlotLineState[], generation = 0): PlottedSeries {
  return {
    key,
    source: { topic: 'a', path: '.c' },
    isLost: false,
    state: {
      generation,
      progress: 1,
      lines,
      otherMessages: 0,
      hasMoreTopics: false,
      missedMessages: 0,
      startsLate: false,
    },
  };
}

function after(state: PlotState, ...actions: readonly PlotAction[]): PlotState {
  return actions.reduce(reduce, state);
}

function plotOf(...all: readonly PlottedSeries[]): PlotState {
  return after(initialState(), {
    kind: 'received',
    message: { kind: 'init', series: all, broker: 'running' },
  });
}

const init = plotOf(series(1, [line('a')]));

/** A point each second from 1 to 9, with its number. */
function withPoints(state: PlotState): PlotState {
  const timesMs = new Float64Array([1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => second * 1000));
  const values = timesMs.map((timeMs) => timeMs / 1000);
  return reduce(state, {
    kind: 'received',
    message: { kind: 'points', requestId: 1, lines: [{ key: 1, topic: 'a', timesMs, values }] },
  });
}

test('it follows: all that is held, or the last of it, and moves on as numbers come', () => {
  assert.deepEqual(rangeOf(init), { fromMs: 1000, toMs: 9000 });
  const window = reduce(init, { kind: 'windowChosen', windowMs: 2000 });
  assert.deepEqual(rangeOf(window), { fromMs: 7000, toMs: 9000 });
  const more = [series(1, [line('a', { newestAtMs: 12_000 })])];
  const later = reduce(window, { kind: 'received', message: { kind: 'series', series: more } });
  assert.deepEqual(rangeOf(later), { fromMs: 10_000, toMs: 12_000 });
});

test('without a number there is no range', () => {
  assert.equal(rangeOf(plotOf(series(1, []))), undefined);
  assert.equal(rangeOf(initialState()), undefined);
});

test('zoomed and moved it stays where it is as numbers come, until it is to follow', () => {
  const zoomed = reduce(init, { kind: 'zoomed', factor: 0.5 });
  assert.deepEqual(rangeOf(zoomed), { fromMs: 3000, toMs: 7000 });
  const moved = reduce(zoomed, { kind: 'moved', share: 0.25 });
  assert.deepEqual(rangeOf(moved), { fromMs: 4000, toMs: 8000 });
  const more = [series(1, [line('a', { newestAtMs: 12_000, numbers: 10 })])];
  const later = reduce(moved, { kind: 'received', message: { kind: 'series', series: more } });
  assert.deepEqual(rangeOf(later), { fromMs: 4000, toMs: 8000 });
  assert.notEqual(dataVersion(later), dataVersion(moved), 'what is new in the range is drawn');
  assert.deepEqual(rangeOf(reduce(later, { kind: 'followed' })), { fromMs: 1000, toMs: 12_000 });
});

test('it zooms about the cursor where that is in view', () => {
  const zoomed = after(init, { kind: 'cursorSet', atMs: 2000 }, { kind: 'zoomed', factor: 0.5 });
  assert.deepEqual(rangeOf(zoomed), { fromMs: 1500, toMs: 5500 });
});

test('paused, neither the range nor what is drawn changes; zooming is still possible', () => {
  const paused = reduce(init, { kind: 'paused' });
  const more = [series(1, [line('a', { newestAtMs: 12_000, numbers: 10 })])];
  const later = reduce(paused, { kind: 'received', message: { kind: 'series', series: more } });
  assert.deepEqual(rangeOf(later), { fromMs: 1000, toMs: 9000 });
  assert.equal(dataVersion(later), dataVersion(paused));
  const zoomed = reduce(later, { kind: 'zoomed', factor: 0.5 });
  assert.equal(zoomed.choices.isPaused, true);
  assert.notDeepEqual(rangeOf(zoomed), rangeOf(later));
  const followed = reduce(zoomed, { kind: 'followed' });
  assert.equal(followed.choices.isPaused, false);
  assert.deepEqual(rangeOf(followed), { fromMs: 1000, toMs: 12_000 });
});

test('the cursor goes from point to point, from the newest on', () => {
  const drawn = withPoints(init);
  const first = reduce(drawn, { kind: 'cursorStepped', direction: -1 });
  assert.deepEqual([first.cursorMs, first.isCursorByKeyboard], [9000, true]);
  const second = reduce(first, { kind: 'cursorStepped', direction: -1 });
  assert.equal(second.cursorMs, 8000);
  assert.equal(reduce(second, { kind: 'cursorStepped', direction: 1 }).cursorMs, 9000);
  assert.equal(reduce(first, { kind: 'cursorStepped', direction: 1 }), first);
  const pointed = reduce(second, { kind: 'cursorSet', atMs: 2500 });
  assert.deepEqual([pointed.cursorMs, pointed.isCursorByKeyboard], [2500, false]);
});

test('a hidden line counts neither for the range nor for its extremes', () => {
  const two = withPoints(plotOf(series(1, [line('a'), line('b', { oldestAtMs: 0, newestAtMs: 500 })])));
  assert.deepEqual(heldRange(two), { fromMs: 0, toMs: 9000 });
  const hidden = reduce(two, { kind: 'lineToggled', id: lineIdOf(1, 'b') });
  assert.deepEqual(heldRange(hidden), { fromMs: 1000, toMs: 9000 });
  assert.deepEqual(extremesInView(hidden, 'left'), { min: 1, max: 9 });
  const none = reduce(hidden, { kind: 'lineToggled', id: lineIdOf(1, 'a') });
  assert.equal(extremesInView(none, 'left'), undefined);
  assert.deepEqual(reduce(hidden, { kind: 'lineToggled', id: lineIdOf(1, 'b') }).choices.hidden, []);
});

test('lines have their place over all series, and an axis by size or by choice', () => {
  const two = plotOf(series(1, [line('a')]), series(2, [line('b', { max: 1e6 })]));
  assert.deepEqual(
    linesOf(two).map(({ topic, path, index, side }) => ({ topic, path, index, side })),
    [
      { topic: 'a', path: '.c', index: 0, side: 'left' },
      { topic: 'b', path: '.c', index: 1, side: 'right' },
    ],
  );
  const chosen = reduce(two, { kind: 'axisChosen', id: lineIdOf(2, 'b'), choice: 'left' });
  assert.equal(linesOf(chosen)[1]?.side, 'left');
});

test('when the topics are cleared, the plot begins anew and says so', () => {
  const zoomed = reduce(withPoints(init), { kind: 'zoomed', factor: 0.5 });
  const message = { kind: 'series' as const, series: [series(1, [], 1)] };
  const cleared = reduce(zoomed, { kind: 'received', message });
  assert.equal(cleared.wasCleared, true);
  assert.equal(cleared.points.size, 0);
  assert.equal(rangeOf(cleared), undefined);
});

test('when the engine is gone, what is shown stays', () => {
  const drawn = withPoints(init);
  const message = { kind: 'points' as const, requestId: 2, lines: undefined };
  const gone = reduce(drawn, { kind: 'received', message });
  assert.equal(gone.points, drawn.points);
  assert.equal(gone.answeredId, 2);
});

test('what was chosen is taken up again by the next page', () => {
  const before = after(
    init,
    { kind: 'windowChosen', windowMs: 60_000 },
    { kind: 'yChosen', side: 'left', range: { min: 0, max: 5 } },
    { kind: 'paused' },
  );
  assert.deepEqual(initialState(before.choices).choices, before.choices);
});

test('when the engine is gone, what is drawn stays; where nothing is, there are no points', () => {
  const lost = { ...series(1, [line('a')]), isLost: true };
  const message = { kind: 'series', series: [lost] } as const;
  const drawn = reduce(withPoints(init), { kind: 'received', message });
  assert.deepEqual([isLost(drawn), hasPoints(drawn), drawn.points.size], [true, true, 1]);
  const shownAgain = plotOf(lost);
  assert.deepEqual([isLost(shownAgain), hasPoints(shownAgain)], [true, false]);
});
