/** What may be asked about the topic tree. */
import type { TopicChildren, TopicMethods, TopicNode } from '../contracts/topics.ts';
import type { Model } from '../model/model.ts';
import type { TopicNode as StoredTopicNode } from '../model/topicNode.ts';
import type { Handlers } from './rpcServer.ts';
import { topicNodeOf, topicPageOf } from './snapshots.ts';

const MAX_CHILDREN = 10_000;
/** Topics of 65,535 bytes make a page of 128; common ones never get near. */
const MAX_PAGE_TOPIC_CHARS = 8 * 1024 * 1024;
const MAX_FOUND_TOPICS = 1000;

export class TopicService implements Handlers<TopicMethods> {
  readonly #model: Model;
  readonly #onCleared: () => void;

  /** @param onCleared everything that was seen is forgotten, also of subscriptions. */
  constructor(model: Model, onCleared: () => void) {
    this.#model = model;
    this.#onCleared = onCleared;
  }

  topicChildren({ parentId, offset, limit }: Parameters<TopicMethods['topicChildren']>[0]): TopicChildren {
    const children = this.#model.topics.children(parentId);
    const page = { offset, limit: Math.min(limit, MAX_CHILDREN), maxTopicChars: MAX_PAGE_TOPIC_CHARS };
    return { parentId, nodes: topicPageOf(children, this.#model, page), total: children.length };
  }

  topicPath({ topic }: { topic: string }): readonly TopicNode[] | undefined {
    const nodes: TopicNode[] = [];
    let node: StoredTopicNode | undefined = this.#model.topics.find(topic);
    for (; node?.parent !== undefined; node = node.parent) nodes.push(topicNodeOf(node, this.#model));
    return nodes.length === 0 ? undefined : nodes.reverse();
  }

  findTopics({ text, limit, retainedOnly }: Parameters<TopicMethods['findTopics']>[0]): readonly string[] {
    return this.#model.topics.search(text, Math.min(limit, MAX_FOUND_TOPICS), retainedOnly);
  }

  watchTopics({ branches }: Parameters<TopicMethods['watchTopics']>[0]): void {
    this.#model.topics.watch(branches);
  }

  clearTopics(): void {
    this.#model.clear();
    this.#onCleared();
  }
}
