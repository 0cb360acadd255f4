/**
 * What a list of messages or packets shows, and how it changes. A pure reducer: no DOM, no clock, no words.
 *
 * The history stays in the engine: this knows the places that there are (`view`), and the rows around what is in sight.
 * The list is read as a serial log is: newest last. While the list follows, it ends with the newest rows that have come.
 * It holds still as soon as the person looks at something (scrolls back, selects an older message) or pauses: then its
 * end stays where it is, and what comes is counted, until the person follows again.
 */

/** What is asked of a row. */
export interface ListedRow {
  id: number;
  receivedAtMs: number;
}

/** As MessagesView of contracts/messages.ts, and PacketsView of contracts/trace.ts. */
export interface ListedView {
  viewId: number;
  generation: number;
  first: number;
  end: number;
  progress: number;
}

/** As MessageRows and PacketRows there. */
export interface ListedRows<Row> {
  from: number;
  rows: readonly Row[];
}

/** Why the list holds still. */
export type Flow = 'following' | 'scrolledBack' | 'selectedOlder' | 'paused';

/** A row by its id, and by its time: ids start again with each engine. */
export interface HeldRow {
  id: number;
  receivedAtMs: number;
}

/** A place to go to as soon as the view has found all there is. */
export type Goal = { id: number } | { receivedAtMs: number } | HeldRow;

export interface ListState<Row extends ListedRow = ListedRow, View extends ListedView = ListedView> {
  /** Undefined until the engine has answered. */
  view: View | undefined;
  /** The engine ended, and what it held with it: the rows that had been read are all there is. */
  isLost: boolean;
  flow: Flow;
  /** One past the last place in the list. */
  end: number;
  /** By place: those in sight, and others that were. */
  rows: ReadonlyMap<number, Row>;
  /** Places that the list has in its page; `end` is one past the last. */
  inPage: { first: number; end: number };
  /** `held`: what was looked at before the page was hidden, until it is known whether this is it. */
  selected: { place: number; row: Row | undefined; held?: HeldRow } | undefined;
  /** Brought into view. */
  shownPlace: number | undefined;
  goal: Goal | undefined;
  /** The goal was asked for: counts up. */
  goalRequest: number;
  isAwaitingRows: boolean;
  /** A request brought nothing: there is no use in another before the view changes. */
  isFruitless: boolean;
  /** All that was in sight while the list held still has been dropped. */
  isSightLost: boolean;
}

export type ListAction =
  | { kind: 'selected'; place: number }
  /** From the selected row: negative is towards older ones. Infinity is the newest, and follows. */
  | { kind: 'selectionMoved'; by: number }
  | { kind: 'scrolledBack' }
  | { kind: 'scrolledToEnd' }
  | { kind: 'paused' }
  | { kind: 'followed' }
  | { kind: 'rowsInPage'; first: number; end: number }
  | { kind: 'rowsRequested' }
  | { kind: 'wentTo'; goal: Goal };

/** Rows that are kept: many screenfuls, and not so many that they are felt. */
const maxRows = 1500;
/** Asked for beyond what is in the page. */
const spareRows = 40;
const maxRequestedRows = 400;
/** Until the list has told how many it shows. */
const firstRows = 60;

export function emptyList<Row extends ListedRow, View extends ListedView>(
  isPaused: boolean,
): ListState<Row, View> {
  return {
    view: undefined,
    isLost: false,
    flow: isPaused ? 'paused' : 'following',
    end: 0,
    rows: new Map(),
    inPage: { first: 0, end: 0 },
    selected: undefined,
    shownPlace: undefined,
    goal: undefined,
    goalRequest: 0,
    isAwaitingRows: false,
    isFruitless: false,
    isSightLost: false,
  };
}

/** Place of the first row. */
export function firstPlace(list: ListState): number {
  return list.view?.first ?? 0;
}

/** Rows in the list. */
export function rowCountOf(list: ListState): number {
  return Math.max(0, list.end - firstPlace(list));
}

/** What came while the list held still. */
export function waitingCountOf({ view, flow, end, goal }: ListState): number {
  return view === undefined || flow === 'following' || goal !== undefined ? 0 : view.end - end;
}

/**
 * Whether both look the same. A view that has grown does not, but for a list that follows and has asked for the rows: it is
 * drawn with them.
 */
export function looksAlike(one: ListState, other: ListState): boolean {
  const isDrawnLater = other.flow === 'following' && other.isAwaitingRows && !other.isLost;
  return (
    (one.view === other.view || (isDrawnLater && one.view !== undefined)) &&
    one.isLost === other.isLost &&
    one.flow === other.flow &&
    one.end === other.end &&
    one.rows === other.rows &&
    one.selected === other.selected &&
    one.shownPlace === other.shownPlace &&
    one.goal === other.goal &&
    one.isSightLost === other.isSightLost
  );
}

export function reduceList<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  action: ListAction,
): ListState<Row, View> {
  switch (action.kind) {
    case 'selected':
      return selectedAt(list, action.place);
    case 'selectionMoved':
      return selectionMoved(list, action.by);
    case 'scrolledBack':
      return list.flow === 'following' ? { ...list, flow: 'scrolledBack' } : list;
    case 'scrolledToEnd':
      return list.flow === 'scrolledBack' ? followed(list) : list;
    case 'paused':
      return { ...list, flow: 'paused' };
    case 'followed':
      return followed(list);
    case 'rowsInPage': {
      const { first, end } = action;
      if (first === list.inPage.first && end === list.inPage.end) return list;
      return { ...list, inPage: { first, end }, isFruitless: false };
    }
    case 'rowsRequested':
      return { ...list, isAwaitingRows: true };
    case 'wentTo':
      return goingTo(list, action.goal);
  }
}

/** A view was opened for another query, or the one that is open has changed. */
export function viewChanged<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  view: View,
): ListState<Row, View> {
  const before = list.view;
  // Another engine counts from 1 again.
  const isSame = before?.viewId === view.viewId && before.generation === view.generation && !list.isLost;
  const base: ListState<Row, View> = isSame ? { ...list, view, isFruitless: false } : startedOver(list, view);
  if (base.flow === 'following') return base;
  // While it is still being looked through, what is found is added: the list stands still from its end on.
  const isSearching = view.progress < 1 || (isSame && before.progress < 1) || !isSame;
  const grown = isSearching ? { ...base, end: view.end } : base;
  const isComplete = isSearching && view.progress === 1;
  // Who paused before anything was shown sees the newest of what there was.
  if (isComplete && grown.goal === undefined && grown.selected === undefined) return withNewest(grown);
  const { inPage } = grown;
  const isSightLost = isSame && inPage.end > inPage.first && inPage.end <= view.first;
  return { ...grown, isSightLost: grown.isSightLost || isSightLost };
}

/** The engine ended. What was read stays, as far as it goes on from what is in sight; the other places are gone with it. */
export function viewLost<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
): ListState<Row, View> {
  const { view, rows, inPage } = list;
  const lost = { ...list, isAwaitingRows: false, goal: undefined };
  if (view === undefined || list.isLost) return lost;
  let end = Math.min(Math.max(inPage.end, inPage.first + 1), list.end);
  while (end > view.first && !rows.has(end - 1)) end--;
  let first = end;
  while (rows.has(first - 1)) first--;
  while (rows.has(end)) end++;
  return { ...lost, isLost: true, view: { ...view, first, end }, end };
}

export function rowsReceived<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  asked: number,
  { from, rows }: ListedRows<Row>,
): ListState<Row, View> {
  const { view } = list;
  if (view === undefined) return { ...list, isAwaitingRows: false };
  const merged = new Map(list.rows);
  for (const [i, row] of rows.entries()) merged.set(from + i, row);
  const isFollowing = list.flow === 'following';
  const end = isFollowing && rows.length > 0 ? Math.max(list.end, from + rows.length) : list.end;
  const received: ListState<Row, View> = {
    ...list,
    // Older ones have gone meanwhile.
    view: from > asked && from > view.first ? { ...view, first: from } : view,
    end,
    rows: pruned(merged, from + rows.length / 2),
    isAwaitingRows: false,
    isFruitless: rows.length === 0,
  };
  if (isFollowing) return withNewest(received);
  const { selected } = received;
  const row = selected && (selected.row ?? merged.get(selected.place));
  return selected && row !== selected.row
    ? heldChecked({ ...received, selected: { ...selected, row } })
    : received;
}

/** The answer to the request for a goal. Undefined where the view is gone. */
export function placeReceived<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  request: number,
  place: number | undefined,
): ListState<Row, View> {
  if (request !== list.goalRequest || list.goal === undefined) return list;
  const reached = { ...list, goal: undefined };
  const { view } = list;
  if (view === undefined || place === undefined) return reached;
  if (view.end === view.first)
    return { ...reached, selected: undefined, flow: list.flow === 'paused' ? 'paused' : 'following' };
  const shown = showPlace(reached, Math.min(place, view.end - 1));
  const { goal } = list;
  if (!('id' in goal && 'receivedAtMs' in goal) || shown.selected === undefined) return shown;
  return heldChecked({ ...shown, selected: { ...shown.selected, held: goal } });
}

/** Where another engine has taken over meanwhile, what was held is gone: the newest are shown. */
function heldChecked<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
): ListState<Row, View> {
  const { row, held } = list.selected ?? {};
  if (list.selected === undefined || row === undefined || held === undefined) return list;
  // Of the same engine it is the row itself, or the next one that is still there.
  const isItself = row.id === held.id && row.receivedAtMs === held.receivedAtMs;
  const isNext = row.id > held.id && row.receivedAtMs >= held.receivedAtMs;
  const { place } = list.selected;
  if (isItself || isNext) return { ...list, selected: { place, row } };
  return list.flow === 'paused' ? withNewest({ ...list, selected: undefined }) : followed(list);
}

/** Selects what is at a place, and holds still. */
export function showPlace<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  place: number,
): ListState<Row, View> {
  const { view } = list;
  if (view === undefined) return list;
  const held: ListState<Row, View> = {
    ...list,
    flow: list.flow === 'paused' ? 'paused' : 'selectedOlder',
    end: list.flow === 'following' ? view.end : Math.max(list.end, place + 1),
    isSightLost: false,
  };
  return withSelection(held, place);
}

/** What must be asked for now: the newest rows while it follows, those in sight that are missing while it doesn't. */
export function rowsToRequest(list: ListState): { viewId: number; from: number; count: number } | undefined {
  const { view, rows, inPage, isAwaitingRows, isFruitless } = list;
  if (view === undefined || list.isLost || isAwaitingRows || isFruitless) return undefined;
  if (view.end === view.first) return undefined;
  const { viewId } = view;
  if (list.flow === 'following') {
    if (list.end === view.end && rows.has(view.end - 1)) return undefined;
    const wanted = Math.max(firstRows, inPage.end - inPage.first + spareRows);
    const from = Math.max(view.first, view.end - Math.min(wanted, maxRequestedRows));
    return { viewId, from, count: view.end - from };
  }
  const end = Math.min(list.end, view.end);
  if (inPage.end <= inPage.first) return undefined;
  const low = Math.max(view.first, inPage.first);
  const high = Math.min(end, inPage.end);
  let from = low;
  while (from < high && rows.has(from)) from++;
  if (from >= high) return undefined;
  const start = Math.max(view.first, from - spareRows);
  const stop = Math.min(end, high + spareRows);
  return { viewId, from: start, count: Math.min(stop - start, maxRequestedRows) };
}

/** The goal that the view can be asked for now; once for each `goalRequest`. */
export function goalToRequest({ view, goal, isLost }: ListState): Goal | undefined {
  return view?.progress === 1 && !isLost ? goal : undefined;
}

/** What to ask of the view's places, for a goal that is another now. */
export function placeToRequest(
  before: ListState,
  list: ListState,
): { request: number; viewId: number; at: { id: number } | { receivedAtMs: number } } | undefined {
  const goal = goalToRequest(list);
  const isNew = goal !== goalToRequest(before) || list.goalRequest !== before.goalRequest;
  if (goal === undefined || !isNew || list.view === undefined) return undefined;
  const at = 'id' in goal ? { id: goal.id } : goal;
  return { request: list.goalRequest, viewId: list.view.viewId, at };
}

/** Where a search begins: at the neighbour of the selected row, or of what is in sight. */
export function searchStart(list: ListState, direction: 'forward' | 'backward'): number {
  const { selected, inPage } = list;
  if (direction === 'forward') return selected === undefined ? inPage.first : selected.place + 1;
  return selected === undefined ? list.end - 1 : selected.place - 1;
}

function startedOver<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  view: View,
): ListState<Row, View> {
  const wasCleared = list.view?.viewId === view.viewId || list.isLost;
  const isPaused = list.flow === 'paused';
  const id = list.selected?.row?.id;
  const isHeld = list.flow !== 'following' && !wasCleared && id !== undefined;
  const goal = isHeld ? (list.goal ?? { id }) : list.goal;
  return {
    ...emptyList(isPaused),
    view,
    flow: isPaused ? 'paused' : goal === undefined ? 'following' : 'selectedOlder',
    inPage: list.inPage,
    selected: isHeld ? list.selected : undefined,
    goal,
    goalRequest: list.goalRequest + 1,
  };
}

function goingTo<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  goal: Goal,
): ListState<Row, View> {
  return {
    ...list,
    flow: list.flow === 'paused' ? 'paused' : 'selectedOlder',
    end: list.flow === 'following' ? (list.view?.end ?? list.end) : list.end,
    goal,
    goalRequest: list.goalRequest + 1,
  };
}

function selectedAt<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  place: number,
): ListState<Row, View> {
  const isNewest = place === list.end - 1 && waitingCountOf(list) === 0;
  if (isNewest && list.flow === 'selectedOlder') return followed(list);
  const holds = !isNewest && (list.flow === 'following' || list.flow === 'scrolledBack');
  return withSelection({ ...list, flow: holds ? 'selectedOlder' : list.flow }, place);
}

function selectionMoved<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  by: number,
): ListState<Row, View> {
  // Pausing is the person's word: End goes to the last message of the list, and leaves it paused.
  if (by === Number.POSITIVE_INFINITY && list.flow !== 'paused') return followed(list);
  if (rowCountOf(list) === 0) return list;
  const first = firstPlace(list);
  const from = list.selected?.place ?? list.end;
  return selectedAt(list, Math.min(Math.max(from + by, first), list.end - 1));
}

function followed<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
): ListState<Row, View> {
  return withNewest({ ...list, flow: 'following', goal: undefined, isSightLost: false, isFruitless: false });
}

/** Of those that have come; the newest of all is asked for, and is selected when it has come. */
function withNewest<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
): ListState<Row, View> {
  return rowCountOf(list) === 0 ? list : withSelection(list, list.end - 1);
}

function withSelection<Row extends ListedRow, View extends ListedView>(
  list: ListState<Row, View>,
  place: number,
): ListState<Row, View> {
  const row = list.rows.get(place);
  const { selected } = list;
  if (selected?.place === place && selected.row === row) return { ...list, shownPlace: place };
  return { ...list, selected: { place, row }, shownPlace: place };
}

/** Those nearest to a place. */
function pruned<Row>(rows: Map<number, Row>, around: number): Map<number, Row> {
  if (rows.size <= maxRows) return rows;
  const places = [...rows.keys()].sort((a, b) => Math.abs(a - around) - Math.abs(b - around));
  for (const place of places.slice(maxRows / 2)) rows.delete(place);
  return rows;
}
