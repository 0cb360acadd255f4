/**
 * HOT PATH. Which nodes changed since their watcher was last told: of the branches that it watches, and no others.
 *
 * A mark in the node, and a place in a list the first time: a flood on one topic is one entry.
 */
import { Emitter } from '../base/event.ts';
import { type TopicNode, topicOf } from './topicNode.ts';

export interface TopicDelta {
  /** Children of watched branches, and followed nodes, whose numbers, last message or retained mark changed. */
  changed: readonly TopicNode[];
  /** Watched branches that got or lost children. */
  childrenChanged: readonly TopicNode[];
}

export class TopicChanges {
  readonly #watched = new Set<TopicNode>();
  #changed: TopicNode[] = [];
  #childrenChanged: TopicNode[] = [];
  readonly #didChange = new Emitter<void>();

  /** Fires when `take` has something to give, after having had nothing. */
  readonly onDidChange = this.#didChange.event;

  get hasDelta(): boolean {
    return this.#changed.length > 0 || this.#childrenChanged.length > 0;
  }

  /** From now on, changes are kept of the children of these branches alone, and of nodes that are followed. */
  watch(branches: Iterable<TopicNode>): void {
    for (const node of this.#watched) node.watched = false;
    this.#watched.clear();
    for (const node of branches) {
      node.watched = true;
      this.#watched.add(node);
    }
    this.#changed = this.#changed.filter((node) => {
      node.isChanged = node.isFollowed || node.parent?.watched === true;
      return node.isChanged;
    });
    this.#childrenChanged = this.#childrenChanged.filter((node) => {
      node.areChildrenChanged = node.watched;
      return node.areChildrenChanged;
    });
  }

  /** HOT PATH. */
  mark(node: TopicNode): void {
    if (node.isChanged || (node.parent?.watched !== true && !node.isFollowed)) return;
    node.isChanged = true;
    const wasIdle = !this.hasDelta;
    this.#changed.push(node);
    if (wasIdle) this.#didChange.fire();
  }

  markChildren(parent: TopicNode): void {
    this.mark(parent);
    if (!parent.watched || parent.areChildrenChanged) return;
    parent.areChildrenChanged = true;
    const wasIdle = !this.hasDelta;
    this.#childrenChanged.push(parent);
    if (wasIdle) this.#didChange.fire();
  }

  /** The node is no longer in the tree: nothing more is told of it. */
  forget(node: TopicNode): void {
    this.#watched.delete(node);
    node.watched = false;
  }

  /**
   * What changed since the last call. What exceeds the bounds waits for the next call, first come, first served.
   *
   * @param maxNodes at most this many changed nodes
   * @param maxTopicChars stops after the node with which the topics together reach this length
   * @param isThere false for nodes that were forgotten meanwhile
   * @param isShown false for nodes that nobody sees
   */
  take(
    maxNodes: number,
    maxTopicChars: number,
    isThere: (node: TopicNode) => boolean,
    isShown: (node: TopicNode) => boolean,
  ): TopicDelta {
    const changed: TopicNode[] = [];
    let chars = 0;
    let taken = 0;
    while (taken < this.#changed.length && changed.length < maxNodes && chars < maxTopicChars) {
      const node = this.#changed[taken++]!; // below the length
      node.isChanged = false;
      if (!isThere(node) || !isShown(node)) continue;
      changed.push(node);
      chars += topicOf(node).length;
    }
    this.#changed.splice(0, taken);
    const childrenChanged = this.#childrenChanged.filter((node) => {
      node.areChildrenChanged = false;
      return isThere(node);
    });
    this.#childrenChanged = [];
    return { changed, childrenChanged };
  }

  /** Forgets what changed, and every watch. */
  clear(): void {
    this.#watched.clear();
    this.#changed = [];
    this.#childrenChanged = [];
  }
}
