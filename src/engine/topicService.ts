/** What may be asked about the topic tree. */
import type { Clock } from '../base/clock.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import { connectionOf, LOCAL_BROKER } from '../contracts/connections.ts';
import type {
  MessageCount,
  TopicChildren,
  TopicFilterResult,
  TopicMethods,
  TopicNode,
} from '../contracts/topics.ts';
import type { Model } from '../model/model.ts';
import type { TopicNode as StoredTopicNode } from '../model/topicNode.ts';
import { firstInOrder } from '../model/topicOrder.ts';
import { ROOT_ID } from '../model/topicStore.ts';
import type { Models } from './models.ts';
import type { Handlers } from './rpcServer.ts';
import { connectionNodeOf, topicNodeOf, topicPageOf } from './snapshots.ts';

const MAX_CHILDREN = 10_000;
/** Topics of 65,535 bytes make a page of 128; common ones never get near. */
const MAX_PAGE_TOPIC_CHARS = 8 * 1024 * 1024;
const MAX_FOUND_TOPICS = 1000;
const MAX_ASKED_TOPICS = 1000;
/** How long a filter may look at topics, before others have a turn. A person waits for it: longer than others have. */
const FILTER_SLICE_MS = 20;
/** How long children may be put in order, before others have a turn. */
const ORDER_SLICE_MS = 8;

export interface TopicServiceOptions {
  models: Models;
  clock: Clock;
  /** By the local broker since its start; 0 while it does not run. */
  messagesReceived: () => number;
  /** Everything that was seen is forgotten, also of subscriptions. */
  onCleared: () => void;
}

export class TopicService implements Handlers<TopicMethods> {
  readonly #models: Models;
  readonly #clock: Clock;
  readonly #messagesReceived: () => number;
  readonly #onCleared: () => void;

  constructor({ models, clock, messagesReceived, onCleared }: TopicServiceOptions) {
    this.#models = models;
    this.#clock = clock;
    this.#messagesReceived = messagesReceived;
    this.#onCleared = onCleared;
  }

  async topicChildren({
    parentId,
    offset,
    limit,
    order = 'name',
  }: Parameters<TopicMethods['topicChildren']>[0]): Promise<TopicChildren> {
    await this.#order(parentId);
    const model = this.#models.withId(parentId);
    if (model === undefined) return { parentId, nodes: [], total: 0 };
    const others = parentId === ROOT_ID ? [...this.#models.others()] : [];
    const first = others.slice(offset, offset + limit).map(([of, other]) => connectionNodeOf(of, other));
    const children = model.topics.children(parentId);
    const page = {
      offset: Math.max(0, offset - others.length),
      limit: Math.min(limit, MAX_CHILDREN) - first.length,
      maxTopicChars: MAX_PAGE_TOPIC_CHARS,
    };
    const ordered = firstInOrder(children, order, page.offset + page.limit);
    const nodes = [...first, ...topicPageOf(ordered, model, page, this.#models.kindOf(model))];
    return { parentId, nodes, total: others.length + children.length };
  }

  async topicPlace({ id, order }: Parameters<TopicMethods['topicPlace']>[0]): Promise<number | undefined> {
    const parent = this.#models.withId(id)?.topics.node(id)?.parent;
    if (parent !== undefined) await this.#order(parent.id);
    const topics = this.#models.withId(id)?.topics;
    const node = topics?.node(id);
    if (topics === undefined || node === undefined) return undefined;
    const children = topics.children(node.parent?.id ?? topics.rootId);
    const place = firstInOrder(children, order, children.length).indexOf(node);
    if (place === -1) return undefined;
    const isTop = node.parent === topics.node(ROOT_ID);
    return isTop ? [...this.#models.others()].length + place : place;
  }

  topicPath({
    topic,
    connection,
  }: Parameters<TopicMethods['topicPath']>[0]): readonly TopicNode[] | undefined {
    const model = this.#models.of(connection);
    if (model === undefined) return undefined;
    const kind = this.#models.kindOf(model);
    const nodes: TopicNode[] = [];
    let node: StoredTopicNode | undefined = model.topics.find(topic);
    for (; node?.parent !== undefined; node = node.parent) nodes.push(topicNodeOf(node, model, kind));
    return nodes.length === 0 ? undefined : nodes.reverse();
  }

  topicNodes({
    topics,
    connection,
  }: Parameters<TopicMethods['topicNodes']>[0]): readonly (TopicNode | undefined)[] {
    const model = this.#models.of(connection);
    const kind = model && this.#models.kindOf(model);
    return topics.slice(0, MAX_ASKED_TOPICS).map((topic) => {
      const node = model?.topics.find(topic);
      return model && node && topicNodeOf(node, model, kind);
    });
  }

  async setTopicFilter({ text }: { text: string }): Promise<TopicFilterResult | undefined> {
    const startedAtMs = this.#clock.monotonicMs();
    const total = this.#models.setTopicFilter(text);
    while ([...this.#models.all()].some((model) => this.#filterForAWhile(model))) {
      await nextTurn(this.#clock);
      if (this.#models.matchTotal !== total) return undefined;
    }
    const topics = [...this.#models.all()].reduce((sum, model) => sum + model.topics.topicCount, 0);
    return {
      matches: text === '' ? topics : total.matches,
      topics,
      tookMs: this.#clock.monotonicMs() - startedAtMs,
    };
  }

  removeTopic({ id }: { id: number }): number {
    return this.#models.withId(id)?.topics.remove(id) ?? 0;
  }

  findTopics({
    text,
    limit,
    retainedOnly,
    connection,
  }: Parameters<TopicMethods['findTopics']>[0]): readonly string[] {
    const topics = this.#models.of(connection)?.topics;
    return topics?.search(text, Math.min(limit, MAX_FOUND_TOPICS), retainedOnly) ?? [];
  }

  watchTopics({ branches, topics }: Parameters<TopicMethods['watchTopics']>[0]): void {
    for (const model of this.#models.all()) {
      const own = branches.filter((id) => this.#models.withId(id) === model);
      model.topics.watch(own, model === this.#models.local ? topics : []);
    }
  }

  messageCounts(): readonly MessageCount[] {
    const others = [...this.#models.others()].map(([{ topics }]) => ({
      connection: connectionOf(topics.rootId),
      count: topics.node(topics.rootId)?.branchMessageCount ?? 0,
    }));
    return [{ connection: LOCAL_BROKER, count: this.#messagesReceived() }, ...others];
  }

  clearTopics(): void {
    this.#models.local.clear();
    this.#onCleared();
  }

  /** New children of a branch come to their places, in slices. */
  async #order(branchId: number): Promise<void> {
    const more = (): boolean | undefined =>
      this.#models.withId(branchId)?.topics.orderChildren(branchId, timeSlice(this.#clock, ORDER_SLICE_MS));
    while (more()) await nextTurn(this.#clock);
  }

  /** Whether there is more to look at. */
  #filterForAWhile(model: Model): boolean {
    return model.topics.filterMore(timeSlice(this.#clock, FILTER_SLICE_MS));
  }
}
