/** What the workbench's own subscriptions were delivered: a number for each, by which the log knows its messages. */
import { BROKER_ORIGIN } from './messageLog.ts';

export interface SubscriptionFeed {
  readonly topicFilter: string;
  /** Of its messages in the log. Never another subscription's, also when the same filter is subscribed to again. */
  readonly origin: number;
  /** Messages since it was made, or since `clearTotals`. */
  total: number;
}

export class SubscriptionFeeds {
  readonly #feeds = new Map<string, SubscriptionFeed>();
  #nextOrigin = BROKER_ORIGIN + 1;

  /** HOT PATH. Made when it is first asked for. */
  get(topicFilter: string): SubscriptionFeed {
    let feed = this.#feeds.get(topicFilter);
    if (feed === undefined) {
      feed = { topicFilter, origin: this.#nextOrigin++, total: 0 };
      this.#feeds.set(topicFilter, feed);
    }
    return feed;
  }

  /** The subscription is gone. Its messages are no longer found; the log drops them in their turn. */
  forget(topicFilter: string): void {
    this.#feeds.delete(topicFilter);
  }

  clearTotals(): void {
    for (const feed of this.#feeds.values()) feed.total = 0;
  }
}
