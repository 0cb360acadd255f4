/**
 * What the views are told of by themselves, and how often at most.
 *
 * Every kind has a pump of its own: nothing is sent when nothing changed, and one event carries what a flood did in
 * its interval. The intervals keep the extension's thread idle and the promise of the contract, 10 of a kind a second.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type { BrokerCounters, EngineEvents, SubscriptionInfo } from '../contracts/engine.ts';
import type { Model } from '../model/model.ts';
import { ChangePump } from './changePump.ts';
import { messagesViewOf, topicNodeOf } from './snapshots.ts';

/** The fastest that the contract allows. */
const MESSAGES_INTERVAL_MS = 100;
const CLIENTS_INTERVAL_MS = 200;
/** VS Code's tree never renders what changes faster than every 200 ms. */
const TOPICS_INTERVAL_MS = 250;
/** The rates of topics. */
const RATES_INTERVAL_MS = 1000;
/** How long views of messages may look for what is theirs, before others have a turn; the same for the filter of topics. */
const SEARCH_SLICE_MS = 8;
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
  readonly #messages: ChangePump;
  /** Undefined while nothing comes. */
  #ratesTimer: Disposable | undefined;
  #searchTimer: Disposable | undefined;
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
    this.#messages = this.#pump(MESSAGES_INTERVAL_MS, () => this.#sendMessages());
    this.#counters = this.#pump(COUNTERS_INTERVAL_MS, () => this.#sendCounters());
    this.#subscriptions = this.#pump(TOPICS_INTERVAL_MS, () => {
      emit('subscriptionsChanged', options.subscriptions());
      return false;
    });

    this.#disposables.add(model.clients.onDidChange(() => clients.touch()));
    this.#disposables.add(model.topics.onDidChange(() => topics.touch()));
    this.#disposables.add(model.views.onDidChange(() => this.#messages.touch()));
    this.#disposables.add(toDisposable(() => this.#ratesTimer?.dispose()));
    this.#disposables.add(toDisposable(() => this.#searchTimer?.dispose()));

    const touchCounters = (): void => this.#counters.touch();
    this.observer = {
      clientConnected: touchCounters,
      subscribed: touchCounters,
      messagePublished: () => {
        this.#counters.touch();
        if (this.#ratesTimer === undefined) this.#awaitRates();
      },
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
      changed: changed.map((node) => topicNodeOf(node, model)),
      childrenChanged: childrenChanged.map((node) => node.id),
      ...(model.topics.filter && { matches: model.topics.filter.matches }),
    });
    return model.topics.hasDelta;
  }

  #sendMessages(): boolean {
    const { model, emit } = this.#options;
    this.#search();
    for (const view of model.views.takeChanged()) emit('messagesChanged', messagesViewOf(view, model.log));
    return false;
  }

  /** What views have not looked at when their time is up is looked at in the next turn. */
  #search(): void {
    const { clock, model } = this.#options;
    const endsAtMs = clock.monotonicMs() + SEARCH_SLICE_MS;
    if (!model.views.advance(() => clock.monotonicMs() >= endsAtMs)) return;
    this.#searchTimer ??= clock.setTimeout(() => {
      this.#searchTimer = undefined;
      this.#search();
      this.#messages.touch();
    }, 0);
  }

  #awaitRates(): void {
    const { clock, model } = this.#options;
    this.#ratesTimer = clock.setTimeout(() => {
      this.#ratesTimer = undefined;
      const nowMs = clock.monotonicMs();
      model.topics.filterActive(() => clock.monotonicMs() >= nowMs + SEARCH_SLICE_MS);
      if (model.topics.updateRates(nowMs)) this.#awaitRates();
    }, RATES_INTERVAL_MS);
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
