/**
 * The topic tree: which topics were heard of, how often, and what came last.
 *
 * A node is a level, and an empty level is one too (`/a` is not `a`). Levels beyond the 100th are one node together,
 * whose level then contains the separators: a topic may have 65,535 levels, and a person reads no such tree. Its
 * messages count like any others.
 *
 * Bounded: at `maxBytes`, the topics that were quiet for longest go, with a count, to make room for new ones.
 * Who watches a branch is told which of its children changed, as often as it asks (topicChanges.ts). The messages
 * themselves are in the log; a node knows its topic there.
 */
import { Emitter } from '../base/event.ts';
import type { LoggedTopic } from './messageLog.ts';
import type { NameTable } from './nameTable.ts';
import { TopicChanges, type TopicDelta } from './topicChanges.ts';
import type { TopicFilter } from './topicFilter.ts';
import { TopicChildren, TopicNode } from './topicNode.ts';
import { TopicRates } from './topicRates.ts';
import { findTopics } from './topicSearch.ts';

/** The deepest level of the tree; the rest of a longer topic is in the node there. */
export const MAX_TREE_DEPTH = 100;

/** Unless it is told another. */
export const ROOT_ID = 0;

/** Room for about 160,000 topics of common length. */
const DEFAULT_TREE_BYTES = 128 * 1024 * 1024;

/** As measured on Node 24: the node and its share of its parent's list of children. */
const NODE_BYTES = 325;
/** What a topic costs besides its node: its entries in the indexes, and what may be kept of its newest message. */
const TOPIC_BYTES = 400;

export class TopicStore {
  readonly #names: NameTable<LoggedTopic>;
  readonly #maxBytes: number;
  #usedBytes = 0;
  /** Of the invisible root. The ids of the others follow it. */
  readonly rootId: number;
  #nextId: number;
  #root: TopicNode;
  readonly #byId = new Map<number, TopicNode>();
  readonly #byTopic = new Map<string, TopicNode>();
  /** What the broker holds, whether or not the tree has a node for it. */
  readonly #retained = new Set<string>();
  #forgottenTopics = 0;
  /** Topics whose nodes are followed, also before there is one. */
  #followed: ReadonlySet<string> = new Set();
  #filter: TopicFilter | undefined;
  /** The topics that a new filter has still to look at. */
  #unfiltered: TopicNode[] | undefined;

  readonly #changes = new TopicChanges();
  /** Undefined where nobody works them out: each node would wait for it for good. */
  readonly #rates: TopicRates | undefined;
  readonly #didForgetTopic = new Emitter<string>();

  /**
   * @param names of the log: a topic that the tree has is held there.
   * @param hasRates see ModelOptions.
   */
  constructor(
    names: NameTable<LoggedTopic>,
    maxBytes = DEFAULT_TREE_BYTES,
    rootId = ROOT_ID,
    hasRates = true,
  ) {
    this.#rates = hasRates ? new TopicRates() : undefined;
    this.rootId = rootId;
    this.#nextId = rootId + 1;
    this.#root = new TopicNode(rootId, undefined, '');
    this.#byId.set(rootId, this.#root);
    this.#names = names;
    this.#maxBytes = maxBytes;
  }

  /** Fires when `takeDelta` has something to give, after having had nothing. */
  readonly onDidChange = this.#changes.onDidChange;
  /** Fires with each topic that goes because the tree is full. */
  readonly onDidForgetTopic = this.#didForgetTopic.event;

  get topicCount(): number {
    return this.#byTopic.size;
  }

  /** Topics that went because the tree was full. */
  get forgottenTopics(): number {
    return this.#forgottenTopics;
  }

  /** HOT PATH. The node of a topic, made where nothing was heard of it. */
  nodeOf(topic: string): TopicNode {
    return this.#byTopic.get(topic) ?? this.#addTopic(topic);
  }

  /** HOT PATH. Counts a message, which the log has as the newest of the node's topic. */
  messageArrived(node: TopicNode, payloadBytes: number, receivedAtMs: number): void {
    const isFirst = node.messageCount === 0;
    node.messageCount++;
    node.payloadBytes += payloadBytes;
    for (let n: TopicNode | undefined = node; n !== undefined; n = n.parent) {
      n.branchMessageCount++;
      n.branchNewestAtMs = receivedAtMs;
      if (!n.isActive) this.#rates?.activate(n);
      if (isFirst && n !== node) n.descendantTopicCount++;
      this.#changes.mark(n);
    }
    // Without rates there are no active nodes to look at later.
    if (this.#rates === undefined && this.#filter?.consider(node)) this.#markShown(node);
  }

  /** The broker now holds, or no longer holds, a retained message for the topic. */
  retainedChanged(topic: string, retained: boolean): void {
    if (retained) this.#retained.add(topic);
    else this.#retained.delete(topic);
    const node = this.#byTopic.get(topic) ?? (retained ? this.#addTopic(topic) : undefined);
    if (node === undefined || node.retained === retained) return;
    node.retained = retained;
    this.#changes.mark(node);
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

  /** Children of a node that are shown, in the order of their names; empty for an unknown id. */
  children(id: number): readonly TopicNode[] {
    const children = this.#byId.get(id)?.children?.inOrder() ?? [];
    const filter = this.#filter;
    return filter === undefined ? children : children.filter((node) => filter.isShown(node));
  }

  /**
   * Puts new children of a node in their places, for `children` to find them there: without, it does so in one go.
   *
   * @param isTimeUp asked every few milliseconds
   * @returns whether there is more to do.
   */
  orderChildren(id: number, isTimeUp: () => boolean): boolean {
    while (this.#byId.get(id)?.children?.orderSome()) if (isTimeUp()) return true;
    return false;
  }

  /** As `children`, counted. */
  childCount(node: TopicNode): number {
    return this.#filter?.shownChildCount(node) ?? node.children?.size ?? 0;
  }

  /** Topics below the node that are shown, itself not counted: those that have had a message, or those that match. */
  topicsBelow(node: TopicNode): number {
    return this.#filter?.matchesBelow(node) ?? node.descendantTopicCount;
  }

  /** Topics that contain the text, in any case; the ones that start with it first, each part in code unit order. */
  search(text: string, limit: number, retainedOnly = false): string[] {
    return findTopics(retainedOnly ? this.#retained : this.#byTopic.keys(), text, limit);
  }

  get filter(): TopicFilter | undefined {
    return this.#filter;
  }

  /** Shows what matches, as far as `filterMore` has looked. Undefined: shows everything. */
  setFilter(filter: TopicFilter | undefined): void {
    this.#filter?.forgetAll();
    this.#filter = filter;
    this.#unfiltered = filter && [...this.#byTopic.values()];
  }

  /**
   * Looks at what was there when the filter was set. Who asks for the children again when it has ended needs no events.
   *
   * @param isTimeUp asked after every few topics, or the payloads of fewer
   * @returns whether there is more to look at.
   */
  filterMore(isTimeUp: () => boolean): boolean {
    const filter = this.#filter;
    const topics = this.#unfiltered;
    if (filter === undefined || topics === undefined) return false;
    while (topics.length > 0) {
      filter.consider(topics.pop()!); // one is left
      if (filter.isLookDue() && isTimeUp()) return true;
    }
    this.#unfiltered = undefined;
    return false;
  }

  /** Looks at topics of which something came of late: their newest payload may match now. Not needed without rates. */
  filterActive(isTimeUp: () => boolean): void {
    this.#filter?.considerActive(this.activeNodes, isTimeUp, (node) => {
      if (this.#byId.get(node.id) === node) this.#markShown(node);
    });
  }

  /**
   * From now on, changes are kept of the children of these branches alone, and of these topics, heard or not. Unknown ids
   * are ignored.
   */
  watch(branchIds: readonly number[], topics: readonly string[] = []): void {
    for (const topic of this.#followed) this.#follow(topic, false);
    this.#followed = new Set(topics);
    for (const topic of topics) this.#follow(topic, true);
    this.#changes.watch(branchIds.map((id) => this.#byId.get(id)).filter((node) => node !== undefined));
  }

  get hasDelta(): boolean {
    return this.#changes.hasDelta;
  }

  /**
   * What changed since the last call. What exceeds the bounds waits for the next call, first come, first served.
   *
   * @param maxNodes at most this many changed nodes
   * @param maxTopicChars stops after the node with which the topics together reach this length
   */
  takeDelta(maxNodes: number, maxTopicChars: number): TopicDelta {
    return this.#changes.take(
      maxNodes,
      maxTopicChars,
      (node) => this.#byId.get(node.id) === node,
      (node) => node.isFollowed || (this.#filter?.isShown(node) ?? true),
    );
  }

  /**
   * Works out what came of late, once a second.
   *
   * @param nowMs monotonic.
   * @param isTimeUp asked every now and then: the rest is for the next call.
   * @returns `more` while there is more to do now; `idle` when nothing comes any more, and all rates are 0.
   */
  updateRates(nowMs: number, isTimeUp: () => boolean): 'more' | 'active' | 'idle' {
    if (this.#rates === undefined) return 'idle';
    if (!this.#rates.tick(nowMs, isTimeUp, (node) => this.#changes.mark(node))) return 'more';
    return this.#rates.activeNodes.length > 0 ? 'active' : 'idle';
  }

  /** Topics of which something came of late, in no order; branches and topics that were forgotten are among them. */
  get activeNodes(): readonly TopicNode[] {
    return this.#rates?.activeNodes ?? [];
  }

  /**
   * Forgets a node and all below it. What comes on one of its topics makes it anew.
   *
   * @returns how many topics that were.
   */
  remove(id: number): number {
    const node = this.#byId.get(id);
    if (node?.parent === undefined) return 0;
    // Each before what is below it.
    const nodes = [node];
    for (const next of nodes) for (const child of next.children?.all() ?? []) nodes.push(child);
    const topics = nodes.filter(({ logged }) => logged !== undefined);
    // From below: what is forgotten is a leaf, and takes the branches along that led to it alone.
    for (const topic of topics.reverse()) this.#forgetTopic(topic);
    return topics.length;
  }

  /** Forgets every topic. Ids are not used again; watches of other branches than the root end. */
  clear(): void {
    const { watched } = this.#root;
    for (const node of this.#byTopic.values()) this.#releaseName(node);
    this.#root = new TopicNode(this.rootId, undefined, '');
    this.#byId.clear();
    this.#byId.set(this.rootId, this.#root);
    this.#byTopic.clear();
    this.#changes.clear();
    this.#rates?.clear();
    this.#filter?.forgetAll();
    this.#usedBytes = 0;
    this.#forgottenTopics = 0;
    if (!watched) return;
    this.#changes.watch([this.#root]);
    this.#changes.markChildren(this.#root);
  }

  #addTopic(topic: string): TopicNode {
    let node = this.#root;
    for (const level of treeLevels(topic)) node = node.children?.get(level) ?? this.#addChild(node, level);
    node.logged = this.#names.get(topic);
    node.logged.holders++;
    node.retained = this.#retained.has(topic);
    this.#byTopic.set(topic, node);
    if (this.#followed.has(topic)) this.#follow(topic, true);
    if (this.#filter?.consider(node)) this.#markShown(node);
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
    if (this.#filter === undefined) this.#changes.markChildren(parent);
    return node;
  }

  /** A tenth at once, so that a device with a new topic for each message pays for the sorting seldom. */
  #makeRoom(keep: TopicNode): void {
    const leaves: TopicNode[] = [];
    for (const node of this.#byTopic.values())
      if (node.children === undefined && node !== keep) leaves.push(node);
    leaves.sort((a, b) => a.branchNewestAtMs - b.branchNewestAtMs);
    for (const node of leaves) {
      if (this.#usedBytes <= this.#maxBytes * 0.9) break;
      const topic = node.logged!.text; // a leaf of byTopic has one
      this.#forgetTopic(node);
      this.#forgottenTopics++;
      this.#didForgetTopic.fire(topic);
    }
  }

  #forgetTopic(leaf: TopicNode): void {
    const topic = leaf.logged!.text; // as above
    this.#filter?.forget(leaf);
    this.#byTopic.delete(topic);
    this.#usedBytes -= TOPIC_BYTES + 2 * topic.length;
    for (let n = leaf.parent; n !== undefined; n = n.parent) {
      n.branchMessageCount -= leaf.messageCount;
      if (leaf.messageCount > 0) n.descendantTopicCount--;
      this.#changes.mark(n);
    }
    this.#releaseName(leaf);
    let node = leaf;
    // The branches that led to it alone go with it.
    do {
      const parent = node.parent;
      if (parent?.children === undefined) break;
      this.#removeChild(parent, parent.children, node);
      node = parent;
    } while (node.children === undefined && node.logged === undefined);
  }

  #follow(topic: string, isFollowed: boolean): void {
    const node = this.#byTopic.get(topic);
    if (node === undefined) return;
    node.isFollowed = isFollowed;
    if (isFollowed) this.#changes.mark(node);
  }

  /** Of a topic that matches from now on, and of what leads to it. */
  #markShown(node: TopicNode): void {
    for (let n = node; n.parent !== undefined; n = n.parent) {
      if (this.#filter?.matchCount(n) === 1) this.#changes.markChildren(n.parent);
      this.#changes.mark(n);
    }
  }

  #removeChild(parent: TopicNode, children: TopicChildren, node: TopicNode): void {
    children.delete(node);
    if (children.size === 0) parent.children = undefined;
    this.#byId.delete(node.id);
    this.#usedBytes -= NODE_BYTES + 2 * node.level.length;
    this.#changes.forget(node);
    this.#changes.markChildren(parent);
  }

  #releaseName(node: TopicNode): void {
    if (node.logged !== undefined) this.#names.release(node.logged);
    node.logged = undefined;
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
