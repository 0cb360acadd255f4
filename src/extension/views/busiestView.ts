/**
 * The Busiest Topics view: of which topics most comes, and from whom.
 *
 * Asks the engine once a second while it is visible, and never otherwise. Owns when the tree is told: of rows whose
 * numbers changed, or of all, where the order did.
 */
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { TrafficOrder } from '../../contracts/traffic.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import { formatByteRate, formatRate } from '../words/trafficWords.ts';
import { busiestItem, busyTopicTooltip } from './busiestItems.ts';
import { type BusiestRow, BusiestRows } from './busiestRows.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';

/** As often as the engine works rates out. */
const ASK_INTERVAL_MS = 1_000;
const MAX_ROWS = 20;

export interface BusiestViewOptions {
  engine: EngineClient;
  broker: LocalBroker;
  clock: Clock;
  inBackground: InBackground;
}

export class BusiestView implements TreeDataProvider<BusiestRow>, Disposable {
  readonly #options: BusiestViewOptions;
  readonly #rows = new BusiestRows();
  readonly #changed = new EventEmitter<BusiestRow[] | undefined>();
  readonly #didChangeOrder = new Emitter<TrafficOrder>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<BusiestRow>;
  #order: TrafficOrder = 'messages';
  #timer: Disposable | undefined;
  /** The first answer that the view waits for since it was opened; asked for by the tree, or by the timer. */
  #first: Promise<void> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;
  readonly onDidChangeOrder = this.#didChangeOrder.event;

  constructor(options: BusiestViewOptions) {
    const { broker, engine, clock } = options;
    this.#options = options;
    this.#view = this.#store.add(window.createTreeView(viewIds.busiest, { treeDataProvider: this }));
    this.#store.add(
      registerRowCommand(viewIds.busiest, { view: this.#view, clock, itemOf: (row) => this.#itemOf(row) }),
    );
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(broker.onDidChangeState(() => this.#startOver()));
    this.#store.add(engine.onDied(() => this.#startOver()));
    if (this.#view.visible) this.#setVisible(true);
  }

  get order(): TrafficOrder {
    return this.#order;
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#store.dispose();
  }

  getTreeItem(row: BusiestRow): TreeItem {
    return withRowCommand(this.#itemOf(row), viewIds.busiest);
  }

  #itemOf(row: BusiestRow): TreeItem {
    return busiestItem(row, { total: this.#rows.total, by: this.#order });
  }

  async getChildren(parent?: BusiestRow): Promise<BusiestRow[]> {
    if (parent?.kind === 'busyClients') return [...this.#rows.clients];
    if (parent !== undefined) return [];
    this.#first ??= this.#ask();
    await this.#first;
    return [...this.#rows.top];
  }

  resolveTreeItem(item: TreeItem, row: BusiestRow): TreeItem {
    const context = { total: this.#rows.total, by: this.#order };
    if (row.kind === 'busyTopic') item.tooltip = busyTopicTooltip(row, context);
    return item;
  }

  sortBy(order: TrafficOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    this.#didChangeOrder.fire(order);
    this.#rows.reorder();
    if (this.#view.visible) this.#options.inBackground(this.#ask());
  }

  #setVisible(visible: boolean): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!visible) return;
    this.#startOver();
    this.#schedule();
  }

  #schedule(): void {
    const { clock, inBackground } = this.#options;
    // An answer that came after the view was hidden and shown again meets a timer that runs already.
    this.#timer?.dispose();
    this.#timer = clock.setTimeout(() => inBackground(this.#update()), ASK_INTERVAL_MS);
  }

  async #update(): Promise<void> {
    try {
      await this.#ask();
    } finally {
      if (this.#view.visible) this.#schedule();
    }
  }

  async #ask(): Promise<void> {
    const { clock, engine } = this.#options;
    const by = this.#order;
    const answer = await engine.callIfRunning('busiestTopics', { limit: MAX_ROWS, by });
    // The order was changed meanwhile: another answer is on its way.
    if (by !== this.#order) return;
    const hadRows = this.#rows.top.length > 0;
    if (answer === undefined) this.#rows.clear();
    const changed = answer && this.#rows.take(answer, clock.monotonicMs());
    this.#describe();
    if (changed === undefined) {
      if (hadRows || this.#rows.top.length > 0) this.#changed.fire(undefined);
    } else if (changed.length > 0) this.#changed.fire([...changed]);
  }

  #describe(): void {
    const { total, activeTopics } = this.#rows;
    this.#view.description =
      activeTopics === 0
        ? ''
        : `${formatRate(total.messagesPerSecond)} · ${formatByteRate(total.bytesPerSecond)}`;
  }

  /** What is shown is of another time. */
  #startOver(): void {
    this.#rows.clear();
    this.#first = undefined;
    this.#describe();
    this.#changed.fire(undefined);
  }
}
