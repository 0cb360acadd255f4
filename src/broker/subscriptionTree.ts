/**
 * HOT PATH. Who subscribed to what, found by topic name.
 *
 * Owns the tree of topic filters and, at each filter, its plain subscriptions and its groups of shared ones. Knows
 * nothing of messages. A topic that is published to again and again is matched once: the result is kept until a
 * filter comes or goes, while subscribers may come to and go from filters that exist.
 */
import type { CachedTopic } from '../mqtt/topicNameCache.ts';
import { parseSharedFilter } from '../mqtt/topics.ts';
import { SharedGroup } from './sharedGroup.ts';
import type { Subscription } from './subscription.ts';
import { NODE_BYTES, TopicTree } from './topicTree.ts';

/** Everything at one topic filter. */
export interface FilterSubscriptions {
  readonly plain: Subscription[];
  /** By share name. */
  readonly shared: Map<string, SharedGroup>;
}

/** Enough for a house full of devices; beyond it the cache starts anew rather than growing. */
const MAX_CACHED_TOPICS = 10_000;
/** Longer topics are matched each time: a cache of 64 KiB names would be an invitation. */
const MAX_CACHED_TOPIC_LENGTH = 256;

export class SubscriptionTree {
  readonly #tree = new TopicTree<FilterSubscriptions>();
  readonly #cache = new Map<string, readonly FilterSubscriptions[]>();
  /** Another object each time that a filter, or a share of it, comes or goes: routes of the one before do not hold any more. */
  #era: object = {};
  readonly #random: () => number;
  #size = 0;
  #sharedSize = 0;
  /** Of the subscriptions alone, without the tree. */
  #subscriptionBytes = 0;

  /** @param random 0 up to but not 1: where a shared subscription's round starts. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Subscriptions in all. */
  get size(): number {
    return this.#size;
  }

  /** Those of `size` that are shared. */
  get sharedSize(): number {
    return this.#sharedSize;
  }

  /** What the subscriptions and the tree that holds them cost. */
  get bytes(): number {
    return this.#subscriptionBytes + this.#tree.nodeCount * NODE_BYTES;
  }

  /** What `bytes` would be with one more subscription, of this topic filter. */
  bytesWith(topicFilter: string): number {
    const path = parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter;
    return this.bytes + ownBytes(topicFilter) + this.#tree.missingNodes(path) * NODE_BYTES;
  }

  /** Whether any filter has this as its first level, after a share prefix. */
  hasUnder(level: string): boolean {
    return this.#tree.hasUnder(level);
  }

  /** Adds a subscription that is not in the tree. Its topic filter is valid. */
  add(subscription: Subscription): void {
    const shared = parseSharedFilter(subscription.topicFilter);
    const node = this.#tree.create(shared?.topicFilter ?? subscription.topicFilter);
    if (node.value === undefined) {
      node.value = { plain: [], shared: new Map() };
      this.#forgetMatches();
    }
    const { plain, shared: groups } = node.value;
    if (shared === undefined) insert(plain, subscription);
    else {
      let group = groups.get(shared.shareName);
      if (group === undefined) {
        group = new SharedGroup(shared.shareName, this.#random());
        groups.set(shared.shareName, group);
        this.#forgetMatches();
      }
      group.add(subscription);
      this.#sharedSize++;
    }
    this.#size++;
    this.#subscriptionBytes += ownBytes(subscription.topicFilter);
  }

  /** Takes out a subscription that is in the tree. */
  remove(subscription: Subscription): void {
    const shared = parseSharedFilter(subscription.topicFilter);
    const node = this.#tree.find(shared?.topicFilter ?? subscription.topicFilter);
    if (node?.value === undefined) return;
    const { plain, shared: groups } = node.value;
    if (shared === undefined) take(plain, subscription);
    else {
      const group = groups.get(shared.shareName);
      group?.remove(subscription);
      if (group?.size === 0) {
        groups.delete(shared.shareName);
        this.#forgetMatches();
      }
    }
    if (shared !== undefined) this.#sharedSize--;
    this.#size--;
    this.#subscriptionBytes -= ownBytes(subscription.topicFilter);
    if (plain.length > 0 || groups.size > 0) return;
    node.value = undefined;
    this.#tree.prune(node);
    this.#forgetMatches();
  }

  /** Who shares this `$share/…` filter; undefined when nobody does. */
  sharedGroup(sharedFilter: string): SharedGroup | undefined {
    const shared = parseSharedFilter(sharedFilter);
    if (shared === undefined) return undefined;
    return this.#tree.find(shared.topicFilter)?.value?.shared.get(shared.shareName);
  }

  /** Every filter in use that matches the topic name. The arrays are the tree's own: read them at once. */
  match(topic: string): readonly FilterSubscriptions[] {
    const cached = this.#cache.get(topic);
    if (cached !== undefined) return cached;
    const matches = this.#tree.valuesOfFiltersMatching(topic);
    if (topic.length > MAX_CACHED_TOPIC_LENGTH) return matches;
    if (this.#cache.size >= MAX_CACHED_TOPICS) this.#cache.clear();
    this.#cache.set(topic, matches);
    return matches;
  }

  /** The same, noted in the topic itself: the search for its name finds both, in memory that is together. */
  routeOf(topic: CachedTopic<unknown>): Route {
    const noted = topic.note as Route | undefined; // nobody else notes anything
    if (noted !== undefined && noted.era === this.#era) return noted;
    const route = this.#routeTo(this.match(topic.name));
    topic.note = route;
    return route;
  }

  #routeTo(matches: readonly FilterSubscriptions[]): Route {
    const [only, ...others] = matches;
    const isPlain = only !== undefined && others.length === 0 && only.shared.size === 0;
    return { era: this.#era, plain: isPlain ? only.plain : undefined, matches };
  }

  #forgetMatches(): void {
    this.#cache.clear();
    this.#era = {};
  }
}

/** Where messages of a topic go, as long as no filter comes or goes. */
export interface Route {
  readonly era: object;
  /** The tree's own list, where the one filter that matches has no shared subscriptions. */
  readonly plain: readonly Subscription[] | undefined;
  readonly matches: readonly FilterSubscriptions[];
}

/** A subscription without its levels: its object, its places in session and tree, and its filter. Rough on purpose. */
const SUBSCRIPTION_BYTES = 256;

function ownBytes(topicFilter: string): number {
  return SUBSCRIPTION_BYTES + 2 * topicFilter.length;
}

/** What a topic filter costs when it shares no level with another. */
export function filterBytes(topicFilter: string): number {
  let levels = 1;
  for (let at = topicFilter.indexOf('/'); at !== -1; at = topicFilter.indexOf('/', at + 1)) levels++;
  return ownBytes(topicFilter) + levels * NODE_BYTES;
}

function insert(list: Subscription[], subscription: Subscription): void {
  subscription.index = list.length;
  list.push(subscription);
}

/** The last one takes its place: subscribers of one filter have no order among them. */
function take(list: Subscription[], subscription: Subscription): void {
  const last = list.pop();
  if (last === undefined || last === subscription) return;
  list[subscription.index] = last;
  last.index = subscription.index;
}
