/**
 * What the views are told of a connection's topics and messages, and how often at most: see changeEvents.ts.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable.ts';
import { timeSlice } from '../base/timeSlice.ts';
import type { OtherConnectionKind } from '../contracts/connections.ts';
import type { EngineEvents } from '../contracts/engine.ts';
import type { Model } from '../model/model.ts';
import { ChangePump } from './changePump.ts';
import { messagesViewOf, topicNodeOf } from './snapshots.ts';

/** The fastest that the contract allows. */
const MESSAGES_INTERVAL_MS = 100;
/** VS Code's tree never renders what changes faster than every 200 ms. */
const TOPICS_INTERVAL_MS = 250;
/** The rates of topics. */
const RATES_INTERVAL_MS = 1000;
/** How long views of messages may look for what is theirs, before others have a turn; the same for the filter of topics. */
const SEARCH_SLICE_MS = 8;

/**
 * One event's share of the extension's thread; the rest waits for the next. More than the view draws at once: children of
 * an open branch that are not on the page that is shown are among them.
 */
const MAX_TOPIC_NODES = 1000;
const MAX_TOPIC_CHARS = 512 * 1024;

export type Emit = <K extends keyof EngineEvents>(event: K, payload: EngineEvents[K]) => void;

export interface ModelEventsOptions {
  clock: Clock;
  model: Model;
  /** Of the model's connection, where that is not the local broker. */
  connectionKind?: OtherConnectionKind;
  emit: Emit;
}

export class ModelEvents implements Disposable {
  readonly #options: ModelEventsOptions;
  readonly #disposables = new DisposableStore();
  readonly #messages: ChangePump;
  /** Undefined while nothing comes. */
  #ratesTimer: Disposable | undefined;
  #searchTimer: Disposable | undefined;

  constructor(options: ModelEventsOptions) {
    this.#options = options;
    const { model } = options;
    const topics = this.#pump(TOPICS_INTERVAL_MS, () => this.#sendTopics());
    this.#messages = this.#pump(MESSAGES_INTERVAL_MS, () => this.#sendMessages());
    this.#disposables.add(model.topics.onDidChange(() => topics.touch()));
    this.#disposables.add(model.views.onDidChange(() => this.#messages.touch()));
    this.#disposables.add(toDisposable(() => this.#ratesTimer?.dispose()));
    this.#disposables.add(toDisposable(() => this.#searchTimer?.dispose()));
  }

  /** HOT PATH. The rates of topics are worked out from here on, until nothing comes any more. */
  messageArrived(): void {
    if (this.#ratesTimer === undefined) this.#awaitRates();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #pump(intervalMs: number, send: () => boolean): ChangePump {
    return this.#disposables.add(new ChangePump({ clock: this.#options.clock, intervalMs, send }));
  }

  #sendTopics(): boolean {
    const { model, connectionKind, emit } = this.#options;
    if (!model.topics.hasDelta) return false;
    const { changed, childrenChanged } = model.topics.takeDelta(MAX_TOPIC_NODES, MAX_TOPIC_CHARS);
    emit('topicsChanged', {
      changed: changed.map((node) => topicNodeOf(node, model, connectionKind)),
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
    if (!model.views.advance(timeSlice(clock, SEARCH_SLICE_MS))) return;
    this.#searchTimer ??= clock.setTimeout(() => {
      this.#searchTimer = undefined;
      this.#search();
      this.#messages.touch();
    }, 0);
  }

  #awaitRates(): void {
    const { clock, model } = this.#options;
    this.#ratesTimer = clock.setTimeout(() => {
      const nowMs = clock.monotonicMs();
      model.topics.filterActive(timeSlice(clock, SEARCH_SLICE_MS));
      this.#updateRates(nowMs);
    }, RATES_INTERVAL_MS);
  }

  /** What is left when the time is up is worked out in the next turn. */
  #updateRates(tickAtMs: number): void {
    const { clock, model } = this.#options;
    this.#ratesTimer = undefined;
    switch (model.topics.updateRates(tickAtMs, timeSlice(clock, SEARCH_SLICE_MS))) {
      case 'more':
        this.#ratesTimer = clock.setTimeout(() => this.#updateRates(tickAtMs), 0);
        break;
      case 'active':
        this.#awaitRates();
        break;
      case 'idle':
        break;
    }
  }
}
