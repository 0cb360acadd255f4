/**
 * The Clients view: every client of the local broker, connected or not, with what its session holds and what was seen
 * of it.
 *
 * Asks for a page of the list when it is opened, and again when the engine says that it changed; for the numbers of the
 * clients that are opened, once a second. Nothing is asked while it is hidden. Owns the filter, as the person typed it,
 * and the badge: how many warnings came since the view was looked at.
 */
import { EventEmitter, l10n, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import type { ClientDetail, ClientPage } from '../../contracts/clients.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import { clientFacts, formatClients, formatWarnings } from '../words/clientWords.ts';
import { formatCount, formatName } from '../words/formats.ts';
import { clientsItem, clientsTooltip } from './clientItems.ts';
import { ClientBranch, ClientRows, type ClientsRow } from './clientRows.ts';
import { DirtyRows } from './dirtyRows.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';

/** All of them are drawn anew when the order changes, a few milliseconds of the extension host for each hundred. */
const ROWS_PER_PAGE = 200;
/** Shortest time between two lists. */
const LIST_INTERVAL_MS = 1_000;
/** Numbers of clients that are opened. */
const DETAIL_INTERVAL_MS = 1_000;
const REFRESH_INTERVAL_MS = 250;
/** A row costs the window a few milliseconds. */
const MAX_ROWS_PER_REFRESH = 60;
/** Beyond, the others stand still until some are closed: those opened last are followed. */
const MAX_FOLLOWED_CLIENTS = 10;
const nobody: ClientPage = { clients: [], total: 0, known: 0, connected: 0 };

export interface ClientsViewOptions {
  engine: EngineClient;
  broker: LocalBroker;
  clock: Clock;
  inBackground: InBackground;
}

export class ClientsView implements TreeDataProvider<ClientsRow>, Disposable {
  readonly #options: ClientsViewOptions;
  readonly #rows = new ClientRows();
  /** Of clients that were ever opened, as long as they are listed. */
  readonly #branches = new Map<string, ClientBranch>();
  /** Those that are open now, the one opened last at the end. */
  readonly #open = new Set<string>();
  readonly #changed = new EventEmitter<ClientsRow[] | undefined>();
  readonly #didChangeFilter = new Emitter<string>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<ClientsRow>;
  readonly #dirty: DirtyRows<ClientsRow>;
  #typedFilter = '';
  #pages = 1;
  /** How many clients the filter lets through. */
  #total = 0;
  /** The list that is on its way, or the last one; undefined when what is shown is of another time. */
  #listed: Promise<void> | undefined;
  #requests = 0;
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #listTimer: Disposable | undefined;
  #detailTimer: Disposable | undefined;
  #unseenWarnings = 0;

  readonly onDidChangeTreeData = this.#changed.event;
  /** As it is typed now. */
  readonly onDidChangeFilter = this.#didChangeFilter.event;

  constructor(options: ClientsViewOptions) {
    const { broker, engine, clock } = options;
    this.#options = options;
    this.#dirty = this.#store.add(
      new DirtyRows({
        clock,
        intervalMs: REFRESH_INTERVAL_MS,
        maxRows: MAX_ROWS_PER_REFRESH,
        refresh: (rows) => this.#changed.fire([...rows]),
      }),
    );
    this.#view = this.#store.add(
      window.createTreeView(viewIds.clients, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#store.add(registerRowCommand(viewIds.clients, { view: this.#view, clock, itemOf: clientsItem }));
    if (!this.#view.visible) this.#dirty.pause();
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(this.#view.onDidExpandElement(({ element }) => this.#setOpen(element, true)));
    this.#store.add(this.#view.onDidCollapseElement(({ element }) => this.#setOpen(element, false)));
    this.#store.add(broker.onDidChangeState(() => this.#brokerChanged()));
    this.#store.add(engine.on('clientsChanged', () => this.#listSoon()));
    this.#store.add(
      engine.on('warningsFound', (found) => this.#setUnseen(this.#unseenWarnings + found.length)),
    );
    if (this.#view.visible) this.#setVisible(true);
  }

  /** As it was typed. */
  get typedFilter(): string {
    return this.#typedFilter;
  }

  dispose(): void {
    this.#stopTimers();
    this.#store.dispose();
  }

  getTreeItem(row: ClientsRow): TreeItem {
    return withRowCommand(clientsItem(row), viewIds.clients);
  }

  async getChildren(parent?: ClientsRow): Promise<ClientsRow[]> {
    if (parent === undefined) {
      this.#listed ??= this.#list();
      await this.#listed;
      return [...this.#rows.all];
    }
    if (parent.kind === 'client') return this.#childrenOf(parent.clientId);
    if (parent.kind !== 'clientSubscriptions') return [];
    return [...(this.#branches.get(parent.clientId)?.subscriptions ?? [])];
  }

  /** Rows of several depths: VS Code asks for it where one is revealed. */
  resolveTreeItem(item: TreeItem, row: ClientsRow): TreeItem {
    const tooltip = clientsTooltip(row);
    if (tooltip !== undefined) item.tooltip = tooltip;
    return item;
  }

  /** @returns how many clients match. */
  async setFilter(typed: string): Promise<number> {
    this.#typedFilter = typed;
    this.#didChangeFilter.fire(typed);
    this.#pages = 1;
    this.#listed = this.#list();
    await this.#listed;
    return this.#total;
  }

  showMore(): void {
    this.#pages++;
    this.#startOver();
  }

  // ── The list ────────────────────────────────────────────────────────────────────────────────────────────────

  async #ask(): Promise<ClientPage> {
    const limit = this.#pages * ROWS_PER_PAGE;
    const params = { text: this.#typedFilter, limit };
    return (await this.#options.engine.callIfRunning('listClients', params)) ?? nobody;
  }

  async #list(): Promise<void> {
    this.#listedAtMs = this.#options.clock.monotonicMs();
    const request = ++this.#requests;
    const page = await this.#ask();
    // Another one was asked for meanwhile: its answer is the one to show.
    if (request !== this.#requests) return this.#listed;
    this.#take(page);
  }

  #take(page: ClientPage): void {
    const changed = this.#rows.take(page);
    this.#total = page.total;
    for (const clientId of this.#branches.keys()) {
      if (this.#rows.get(clientId) !== undefined) continue;
      this.#branches.delete(clientId);
      this.#open.delete(clientId);
    }
    this.#describe(page);
    if (changed === undefined) this.#refreshAll();
    else for (const row of changed) this.#dirty.add(row);
  }

  #describe({ total, known, connected }: ClientPage): void {
    const typed = formatName(this.#typedFilter, 40);
    const isFiltered = this.#typedFilter !== '';
    this.#view.description = isFiltered
      ? l10n.t('{0} of {1} · {2}', formatCount(total), formatCount(known), typed)
      : known === 0
        ? ''
        : l10n.t('{0} connected', formatCount(connected));
    const isNothingFound = isFiltered && total === 0 && known > 0;
    // Undefined is the way to take the message away, which the types do not know.
    (this.#view as { message?: string | undefined }).message = isNothingFound
      ? l10n.t('None of {0} has {1} in its id.', formatClients(known), typed)
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
      // What changed may be of one that is open: other subscriptions, a warning.
      inBackground(this.#updateDetails());
    }, dueInMs);
  }

  // ── What is below a client ──────────────────────────────────────────────────────────────────────────────────

  async #childrenOf(clientId: string): Promise<ClientsRow[]> {
    // VS Code asks for what is open alone. It tells of the opening too, but not of a row that was drawn anew meanwhile.
    this.#open.add(clientId);
    let branch = this.#branches.get(clientId);
    if (branch === undefined) {
      branch = new ClientBranch(clientId);
      this.#branches.set(clientId, branch);
    }
    const [detail] = await this.#askForDetails([clientId]);
    if (detail !== undefined) branch.take(detail, clientFacts(detail, this.#options.clock.nowMs()));
    return [...branch.rows];
  }

  async #askForDetails(clientIds: readonly string[]): Promise<readonly ClientDetail[]> {
    if (clientIds.length === 0) return [];
    return (await this.#options.engine.callIfRunning('clientDetails', { clientIds })) ?? [];
  }

  #setOpen(row: ClientsRow, isOpen: boolean): void {
    if (row.kind !== 'client') return;
    this.#open.delete(row.clientId);
    if (!isOpen) return;
    this.#open.add(row.clientId);
    // One that was open before shows what was true then; another is being asked about already.
    const wasOpen = (this.#branches.get(row.clientId)?.rows.length ?? 0) > 0;
    if (wasOpen) this.#options.inBackground(this.#updateDetails());
  }

  async #updateDetails(): Promise<void> {
    if (!this.#view.visible) return;
    const { clock } = this.#options;
    const followed = [...this.#open].slice(-MAX_FOLLOWED_CLIENTS);
    for (const detail of await this.#askForDetails(followed)) {
      const branch = this.#branches.get(detail.clientId);
      const changed = branch?.take(detail, clientFacts(detail, clock.nowMs()));
      const parent = this.#rows.get(detail.clientId);
      if (changed !== undefined) for (const row of changed) this.#dirty.add(row);
      else if (branch !== undefined && parent !== undefined) this.#dirty.add(parent);
    }
  }

  #awaitDetails(): void {
    const { clock, inBackground } = this.#options;
    // An answer that came after the view was hidden and shown again meets a timer that runs already.
    this.#detailTimer?.dispose();
    this.#detailTimer = clock.setTimeout(() => {
      inBackground(
        this.#updateDetails().finally(() => {
          if (this.#view.visible) this.#awaitDetails();
        }),
      );
    }, DETAIL_INTERVAL_MS);
  }

  // ── The view ────────────────────────────────────────────────────────────────────────────────────────────────

  #setVisible(visible: boolean): void {
    this.#stopTimers();
    if (!visible) {
      this.#dirty.pause();
      return;
    }
    this.#dirty.resume();
    this.#setUnseen(0);
    this.#startOver();
    this.#awaitDetails();
  }

  #setUnseen(count: number): void {
    this.#unseenWarnings = this.#view.visible ? 0 : count;
    const value = this.#unseenWarnings;
    // Undefined takes the badge away, which the types know only where they are exact.
    (this.#view as { badge?: TreeView<ClientsRow>['badge'] | undefined }).badge =
      value === 0 ? undefined : { value, tooltip: formatWarnings(value) };
  }

  #brokerChanged(): void {
    // Its clients went with it, and what was seen of them.
    if (this.#options.broker.state.kind !== 'running') {
      this.#setUnseen(0);
      this.#rows.clear();
      this.#branches.clear();
      this.#open.clear();
      this.#describe(nobody);
    }
    this.#startOver();
  }

  #stopTimers(): void {
    this.#listTimer?.dispose();
    this.#listTimer = undefined;
    this.#detailTimer?.dispose();
    this.#detailTimer = undefined;
  }

  /** The tree asks again, and shows that it waits. */
  #startOver(): void {
    this.#listed = undefined;
    this.#refreshAll();
  }

  #refreshAll(): void {
    this.#dirty.clear();
    this.#dirty.postpone();
    this.#changed.fire(undefined);
  }
}
