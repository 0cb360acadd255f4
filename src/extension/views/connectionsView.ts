/**
 * The Connections view: the local broker and the profiles, each with how it stands, and its subscriptions below it.
 *
 * Rows are kept, so that a refresh names those that look different and no others.
 */
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';
import { type ConnectionRow, connectionItem, connectionTooltip } from './connectionRows.ts';
import { DirtyRows } from './dirtyRows.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';

const REFRESH_INTERVAL_MS = 500;

type SubscriptionRow = Extract<ConnectionRow, { kind: 'connectionSubscription' }>;
type TopRow = Extract<ConnectionRow, { kind: 'localBroker' | 'connection' }>;

/** Stands among dirty rows for all of them. */
const everything = Symbol('everything');

export interface ConnectionsViewOptions {
  connections: Connections;
  broker: LocalBroker;
  clock: Clock;
}

export class ConnectionsView implements TreeDataProvider<ConnectionRow>, Disposable {
  readonly #options: ConnectionsViewOptions;
  readonly #changed = new EventEmitter<ConnectionRow[] | undefined>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<ConnectionRow>;
  readonly #dirty: DirtyRows<ConnectionRow | typeof everything>;
  readonly #localRow: Extract<ConnectionRow, { kind: 'localBroker' }>;
  /** Below each row of the top level, by their filters. */
  readonly #subscriptions = new WeakMap<TopRow, Map<string, SubscriptionRow>>();
  #rows = new Map<string, Extract<ConnectionRow, { kind: 'connection' }>>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: ConnectionsViewOptions) {
    const { broker, connections, clock } = options;
    this.#options = options;
    this.#localRow = { kind: 'localBroker', state: broker.state, subscriptions: broker.subscriptions };
    this.#dirty = this.#store.add(
      new DirtyRows<ConnectionRow | typeof everything>({
        clock,
        intervalMs: REFRESH_INTERVAL_MS,
        maxRows: Number.POSITIVE_INFINITY,
        refresh: (rows) => {
          const named = [...rows].filter((row) => row !== everything);
          this.#changed.fire(named.length < [...rows].length ? undefined : named);
        },
      }),
    );
    this.#followConnections();
    this.#view = this.#store.add(window.createTreeView(viewIds.connections, { treeDataProvider: this }));
    this.#store.add(
      registerRowCommand(viewIds.connections, { view: this.#view, clock, itemOf: connectionItem }),
    );
    if (!this.#view.visible) this.#dirty.pause();
    this.#store.add(this.#changed);
    this.#store.add(
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.#dirty.resume();
        else this.#dirty.pause();
      }),
    );
    this.#store.add(broker.onDidChangeState(() => this.#followBroker()));
    this.#store.add(broker.onDidChangeSubscriptions(() => this.#followBroker()));
    this.#store.add(connections.onDidChange(() => this.#followConnections()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Of a connection; undefined where another row is selected, or none. */
  get selected(): string | undefined {
    const [row] = this.#view.selection;
    return row?.kind === 'connection' ? row.connectionName : undefined;
  }

  getTreeItem(row: ConnectionRow): TreeItem {
    return withRowCommand(connectionItem(row), viewIds.connections);
  }

  getChildren(parent?: ConnectionRow): ConnectionRow[] {
    switch (parent?.kind) {
      case undefined:
        return [this.#localRow, ...this.#rows.values()];
      case 'localBroker':
      case 'connection':
        return this.#subscriptionRows(parent);
      case 'connectionSubscription':
        return [];
    }
  }

  resolveTreeItem(item: TreeItem, row: ConnectionRow): TreeItem {
    if (row.kind === 'connection') item.tooltip = connectionTooltip(row.of);
    return item;
  }

  #followBroker(): void {
    const { state, subscriptions } = this.#options.broker;
    this.#update(this.#localRow, () => Object.assign(this.#localRow, { state, subscriptions }));
  }

  #followConnections(): void {
    const { all } = this.#options.connections;
    const rows = new Map(
      all.map((of) => {
        const row = this.#rows.get(of.name) ?? { kind: 'connection', connectionName: of.name, of };
        return [of.name, row] as const;
      }),
    );
    const isSameList = JSON.stringify([...rows.keys()]) === JSON.stringify([...this.#rows.keys()]);
    this.#rows = rows;
    if (!isSameList) this.#dirty.add(everything);
    for (const of of all) {
      const row = rows.get(of.name);
      if (row !== undefined)
        this.#update(row, () => {
          row.of = of;
        });
    }
  }

  /** Tells VS Code which row looks different. A count of messages is its subscription's alone. */
  #update(row: TopRow, change: () => void): void {
    const before = this.#looksOf(row);
    change();
    const after = this.#looksOf(row);
    // It is another item to VS Code then: see connectionRows.ts.
    if (after.size > 1 !== before.size > 1) this.#dirty.add(everything);
    if (after.size !== before.size || [...after.keys()].some((each) => !before.has(each))) {
      this.#dirty.add(row);
      return;
    }
    for (const [each, look] of after) if (before.get(each) !== look) this.#dirty.add(each);
  }

  #looksOf(row: TopRow): Map<ConnectionRow, string> {
    return new Map([row, ...this.#subscriptionRows(row)].map((each) => [each, lookOf(each)]));
  }

  /** The same ones as long as the subscriptions stand. */
  #subscriptionRows(row: TopRow): SubscriptionRow[] {
    const isLocal = row.kind === 'localBroker';
    const subscriptions = isLocal ? row.subscriptions : (row.of.broker?.subscriptions ?? []);
    const connection = isLocal ? LOCAL_BROKER : row.of.broker?.connection;
    const version = isLocal ? undefined : row.of.broker?.protocolVersion;
    const known = this.#subscriptions.get(row);
    const rows = new Map<string, SubscriptionRow>();
    for (const subscription of subscriptions) {
      const { topicFilter } = subscription;
      const own = known?.get(topicFilter) ?? {
        ...{ kind: 'connectionSubscription' as const, topicFilter, subscription },
        ...(connection !== undefined && connection !== LOCAL_BROKER && { connection }),
      };
      own.subscription = subscription;
      if (version !== undefined) own.protocolVersion = version;
      rows.set(topicFilter, own);
    }
    this.#subscriptions.set(row, rows);
    return [...rows.values()];
  }
}

function lookOf(row: ConnectionRow): string {
  const { label, description, iconPath, contextValue } = connectionItem(row);
  return JSON.stringify([label, description, iconPath, contextValue]);
}
