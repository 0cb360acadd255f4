/** Tells VS Code what `when` clauses of package.json ask for. */
import { commands } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { contextKeys } from '../contracts/manifest.ts';
import type { InBackground } from './background.ts';
import { isExposed, mainListener } from './brokerAddress.ts';
import type { Connections } from './connections/connections.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { EngineClient } from './engineClient.ts';
import type { ActiveFaults } from './faults/activeFaults.ts';
import type { LocalBroker } from './localBroker.ts';
import type { PlotPanels } from './panels/plotPanels.ts';
import type { Recordings } from './recording/recordings.ts';
import type { TraceSwitch } from './trace/traceSwitch.ts';
import type { BusiestView } from './views/busiestView.ts';
import type { ClientsView } from './views/clientsView.ts';
import type { TopicsView } from './views/topicsView.ts';

type Value = string | number | boolean;

export interface ContextKeysOptions {
  broker: LocalBroker;
  topicsView: TopicsView;
  recordings: Recordings;
  faults: ActiveFaults;
  connections: Connections;
  engine: EngineClient;
  busiestView: BusiestView;
  traceSwitch: TraceSwitch;
  clientsView: ClientsView;
  plotPanels: PlotPanels;
  settings: CurrentSettings;
  isRemote: boolean;
  inBackground: InBackground;
}

export class ContextKeys implements Disposable {
  readonly #options: ContextKeysOptions;
  readonly #store = new DisposableStore();
  readonly #told = new Map<string, Value>();

  constructor(options: ContextKeysOptions) {
    this.#options = options;
    this.#store.add(options.broker.onDidChangeState(() => this.#update()));
    this.#store.add(options.broker.onDidChangeSubscriptions(() => this.#update()));
    this.#store.add(options.topicsView.onDidChangeState(() => this.#update()));
    this.#store.add(options.faults.onDidChange(() => this.#update()));
    this.#store.add(options.recordings.onDidChangeRecording(() => this.#update()));
    this.#store.add(options.recordings.onDidChangeOpen(() => this.#update()));
    this.#store.add(options.recordings.onDidChangeReplay(() => this.#update()));
    this.#store.add(options.connections.onDidChange(() => this.#update()));
    const { engine, busiestView } = options;
    this.#store.add(busiestView.onDidChangeOrder((order) => this.#set(contextKeys.busiestOrder, order)));
    const canUndo = (undoable: number): void => this.#set(contextKeys.canUndoClearRetained, undoable > 0);
    this.#store.add(engine.on('clearedRetainedChanged', ({ undoable }) => canUndo(undoable)));
    this.#store.add(engine.onDied(() => canUndo(0)));
    this.#set(contextKeys.busiestOrder, busiestView.order);
    const setFiltered = (typed: string): void => this.#set(contextKeys.clientsFiltered, typed !== '');
    this.#store.add(options.clientsView.onDidChangeFilter(setFiltered));
    setFiltered(options.clientsView.typedFilter);
    this.#store.add(options.plotPanels.onDidChangeOpen(() => this.#update()));
    this.#store.add(options.traceSwitch.onDidChange(() => this.#update()));
    this.#store.add(options.settings.onDidChange(() => this.#update()));
    this.#set(contextKeys.isRemote, options.isRemote);
    this.#update();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { broker, topicsView, recordings } = this.#options;
    const { state, subscriptions } = broker;
    this.#set(contextKeys.brokerState, state.kind);
    this.#set(contextKeys.brokerExposed, isExposed(state));
    this.#set(contextKeys.brokerPort, mainListener(state)?.port ?? 0);
    this.#set(contextKeys.tlsOn, this.#options.settings.current.tls.isOn);
    const others = this.#options.connections.brokers.some((other) => other.subscriptions.length > 0);
    this.#set(contextKeys.hasSubscriptions, others || subscriptions.length > 0);
    this.#set(contextKeys.topicsPaused, topicsView.isPaused);
    this.#set(contextKeys.topicFilter, filterState(topicsView.filter?.matches));
    this.#set(contextKeys.isRecording, recordings.recording.kind === 'recording');
    this.#set(contextKeys.hasRecordings, recordings.open.length > 0);
    this.#set(contextKeys.hasFaults, this.#options.faults.injections.length > 0);
    this.#set(contextKeys.isReplaying, recordings.replay !== undefined);
    this.#set(contextKeys.isTracing, this.#options.traceSwitch.isOn);
    const live = this.#options.connections.all.some(
      ({ state }) => !['off', 'disconnected'].includes(state.kind),
    );
    this.#set(contextKeys.hasConnections, live);
    this.#set(contextKeys.hasPlots, this.#options.plotPanels.isAnyOpen);
  }

  /** Once per change: each call goes through the window. */
  #set(key: string, value: Value): void {
    if (this.#told.get(key) === value) return;
    this.#told.set(key, value);
    this.#options.inBackground(Promise.resolve(commands.executeCommand('setContext', key, value)));
  }
}

/** @param matches undefined: there is no filter. */
function filterState(matches: number | undefined): 'none' | 'matches' | 'noMatch' {
  if (matches === undefined) return 'none';
  return matches > 0 ? 'matches' : 'noMatch';
}
