/**
 * The packet trace: switched on and off, and what may be asked about what it holds.
 *
 * While it is off the broker's observers are those that there are anyway, without a method for packets: nothing is paid.
 * What was kept stays until it is cleared, or the trace goes on.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type {
  ExportTraceResult,
  OpenCaptureResult,
  PacketDetail,
  PacketQuery as PacketQueryInfo,
  PacketRows,
  PacketSteps,
  PacketsView,
  TraceMethods,
  TraceState,
} from '../contracts/trace.ts';
import type { PacketQuery } from '../model/packetQuery.ts';
import { PacketTrace } from '../model/packetTrace.ts';
import { PacketView } from '../model/packetView.ts';
import { packetTypeOfKind } from '../mqtt/packetTypes.ts';
import { type KnownClient, TraceObserver } from '../observation/traceObserver.ts';
import { ChangePump } from './changePump.ts';
import { ConversationSearch } from './conversationSearch.ts';
import { exportProgress } from './exportProgress.ts';
import { FollowedPacket } from './followedPacket.ts';
import type { Emit } from './modelEvents.ts';
import { diagramOf } from './packetConversation.ts';
import { packetDetailOf, packetRowsOf, packetsViewOf, traceStateOf } from './packetSnapshots.ts';
import type { Handlers } from './rpcServer.ts';
import { exportTrace, importCapture } from './traceFiles.ts';

const MAX_ROWS = 500;
/** The fastest that the contract allows. */
const CHANGED_INTERVAL_MS = 100;
/** How long views may look for what is theirs, before others have a turn. */
const SEARCH_SLICE_MS = 8;
/** What is followed is looked for among what came, a slice each time. */
const STEPS_INTERVAL_MS = 500;
/** Until the trace is first started: nothing is kept before. */
const NO_BUDGET = 0;

export interface TraceServiceOptions {
  clock: Clock;
  emit: Emit;
  /** Who is connected to the local broker now. */
  clients(): Iterable<KnownClient>;
  /** Makes it one of the broker's observers from here on, also of open connections; `undefined` takes it away. */
  observe(observer: BrokerObserver | undefined): void;
}

/** Goes through the packets that are held. */
interface Search {
  /** The packets before this id were looked at. */
  readonly lookedAtTo: number;
  /** Looks on, until the time is up. */
  advance(isTimeUp: () => boolean): void;
}

interface OpenView {
  readonly view: PacketView;
  /** What its owner was told last. */
  told: string;
}

export class TraceService implements Handlers<TraceMethods>, Disposable {
  readonly #options: TraceServiceOptions;
  readonly #trace: PacketTrace;
  readonly #views = new Map<number, OpenView>();
  readonly #changed: ChangePump;
  readonly #stepsChanged: ChangePump;
  #followed: FollowedPacket | undefined;
  #observer: TraceObserver | undefined;
  #searchTimer: Disposable | undefined;
  /** Of the file whose packets are held. */
  #captureName: string | undefined;
  /** Of that file: whoever clears the trace has it for something else. */
  #reading = new AbortController();
  readonly #exports = new Map<number, AbortController>();
  #lastViewId = 0;

  constructor(options: TraceServiceOptions) {
    const { clock } = options;
    this.#options = options;
    this.#trace = new PacketTrace(NO_BUDGET, clock);
    this.#changed = new ChangePump({ clock, intervalMs: CHANGED_INTERVAL_MS, send: () => this.#send() });
    this.#stepsChanged = new ChangePump({
      ...{ clock, intervalMs: STEPS_INTERVAL_MS },
      send: () => this.#sendSteps(),
    });
    this.#trace.onDidAppend(() => {
      if (this.#views.size > 0) this.#changed.touch();
    });
  }

  startTrace({ budgetBytes }: { budgetBytes: number }): void {
    this.#trace.setBudget(budgetBytes);
    // What a broker of now does is not shown among the packets of a file.
    if (this.#captureName !== undefined) this.clearTrace();
    if (this.#observer !== undefined) return;
    const { clients, observe } = this.#options;
    this.#observer = new TraceObserver(this.#trace, clients());
    observe(this.#observer);
    this.#tell();
  }

  stopTrace(): void {
    if (this.#observer === undefined) return;
    this.#options.observe(undefined);
    this.#observer.end();
    this.#observer = undefined;
    this.#tell();
  }

  clearTrace(): void {
    this.#reading.abort();
    this.#trace.clear();
    this.#followed = undefined;
    this.#captureName = undefined;
    this.#tell();
  }

  setTraceBudget({ budgetBytes }: { budgetBytes: number }): void {
    this.#trace.setBudget(budgetBytes);
    this.#tell();
  }

  traceState(): TraceState {
    const state = traceStateOf(this.#trace, this.#observer !== undefined);
    return this.#captureName === undefined ? state : { ...state, captureName: this.#captureName };
  }

  openPackets({ query }: { query: PacketQueryInfo }): PacketsView {
    const view = new PacketView(++this.#lastViewId, queryOf(query), this.#trace);
    this.#views.set(view.id, { view, told: '' });
    this.#changed.touch();
    return packetsViewOf(view, this.traceState());
  }

  closePackets({ viewId }: { viewId: number }): void {
    this.#views.delete(viewId);
    if (this.#views.size === 0) this.#followed = undefined;
  }

  packetRows({ viewId, from, count }: Parameters<TraceMethods['packetRows']>[0]): PacketRows {
    const view = this.#views.get(viewId)?.view;
    if (view === undefined) return { from, rows: [] };
    return packetRowsOf(view, this.#trace, from, Math.min(count, MAX_ROWS));
  }

  packetPlace({ viewId, at }: Parameters<TraceMethods['packetPlace']>[0]): number | undefined {
    const view = this.#views.get(viewId)?.view;
    return 'id' in at ? view?.placeOf(at.id) : view?.placeAt(at.receivedAtMs);
  }

  packet({ id }: { id: number }): PacketDetail | undefined {
    const packet = this.#trace.packet(id);
    return packet && packetDetailOf(this.#trace, packet);
  }

  async followPacket({ id }: { id: number }): Promise<PacketSteps | undefined> {
    const followed = FollowedPacket.of(this.#trace, id);
    this.#followed = followed;
    if (followed === undefined) return undefined;
    await this.#lookThrough(followed, () => this.#followed === followed);
    if (this.#followed !== followed) return undefined;
    followed.takeNews();
    return followed.steps;
  }

  async packetDiagram({ id }: { id: number }): Promise<string | undefined> {
    const packet = this.#trace.packet(id);
    if (packet === undefined) return undefined;
    const search = new ConversationSearch(this.#trace, packet);
    await this.#lookThrough(search, () => this.#trace.packet(id) !== undefined);
    return diagramOf(this.#trace, search);
  }

  async exportTrace({
    exportId,
    query,
    file,
  }: Parameters<TraceMethods['exportTrace']>[0]): Promise<ExportTraceResult> {
    const { clock } = this.#options;
    const cancelling = new AbortController();
    const { signal } = cancelling;
    let share = 0;
    const progress = exportProgress(this.#options, exportId, () => share);
    this.#exports.set(exportId, cancelling);
    try {
      const found = new PacketView(0, queryOf(query), this.#trace);
      await this.#lookThrough(found, () => !signal.aborted);
      if (signal.aborted) return { kind: 'cancelled' };
      const total = found.end - found.first;
      const onProgress = (done: number): void => {
        share = total === 0 ? 1 : done / total;
        progress.touch();
      };
      return await exportTrace(this.#trace, idsOf(found), { clock, file, signal, onProgress });
    } finally {
      progress.dispose();
      this.#exports.delete(exportId);
    }
  }

  cancelExport({ exportId }: { exportId: number }): void {
    this.#exports.get(exportId)?.abort();
  }

  async openCapture({
    file,
    budgetBytes,
  }: Parameters<TraceMethods['openCapture']>[0]): Promise<OpenCaptureResult> {
    this.stopTrace();
    this.#trace.setBudget(budgetBytes);
    this.clearTrace();
    this.#captureName = path.basename(file);
    this.#reading = new AbortController();
    this.#tell();
    const result = await importCapture(this.#trace, file, this.#options.clock, this.#reading.signal);
    if (result.kind === 'calledOff') return result;
    if (result.kind === 'unreadable' && result.packets === 0) this.clearTrace();
    else this.#tell();
    return result;
  }

  dispose(): void {
    this.#reading.abort();
    for (const exported of this.#exports.values()) exported.abort();
    this.#changed.dispose();
    this.#stepsChanged.dispose();
    this.#searchTimer?.dispose();
    this.#views.clear();
  }

  #tell(): void {
    this.#options.emit('traceChanged', this.traceState());
    // Views say, too, whether it is on and how much there is.
    if (this.#views.size > 0) this.#changed.touch();
  }

  #sendSteps(): boolean {
    const followed = this.#followed;
    if (followed === undefined) return false;
    followed.advance(timeSlice(this.#options.clock, SEARCH_SLICE_MS));
    const steps = followed.takeNews();
    if (steps !== undefined) this.#options.emit('packetStepsChanged', { id: followed.id, steps });
    return this.#isBehind(followed);
  }

  #isBehind({ lookedAtTo }: { readonly lookedAtTo: number }): boolean {
    return lookedAtTo < this.#trace.nextId;
  }

  /** In slices, through all that is held now: what comes meanwhile is not waited for, as it may never end. */
  async #lookThrough(search: Search, mayGoOn: () => boolean): Promise<void> {
    const { clock } = this.#options;
    const endId = this.#trace.nextId;
    for (;;) {
      search.advance(timeSlice(clock, SEARCH_SLICE_MS));
      if (search.lookedAtTo >= endId) return;
      await nextTurn(clock);
      if (!mayGoOn()) return;
    }
  }

  #send(): boolean {
    this.#search();
    if (this.#followed !== undefined && this.#isBehind(this.#followed)) this.#stepsChanged.touch();
    const trace = this.traceState();
    for (const open of this.#views.values()) {
      const view = packetsViewOf(open.view, trace);
      const { first, end, generation, progress } = view;
      const state = JSON.stringify([
        first,
        end,
        generation,
        Math.floor(progress * 100),
        trace.isOn,
        trace.budgetBytes,
        trace.captureName,
      ]);
      // What is held in all is news only with other news: else a filter that finds nothing would be told of a flood.
      if (state === open.told) continue;
      open.told = state;
      this.#options.emit('packetsChanged', view);
    }
    return false;
  }

  /** What views have not looked at when their time is up is looked at in the next turn. */
  #search(): void {
    const { clock } = this.#options;
    // Before: what comes from here on is announced.
    this.#trace.awaitAppend();
    const isTimeUp = timeSlice(clock, SEARCH_SLICE_MS);
    let isBehind = false;
    for (const { view } of this.#views.values()) {
      view.advance(isTimeUp);
      isBehind ||= view.isBehind;
    }
    if (!isBehind) return;
    this.#searchTimer ??= clock.setTimeout(() => {
      this.#searchTimer = undefined;
      this.#search();
      this.#changed.touch();
    }, 0);
  }
}

/** Those that were found by now, each time it is gone through. */
function idsOf(view: PacketView): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (let place = view.first; place < view.end; place++) yield view.idAt(place)!; // a place of the view
    },
  };
}

function queryOf({ kinds, topicFilter, client, errorsOnly }: PacketQueryInfo): PacketQuery {
  return {
    ...(kinds !== undefined && { types: kinds.map((kind) => packetTypeOfKind(kind)) }),
    ...{ topicFilter, client, errorsOnly },
  };
}
