/**
 * What the Packets view shows, and how it changes. A pure reducer: no DOM, no clock, no words.
 *
 * The list is shared/listState.ts's. Here is what the person asks for in the fields above it, the packet that is opened,
 * and the place in it that both its bytes and its fields mark.
 */
import type { BrokerStateKind } from '../../contracts/engine.ts';
import { type ExtensionToPacketsPage, everyPacket, type PacketsFilter } from '../../contracts/packetsPage.ts';
import type {
  PacketConversation,
  PacketDetail,
  PacketSteps,
  PacketSummary,
  PacketsView,
  TracedId,
  TraceState,
} from '../../contracts/trace.ts';
import {
  emptyList,
  type ListAction,
  type ListState,
  placeReceived,
  reduceList,
  rowsReceived,
  viewChanged,
  viewLost,
} from '../shared/listState.ts';
import { topicFilterProblem } from '../shared/topicFilter.ts';
import { type FieldRow, fieldRowsOf, rowOfByte } from './fieldRows.ts';

/** What survives hiding the view. */
export interface ViewChoices {
  paused: boolean;
  /** The list's share of the view, 0 to 1. */
  listShare: number;
  /** That of the bytes in the opened packet. */
  bytesShare: number;
}

export const defaultChoices: ViewChoices = { paused: false, listShare: 0.42, bytesShare: 0.5 };

export type PacketListState = ListState<PacketSummary, PacketsView>;

/** What is marked in the opened packet. */
export interface Mark {
  /** Where a keyboard stands in the bytes. */
  at: number;
  /** Bytes that are marked. */
  start: number;
  end: number;
  /** Row of the field that is marked; -1 for none. */
  row: number;
}

export interface OpenedPacket {
  detail: PacketDetail;
  rows: readonly FieldRow[];
  mark: Mark;
}

export interface PageState {
  /** Undefined until the extension has answered. */
  filter: PacketsFilter | undefined;
  list: PacketListState;
  /** Undefined for none, and until it has come. */
  opened: OpenedPacket | undefined;
  /** A step that was gone to, until the list has it selected, or the person selects in the list: the filter may leave it out. */
  stepId: TracedId | undefined;
  /** The last that came. It stays while another packet of it is opened. */
  conversation: PacketConversation | undefined;
  /** What was asked for and has not come. One is under way at a time: at a flood, the next asks for what is selected then. */
  awaitedId: TracedId | undefined;
  /** Asked for last of those that the engine no longer holds. */
  goneId: TracedId | undefined;
  topics: { text: string; values: readonly string[] };
  clients: { text: string; values: readonly string[] };
  trace: TraceState | undefined;
  broker: BrokerStateKind;
  /** How many are on. */
  faults: number;
  choices: ViewChoices;
}

export type PageAction =
  | { kind: 'received'; message: ExtensionToPacketsPage }
  | { kind: 'filterEdited'; filter: Partial<PacketsFilter> }
  | { kind: 'choicesChanged'; choices: Partial<ViewChoices> }
  | { kind: 'list'; action: ListAction }
  | { kind: 'wentToStep'; id: TracedId }
  | { kind: 'packetRequested'; id: TracedId }
  | { kind: 'byteMarked'; at: number }
  | { kind: 'fieldMarked'; row: number };

export function initialState(choices: Partial<ViewChoices> = {}): PageState {
  const all = { ...defaultChoices, ...choices };
  return {
    filter: undefined,
    list: emptyList(all.paused),
    opened: undefined,
    stepId: undefined,
    conversation: undefined,
    awaitedId: undefined,
    goneId: undefined,
    topics: { text: '', values: [] },
    clients: { text: '', values: [] },
    trace: undefined,
    broker: 'running',
    faults: 0,
    choices: all,
  };
}

export function reduce(state: PageState, action: PageAction): PageState {
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'filterEdited':
      return { ...state, filter: { ...(state.filter ?? everyPacket), ...action.filter } };
    case 'choicesChanged':
      return { ...state, choices: { ...state.choices, ...action.choices } };
    case 'list':
      return withList(
        leavesStep(action.action) ? { ...state, stepId: undefined } : state,
        reduceList(state.list, action.action),
      );
    case 'wentToStep':
      return goneToStep(state, action.id);
    case 'packetRequested':
      return { ...state, awaitedId: action.id };
    case 'byteMarked':
      return withMark(state, (opened) => markOfByte(opened, action.at));
    case 'fieldMarked':
      return withMark(state, ({ rows, mark }) => {
        const field = rows[action.row]?.field;
        return field === undefined
          ? mark
          : { at: field.start, start: field.start, end: field.end, row: action.row };
      });
  }
}

/** A filter that can't be one shows nothing: the packets of the last good one stay. */
export function isUsable({ topicFilter }: PacketsFilter): boolean {
  return topicFilterProblem(topicFilter) === undefined;
}

/** It leaves out some packets. */
export function isFiltered({ kinds, topicFilter, client, errorsOnly }: PacketsFilter): boolean {
  return kinds.length > 0 || topicFilter !== '' || client !== '' || errorsOnly;
}

/** The packet to ask for now. Undefined for none. */
export function packetToRequest(state: PageState): TracedId | undefined {
  const { list, opened, awaitedId, goneId } = state;
  if (list.isLost || awaitedId !== undefined) return undefined;
  const id = wantedId(state);
  return id === opened?.detail.id || id === goneId ? undefined : id;
}

/** The engine no longer holds the packet that is selected. */
export function isGone(state: PageState): boolean {
  return state.goneId !== undefined && wantedId(state) === state.goneId;
}

/** The filter leaves the packet that is opened out of the list. */
export function isLeftOut({ filter, list, opened, stepId }: PageState): boolean {
  const isKnown = list.goal === undefined && list.selected?.row !== undefined;
  return stepId !== undefined && stepId === opened?.detail.id && isKnown && isFiltered(filter ?? everyPacket);
}

function wantedId({ list, stepId }: PageState): TracedId | undefined {
  return stepId ?? list.selected?.row?.id;
}

function goneToStep(state: PageState, stepId: TracedId): PageState {
  const list = reduceList(state.list, { kind: 'wentTo', goal: { id: stepId } });
  return withList({ ...state, stepId }, list);
}

/** What a person does in the list is about the list. */
function leavesStep({ kind }: ListAction): boolean {
  return kind === 'selected' || kind === 'selectionMoved' || kind === 'followed' || kind === 'wentTo';
}

function received(state: PageState, message: ExtensionToPacketsPage): PageState {
  switch (message.kind) {
    case 'filter':
      return { ...state, filter: message.filter };
    case 'view':
      return viewReceived(state, message.view);
    case 'viewLost':
      // The next engine counts its packets from 1 again.
      return {
        ...{ ...state, list: viewLost(state.list) },
        ...{ stepId: undefined, conversation: undefined, awaitedId: undefined, goneId: undefined },
      };
    case 'rows': {
      const { view } = state.list;
      const isOurs = message.viewId === view?.viewId && message.generation === view.generation;
      // An answer of a view that was closed meanwhile, or of packets that were forgotten.
      if (!isOurs) return { ...state, list: { ...state.list, isAwaitingRows: false } };
      return withList(state, rowsReceived(state.list, message.asked, message.rows));
    }
    case 'place':
      return withList(state, placeReceived(state.list, message.request, message.place));
    case 'packet':
      return message.packet.id === state.awaitedId ? packetReceived(state, message.packet) : state;
    case 'packetGone':
      return message.id === state.awaitedId ? { ...state, awaitedId: undefined, goneId: message.id } : state;
    case 'steps':
      return stepsReceived(state, message.id, message.steps);
    case 'topics':
      return { ...state, topics: { text: message.text, values: message.topics } };
    case 'clients':
      return { ...state, clients: { text: message.text, values: message.clientIds } };
    case 'trace':
      return { ...state, trace: message.state };
    case 'brokerState':
      return { ...state, broker: message.broker };
    case 'faults':
      return { ...state, faults: message.count };
  }
}

/** With another filter, the list may have the step that was gone to. */
function viewReceived(state: PageState, view: PacketsView): PageState {
  const { list, stepId } = state;
  const viewed = withList({ ...state, trace: view.trace }, viewChanged(list, view));
  const isOther = list.view !== undefined && list.view.viewId !== view.viewId;
  return isOther && stepId !== undefined ? goneToStep(viewed, stepId) : viewed;
}

function packetReceived(state: PageState, detail: PacketDetail): PageState {
  const answered = { ...state, awaitedId: undefined };
  // At a flood another is selected by the time that one comes: showing a late one beats showing none.
  const isWanted = state.list.selected !== undefined && wantedId(state) !== state.opened?.detail.id;
  return isWanted ? opened(answered, detail) : answered;
}

/** What is marked stays. */
function stepsReceived(state: PageState, id: TracedId, { exchange, conversation }: PacketSteps): PageState {
  const { opened } = state;
  if (opened?.detail.id !== id) return state;
  return { ...state, conversation, opened: { ...opened, detail: { ...opened.detail, exchange } } };
}

/** What is wrong with it is marked at once, else its first field. */
function opened(state: PageState, detail: PacketDetail): PageState {
  const rows = fieldRowsOf(detail.fields);
  const at = Math.min(detail.fault?.offset ?? 0, Math.max(0, detail.content.length - 1));
  const unmarked = { detail, rows, mark: { at, start: at, end: at + 1, row: -1 } };
  return { ...state, opened: { ...unmarked, mark: markOfByte(unmarked, at, detail.fault?.mask) } };
}

function withMark(state: PageState, markOf: (opened: OpenedPacket) => Mark): PageState {
  return state.opened === undefined
    ? state
    : { ...state, opened: { ...state.opened, mark: markOf(state.opened) } };
}

/** With the bytes of the smallest field that it is in. */
function markOfByte({ detail, rows }: OpenedPacket, wanted: number, mask?: number): Mark {
  const at = Math.min(Math.max(wanted, 0), Math.max(0, detail.content.length - 1));
  const row = rowOfByte(rows, at, mask);
  const field = rows[row]?.field;
  return field === undefined
    ? { at, start: at, end: at + 1, row }
    : { at, start: field.start, end: field.end, row };
}

/** That the list was paused outlives the page. */
function withList(state: PageState, list: PacketListState): PageState {
  if (list === state.list) return state;
  const isPaused = list.flow === 'paused';
  const choices = isPaused === state.choices.paused ? state.choices : { ...state.choices, paused: isPaused };
  const isReached = list.selected === undefined || list.selected.row?.id === state.stepId;
  return {
    ...{ ...state, list, choices },
    // Until another has come, what was shown before stays.
    ...(list.selected === undefined && { opened: undefined }),
    ...(isReached && { stepId: undefined }),
  };
}
