/**
 * What the message panel shows, and how it changes. A pure reducer: no DOM, no clock, no words.
 *
 * Messages are read as a serial log is: newest last. While the panel follows, the newest is selected and shown. It
 * holds still as soon as the person looks at something (scrolls back, selects an older message) or pauses: then the
 * list keeps exactly what it had, and what comes is kept aside, counted, until the person follows again.
 */
import type { MessageDetail, MessageId, MessageSummary } from '../../contracts/messages.ts';
import type { ExtensionToMessagePanel, MessageSource } from '../../contracts/webview.ts';
import type { PayloadTab } from './payload.ts';

export const capacity = 100;

export interface Entry {
  message: MessageSummary;
  /** Messages between the entry before and this one that came too fast to be sent to the panel. */
  skippedBefore: number;
}

/** Why the list holds still. */
export type Flow = 'following' | 'scrolledBack' | 'selectedOlder' | 'paused';

/** What survives hiding the panel. */
export interface ViewChoices {
  /** The person's own choice of tab; `automatic` fits the tab to each payload. */
  tab: PayloadTab | 'automatic';
  paused: boolean;
  /** The list's share of the panel, 0 to 1. */
  listShare: number;
  factsOpen: boolean;
}

export interface PanelState {
  /** Undefined until the extension has answered. */
  source: MessageSource | undefined;
  /** In the list, newest last, `capacity` at most. */
  entries: readonly Entry[];
  flow: Flow;
  /** Came while the list held still; the newest, `capacity` at most. */
  waiting: readonly Entry[];
  /** All that came while the list held still, also what is not in `waiting`. */
  waitingCount: number;
  selectedId: MessageId | undefined;
  detail: MessageDetail | undefined;
  /** The selected message is no longer held: only its summary is left. */
  goneId: MessageId | undefined;
  /** The whole payload of this message was asked for, and has not come. */
  loadingWholeId: MessageId | undefined;
  /** Counts up whenever the messages are sent anew: ids of an engine that ended mean nothing after it. */
  generation: number;
  total: number;
  dropped: number;
  skipped: number;
  isBrokerRunning: boolean;
  choices: ViewChoices;
}

export type PanelAction =
  | { kind: 'received'; message: ExtensionToMessagePanel }
  | { kind: 'selected'; id: MessageId }
  /** From the selected message: negative is towards older ones. Infinity is the newest, and follows. */
  | { kind: 'selectionMoved'; by: number }
  | { kind: 'scrolledBack' }
  | { kind: 'scrolledToEnd' }
  | { kind: 'paused' }
  | { kind: 'followed' }
  | { kind: 'wholeRequested'; id: MessageId }
  | { kind: 'choicesChanged'; choices: Partial<ViewChoices> };

export const defaultChoices: ViewChoices = {
  tab: 'automatic',
  paused: false,
  listShare: 0.42,
  factsOpen: true,
};

export function initialState(choices: Partial<ViewChoices> = {}): PanelState {
  const all = { ...defaultChoices, ...choices };
  return {
    source: undefined,
    entries: [],
    flow: all.paused ? 'paused' : 'following',
    waiting: [],
    waitingCount: 0,
    selectedId: undefined,
    detail: undefined,
    goneId: undefined,
    loadingWholeId: undefined,
    generation: 0,
    total: 0,
    dropped: 0,
    skipped: 0,
    isBrokerRunning: true,
    choices: all,
  };
}

export function reduce(state: PanelState, action: PanelAction): PanelState {
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'selected':
      return selected(state, action.id);
    case 'selectionMoved':
      return selectionMoved(state, action.by);
    case 'scrolledBack':
      return state.flow === 'following' ? { ...state, flow: 'scrolledBack' } : state;
    case 'scrolledToEnd':
      return state.flow === 'scrolledBack' ? followed(state) : state;
    case 'paused':
      return { ...state, flow: 'paused', choices: { ...state.choices, paused: true } };
    case 'followed':
      return followed(state);
    case 'wholeRequested':
      return { ...state, loadingWholeId: action.id };
    case 'choicesChanged':
      return { ...state, choices: { ...state.choices, ...action.choices } };
  }
}

/** The entry of the selected message, where the list still has it. */
export function selectedEntry(state: PanelState): Entry | undefined {
  return state.entries[selectedIndex(state)];
}

/** -1 when nothing is selected. */
export function selectedIndex(state: PanelState): number {
  return state.entries.findIndex((entry) => entry.message.id === state.selectedId);
}

function received(state: PanelState, message: ExtensionToMessagePanel): PanelState {
  switch (message.kind) {
    case 'init': {
      const entries = message.messages.slice(-capacity).map((summary) => entryOf(summary, 0));
      return {
        ...initialState(state.choices),
        source: message.source,
        entries,
        selectedId: entries.at(-1)?.message.id,
        generation: state.generation + 1,
        total: message.total,
        dropped: message.dropped,
        isBrokerRunning: state.isBrokerRunning,
      };
    }
    case 'added':
      return added(state, message);
    case 'detail':
      return detailReceived(state, message.detail);
    case 'detailGone':
      if (message.id !== state.selectedId) return state;
      return { ...state, detail: undefined, goneId: message.id, loadingWholeId: undefined };
    case 'brokerState':
      return { ...state, isBrokerRunning: message.running };
  }
}

function added(state: PanelState, change: ExtensionToMessagePanel & { kind: 'added' }): PanelState {
  const came = change.messages.map((summary, i) => entryOf(summary, i === 0 ? change.skipped : 0));
  const counted = {
    ...state,
    total: change.total,
    dropped: change.dropped,
    skipped: state.skipped + change.skipped,
  };
  if (state.flow !== 'following') {
    return {
      ...counted,
      waiting: [...state.waiting, ...came].slice(-capacity),
      waitingCount: state.waitingCount + change.messages.length + change.skipped,
    };
  }
  return withNewest({ ...counted, entries: [...state.entries, ...came].slice(-capacity) });
}

function detailReceived(state: PanelState, detail: MessageDetail): PanelState {
  // At a flood the newest is another one by the time its detail comes: showing a late one beats showing none.
  if (detail.id !== state.selectedId && state.flow !== 'following') return state;
  // A first part that was asked for before the whole.
  if (state.detail?.id === detail.id && !state.detail.truncated && detail.truncated) return state;
  const isAwaited = detail.id === state.loadingWholeId && !detail.truncated;
  return {
    ...state,
    detail,
    goneId: undefined,
    loadingWholeId: isAwaited ? undefined : state.loadingWholeId,
  };
}

function selected(state: PanelState, id: MessageId): PanelState {
  const isNewest = id === state.entries.at(-1)?.message.id && state.waitingCount === 0;
  if (isNewest && state.flow === 'selectedOlder') return followed(state);
  const holds = !isNewest && (state.flow === 'following' || state.flow === 'scrolledBack');
  return withSelection({ ...state, flow: holds ? 'selectedOlder' : state.flow }, id);
}

function selectionMoved(state: PanelState, by: number): PanelState {
  // Pausing is the person's word: End goes to the last message of the list, and leaves it paused.
  if (by === Infinity && state.flow !== 'paused') return followed(state);
  const from = selectedIndex(state);
  const start = from === -1 ? state.entries.length : from;
  const to = Math.min(Math.max(start + by, 0), state.entries.length - 1);
  const entry = state.entries[to];
  return entry === undefined ? state : selected(state, entry.message.id);
}

function followed(state: PanelState): PanelState {
  return withNewest({
    ...state,
    flow: 'following',
    entries: [...state.entries, ...state.waiting].slice(-capacity),
    waiting: [],
    waitingCount: 0,
    choices: { ...state.choices, paused: false },
  });
}

function withNewest(state: PanelState): PanelState {
  const newest = state.entries.at(-1);
  return newest === undefined ? state : withSelection(state, newest.message.id);
}

/** The detail before stays until the new one comes: the panel doesn't flash empty between two messages. */
function withSelection(state: PanelState, id: MessageId): PanelState {
  if (id === state.selectedId) return state;
  return { ...state, selectedId: id, goneId: undefined, loadingWholeId: undefined };
}

function entryOf(message: MessageSummary, skippedBefore: number): Entry {
  return { message, skippedBefore };
}
