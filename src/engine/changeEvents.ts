/**
 * What the views are told of the local broker by themselves, and how often at most. Topics and messages are told of by
 * modelEvents.ts, for each connection.
 *
 * Every kind has a pump of its own: nothing is sent when nothing changed, and one event carries what a flood did in
 * its interval. The intervals keep the extension's thread idle and the promise of the contract, 10 of a kind a second.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type { ClientWarning } from '../contracts/clients.ts';
import type { BrokerCounters, SubscriptionInfo } from '../contracts/engine.ts';
import type { Model } from '../model/model.ts';
import { ChangePump } from './changePump.ts';
import { type Emit, ModelEvents } from './modelEvents.ts';

/** A list of thousands is asked for again each time. */
const CLIENTS_INTERVAL_MS = 500;
/** As rows of a tree change at most. */
const SUBSCRIPTIONS_INTERVAL_MS = 250;
/** Numbers that a person only glances at. */
const COUNTERS_INTERVAL_MS = 500;

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
    const ofModel = this.#disposables.add(new ModelEvents({ clock: options.clock, model, emit }));
    this.#counters = this.#pump(COUNTERS_INTERVAL_MS, () => this.#sendCounters());
    this.#subscriptions = this.#pump(SUBSCRIPTIONS_INTERVAL_MS, () => {
      emit('subscriptionsChanged', options.subscriptions());
      return false;
    });

    this.#disposables.add(model.clients.onDidChange(() => clients.touch()));
    let found: ClientWarning[] = [];
    const warnings = this.#pump(CLIENTS_INTERVAL_MS, () => {
      emit('warningsFound', found);
      found = [];
      return false;
    });
    this.#disposables.add(
      model.warnings.onDidAdd((warning) => {
        found.push(warning);
        warnings.touch();
      }),
    );
    this.#disposables.add(model.warnings.onDidChange(() => clients.touch()));

    const touchCounters = (): void => this.#counters.touch();
    this.observer = {
      clientConnected: touchCounters,
      subscribed: touchCounters,
      messagePublished: () => {
        this.#counters.touch();
        ofModel.messageArrived();
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
  payloadBytesReceived: 0,
  limitsReached: [],
};

function isSame(a: BrokerCounters, b: BrokerCounters): boolean {
  return (
    a.messagesReceived === b.messagesReceived &&
    a.messagesDelivered === b.messagesDelivered &&
    a.messagesDropped === b.messagesDropped &&
    a.payloadBytesReceived === b.payloadBytesReceived &&
    a.refused?.times === b.refused?.times &&
    a.limitsReached.length === b.limitsReached.length &&
    a.limitsReached.every(
      ({ limit, times }, i) => limit === b.limitsReached[i]?.limit && times === b.limitsReached[i].times,
    )
  );
}
