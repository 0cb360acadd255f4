/**
 * The Retained Messages view: what the broker keeps for who subscribes, with size, age and expiry.
 *
 * Reads a page of the broker's list when it is opened, and again when the engine says that it changed, which it says
 * only while the view is visible. Owns filter and order, as the person set them.
 */
import { EventEmitter, l10n, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { RetainedFilter, RetainedOrder, RetainedPage } from '../../contracts/retained.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import { formatBytes, formatCount, formatName } from '../words/formats.ts';
import { retainedItem, retainedTooltip } from './retainedItems.ts';
import { type RetainedRow, RetainedRows, retainedFilterOf } from './retainedRows.ts';
import { RetainedWindow } from './retainedWindow.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';

/** A list of 100,000 costs the engine a tenth of a second. */
const LIST_INTERVAL_MS = 2_000;
/** Ages are told in minutes. */
const AGE_INTERVAL_MS = 60_000;
/** More of them are cheaper to draw as a whole. */
const MAX_ROWS_PER_REFRESH = 200;

export interface RetainedViewOptions {
  engine: EngineClient;
  broker: LocalBroker;
  clock: Clock;
  inBackground: InBackground;
}

export class RetainedView implements TreeDataProvider<RetainedRow>, Disposable {
  readonly #options: RetainedViewOptions;
  readonly #rows = new RetainedRows();
  readonly #changed = new EventEmitter<RetainedRow[] | undefined>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<RetainedRow>;
  #typedFilter = '';
  #order: RetainedOrder = 'topic';
  readonly #window = new RetainedWindow();
  /** The list that is on its way, or the last one; undefined when what is shown is of another time. */
  #listed: Promise<void> | undefined;
  #requests = 0;
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #listTimer: Disposable | undefined;
  #ageTimer: Disposable | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: RetainedViewOptions) {
    const { broker, engine, clock } = options;
    this.#options = options;
    this.#view = this.#store.add(window.createTreeView(viewIds.retained, { treeDataProvider: this }));
    this.#store.add(
      registerRowCommand(viewIds.retained, { view: this.#view, clock, itemOf: (row) => this.#itemOf(row) }),
    );
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(
      broker.onDidChangeState(() => {
        this.#window.reset();
        this.#startOver();
      }),
    );
    this.#store.add(engine.on('retainedChanged', () => this.#listSoon()));
    this.#store.add(engine.onStarted(() => this.#watch()));
    if (this.#view.visible) this.#setVisible(true);
  }

  /** As it was typed: a topic filter, a part of a topic, or nothing. */
  get typedFilter(): string {
    return this.#typedFilter;
  }

  get filter(): RetainedFilter {
    return retainedFilterOf(this.#typedFilter);
  }

  get order(): RetainedOrder {
    return this.#order;
  }

  dispose(): void {
    this.#stopTimers();
    this.#store.dispose();
  }

  getTreeItem(row: RetainedRow): TreeItem {
    return withRowCommand(this.#itemOf(row), viewIds.retained);
  }

  #itemOf(row: RetainedRow): TreeItem {
    return retainedItem(row, this.#options.clock.nowMs());
  }

  async getChildren(parent?: RetainedRow): Promise<RetainedRow[]> {
    if (parent !== undefined) return [];
    this.#listed ??= this.#list();
    await this.#listed;
    return [...this.#rows.all];
  }

  resolveTreeItem(item: TreeItem, row: RetainedRow): TreeItem {
    if (row.kind === 'retained') item.tooltip = retainedTooltip(row, this.#options.clock.nowMs());
    return item;
  }

  /** All are of the top level. Asked for a row that is to be revealed. */
  getParent(): undefined {
    return undefined;
  }

  setFilter(typed: string): void {
    this.#typedFilter = typed;
    this.#window.reset();
    this.#startOver();
  }

  sortBy(order: RetainedOrder): void {
    this.#order = order;
    this.#window.reset();
    this.#startOver();
  }

  /**
   * Shows the next page, or the one before. What was at that end stays in sight: the new rows are beside it.
   *
   * @param argument the row that was clicked.
   */
  async showMore(argument: unknown): Promise<void> {
    const row = argument as Partial<RetainedRow> | undefined; // looked at before it is used
    if (row?.kind !== 'moreRetained') return;
    const shown = this.#rows.all.filter(({ kind }) => kind === 'retained');
    if (row.side === 'before') this.#window.showEarlier();
    else this.#window.showMore(this.#rows.messages);
    const anchor = row.side === 'before' ? shown[0] : shown.at(-1);
    this.#listed = this.#list();
    await this.#listed;
    if (anchor !== undefined && this.#rows.all.includes(anchor))
      await this.#view.reveal(anchor, { select: true, focus: false });
  }

  async #list(): Promise<void> {
    const { clock, engine } = this.#options;
    this.#listedAtMs = clock.monotonicMs();
    const params = { filter: this.filter, order: this.#order, ...this.#window.part };
    const request = ++this.#requests;
    const page = await engine.callIfRunning('listRetained', params);
    // Another one was asked for meanwhile: its answer is the one to show.
    if (request !== this.#requests) return this.#listed;
    this.#take(page ?? { messages: [], before: 0, total: 0, payloadBytes: 0, heldMessages: 0 });
  }

  #take(page: RetainedPage): void {
    const changed = this.#rows.take(page);
    this.#describe(page);
    if (changed === undefined || changed.length > MAX_ROWS_PER_REFRESH) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed);
  }

  #describe({ total, payloadBytes, heldMessages }: RetainedPage): void {
    const typed = formatName(this.#typedFilter, 40);
    const size = formatBytes(payloadBytes);
    this.#view.description =
      this.#typedFilter !== ''
        ? l10n.t('{0} of {1} · {2}', formatCount(total), formatCount(heldMessages), typed)
        : total === 0
          ? ''
          : `${formatCount(total)} · ${size}`;
    const isNothingFound = this.#typedFilter !== '' && total === 0 && heldMessages > 0;
    // Undefined is the way to take the message away, which the types do not know.
    (this.#view as { message?: string | undefined }).message = isNothingFound
      ? l10n.t('No retained message matches {0}.', typed)
      : undefined;
  }

  /** The list changed: it is asked for again, but not too often. */
  #listSoon(): void {
    if (!this.#view.visible || this.#listTimer !== undefined) return;
    const { clock, inBackground } = this.#options;
    const dueInMs = Math.max(0, this.#listedAtMs + LIST_INTERVAL_MS - clock.monotonicMs());
    this.#listTimer = clock.setTimeout(() => {
      this.#listTimer = undefined;
      this.#listed = this.#list();
      inBackground(this.#listed);
    }, dueInMs);
  }

  #setVisible(visible: boolean): void {
    this.#stopTimers();
    this.#watch();
    if (!visible) return;
    this.#startOver();
    this.#awaitAges();
  }

  #awaitAges(): void {
    this.#ageTimer = this.#options.clock.setTimeout(() => {
      this.#changed.fire(undefined);
      this.#awaitAges();
    }, AGE_INTERVAL_MS);
  }

  #stopTimers(): void {
    this.#listTimer?.dispose();
    this.#listTimer = undefined;
    this.#ageTimer?.dispose();
    this.#ageTimer = undefined;
  }

  #watch(): void {
    const { engine, inBackground } = this.#options;
    inBackground(engine.callIfRunning('watchRetained', { isWatched: this.#view.visible }));
  }

  /** The tree asks again, and shows that it waits. */
  #startOver(): void {
    this.#listed = undefined;
    this.#changed.fire(undefined);
  }
}
