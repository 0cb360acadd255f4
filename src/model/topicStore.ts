/**
 * The topic tree: which topics were heard of, how often, and what came last.
 *
 * A node is a level, and an empty level is one too (`/a` is not `a`). Levels beyond the 100th are one node together,
 * whose level then contains the separators: a topic may have 65,535 levels, and a person reads no such tree. Its
 * messages count like any others.
 *
 * Bounded: at `maxBytes`, the topics that were quiet for longest go, with a count, to make room for new ones.
 * Who watches a branch is told which of its children changed, as often as it asks. Knows nothing of histories.
 */
import { Emitter } from '../base/event.ts';
import type { StoredMessage } from './storedMessage.ts';
import { TopicChildren, TopicNode, topicOf } from './topicNode.ts';
import { findTopics } from './topicSearch.ts';

/** The deepest level of the tree; the rest of a longer topic is in the node there. */
export const MAX_TREE_DEPTH = 100;

export const ROOT_ID = 0;

/** Room for about 80,000 topics of common length. */
const DEFAULT_TREE_BYTES = 128 * 1024 * 1024;

/** As measured on Node 24: the node and its share of its parent's list of children. */
const NODE_BYTES = 400;
/** What a topic costs besides its node: its entry in the index, and its last message with a full preview. */
const TOPIC_BYTES = 900;

export interface TopicDelta {
  /** Children of watched branches whose numbers, last message or retained mark changed. */
  changed: readonly TopicNode[];
  /** Watched branches that got or lost children. */
  childrenChanged: readonly TopicNode[];
}

export class TopicStore {
  readonly #maxBytes: number;
  #usedBytes = 0;
  #nextId = ROOT_ID + 1;
  #root = new TopicNode(ROOT_ID, undefined, '');
  readonly #byId = new Map<number, TopicNode>([[ROOT_ID, this.#root]]);
  readonly #byTopic = new Map<string, TopicNode>();
  /** What the broker holds, whether or not the tree has a node for it. */
  readonly #retained = new Set<string>();
  #forgottenTopics = 0;

  readonly #watched = new Set<TopicNode>();
  readonly #changed = new Set<TopicNode>();
  readonly #childrenChanged = new Set<TopicNode>();
  readonly #didChange = new Emitter<void>();
  readonly #didForgetTopic = new Emitter<string>();

  constructor(maxBytes = DEFAULT_TREE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Fires when `takeDelta` has something to give, after having had nothing. */
  readonly onDidChange = this.#didChange.event;
  /** Fires with each topic that goes because the tree is full. */
  readonly onDidForgetTopic = this.#didForgetTopic.event;

  get topicCount(): number {
    return this.#byTopic.size;
  }

  /** Topics that went because the tree was full. */
  get forgottenTopics(): number {
    return this.#forgottenTopics;
  }

  /** HOT PATH. Counts a message and notes it as the last of its topic. */
  messageArrived(topic: string, message: StoredMessage): void {
    const node = this.#byTopic.get(topic) ?? this.#addTopic(topic);
    const isFirst = node.messageCount === 0;
    node.messageCount++;
    node.last = message;
    for (let n: TopicNode | undefined = node; n !== undefined; n = n.parent) {
      n.branchMessageCount++;
      if (isFirst && n !== node) n.descendantTopicCount++;
      this.#mark(n);
    }
  }

  /** The broker now holds, or no longer holds, a retained message for the topic. */
  retainedChanged(topic: string, retained: boolean): void {
    if (retained) this.#retained.add(topic);
    else this.#retained.delete(topic);
    const node = this.#byTopic.get(topic) ?? (retained ? this.#addTopic(topic) : undefined);
    if (node === undefined || node.retained === retained) return;
    node.retained = retained;
    this.#mark(node);
  }

  /** The broker is gone, and its retained messages with it. */
  retainedLost(): void {
    for (const topic of [...this.#retained]) this.retainedChanged(topic, false);
  }

  /** Undefined for an id that is not, or no longer, in the tree. */
  node(id: number): TopicNode | undefined {
    return this.#byId.get(id);
  }

  /** The node of a topic or of a branch. Undefined when nothing was heard of it. */
  find(topic: string): TopicNode | undefined {
    const known = this.#byTopic.get(topic);
    if (known !== undefined) return known;
    let node: TopicNode | undefined = this.#root;
    for (const level of treeLevels(topic)) node = node?.children?.get(level);
    return node;
  }

  /** Children of a node in the order of their names; empty for an unknown id. */
  children(id: number): readonly TopicNode[] {
    return this.#byId.get(id)?.children?.inOrder() ?? [];
  }

  /** Topics that contain the text, in any case; the ones that start with it first, each part in code unit order. */
  search(text: string, limit: number, retainedOnly = false): string[] {
    return findTopics(retainedOnly ? this.#retained : this.#byTopic.keys(), text, limit);
  }

  /** From now on, changes are kept of the children of these branches alone. Unknown ids are ignored. */
  watch(branchIds: readonly number[]): void {
    for (const node of this.#watched) node.watched = false;
    this.#watched.clear();
    for (const id of branchIds) {
      const node = this.#byId.get(id);
      if (node === undefined) continue;
      node.watched = true;
      this.#watched.add(node);
    }
    for (const node of this.#changed) if (node.parent?.watched !== true) this.#changed.delete(node);
    for (const node of this.#childrenChanged) if (!node.watched) this.#childrenChanged.delete(node);
  }

  get hasDelta(): boolean {
    return this.#changed.size > 0 || this.#childrenChanged.size > 0;
  }

  /**
   * What changed since the last call. What exceeds the bounds waits for the next call, first come, first served.
   *
   * @param maxNodes at most this many changed nodes
   * @param maxTopicChars stops after the node with which the topics together reach this length
   */
  takeDelta(maxNodes: number, maxTopicChars: number): TopicDelta {
    const changed: TopicNode[] = [];
    let chars = 0;
    for (const node of this.#changed) {
      if (changed.length >= maxNodes || chars >= maxTopicChars) break;
      this.#changed.delete(node);
      changed.push(node);
      chars += topicOf(node).length;
    }
    const childrenChanged = [...this.#childrenChanged];
    this.#childrenChanged.clear();
    return { changed, childrenChanged };
  }

  /** Forgets every topic. Ids are not used again; watches of other branches than the root end. */
  clear(): void {
    const { watched } = this.#root;
    this.#root = new TopicNode(ROOT_ID, undefined, '');
    this.#root.watched = watched;
    this.#byId.clear();
    this.#byId.set(ROOT_ID, this.#root);
    this.#byTopic.clear();
    this.#changed.clear();
    this.#childrenChanged.clear();
    this.#watched.clear();
    this.#usedBytes = 0;
    this.#forgottenTopics = 0;
    if (watched) {
      this.#watched.add(this.#root);
      this.#markChildren(this.#root);
    }
  }

  #addTopic(topic: string): TopicNode {
    let node = this.#root;
    for (const level of treeLevels(topic)) node = node.children?.get(level) ?? this.#addChild(node, level);
    node.topic = topic;
    node.retained = this.#retained.has(topic);
    this.#byTopic.set(topic, node);
    this.#usedBytes += TOPIC_BYTES + 2 * topic.length;
    if (this.#usedBytes > this.#maxBytes) this.#makeRoom(node);
    return node;
  }

  #addChild(parent: TopicNode, level: string): TopicNode {
    const node = new TopicNode(this.#nextId++, parent, level);
    parent.children ??= new TopicChildren();
    parent.children.add(node);
    this.#byId.set(node.id, node);
    this.#usedBytes += NODE_BYTES + 2 * level.length;
    this.#markChildren(parent);
    return node;
  }

  /** A tenth at once, so that a device with a new topic for each message pays for the sorting seldom. */
  #makeRoom(keep: TopicNode): void {
    const leaves: TopicNode[] = [];
    for (const node of this.#byTopic.values())
      if (node.children === undefined && node !== keep) leaves.push(node);
    leaves.sort((a, b) => (a.last?.id ?? 0) - (b.last?.id ?? 0));
    for (const node of leaves) {
      if (this.#usedBytes <= this.#maxBytes * 0.9) break;
      this.#forgetTopic(node);
    }
  }

  #forgetTopic(leaf: TopicNode): void {
    // A leaf of byTopic: its topic is set.
    const topic = leaf.topic!;
    this.#byTopic.delete(topic);
    this.#usedBytes -= TOPIC_BYTES + 2 * topic.length;
    this.#forgottenTopics++;
    for (let n = leaf.parent; n !== undefined; n = n.parent) {
      n.branchMessageCount -= leaf.messageCount;
      if (leaf.messageCount > 0) n.descendantTopicCount--;
      this.#mark(n);
    }
    let node = leaf;
    // The branches that led to it alone go with it.
    do {
      const parent = node.parent;
      if (parent?.children === undefined) break;
      this.#removeChild(parent, parent.children, node);
      node = parent;
    } while (node.children === undefined && node.topic === undefined);
    this.#didForgetTopic.fire(topic);
  }

  #removeChild(parent: TopicNode, children: TopicChildren, node: TopicNode): void {
    children.delete(node);
    if (children.size === 0) parent.children = undefined;
    this.#byId.delete(node.id);
    this.#usedBytes -= NODE_BYTES + 2 * node.level.length;
    this.#watched.delete(node);
    this.#changed.delete(node);
    this.#childrenChanged.delete(node);
    this.#markChildren(parent);
  }

  #mark(node: TopicNode): void {
    if (node.parent?.watched !== true) return;
    const wasIdle = !this.hasDelta;
    this.#changed.add(node);
    if (wasIdle) this.#didChange.fire();
  }

  #markChildren(parent: TopicNode): void {
    this.#mark(parent);
    if (!parent.watched) return;
    const wasIdle = !this.hasDelta;
    this.#childrenChanged.add(parent);
    if (wasIdle) this.#didChange.fire();
  }
}

/** The levels of a topic as the tree has them: at most `MAX_TREE_DEPTH`, the last with all that remains. */
function* treeLevels(topic: string): Generator<string> {
  let start = 0;
  for (let depth = 1; depth < MAX_TREE_DEPTH; depth++) {
    const end = topic.indexOf('/', start);
    if (end === -1) break;
    yield topic.slice(start, end);
    start = end + 1;
  }
  yield topic.slice(start);
}
