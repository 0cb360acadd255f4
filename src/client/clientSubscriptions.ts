/**
 * What a client is subscribed to, and for which of it a message was sent: by their identifiers where the broker returns these,
 * else by the filters that match. Sends nothing.
 */
import { parseSharedFilter, topicMatches } from '../mqtt/topics.ts';
import type { SubscribeRequest } from './clientTypes.ts';

export interface ClientSubscription {
  readonly request: SubscribeRequest;
  /** Tells deliveries apart. 1 and up, never used again on this client. */
  readonly identifier: number;
}

export class ClientSubscriptions {
  /** By topic filter. */
  readonly #all = new Map<string, ClientSubscription>();
  /** Of subscriptions that stand, and of some that do not. */
  readonly #muted = new Set<string>();
  #lastIdentifier = 0;

  get all(): Iterable<ClientSubscription> {
    return this.#all.values();
  }

  has(topicFilter: string): boolean {
    return this.#all.has(topicFilter);
  }

  get(topicFilter: string): ClientSubscription | undefined {
    return this.#all.get(topicFilter);
  }

  set(subscription: ClientSubscription): void {
    this.#all.set(subscription.request.topicFilter, subscription);
  }

  /** False where there is none. */
  delete(topicFilter: string): boolean {
    return this.#all.delete(topicFilter);
  }

  /** The one that is asked for, that of the subscription before it, or another than all. */
  identifierFor({ topicFilter, subscriptionIdentifier }: SubscribeRequest): number {
    return subscriptionIdentifier ?? this.#all.get(topicFilter)?.identifier ?? this.#nextIdentifier();
  }

  /** The other filter that has the identifier which is asked for. */
  holderOf({ topicFilter, subscriptionIdentifier }: SubscribeRequest): string | undefined {
    if (subscriptionIdentifier === undefined) return undefined;
    for (const [other, { identifier }] of this.#all)
      if (identifier === subscriptionIdentifier && other !== topicFilter) return other;
    return undefined;
  }

  /** Holds for a subscription that is made later, too. */
  setMuted(topicFilter: string, isMuted: boolean): void {
    if (isMuted) this.#muted.add(topicFilter);
    else this.#muted.delete(topicFilter);
  }

  /** HOT PATH. */
  filtersOf(topic: string, identifiers: readonly number[] | undefined): string[] {
    const filters: string[] = [];
    for (const [topicFilter, { identifier }] of this.#all) {
      const isMeant =
        identifiers?.includes(identifier) ??
        topicMatches(parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter, topic);
      if (isMeant) filters.push(topicFilter);
    }
    return filters;
  }

  /** HOT PATH. See `DeliveredMessage`. */
  isRepeat(topic: string, identifiers: readonly number[] | undefined): boolean {
    if (identifiers === undefined || this.#all.size < 2) return false;
    for (const [topicFilter, { identifier, request }] of this.#all) {
      // Another member of a shared subscription may have got that one; nothing of our own comes to one without it.
      if (request.noLocal || parseSharedFilter(topicFilter) !== undefined) continue;
      // Its copy is left out: another one stands for the message.
      if (this.#muted.has(topicFilter)) continue;
      if (topicMatches(topicFilter, topic)) return !identifiers.includes(identifier);
    }
    return false;
  }

  /** HOT PATH. All of these, and there are some. */
  areMuted(topicFilters: readonly string[]): boolean {
    if (this.#muted.size === 0 || topicFilters.length === 0) return false;
    return topicFilters.every((topicFilter) => this.#muted.has(topicFilter));
  }

  #nextIdentifier(): number {
    const used = new Set([...this.#all.values()].map(({ identifier }) => identifier));
    do this.#lastIdentifier++;
    while (used.has(this.#lastIdentifier));
    return this.#lastIdentifier;
  }
}
