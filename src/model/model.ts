/**
 * The stores together: what is known of one broker. A topic of the tree is one of the log.
 *
 * Takes what happened (src/observation tells it), answers what is known (src/engine asks). Nothing in it waits, and
 * nothing in it knows a broker, a client or a view.
 */
import { Clients } from './clients.ts';
import type { IncomingMessage, MessageHeader } from './loggedMessage.ts';
import { BROKER_ORIGIN, MessageLog } from './messageLog.ts';
import { MessageViews } from './messageViews.ts';
import { SubscriptionFeeds } from './subscriptionFeeds.ts';
import type { TextPattern } from './textPattern.ts';
import { type IsInNewestPayload, MAX_SEARCHED_BYTES, type MatchTotal, TopicFilter } from './topicFilter.ts';
import type { TopicNode } from './topicNode.ts';
import { TopicStore } from './topicStore.ts';
import { Warnings } from './warnings.ts';

export interface ModelOptions {
  /** What the messages kept for the views may cost together, bytes. */
  historyBytes: number;
  /** What the topic tree may cost, bytes, by its own estimate. */
  treeBytes?: number;
  /** All ids of nodes, messages and views are from here on; the root's is this one. Default 0. */
  idBase?: number;
  /** Rates of topics are worked out, by who calls `topics.updateRates`. Default true. */
  hasRates?: boolean;
}

export class Model {
  readonly log: MessageLog;
  readonly topics: TopicStore;
  readonly views: MessageViews;
  readonly feeds = new SubscriptionFeeds();
  readonly clients = new Clients();
  readonly warnings = new Warnings();

  constructor({ historyBytes, treeBytes, idBase = 0, hasRates }: ModelOptions) {
    this.log = new MessageLog(historyBytes, idBase + 1);
    this.topics = new TopicStore(this.log.topics, treeBytes, idBase, hasRates);
    this.views = new MessageViews(this.log, idBase + 1);
  }

  /** A message on a topic of the broker. */
  messagePublished(topic: string, message: IncomingMessage): void {
    const node = this.topics.nodeOf(topic);
    this.log.append(node.logged!, message, BROKER_ORIGIN); // the node of a topic has one
    this.topics.messageArrived(node, message.payload.length, message.receivedAtMs);
  }

  /** HOT PATH. As `messagePublished`, of a PUBLISH as it came: see MessageLog.appendReceived. */
  publishReceived(
    topic: string,
    bytes: Uint8Array,
    start: number,
    payloadStart: number,
    end: number,
    flags: number,
    receivedAtMs: number,
    publisher: string | undefined,
  ): void {
    const node = this.topics.nodeOf(topic);
    const logged = node.logged!; // as above
    this.log.appendReceived(logged, bytes, start, payloadStart, end, flags, receivedAtMs, publisher);
    this.topics.messageArrived(node, end - payloadStart, receivedAtMs);
  }

  /** HOT PATH. A message that the workbench's subscription to the filter was delivered. */
  messageDelivered(topicFilter: string, topic: string, message: IncomingMessage): void {
    const feed = this.feeds.get(topicFilter);
    feed.total++;
    this.log.append(this.log.topics.get(topic), message, feed.origin);
  }

  /** As `messageDelivered`, counted and not kept. */
  deliveryMuted(topicFilter: string): void {
    this.feeds.get(topicFilter).total++;
  }

  /** The newest message on this very topic. */
  newestOf(node: TopicNode): MessageHeader | undefined {
    return node.logged && this.log.newestOf(node.logged);
  }

  /**
   * Shows the topics that contain the text, or whose newest payload does, and no others. All of them if it is empty.
   *
   * @param total counts what matches here along with what matches elsewhere
   */
  filterTopics(text: string, total: MatchTotal = { matches: 0 }): void {
    const isInNewest: IsInNewestPayload = (...asked) => this.#isInNewestPayload(...asked);
    this.topics.setFilter(text === '' ? undefined : new TopicFilter(text, isInNewest, total));
  }

  /** Forgets every topic and message. What the broker holds (clients, retained marks) stays known. */
  clear(): void {
    this.topics.clear();
    this.log.clear();
    this.feeds.clearTotals();
  }

  #isInNewestPayload(pattern: TextPattern, node: TopicNode, onSearched: (bytes: number) => void): boolean {
    const { logged } = node;
    if (logged === undefined || logged.newestId === 0) return false;
    // Where it lies: an object for each of many topics would cost more than the search.
    const segment = this.log.segmentOf(logged.newestId);
    if (segment === undefined) {
      const preview = logged.kept?.preview;
      return preview !== undefined && pattern.isIn(preview, 0, preview.length);
    }
    const index = logged.newestId - segment.firstId;
    const start = segment.payloadStart(index);
    const end = Math.min(segment.payloadEnd(index), start + MAX_SEARCHED_BYTES);
    onSearched(end - start);
    return pattern.isIn(segment.bytes, start, end);
  }
}
