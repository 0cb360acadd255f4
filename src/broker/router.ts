/**
 * HOT PATH. From a message to the sessions that receive it, and to the retained store.
 *
 * Owns the subscription tree and the retained store. Knows sessions only as `Subscriber`. What of a message each of them
 * gets is settled in receivers.ts.
 */
import { ReceivedPublish } from '../mqtt/receivedPublish.ts';
import { parseSharedFilter } from '../mqtt/topics.ts';
import { type BrokerContext, countDrop, countLimit, expiryNowMs } from './context.ts';
import type { LimitName } from './limits.ts';
import type { Message } from './observer.ts';
import { Publication } from './publication.ts';
import { handOutTo, handOver, receiverOf, receiversOf } from './receivers.ts';
import { RetainedStore } from './retainedStore.ts';
import type { StoredMessage } from './storedMessage.ts';
import type { Subscription } from './subscription.ts';
import { type FilterSubscriptions, SubscriptionTree } from './subscriptionTree.ts';

export class Router {
  readonly #context: BrokerContext;
  readonly #subscriptions: SubscriptionTree;
  readonly #retained = new RetainedStore();

  constructor(context: BrokerContext) {
    this.#context = context;
    this.#subscriptions = new SubscriptionTree(context.random);
  }

  /**
   * Takes ownership of a message: retains it if it says so, and hands it to every matching session.
   *
   * @param publisher client id; undefined for the broker's own message.
   * @returns to how many sessions it was handed.
   */
  publish(message: Message, publisher: string | undefined, isWill: boolean): number {
    // The wall clock is only asked where somebody will: when it expires, or how old the retained message is.
    const expires =
      message instanceof ReceivedPublish
        ? message.expires
        : message.properties?.messageExpiryInterval !== undefined;
    const receivedAtMs = expires || message.retain ? this.#context.clock.nowMs() : 0;
    const publication = new Publication(message, publisher, receivedAtMs);
    this.#context.observer?.messagePublished?.(message, publisher, isWill);
    if (message.retain) this.#retain(publication);
    return this.#handOut(publication);
  }

  /** Hands a `$SYS` message to whoever subscribed to it: not retained, and not told to the observer as published. */
  tell(message: Message): void {
    this.#handOut(new Publication(message, undefined, 0));
  }

  /** Whether a subscription's filter has this as its first level, after a share prefix. */
  hasSubscriptionsUnder(level: string): boolean {
    return this.#subscriptions.hasUnder(level);
  }

  /**
   * Gives a message that one member of a shared subscription did not get to another, if there is one; to a stored
   * session only what may wait. Section 4.8.2.
   */
  redeliver(message: StoredMessage, sharedFilter: string): void {
    const member = this.#subscriptions.sharedGroup(sharedFilter)?.next(message.qos > 0);
    if (member === undefined) return;
    const { subscriber, qos, retain, identifiers } = receiverOf(member, message, sharedFilter);
    try {
      subscriber.redeliver(message, qos, retain, identifiers, sharedFilter);
    } catch (error) {
      subscriber.deliveryFailed(error);
    }
  }

  /** Whether a shared subscription has members left. */
  isShared(sharedFilter: string): boolean {
    return this.#subscriptions.sharedGroup(sharedFilter) !== undefined;
  }

  addSubscription(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
    this.#countSubscriptions();
  }

  removeSubscription(subscription: Subscription): void {
    this.#subscriptions.remove(subscription);
    this.#countSubscriptions();
  }

  /** What all subscriptions would cost with one more, of this topic filter. */
  subscriptionBytesWith(topicFilter: string): number {
    return this.#subscriptions.bytesWith(topicFilter);
  }

  /**
   * Whether a message that is to be retained finds room; one that clears its topic always does. Where it does not,
   * it is counted as dropped, and the limit as reached.
   */
  mayRetain(message: Message): boolean {
    if (message.payload.length === 0) return true;
    let full = this.#limitRetaining(message);
    if (full === undefined) return true;
    this.#forget(this.#retained.removeExpired(expiryNowMs(this.#context)));
    full = this.#limitRetaining(message);
    if (full === undefined) return true;
    countLimit(this.#context, full);
    countDrop(this.#context, message, undefined, 'retainedFull');
    return false;
  }

  /** The retained messages that a subscription is sent: none for a shared one. Section 4.8.2. */
  retainedFor(topicFilter: string): StoredMessage[] {
    if (parseSharedFilter(topicFilter) !== undefined) return [];
    this.#forget(this.#retained.removeExpired(expiryNowMs(this.#context)));
    return this.#retained.matching(topicFilter);
  }

  retainedMessages(): StoredMessage[] {
    this.#forget(this.#retained.removeExpired(expiryNowMs(this.#context)));
    return this.#retained.all();
  }

  /** One by one: see TopicTree. Those that have expired are passed over. */
  *eachRetained(topicFilter: string | undefined): Generator<StoredMessage, void> {
    for (const message of this.#retained.each(topicFilter))
      if (!message.hasExpired(expiryNowMs(this.#context))) yield message;
  }

  /** Undefined where there is none, or it has expired. */
  retainedMessage(topic: string): StoredMessage | undefined {
    const message = this.#retained.get(topic);
    return message?.hasExpired(expiryNowMs(this.#context)) === false ? message : undefined;
  }

  /** Puts back a message read from a store, past the limits: it was within them once. */
  restoreRetained(message: StoredMessage): void {
    this.#retained.set(message);
    this.#countRetained();
  }

  /** @returns to how many sessions. */
  #handOut(publication: Publication): number {
    const { cachedTopic, message } = publication;
    let matches: readonly FilterSubscriptions[];
    if (cachedTopic === undefined) {
      matches = this.#subscriptions.match(message.topic);
    } else {
      const route = this.#subscriptions.routeOf(cachedTopic);
      // Mostly one filter matches: who subscribed to it is who receives, and nothing needs to be gathered before.
      if (route.plain !== undefined) return handOutTo(route.plain, publication);
      matches = route.matches;
    }
    if (matches.length === 0) return 0;
    const receivers = receiversOf(matches, publication);
    for (const receiver of receivers) handOver(receiver, publication);
    return receivers.length;
  }

  #retain(publication: Publication): void {
    const { message } = publication;
    const { observer, persistence } = this.#context;
    if (message.payload.length === 0) {
      // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
      if (!this.#retained.delete(message.topic)) return;
      persistence?.retainedRemoved(message.topic);
      observer?.retainedChanged?.(message.topic, undefined);
    } else if (this.mayRetain(message)) {
      const stored = publication.keep();
      this.#retained.set(stored);
      persistence?.retainedSet(stored);
      observer?.retainedChanged?.(message.topic, stored);
    }
    this.#countRetained();
  }

  /** The limit that keeps a message out of the retained store. */
  #limitRetaining(message: Message): LimitName | undefined {
    const { maxRetainedMessages, maxRetainedBytes } = this.#context.limits;
    const isFull = this.#retained.count >= maxRetainedMessages;
    if (isFull && this.#retained.get(message.topic) === undefined) return 'maxRetainedMessages';
    return this.#retained.bytesWith(message) > maxRetainedBytes ? 'maxRetainedBytes' : undefined;
  }

  #countSubscriptions(): void {
    const { counters } = this.#context;
    counters.subscriptions = this.#subscriptions.size;
    counters.sharedSubscriptions = this.#subscriptions.sharedSize;
    counters.subscriptionBytes = this.#subscriptions.bytes;
  }

  /** Tells of retained messages that have expired and are out of the store. */
  #forget(expired: readonly StoredMessage[]): void {
    if (expired.length === 0) return;
    for (const { topic } of expired) {
      this.#context.persistence?.retainedRemoved(topic);
      this.#context.observer?.retainedChanged?.(topic, undefined);
    }
    this.#countRetained();
  }

  #countRetained(): void {
    this.#context.counters.retainedMessages = this.#retained.count;
    this.#context.counters.retainedBytes = this.#retained.bytes;
  }
}
