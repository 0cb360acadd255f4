/**
 * The Connections view: the local broker and the profiles, each with how it stands, and its subscriptions below it.
 *
 * Rows are kept, so that a refresh names those that look different and no others.
 */
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import type { Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';
import { type ConnectionRow, connectionItem, connectionTooltip } from './connectionRows.ts';
import { DirtyRows } from './dirtyRows.ts';

const REFRESH_INTERVAL_MS = 500;

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
    return connectionItem(row);
  }

  getChildren(parent?: ConnectionRow): ConnectionRow[] {
    switch (parent?.kind) {
      case undefined:
        return [this.#localRow, ...this.#rows.values()];
      case 'localBroker':
        return parent.subscriptions.map((subscription) => ({
          kind: 'connectionSubscription',
          topicFilter: subscription.topicFilter,
          subscription,
        }));
      case 'connection': {
        const { broker } = parent.of;
        return (broker?.subscriptions ?? []).map((subscription) => ({
          kind: 'connectionSubscription',
          topicFilter: subscription.topicFilter,
          connection: broker!.connection, // it has subscriptions
          subscription,
        }));
      }
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

  /** Tells VS Code where a row, or a subscription below it, looks different. */
  #update(row: TopRow, change: () => void): void {
    const before = this.#lookOf(row);
    change();
    if (this.#lookOf(row) !== before) this.#dirty.add(row);
  }

  #lookOf(row: TopRow): string {
    const items = [row, ...this.getChildren(row)].map(connectionItem);
    return JSON.stringify(
      items.map(({ label, description, iconPath, contextValue }) => [
        label,
        description,
        iconPath,
        contextValue,
      ]),
    );
  }
}
