/**
 * The Topics view: the topic tree of the local broker, and those of other connections, each below a row of its own.
 *
 * Owns when the tree is told of a change and which branches the engine watches for it: those that are open in a
 * visible view that is not paused, and none otherwise. A refresh names rows, never the whole tree, unless the top level
 * itself changed, or a person asked for another tree: another order, a filter, other branches open.
 */
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { TopicOrder, TopicsChange } from '../../contracts/topics.ts';
import type { InBackground } from '../background.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { Memory } from '../memory.ts';
import type { Recordings } from '../recording/recordings.ts';
import { topicsDescription, topicsMessage } from '../words/topicsViewWords.ts';
import { connectionTooltip, profileIcon } from './connectionRows.ts';
import { DirtyRows } from './dirtyRows.ts';
import { expandTopics } from './expandTopics.ts';
import { PauseCount } from './pauseCount.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';
import { StaleBranches } from './staleBranches.ts';
import { ROOT_ID } from './topicBranches.ts';
import { lookOf, moreItem, pinItem, recordingTooltip, topicItem, topicTooltip } from './topicItems.ts';
import { dimWhenQuiet, type PinRow, type TopicNodeRow, type TopicRow, type Touched } from './topicRows.ts';
import { TopicTree } from './topicTree.ts';

/** As the engine tells of changes: each event is passed on as it comes. VS Code itself waits 200 ms more. */
const REFRESH_INTERVAL_MS = 250;
/**
 * Each costs the extension host 0.04 ms at a stretch, and the window's thread most of half a millisecond; a page of a
 * branch, and the rows above it, are two turns.
 */
const MAX_ROWS_PER_REFRESH = 110;
/**
 * Between two refreshes of a branch that is open, for its own numbers. VS Code forgets the rows below a row that it draws
 * anew until it has asked for them again: a command of such a row, in that moment, is not told which row it is of.
 */
const OPEN_BRANCH_INTERVAL_MS = 2_000;
/** A refresh of the whole tree asks for every open branch again: the more rows, the rarer. */
const ROOT_REFRESH_MS_PER_ROW = 1;
const ORDER_INTERVAL_MS = 2_000;
const MAX_ORDERED_BRANCHES = 10;
const MIN_QUIET_INTERVAL_MS = 1_000;
const MAX_QUIET_INTERVAL_MS = 10_000;

/** Stands among dirty rows for the top level. */
const topLevel = Symbol('top level');

export interface TopicsViewOptions {
  engine: EngineClient;
  clock: Clock;
  memory: Memory;
  recordings: Recordings;
  connections: Connections;
  /** After what time without a message a topic is dimmed; 0: never. */
  dimAfterMs: () => number;
  inBackground: InBackground;
}

export class TopicsView implements TreeDataProvider<TopicRow>, Disposable {
  readonly #options: TopicsViewOptions;
  readonly #tree: TopicTree;
  readonly #changed = new EventEmitter<TopicRow[] | undefined>();
  readonly #didChangeState = new Emitter<void>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<TopicRow>;
  readonly #dirty: DirtyRows<TopicRow | typeof topLevel>;
  /** Of the dirty rows, those whose children have changed. */
  readonly #dirtyBranches = new Set<TopicRow>();
  /** What VS Code shows of a row, and since when. A refresh that changes nothing would still take a tooltip away. */
  readonly #shown = new WeakMap<TopicRow, { look: string; atMs: number }>();
  readonly #stale: StaleBranches;
  /** VS Code keeps a selection of its own, also of rows that are gone. */
  #selected: TopicRow | undefined;
  #pause: PauseCount | undefined;
  /** Messages, by connection, as its counter said last. */
  readonly #received = new Map<ConnectionId, number>();
  #brokerIcons = '[]';
  /** What the engine was told to watch. */
  #watched = '';
  #rootRefreshedAtMs = Number.NEGATIVE_INFINITY;
  #quietTimer: Disposable | undefined;

  readonly onDidChangeTreeData = this.#changed.event;
  /** Paused, filtered, or what matches the filter. */
  readonly onDidChangeState = this.#didChangeState.event;

  constructor(options: TopicsViewOptions) {
    const { engine, clock, memory, connections, inBackground } = options;
    this.#options = options;
    this.#tree = new TopicTree({ engine, order: memory.topicOrder, pinnedTopics: memory.pinnedTopics });
    this.#dirty = this.#store.add(
      new DirtyRows({
        clock,
        intervalMs: REFRESH_INTERVAL_MS,
        maxRows: MAX_ROWS_PER_REFRESH,
        refresh: (rows) => this.#refresh(rows),
      }),
    );
    this.#stale = this.#store.add(
      new StaleBranches({
        clock,
        intervalMs: ORDER_INTERVAL_MS,
        maxBranches: MAX_ORDERED_BRANCHES,
        lookAt: (ids) => inBackground(this.#orderAnew(ids)),
      }),
    );
    this.#view = this.#store.add(
      window.createTreeView(viewIds.topics, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#store.add(
      registerRowCommand(viewIds.topics, { view: this.#view, clock, itemOf: (row) => this.#itemOf(row) }),
    );
    if (!this.#view.visible) this.#dirty.pause();
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(this.#view.onDidExpandElement(({ element }) => this.#expanded(element)));
    this.#store.add(this.#view.onDidCollapseElement(({ element }) => this.#collapsed(element)));
    this.#store.add(
      this.#view.onDidChangeSelection(({ selection: [row] }) => {
        this.#selected = row;
      }),
    );
    this.#store.add(engine.on('topicsChanged', (change) => this.#apply(change)));
    // Those that are open are rows of the top level, which is asked for anew.
    const topLevelChanged = { changed: [], childrenChanged: [ROOT_ID] };
    this.#store.add(
      engine.on('recordingsChanged', () => this.#touch(this.#tree.branches.apply(topLevelChanged))),
    );
    this.#store.add(connections.onDidChange(() => this.#followBrokers()));
    this.#store.add(
      engine.on('counters', ({ messagesReceived }) => this.#counted(LOCAL_BROKER, messagesReceived)),
    );
    this.#store.add(engine.onStarted(() => this.#engineStarted()));
    this.#store.add(engine.onDied(() => this.#startOver()));
    this.#store.add(toDisposable(() => this.#quietTimer?.dispose()));
    this.#awaitQuiet();
    this.#showState();
  }

  dispose(): void {
    this.#store.dispose();
  }

  // ── What VS Code asks ──

  getTreeItem(row: TopicRow): TreeItem {
    if (row.kind !== 'more') {
      dimWhenQuiet(row, this.#options.clock.nowMs(), this.#options.dimAfterMs());
      this.#shown.set(row, { look: lookOf(row), atMs: this.#options.clock.monotonicMs() });
    }
    return withRowCommand(this.#itemOf(row), viewIds.topics);
  }

  #itemOf(row: TopicRow): TreeItem {
    if (row.kind === 'more') return moreItem(row);
    if (row.kind === 'pin') return pinItem(row, this.isPaused);
    const isOpen = this.#tree.branches.isOpen(row.node.id);
    const { isConnection, connectionKind, connection } = row.node;
    const isBroker = isConnection && connectionKind === 'remoteBroker';
    return topicItem(row, {
      ...{ treeId: this.#tree.id, isOpen, isPaused: this.isPaused },
      ...(isBroker && { brokerIcon: profileIcon(this.#options.connections.with(connection)?.profile) }),
    });
  }

  async getChildren(parent?: TopicRow): Promise<TopicRow[]> {
    const parentId = parent?.kind === 'node' ? parent.node.id : ROOT_ID;
    // Asked after the watch was set: whatever changes from here on is told.
    if (this.#tree.branches.open(parentId)) this.#watch();
    if (parentId !== ROOT_ID) return [...(await this.#tree.childrenOf(parentId))];
    const [children] = await Promise.all([
      this.#tree.childrenOf(ROOT_ID),
      this.isPaused ? undefined : this.#tree.askForPins(),
    ]);
    return [...this.#tree.pinRows, ...children];
  }

  getParent(row: TopicRow): TopicRow | undefined {
    return this.#tree.parentOf(row);
  }

  /** The tooltip is built for the one row that the mouse rests on. */
  resolveTreeItem(item: TreeItem, row: TopicRow): TreeItem {
    if (row.kind === 'more') return item;
    const recording = this.#options.recordings.open.find(({ rootId }) => rootId === row.node?.id);
    const broker = row.node?.isConnection && this.#options.connections.with(row.node.connection);
    if (broker) item.tooltip = connectionTooltip(broker);
    else item.tooltip = recording === undefined ? topicTooltip(row) : recordingTooltip(recording);
    return item;
  }

  // ── What commands ask ──

  /** Undefined where none is, or one that is out of sight: what a person does not see, a key must not act on. */
  get selected(): TopicRow | undefined {
    const row = this.#selected;
    return row?.kind !== 'node' || this.#tree.branches.isInSight(row) ? row : undefined;
  }

  get order(): TopicOrder {
    return this.#tree.order;
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Undefined without one. */
  get filter(): { readonly text: string; readonly matches: number } | undefined {
    return this.#tree.filter;
  }

  get pinnedTopics(): readonly string[] {
    return this.#tree.pins.topics;
  }

  /** @param argument the row that was clicked. */
  showMore(argument: unknown): void {
    const row = argument as Partial<TopicRow> | undefined; // looked at before it is used
    if (row?.kind !== 'more' || row.parentId === undefined || row.side === undefined) return;
    this.#touch(this.#tree.branches.showMore({ parentId: row.parentId, side: row.side }));
  }

  async setOrder(order: TopicOrder): Promise<void> {
    this.#tree.setOrder(order);
    this.#showAnew();
    await this.#options.memory.rememberTopicOrder(order);
  }

  /** Shows what contains the text, and all of it when that is empty. Settles when it is known what that is. */
  async setFilter(text: string): Promise<void> {
    if (await this.#tree.setFilter(text)) this.#showAnew();
  }

  /** From here on the tree stands still, and what comes is counted. */
  pause(): void {
    if (this.#pause !== undefined) return;
    this.#pause = new PauseCount(this.#received);
    this.#showAnew();
    this.#options.inBackground(this.#countFromNow(this.#pause));
  }

  resume(): void {
    this.#pause = undefined;
    this.#tree.branches.forgetChildren();
    this.#showAnew();
  }

  /** False for a topic that is pinned already. */
  async pin(topic: string): Promise<boolean> {
    if (!this.#tree.pins.pin(topic)) return false;
    await this.#pinsChanged();
    return true;
  }

  /** False for a topic that is not pinned. */
  async unpin(topic: string): Promise<boolean> {
    if (!this.#tree.pins.unpin(topic)) return false;
    await this.#pinsChanged();
    return true;
  }

  /**
   * Opens what is above the topic, and selects it. A filter that hides it goes.
   *
   * @returns false for a topic of which nothing was heard.
   */
  async reveal(topic: string): Promise<boolean> {
    let found = await this.#tree.find(topic);
    if (found === undefined && this.filter !== undefined) {
      await this.setFilter('');
      found = await this.#tree.find(topic);
    }
    if (found === undefined) return false;
    if (found.isMoved) this.#refreshAll();
    await this.#view.reveal(found.row, { select: true, focus: true, expand: false });
    return true;
  }

  /**
   * @param branchId undefined for the whole tree.
   * @param depth levels below that are in sight in the end.
   * @returns how many branches were left closed, because there would have been too many rows.
   */
  async expandTo(branchId: number | undefined, depth: number): Promise<number> {
    const id = branchId ?? ROOT_ID;
    const { branches } = this.#tree;
    const watch = (): void => this.#watch();
    const childrenOf = (parentId: number): Promise<readonly TopicRow[]> => this.#tree.childrenOf(parentId);
    const leftClosed = await expandTopics(branches, id, depth, watch, childrenOf);
    if (branches === this.#tree.branches) this.#renew(id);
    return leftClosed;
  }

  /** As `expandTo`: what is deeper is closed. */
  collapseTo(branchId: number | undefined, depth: number): void {
    const id = branchId ?? ROOT_ID;
    this.#tree.branches.collapse(id, depth);
    this.#renew(id);
  }

  /** @returns how many topics were forgotten. */
  async remove(id: number): Promise<number> {
    const removed = (await this.#options.engine.callIfRunning('removeTopic', { id })) ?? 0;
    // Who paused the view still wants to see this go.
    this.#tree.branches.forgetChildren();
    this.#refreshAll();
    return removed;
  }

  /** The setting for quiet topics has changed. */
  dimAnew(): void {
    this.#awaitQuiet();
    this.#refreshAll();
  }

  // ── What happens ──

  #apply(change: TopicsChange): void {
    if (this.isPaused) return;
    const { branches, pins, order } = this.#tree;
    const pinRows = pins.apply(change.changed);
    if (this.filter === undefined) this.#touchRows(pinRows);
    if (this.#tree.setMatches(change.matches)) this.#showState();
    if (order === 'name') {
      this.#touch(branches.apply(change));
      return;
    }
    // Where nothing is shown yet, nothing can change its place.
    const [shown, empty] = partition(change.childrenChanged, (id) => branches.heldChildren(id)?.length);
    this.#touch(branches.apply({ changed: change.changed, childrenChanged: empty }));
    for (const id of shown) this.#stale.add(id);
    for (const { parentId } of change.changed) this.#stale.add(parentId);
  }

  /** What a row of another broker looks like is in its profile. */
  #followBrokers(): void {
    const { connections } = this.#options;
    for (const { connection, messageCount } of connections.brokers) this.#counted(connection, messageCount);
    const icons = JSON.stringify(
      connections.brokers.map(({ connection }) => [
        connection,
        profileIcon(connections.with(connection)?.profile),
      ]),
    );
    if (icons === this.#brokerIcons) return;
    this.#brokerIcons = icons;
    this.#refreshAll();
  }

  /** What was counted last is up to half a second old: some of it the tree shows already. */
  async #countFromNow(pause: PauseCount): Promise<void> {
    const counts = await this.#options.engine.callIfRunning('messageCounts', {});
    if (counts === undefined || pause !== this.#pause) return;
    pause.startFrom(counts);
    this.#showState();
  }

  #counted(connection: ConnectionId, count: number): void {
    this.#received.set(connection, count);
    if (this.#pause === undefined) return;
    this.#pause.counted(connection, count);
    this.#showState();
  }

  /** A row that changed while it was closed is stale to the tree, which asks for its children by itself. */
  #expanded(row: TopicRow): void {
    if (row.kind !== 'node') return;
    // A refresh of a row whose children are on their way leaves VS Code with rows below it that no longer open.
    this.#dirty.postpone();
    if (this.#tree.branches.open(row.node.id)) this.#watch();
  }

  #collapsed(row: TopicRow): void {
    if (row.kind !== 'node') return;
    this.#tree.branches.close(row.node.id);
    this.#watch();
  }

  #setVisible(visible: boolean): void {
    if (visible) this.#dirty.resume();
    else this.#dirty.pause();
    if (!this.isPaused) this.#tree.branches.forgetChildren();
    this.#stale.clear();
    this.#watch();
    this.#awaitQuiet();
    if (visible) this.#refreshAll();
  }

  #engineStarted(): void {
    this.#watch();
    const { filter } = this.#tree;
    if (filter !== undefined) this.#options.inBackground(this.setFilter(filter.text));
  }

  #startOver(): void {
    this.#tree.startOver();
    this.#watched = '';
    this.#pause = undefined;
    this.#received.clear();
    this.#showAnew();
  }

  async #orderAnew(branchIds: readonly number[]): Promise<void> {
    for (const id of branchIds) {
      if (this.isPaused || !this.#view.visible || !this.#tree.branches.watched.includes(id)) continue;
      const changed = await this.#tree.orderAnew(id);
      if (changed === undefined) continue;
      const branches = changed === 'topLevel' ? [] : [changed];
      this.#touch({ root: changed === 'topLevel', branches, rows: [] });
    }
  }

  async #pinsChanged(): Promise<void> {
    this.#watch();
    this.#refreshAll();
    await this.#options.memory.rememberPinnedTopics(this.#tree.pins.topics);
  }

  /** While somebody looks: which rows have become quiet. */
  #awaitQuiet(): void {
    const { clock, dimAfterMs } = this.#options;
    this.#quietTimer?.dispose();
    const afterMs = dimAfterMs();
    if (afterMs === 0 || !this.#view.visible) return;
    const intervalMs = Math.min(Math.max(afterMs / 4, MIN_QUIET_INTERVAL_MS), MAX_QUIET_INTERVAL_MS);
    this.#quietTimer = clock.setTimeout(() => {
      this.#awaitQuiet();
      if (this.isPaused) return;
      const { branches, pins } = this.#tree;
      const nowMs = clock.nowMs();
      this.#touchRows(branches.dimQuiet(nowMs, afterMs));
      const pinRows = pins.dimQuiet(nowMs, afterMs);
      if (this.filter === undefined) this.#touchRows(pinRows);
    }, intervalMs);
  }

  // ── What is told ──

  #watch(): void {
    const { engine, inBackground } = this.#options;
    const isWatching = this.#view.visible && !this.isPaused;
    const branches = isWatching ? this.#tree.branches.watched : [];
    const topics = isWatching ? this.#tree.pinRows.map(({ topic }) => topic) : [];
    const watched = JSON.stringify([branches, topics]);
    if (watched === this.#watched || !engine.isRunning) return;
    this.#watched = watched;
    inBackground(engine.callIfRunning('watchTopics', { branches, topics }));
  }

  #showState(): void {
    const { order, filter } = this.#tree;
    const state = { order, filter, waiting: this.#pause?.waiting };
    const description = topicsDescription(state);
    if (this.#view.description !== description) this.#view.description = description;
    const message = topicsMessage(state);
    if (this.#view.message !== message) this.#view.message = message;
    this.#didChangeState.fire();
  }

  /** The person asked for another tree, or another state of it. */
  #showAnew(): void {
    this.#stale.clear();
    this.#selected = undefined;
    this.#watch();
    this.#showState();
    this.#refreshAll();
  }

  /** The tree takes anew which branches are open. */
  #renew(branchId: number): void {
    const { root, branches } = this.#tree.branches.renew(branchId);
    this.#selected = undefined;
    this.#watch();
    if (root) this.#refreshAll();
    else this.#changed.fire([...branches]);
  }

  #touch({ root, branches, rows }: Touched): void {
    if (root) this.#dirty.add(topLevel);
    for (const row of branches) {
      this.#dirtyBranches.add(row);
      this.#dirty.add(row);
    }
    this.#touchRows(rows);
  }

  #touchRows(rows: readonly (TopicNodeRow | PinRow)[]): void {
    for (const row of rows) this.#dirty.add(row);
  }

  #refresh(dirty: readonly (TopicRow | typeof topLevel)[]): void {
    const rows = dirty.filter((row) => row !== topLevel);
    if (rows.length < dirty.length) {
      const dueAtMs = this.#rootRefreshedAtMs + this.#tree.branches.size * ROOT_REFRESH_MS_PER_ROW;
      if (this.#options.clock.monotonicMs() >= dueAtMs) {
        this.#refreshAll();
        return;
      }
      this.#dirty.add(topLevel);
    }
    const due = rows.filter((row) => this.#dirtyBranches.delete(row) || this.#isDue(row));
    if (due.length > 0) this.#changed.fire(due);
  }

  /** It looks different, and is no open branch that was drawn a moment ago: that one's turn comes. */
  #isDue(row: TopicRow): boolean {
    const shown = this.#shown.get(row);
    if (row.kind === 'more' || shown === undefined) return true;
    if (shown.look === lookOf(row)) return false;
    if (row.kind === 'pin' || !this.#tree.branches.isOpen(row.node.id)) return true;
    const isDue = this.#options.clock.monotonicMs() >= shown.atMs + OPEN_BRANCH_INTERVAL_MS;
    if (!isDue) this.#dirty.add(row);
    return isDue;
  }

  #refreshAll(): void {
    this.#dirty.clear();
    this.#dirtyBranches.clear();
    this.#rootRefreshedAtMs = this.#options.clock.monotonicMs();
    this.#changed.fire(undefined);
  }
}

function partition(ids: readonly number[], isFirst: (id: number) => unknown): [number[], number[]] {
  return [ids.filter((id) => isFirst(id)), ids.filter((id) => !isFirst(id))];
}
