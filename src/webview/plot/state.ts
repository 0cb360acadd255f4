/**
 * What a plot shows, and how it changes. A pure reducer: no DOM, no clock, no words.
 *
 * The view follows the newest points, over a stretch of time or over all there is, until the person zooms, moves or
 * pauses: then it stays where it is, and what comes is kept by the engine. Paused, not even what is drawn changes.
 */
import type { BrokerStateKind } from '../../contracts/engine.ts';
import type {
  ExtensionToPlotPanel,
  PlottedPoints,
  PlottedSeries,
  SeriesKey,
} from '../../contracts/plotPanel.ts';
import type { PlotLineState, TimeRange } from '../../contracts/plots.ts';
import { type AxisChoice, type AxisSide, sidesOf } from './axes.ts';
import { extremesOf, nextTime } from './points.ts';
import { drawable, moved, spanOf, zoomed } from './timeRange.ts';

/** Names a line in the page: its series and its topic. */
export type LineId = string;

export interface FixedRange {
  min: number;
  max: number;
}

/** What survives hiding the panel. */
export interface PlotChoices {
  /** How much of the past is in view while it follows. Undefined: all of it. */
  windowMs: number | undefined;
  /** Where the view stays; undefined while it follows. */
  range: TimeRange | undefined;
  isPaused: boolean;
  hidden: readonly LineId[];
  axes: Readonly<Record<LineId, AxisChoice>>;
  /** Undefined: fits what is in view. */
  y: Readonly<Record<AxisSide, FixedRange | undefined>>;
}

export interface PlotState {
  /** Undefined until the extension has answered. */
  series: readonly PlottedSeries[] | undefined;
  broker: BrokerStateKind;
  choices: PlotChoices;
  points: ReadonlyMap<LineId, PlottedPoints>;
  /** Of the request that was answered last. */
  answeredId: number;
  cursorMs: number | undefined;
  /** By the keyboard: then it is said aloud. */
  isCursorByKeyboard: boolean;
  /** The history was cleared while the plot was open. */
  wasCleared: boolean;
}

export type PlotAction =
  | { kind: 'received'; message: ExtensionToPlotPanel }
  | { kind: 'windowChosen'; windowMs: number | undefined }
  | { kind: 'rangeChosen'; range: TimeRange }
  /** Below 1 zooms in; about a time, else the cursor, else the middle. */
  | { kind: 'zoomed'; factor: number; atMs?: number }
  /** By a part of the view, towards later. */
  | { kind: 'moved'; share: number }
  | { kind: 'followed' }
  | { kind: 'paused' }
  | { kind: 'cursorSet'; atMs: number | undefined }
  | { kind: 'cursorStepped'; direction: 1 | -1 }
  | { kind: 'lineToggled'; id: LineId }
  | { kind: 'axisChosen'; id: LineId; choice: AxisChoice }
  | { kind: 'yChosen'; side: AxisSide; range: FixedRange | undefined };

export interface Line {
  id: LineId;
  key: SeriesKey;
  topic: string;
  path: string;
  /** Counts from 0 over all lines: its colour and its dashes. */
  index: number;
  isHidden: boolean;
  state: PlotLineState;
  choice: AxisChoice;
  side: AxisSide;
}

export const defaultChoices: PlotChoices = {
  windowMs: undefined,
  range: undefined,
  isPaused: false,
  hidden: [],
  axes: {},
  y: { left: undefined, right: undefined },
};

export function initialState(choices: Partial<PlotChoices> = {}): PlotState {
  return {
    series: undefined,
    broker: 'running',
    choices: { ...defaultChoices, ...choices },
    points: new Map(),
    answeredId: 0,
    cursorMs: undefined,
    isCursorByKeyboard: false,
    wasCleared: false,
  };
}

export function reduce(state: PlotState, action: PlotAction): PlotState {
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'windowChosen':
      return choose(state, { windowMs: action.windowMs, range: undefined, isPaused: false });
    case 'rangeChosen':
      return choose(state, { range: drawable(action.range) });
    case 'zoomed':
      return zoom(state, action.factor, action.atMs);
    case 'moved': {
      const range = rangeOf(state);
      const held = heldRange(state);
      if (range === undefined || held === undefined) return state;
      return choose(state, { range: moved(range, spanOf(range) * action.share, held) });
    }
    case 'followed':
      return choose(state, { range: undefined, isPaused: false });
    case 'paused':
      return choose(state, { range: rangeOf(state), isPaused: true });
    case 'cursorSet':
      return action.atMs === state.cursorMs && !state.isCursorByKeyboard
        ? state
        : { ...state, cursorMs: action.atMs, isCursorByKeyboard: false };
    case 'cursorStepped':
      return stepCursor(state, action.direction);
    case 'lineToggled': {
      const { hidden } = state.choices;
      const isHidden = hidden.includes(action.id);
      return choose(state, {
        hidden: isHidden ? hidden.filter((id) => id !== action.id) : [...hidden, action.id],
      });
    }
    case 'axisChosen':
      return choose(state, { axes: { ...state.choices.axes, [action.id]: action.choice } });
    case 'yChosen':
      return choose(state, { y: { ...state.choices.y, [action.side]: action.range } });
  }
}

export function lineIdOf(key: SeriesKey, topic: string): LineId {
  return `${key} ${topic}`;
}

/** All lines, hidden ones too, in the order of their series. */
export function linesOf({ series, choices }: PlotState): readonly Line[] {
  const lines = (series ?? []).flatMap(({ key, source, state }) =>
    (state?.lines ?? []).map((line) => {
      const id = lineIdOf(key, line.topic);
      return {
        id,
        key,
        topic: line.topic,
        path: source.path,
        isHidden: choices.hidden.includes(id),
        state: line,
        choice: choices.axes[id] ?? ('automatic' as const),
      };
    }),
  );
  const sides = sidesOf(lines.map(({ state, choice }) => ({ ...state, choice })));
  return lines.map((line, index) => ({ ...line, index, side: sides[index] ?? 'left' }));
}

/** What there is of the lines that are shown. Undefined where there is nothing. */
export function heldRange(state: PlotState): TimeRange | undefined {
  const lines = linesOf(state).filter(({ isHidden }) => !isHidden);
  if (lines.length === 0) return undefined;
  return {
    fromMs: Math.min(...lines.map((line) => line.state.oldestAtMs)),
    toMs: Math.max(...lines.map((line) => line.state.newestAtMs)),
  };
}

/** What is in view. Undefined where there is nothing to see. */
export function rangeOf(state: PlotState): TimeRange | undefined {
  const { range, windowMs } = state.choices;
  const held = heldRange(state);
  if (range !== undefined || held === undefined) return range;
  return drawable(windowMs === undefined ? held : { fromMs: held.toMs - windowMs, toMs: held.toMs });
}

/** The engine that held the points has ended. */
export function isLost({ series }: PlotState): boolean {
  return series?.some((each) => each.isLost) === true;
}

/** Whether there is anything to draw, or will be as soon as it is read. */
export function hasPoints(state: PlotState): boolean {
  if (isLost(state) && state.points.size === 0) return false;
  return heldRange(state) !== undefined;
}

/** Lowest and highest of the lines on an axis that are shown, in view. */
export function extremesInView(state: PlotState, side: AxisSide): FixedRange | undefined {
  const range = rangeOf(state);
  if (range === undefined) return undefined;
  const extremes = linesOf(state)
    .filter((line) => line.side === side && !line.isHidden)
    .flatMap(({ id }) => {
      const points = state.points.get(id);
      return (points && extremesOf(points, range)) ?? [];
    });
  if (extremes.length === 0) return undefined;
  return {
    min: Math.min(...extremes.map(({ min }) => min)),
    max: Math.max(...extremes.map(({ max }) => max)),
  };
}

/** Changes when there is something new to draw: not while the plot is paused. */
export function dataVersion({ series, choices }: PlotState): string {
  if (choices.isPaused) return 'paused';
  return (series ?? [])
    .flatMap(({ key, state }) => [
      key,
      state?.generation,
      ...(state?.lines ?? []).map(({ numbers, otherMessages }) => numbers + otherMessages),
    ])
    .join();
}

function choose(state: PlotState, choices: Partial<PlotChoices>): PlotState {
  return { ...state, choices: { ...state.choices, ...choices } };
}

function received(state: PlotState, message: ExtensionToPlotPanel): PlotState {
  switch (message.kind) {
    case 'init':
      return { ...state, series: message.series, broker: message.broker };
    case 'series':
      return withSeries(state, message.series);
    case 'points':
      return withPoints(state, message);
    case 'brokerState':
      return { ...state, broker: message.broker };
  }
}

function withSeries(state: PlotState, series: readonly PlottedSeries[]): PlotState {
  const wasCleared = series.some((each) => {
    const before = state.series?.find(({ key }) => key === each.key)?.state;
    return before !== undefined && each.state !== undefined && each.state.generation > before.generation;
  });
  const next = { ...state, series, wasCleared: state.wasCleared || wasCleared };
  // What the view stays at is gone.
  return wasCleared
    ? choose({ ...next, points: new Map(), cursorMs: undefined }, { range: undefined })
    : next;
}

function withPoints(
  state: PlotState,
  { requestId, lines }: Extract<ExtensionToPlotPanel, { kind: 'points' }>,
): PlotState {
  if (lines === undefined) return { ...state, answeredId: requestId };
  const points = new Map(lines.map((line) => [lineIdOf(line.key, line.topic), line]));
  return { ...state, answeredId: requestId, points };
}

function zoom(state: PlotState, factor: number, atMs: number | undefined): PlotState {
  const range = rangeOf(state);
  const held = heldRange(state);
  if (range === undefined || held === undefined) return state;
  const { cursorMs } = state;
  const isCursorInView = cursorMs !== undefined && cursorMs >= range.fromMs && cursorMs <= range.toMs;
  const about = atMs ?? (isCursorInView ? cursorMs : (range.fromMs + range.toMs) / 2);
  return choose(state, { range: zoomed(range, factor, about, held) });
}

function stepCursor(state: PlotState, direction: 1 | -1): PlotState {
  const range = rangeOf(state);
  if (range === undefined) return state;
  const lines = linesOf(state).flatMap(({ id, isHidden }) => (isHidden ? [] : (state.points.get(id) ?? [])));
  // Without a cursor the newest point is the first to look at.
  const { cursorMs } = state;
  const cursor =
    cursorMs === undefined
      ? nextTime(lines, Number.POSITIVE_INFINITY, -1, range)
      : nextTime(lines, cursorMs, direction, range);
  return cursor === undefined ? state : { ...state, cursorMs: cursor, isCursorByKeyboard: true };
}
