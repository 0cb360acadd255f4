/**
 * What the Messages view shows, and how it changes. A pure reducer: no DOM, no clock, no words.
 *
 * The list is in shared/listState.ts, the selected message in message/shownMessage.ts; here is what they have in common, and
 * what the person asks for in the fields above them.
 */
import type { BrokerStateKind } from '../../contracts/engine.ts';
import {
  type ExtensionToMessagesView,
  everyMessage,
  type MessagesFilter,
  type NamedConnection,
} from '../../contracts/messagePages.ts';
import type { MessageSummary, MessagesView } from '../../contracts/messages.ts';
import { defaultMessageChoices, type MessageChoices } from '../message/messageChoices.ts';
import {
  loseEngine,
  nothingShown,
  receiveShown,
  reduceShown,
  type ShownAction,
  type ShownMessage,
} from '../message/shownMessage.ts';
import {
  emptyList,
  firstPlace,
  type ListAction,
  type ListState,
  placeReceived,
  reduceList,
  rowsReceived,
  searchStart,
  showPlace,
  viewChanged,
  viewLost,
} from '../shared/listState.ts';
import { topicFilterProblem } from '../shared/topicFilter.ts';

/** What survives hiding the view. */
export interface ViewChoices extends MessageChoices {
  paused: boolean;
  /** The list's share of the view, 0 to 1. */
  listShare: number;
}

export interface TextSearch {
  text: string;
  from: number;
  direction: 'forward' | 'backward';
  /** It went on from the other end. */
  hasWrapped: boolean;
}

export type MessageListState = ListState<MessageSummary, MessagesView>;

export interface PageState {
  /** Undefined until the extension has answered. */
  filter: MessagesFilter | undefined;
  list: MessageListState;
  shown: ShownMessage;
  /** Under way. */
  search: TextSearch | undefined;
  /** Counts up with each request of a search. */
  searchRequest: number;
  searchOutcome: 'wrapped' | 'notFound' | undefined;
  topics: { text: string; values: readonly string[] };
  clients: { text: string; values: readonly string[] };
  subscriptions: readonly string[];
  connections: readonly NamedConnection[];
  broker: BrokerStateKind;
  choices: ViewChoices;
}

export type PageAction =
  | { kind: 'received'; message: ExtensionToMessagesView }
  | { kind: 'filterEdited'; filter: Partial<MessagesFilter> }
  | { kind: 'searched'; direction: 'forward' | 'backward' }
  | { kind: 'choicesChanged'; choices: Partial<ViewChoices> }
  | { kind: 'list'; action: ListAction }
  | { kind: 'shown'; action: ShownAction };

/** Folded: the view is wide and low, and the payload is what is looked at. The Inspector has room. */
export const defaultChoices: ViewChoices = {
  ...defaultMessageChoices,
  factsOpen: false,
  paused: false,
  listShare: 0.55,
};

export function initialState(choices: Partial<ViewChoices> = {}): PageState {
  const all = { ...defaultChoices, ...choices };
  return {
    filter: undefined,
    list: emptyList(all.paused),
    shown: nothingShown,
    search: undefined,
    searchRequest: 0,
    searchOutcome: undefined,
    topics: { text: '', values: [] },
    clients: { text: '', values: [] },
    subscriptions: [],
    connections: [],
    broker: 'running',
    choices: all,
  };
}

export function reduce(state: PageState, action: PageAction): PageState {
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'filterEdited':
      return filterEdited(state, action.filter);
    case 'searched':
      return searched(state, action.direction);
    case 'choicesChanged':
      return { ...state, choices: { ...state.choices, ...action.choices } };
    case 'list':
      return withList(state, reduceList(state.list, action.action));
    case 'shown':
      return { ...state, shown: reduceShown(state.shown, action.action) };
  }
}

/** A filter that can't be one shows nothing: the messages of the last good one stay. */
export function isUsable({ topicFilter }: MessagesFilter): boolean {
  return topicFilterProblem(topicFilter) === undefined;
}

/** The summary of the selected message, as far as the list has it. */
export function selectedMessage({ list }: PageState): MessageSummary | undefined {
  return list.selected?.row;
}

/** The message in the list just before the one that is shown. */
export function previousMessage({ list, shown }: PageState): MessageSummary | undefined {
  const { selected, rows } = list;
  return selected?.row?.id === shown.detail?.id && selected !== undefined
    ? rows.get(selected.place - 1)
    : undefined;
}

function received(state: PageState, message: ExtensionToMessagesView): PageState {
  switch (message.kind) {
    case 'filter':
      return { ...state, filter: message.filter, search: undefined, searchOutcome: undefined };
    case 'view':
      return withList(state, viewChanged(state.list, message.view));
    case 'viewLost':
      return {
        ...state,
        list: viewLost(state.list),
        shown: loseEngine(state.shown),
        search: undefined,
      };
    case 'rows': {
      const { view } = state.list;
      const isOurs = message.viewId === view?.viewId && message.generation === view.generation;
      // An answer of a view that was closed meanwhile, or of messages that were forgotten.
      if (!isOurs) return { ...state, list: { ...state.list, isAwaitingRows: false } };
      return withList(state, rowsReceived(state.list, message.asked, message.rows));
    }
    case 'place':
      return withList(state, placeReceived(state.list, message.request, message.place));
    case 'found':
      return found(state, message);
    case 'topics':
      return { ...state, topics: { text: message.text, values: message.topics } };
    case 'clients':
      return { ...state, clients: { text: message.text, values: message.clientIds } };
    case 'sources':
      return { ...state, subscriptions: message.subscriptions, connections: message.connections };
    case 'brokerState':
      return { ...state, broker: message.broker };
    default:
      return { ...state, shown: receiveShown(state.shown, message) };
  }
}

function filterEdited(state: PageState, changes: Partial<MessagesFilter>): PageState {
  const filter = { ...(state.filter ?? everyMessage), ...changes };
  return { ...state, filter, search: undefined, searchOutcome: undefined };
}

function searched(state: PageState, direction: 'forward' | 'backward'): PageState {
  const text = state.filter?.text ?? '';
  if (text === '' || state.list.view === undefined || state.list.isLost) return state;
  const from = searchStart(state.list, direction);
  return {
    ...state,
    search: { text, from, direction, hasWrapped: false },
    searchRequest: state.searchRequest + 1,
    searchOutcome: undefined,
  };
}

function found(
  state: PageState,
  { request, found }: Extract<ExtensionToMessagesView, { kind: 'found' }>,
): PageState {
  const { search, list } = state;
  if (search === undefined || request !== state.searchRequest || found.kind === 'superseded') return state;
  if (found.kind === 'found') {
    const searchOutcome = search.hasWrapped ? 'wrapped' : undefined;
    return withList({ ...state, search: undefined, searchOutcome }, showPlace(list, found.place));
  }
  if (search.hasWrapped) return { ...state, search: undefined, searchOutcome: 'notFound' };
  const from = search.direction === 'forward' ? firstPlace(list) : (list.view?.end ?? 0) - 1;
  return {
    ...state,
    search: { ...search, from, hasWrapped: true },
    searchRequest: state.searchRequest + 1,
  };
}

/** What the list selects is what is shown; that it was paused outlives the page. */
function withList(state: PageState, list: MessageListState): PageState {
  if (list === state.list) return state;
  const isPaused = list.flow === 'paused';
  const choices = isPaused === state.choices.paused ? state.choices : { ...state.choices, paused: isPaused };
  const { selected } = list;
  const isUnknown = selected !== undefined && selected.row === undefined;
  // Until its row has come, what was shown before stays.
  const shown = isUnknown ? state.shown : reduceShown(state.shown, { kind: 'wanted', id: selected?.row?.id });
  return { ...state, list, choices, shown };
}
