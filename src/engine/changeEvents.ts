/**
 * What the views are told of by themselves, and how often at most.
 *
 * Every kind has a pump of its own: nothing is sent when nothing changed, and one event carries what a flood did in
 * its interval. The intervals keep the extension's thread idle and the promise of the contract, 10 of a kind a second.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type { BrokerCounters, EngineEvents, SubscriptionInfo } from '../contracts/engine.ts';
import type { Model } from '../model/model.ts';
import { ChangePump } from './changePump.ts';
import { messagesChangeOf, topicNodeOf } from './snapshots.ts';

/** The fastest that the contract allows. */
const MESSAGES_INTERVAL_MS = 100;
const CLIENTS_INTERVAL_MS = 200;
/** VS Code's tree never renders what changes faster than every 200 ms. */
const TOPICS_INTERVAL_MS = 250;
/** Numbers that a person only glances at. */
const COUNTERS_INTERVAL_MS = 500;

/** One event's share of the extension's thread; the rest waits for the next. */
const MAX_TOPIC_NODES = 1000;
const MAX_TOPIC_CHARS = 512 * 1024;

export type Emit = <K extends keyof EngineEvents>(event: K, payload: EngineEvents[K]) => void;

export interface ChangeEventsOptions {
  clock: Clock;
  model: Model;
  /** Of the running broker; undefined when it does not run. */
  counters(): BrokerCounters | undefined;
  subscriptions(): readonly SubscriptionInfo[];
  emit: Emit;
}

export class ChangeEvents implements Disposable {
  readonly #options: ChangeEventsOptions;
  readonly #disposables = new DisposableStore();
  readonly #counters: ChangePump;
  readonly #subscriptions: ChangePump;
  #sentCounters: BrokerCounters = noCounters;

  /** Its turn among the broker's observers: whatever may change the counters without changing the model. */
  readonly observer: BrokerObserver;

  constructor(options: ChangeEventsOptions) {
    this.#options = options;
    const { model, emit } = options;

    const clients = this.#pump(CLIENTS_INTERVAL_MS, () => {
      emit('clientsChanged', {});
      return false;
    });
    const topics = this.#pump(TOPICS_INTERVAL_MS, () => this.#sendTopics());
    const messages = this.#pump(MESSAGES_INTERVAL_MS, () => this.#sendMessages());
    this.#counters = this.#pump(COUNTERS_INTERVAL_MS, () => this.#sendCounters());
    this.#subscriptions = this.#pump(TOPICS_INTERVAL_MS, () => {
      emit('subscriptionsChanged', options.subscriptions());
      return false;
    });

    this.#disposables.add(model.clients.onDidChange(() => clients.touch()));
    this.#disposables.add(model.topics.onDidChange(() => topics.touch()));
    this.#disposables.add(model.watches.onDidChange(() => messages.touch()));

    const touchCounters = (): void => this.#counters.touch();
    this.observer = {
      clientConnected: touchCounters,
      subscribed: touchCounters,
      messagePublished: touchCounters,
      limitReached: touchCounters,
    };
  }

  countersChanged(): void {
    this.#counters.touch();
  }

  /** HOT PATH. A subscription came, went, or was delivered something. */
  subscriptionsChanged(): void {
    this.#subscriptions.touch();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #pump(intervalMs: number, send: () => boolean): ChangePump {
    return this.#disposables.add(new ChangePump({ clock: this.#options.clock, intervalMs, send }));
  }

  #sendTopics(): boolean {
    const { model, emit } = this.#options;
    if (!model.topics.hasDelta) return false;
    const { changed, childrenChanged } = model.topics.takeDelta(MAX_TOPIC_NODES, MAX_TOPIC_CHARS);
    emit('topicsChanged', {
      changed: changed.map(topicNodeOf),
      childrenChanged: childrenChanged.map((node) => node.id),
    });
    return model.topics.hasDelta;
  }

  /** One watch a turn: ten open panels have one change a second each, and a single one has ten. */
  #sendMessages(): boolean {
    const { model, emit } = this.#options;
    const delta = model.watches.takeDelta();
    if (delta !== undefined) emit('messagesChanged', messagesChangeOf(delta));
    return model.watches.hasDeltas;
  }

  /** Deliveries and drops follow a message with some delay: looks again until the numbers stand still. */
  #sendCounters(): boolean {
    const counters = this.#options.counters();
    if (counters === undefined || isSame(counters, this.#sentCounters)) return false;
    this.#sentCounters = counters;
    this.#options.emit('counters', counters);
    return true;
  }
}

const noCounters: BrokerCounters = {
  messagesReceived: 0,
  messagesDelivered: 0,
  messagesDropped: 0,
  bytesReceived: 0,
  limitsReached: [],
};

function isSame(a: BrokerCounters, b: BrokerCounters): boolean {
  return (
    a.messagesReceived === b.messagesReceived &&
    a.messagesDelivered === b.messagesDelivered &&
    a.messagesDropped === b.messagesDropped &&
    a.bytesReceived === b.bytesReceived &&
    a.limitsReached.length === b.limitsReached.length &&
    a.limitsReached.every(
      ({ limit, times }, i) => limit === b.limitsReached[i]?.limit && times === b.limitsReached[i].times,
    )
  );
}
