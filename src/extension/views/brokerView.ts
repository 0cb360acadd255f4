/**
 * The Broker view: state, addresses, counters and the workbench's own subscriptions of the local broker.
 *
 * Empty while no broker runs: its welcome text takes over. Rows are made anew for each question; what VS Code keeps of
 * them hangs on their ids.
 */
import { networkInterfaces } from 'node:os';
import { EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { BrokerCounters, RunningBroker } from '../../contracts/engine.ts';
import type { FaultInjection } from '../../contracts/faults.ts';
import { viewIds } from '../../contracts/manifest.ts';
import { addressesOf, isExposed, mainListener, networkListeners } from '../brokerAddress.ts';
import type { EngineClient } from '../engineClient.ts';
import type { ActiveFaults } from '../faults/activeFaults.ts';
import type { LocalBroker } from '../localBroker.ts';
import { type BrokerRow, brokerItem } from './brokerRows.ts';
import { DirtyRows } from './dirtyRows.ts';
import { registerRowCommand, withRowCommand } from './rowCommands.ts';

const REFRESH_INTERVAL_MS = 500;
const noCounters: BrokerCounters = {
  messagesReceived: 0,
  messagesDelivered: 0,
  messagesDropped: 0,
  payloadBytesReceived: 0,
  limitsReached: [],
};

export interface BrokerViewOptions {
  engine: EngineClient;
  broker: LocalBroker;
  faults: ActiveFaults;
  clock: Clock;
  /** The broker runs on another machine than the person's own. */
  isRemote: boolean;
}

export class BrokerView implements TreeDataProvider<BrokerRow>, Disposable {
  readonly #options: BrokerViewOptions;
  readonly #changed = new EventEmitter<BrokerRow[] | undefined>();
  readonly #store = new DisposableStore();
  readonly #view: TreeView<BrokerRow>;
  readonly #dirty: DirtyRows<BrokerRow>;
  // Rows that change while the broker runs: the tree knows them by identity.
  readonly #countersRow = { kind: 'counters' as const, counters: noCounters };
  readonly #limitsRow = { kind: 'limits' as const, limitsReached: noCounters.limitsReached };
  readonly #refusedRow: Extract<BrokerRow, { kind: 'refused' }> = { kind: 'refused', refused: undefined };
  readonly #faultsRow: Extract<BrokerRow, { kind: 'faults' }> = { kind: 'faults', injections: [] };
  readonly #subscriptionsRow = { kind: 'subscriptions' as const, count: 0 };

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: BrokerViewOptions) {
    const { engine, broker, faults, clock } = options;
    this.#options = options;
    this.#dirty = this.#store.add(
      new DirtyRows({
        clock,
        intervalMs: REFRESH_INTERVAL_MS,
        maxRows: Number.POSITIVE_INFINITY,
        refresh: (rows) => this.#changed.fire([...rows]),
      }),
    );
    this.#view = this.#store.add(window.createTreeView(viewIds.broker, { treeDataProvider: this }));
    this.#store.add(registerRowCommand(viewIds.broker, { view: this.#view, clock, itemOf: brokerItem }));
    if (!this.#view.visible) this.#dirty.pause();
    this.#store.add(this.#changed);
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    this.#store.add(broker.onDidChangeState(() => this.#refreshAll()));
    this.#store.add(broker.onDidChangeSubscriptions(() => this.#dirty.add(this.#subscriptionsRow)));
    this.#store.add(faults.onDidChange((injections) => this.#setFaults(injections)));
    this.#store.add(engine.on('counters', (counters) => this.#setCounters(counters)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  getTreeItem(row: BrokerRow): TreeItem {
    if (row.kind === 'subscriptions')
      this.#subscriptionsRow.count = this.#options.broker.subscriptions.length;
    return withRowCommand(brokerItem(row), viewIds.broker);
  }

  getChildren(parent?: BrokerRow): BrokerRow[] {
    const { state, subscriptions } = this.#options.broker;
    if (state.kind !== 'running') return [];
    switch (parent?.kind) {
      case undefined:
        return this.#topRows(state.broker);
      case 'exposure':
        return this.#lanRows();
      case 'subscriptions':
        return subscriptions.map((subscription) => ({
          kind: 'subscription',
          topicFilter: subscription.topicFilter,
          subscription,
        }));
      default:
        return [];
    }
  }

  #topRows({ listeners, startedAtMs, requiresCredentials, announcedAs }: RunningBroker): BrokerRow[] {
    const { state } = this.#options.broker;
    const rows: BrokerRow[] = [{ kind: 'state', port: mainListener(state)?.port, startedAtMs }];
    if (this.#faultsRow.injections.length > 0) rows.push(this.#faultsRow);
    if (this.#options.isRemote) rows.push({ kind: 'remote' });
    const exposed = isExposed(state);
    const interfaces = networkInterfaces();
    for (const listener of networkListeners(state)) {
      const { local } = addressesOf(listener, interfaces);
      if (local !== undefined) rows.push({ kind: 'localAddress', url: local, isOnlyOne: !exposed });
    }
    for (const listener of listeners)
      if (listener.kind === 'unix') rows.push({ kind: 'unixSocket', url: listener.path });
    if (exposed) rows.push({ kind: 'exposure', requiresCredentials, announcedAs });
    rows.push(this.#countersRow);
    if (this.#limitsRow.limitsReached.length > 0) rows.push(this.#limitsRow);
    if (this.#refusedRow.refused !== undefined) rows.push(this.#refusedRow);
    rows.push(this.#subscriptionsRow);
    return rows;
  }

  #lanRows(): BrokerRow[] {
    const interfaces = networkInterfaces();
    const lan = networkListeners(this.#options.broker.state).flatMap(
      (listener) => addressesOf(listener, interfaces).lan,
    );
    if (lan.length === 0) return [{ kind: 'noLanAddress' }];
    return lan.map((address) => ({ kind: 'lanAddress', url: address.url, lan: address }));
  }

  #setCounters(counters: BrokerCounters): void {
    const isNew =
      (counters.limitsReached.length > 0 && this.#limitsRow.limitsReached.length === 0) ||
      (counters.refused === undefined) !== (this.#refusedRow.refused === undefined);
    this.#refusedRow.refused = counters.refused;
    this.#countersRow.counters = counters;
    this.#limitsRow.limitsReached = counters.limitsReached;
    if (isNew) {
      this.#refreshAll();
      return;
    }
    this.#dirty.add(this.#countersRow);
    if (counters.limitsReached.length > 0) this.#dirty.add(this.#limitsRow);
    if (counters.refused !== undefined) this.#dirty.add(this.#refusedRow);
  }

  #setFaults(injections: readonly FaultInjection[]): void {
    const before = this.#faultsRow.injections.length;
    this.#faultsRow.injections = injections;
    if (before > 0 === injections.length > 0) this.#dirty.add(this.#faultsRow);
    else this.#refreshAll();
  }

  #setVisible(visible: boolean): void {
    if (visible) this.#dirty.resume();
    else this.#dirty.pause();
    if (visible) this.#refreshAll();
  }

  /** A dozen rows, and only when the broker's state changes or the view is opened. */
  #refreshAll(): void {
    if (this.#options.broker.state.kind !== 'running') {
      this.#countersRow.counters = noCounters;
      this.#limitsRow.limitsReached = noCounters.limitsReached;
      this.#refusedRow.refused = undefined;
    }
    this.#dirty.clear();
    this.#changed.fire(undefined);
  }
}
