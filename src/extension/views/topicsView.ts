/**
 * The Topics view: the topic tree of the local broker.
 *
 * Owns when the tree is told of a change and which branches the engine watches for it: those that are open in a
 * visible view, and none otherwise. A refresh names rows, never the whole tree, unless the top level itself changed.
 */
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { TopicChildren, TopicNode } from '../../contracts/topics.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import { DirtyRows } from './dirtyRows.ts';
import { ROOT_ID, TopicBranches, type TopicRow, type Touched } from './topicBranches.ts';
import { moreItem, topicItem, topicTooltip } from './topicItems.ts';

const REFRESH_INTERVAL_MS = 300;
/** A thousand at once stall the extension host for 50 ms, these for less than 10. */
const MAX_ROWS_PER_REFRESH = 200;
/** A refresh of the whole tree asks for every open branch again: the more rows, the rarer. */
const ROOT_REFRESH_MS_PER_ROW = 1;

/** Stands among dirty rows for the top level. */
const topLevel = Symbol('top level');

export interface TopicsViewOptions {
  engine: EngineClient;
  clock: Clock;
  inBackground: InBackground;
}

export class TopicsView implements TreeDataProvider<TopicRow>, Disposable {
  readonly #options: TopicsViewOptions;
  readonly #branches = new TopicBranches();
  readonly #changed = new EventEmitter<TopicRow[] | undefined>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<TopicRow>;
  readonly #dirty: DirtyRows<TopicRow | typeof topLevel>;
  /** Counts the engines: the ids of nodes start again with each. */
  #epoch = 0;
  #watched: readonly number[] = [];
  #rootRefreshedAtMs = Number.NEGATIVE_INFINITY;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: TopicsViewOptions) {
    const { engine, clock } = options;
    this.#options = options;
    this.#dirty = this.#store.add(
      new DirtyRows({
        clock,
        intervalMs: REFRESH_INTERVAL_MS,
        maxRows: MAX_ROWS_PER_REFRESH,
        refresh: (rows) => this.#refresh(rows),
      }),
    );
    this.#view = this.#store.add(
      window.createTreeView(viewIds.topics, { treeDataProvider: this, showCollapseAll: true }),
    );
    if (!this.#view.visible) this.#dirty.pause();
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(this.#view.onDidExpandElement(({ element }) => this.#expand(element)));
    this.#store.add(this.#view.onDidCollapseElement(({ element }) => this.#collapse(element)));
    this.#store.add(engine.on('topicsChanged', (change) => this.#touch(this.#branches.apply(change))));
    this.#store.add(engine.onStarted(() => this.#watch()));
    this.#store.add(engine.onDied(() => this.#startOver()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  getTreeItem(row: TopicRow): TreeItem {
    if (row.kind === 'more') return moreItem(row);
    return topicItem(row, this.#epoch, this.#branches.isOpen(row.node.id));
  }

  async getChildren(parent?: TopicRow): Promise<TopicRow[]> {
    const parentId = idOf(parent);
    if (this.#branches.open(parentId)) this.#watch();
    const held = this.#branches.heldChildren(parentId);
    if (held) return [...held];
    const epoch = this.#epoch;
    const children = await this.#askForChildren(parentId);
    if (children === undefined || epoch !== this.#epoch) return [];
    return [...this.#branches.setChildren(children)];
  }

  /** The tooltip is built for the one row that the mouse rests on. */
  resolveTreeItem(item: TreeItem, row: TopicRow): TreeItem {
    if (row.kind === 'node') item.tooltip = topicTooltip(row);
    return item;
  }

  /** @param argument the row that was clicked. */
  showMore(argument: unknown): void {
    const row = argument as Partial<TopicRow> | undefined; // looked at before it is used
    if (row?.kind === 'more' && row.parentId !== undefined)
      this.#touch(this.#branches.showMore(row.parentId));
  }

  /** Asked after the watch was set: whatever changes from here on is told. Long topics come in several answers. */
  async #askForChildren(parentId: number): Promise<TopicChildren | undefined> {
    const { engine } = this.#options;
    const wanted = this.#branches.limitOf(parentId);
    const nodes: TopicNode[] = [];
    for (;;) {
      const params = { parentId, offset: nodes.length, limit: wanted - nodes.length };
      const answer = await engine.callIfRunning('topicChildren', params);
      if (answer === undefined) return undefined;
      nodes.push(...answer.nodes);
      const isDone = answer.nodes.length === 0 || nodes.length >= Math.min(wanted, answer.total);
      if (isDone) return { parentId, nodes, total: answer.total };
    }
  }

  /** A row that changed while it was closed is stale to the tree, which asks for its children by itself. */
  #expand(row: TopicRow): void {
    if (row.kind !== 'node') return;
    // A refresh of a row whose children are on their way leaves VS Code with rows below it that no longer open.
    this.#dirty.postpone();
    if (this.#branches.open(row.node.id)) this.#watch();
  }

  #collapse(row: TopicRow): void {
    if (row.kind !== 'node') return;
    this.#branches.close(row.node.id);
    this.#watch();
  }

  #setVisible(visible: boolean): void {
    if (visible) this.#dirty.resume();
    else this.#dirty.pause();
    this.#branches.forgetChildren();
    this.#watch();
    if (visible) this.#refreshAll();
  }

  /** Of an engine that ended, nothing is known any more. */
  #startOver(): void {
    this.#epoch++;
    this.#watched = [];
    this.#branches.reset();
    this.#refreshAll();
  }

  #watch(): void {
    const { engine, inBackground } = this.#options;
    const branches = this.#view.visible ? this.#branches.watched : [];
    const isSame =
      branches.length === this.#watched.length && branches.every((id, i) => id === this.#watched[i]);
    if (isSame || !engine.isRunning) return;
    this.#watched = branches;
    inBackground(engine.callIfRunning('watchTopics', { branches }));
  }

  #touch({ root, rows }: Touched): void {
    if (root) this.#dirty.add(topLevel);
    for (const row of rows) this.#dirty.add(row);
  }

  #refresh(dirty: readonly (TopicRow | typeof topLevel)[]): void {
    const rows = dirty.filter((row) => row !== topLevel);
    if (rows.length < dirty.length) {
      const dueAtMs = this.#rootRefreshedAtMs + this.#branches.size * ROOT_REFRESH_MS_PER_ROW;
      if (this.#options.clock.monotonicMs() >= dueAtMs) {
        this.#refreshAll();
        return;
      }
      this.#dirty.add(topLevel);
    }
    if (rows.length > 0) this.#changed.fire(rows);
  }

  #refreshAll(): void {
    this.#dirty.clear();
    this.#rootRefreshedAtMs = this.#options.clock.monotonicMs();
    this.#changed.fire(undefined);
  }
}

function idOf(row: TopicRow | undefined): number {
  return row?.kind === 'node' ? row.node.id : ROOT_ID;
}
