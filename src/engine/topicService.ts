/** What may be asked about the topic tree. */
import type { Clock } from '../base/clock.ts';
import type { TopicChildren, TopicFilterResult, TopicMethods, TopicNode } from '../contracts/topics.ts';
import type { Model } from '../model/model.ts';
import type { TopicNode as StoredTopicNode } from '../model/topicNode.ts';
import { firstInOrder } from '../model/topicOrder.ts';
import { ROOT_ID } from '../model/topicStore.ts';
import type { Handlers } from './rpcServer.ts';
import { topicNodeOf, topicPageOf } from './snapshots.ts';

const MAX_CHILDREN = 10_000;
/** Topics of 65,535 bytes make a page of 128; common ones never get near. */
const MAX_PAGE_TOPIC_CHARS = 8 * 1024 * 1024;
const MAX_FOUND_TOPICS = 1000;
const MAX_ASKED_TOPICS = 1000;
/** How long a filter may look at topics, before others have a turn. */
const FILTER_SLICE_MS = 8;

export class TopicService implements Handlers<TopicMethods> {
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #onCleared: () => void;

  /** @param onCleared everything that was seen is forgotten, also of subscriptions. */
  constructor(model: Model, clock: Clock, onCleared: () => void) {
    this.#model = model;
    this.#clock = clock;
    this.#onCleared = onCleared;
  }

  topicChildren({
    parentId,
    offset,
    limit,
    order = 'name',
  }: Parameters<TopicMethods['topicChildren']>[0]): TopicChildren {
    const children = this.#model.topics.children(parentId);
    const page = { offset, limit: Math.min(limit, MAX_CHILDREN), maxTopicChars: MAX_PAGE_TOPIC_CHARS };
    const ordered = firstInOrder(children, order, offset + page.limit);
    return { parentId, nodes: topicPageOf(ordered, this.#model, page), total: children.length };
  }

  topicPlace({ id, order }: Parameters<TopicMethods['topicPlace']>[0]): number | undefined {
    const { topics } = this.#model;
    const node = topics.node(id);
    if (node === undefined) return undefined;
    const children = topics.children(node.parent?.id ?? ROOT_ID);
    const place = firstInOrder(children, order, children.length).indexOf(node);
    return place === -1 ? undefined : place;
  }

  topicPath({ topic }: { topic: string }): readonly TopicNode[] | undefined {
    const nodes: TopicNode[] = [];
    let node: StoredTopicNode | undefined = this.#model.topics.find(topic);
    for (; node?.parent !== undefined; node = node.parent) nodes.push(topicNodeOf(node, this.#model));
    return nodes.length === 0 ? undefined : nodes.reverse();
  }

  topicNodes({ topics }: { topics: readonly string[] }): readonly (TopicNode | undefined)[] {
    return topics.slice(0, MAX_ASKED_TOPICS).map((topic) => {
      const node = this.#model.topics.find(topic);
      return node && topicNodeOf(node, this.#model);
    });
  }

  async setTopicFilter({ text }: { text: string }): Promise<TopicFilterResult | undefined> {
    const { topics } = this.#model;
    const startedAtMs = this.#clock.monotonicMs();
    this.#model.filterTopics(text);
    const { filter } = topics;
    while (this.#filterForAWhile()) {
      await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, 0));
      if (topics.filter !== filter) return undefined;
    }
    return {
      matches: filter?.matches ?? topics.topicCount,
      topics: topics.topicCount,
      tookMs: this.#clock.monotonicMs() - startedAtMs,
    };
  }

  removeTopic({ id }: { id: number }): number {
    return this.#model.topics.remove(id);
  }

  findTopics({ text, limit, retainedOnly }: Parameters<TopicMethods['findTopics']>[0]): readonly string[] {
    return this.#model.topics.search(text, Math.min(limit, MAX_FOUND_TOPICS), retainedOnly);
  }

  watchTopics({ branches, topics }: Parameters<TopicMethods['watchTopics']>[0]): void {
    this.#model.topics.watch(branches, topics);
  }

  clearTopics(): void {
    this.#model.clear();
    this.#onCleared();
  }

  /** Whether there is more to look at. */
  #filterForAWhile(): boolean {
    const endsAtMs = this.#clock.monotonicMs() + FILTER_SLICE_MS;
    return this.#model.topics.filterMore(() => this.#clock.monotonicMs() >= endsAtMs);
  }
}
