/**
 * One node of the topic tree, and its children in the order of their names.
 *
 * A node holds its own level and no prefix: in a topic of many levels the prefixes would cost the square of its
 * length. `topicOf` walks up instead. Only topicStore.ts writes the numbers, and topicFilter.ts its own.
 */
import type { LoggedTopic } from './messageLog.ts';

/** Numbers inside names count as numbers: `sensor2` comes before `sensor10`. The empty level comes first. */
const collator = new Intl.Collator('en', { numeric: true });

export class TopicNode {
  readonly id: number;
  /** Undefined for the root alone. */
  readonly parent: TopicNode | undefined;
  readonly level: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Where a message or a retained mark came for this very topic; undefined for a mere branch. */
  logged: LoggedTopic | undefined = undefined;
  /** Undefined where there is none. */
  children: TopicChildren | undefined = undefined;

  /** Topics below this node that have had a message, itself not counted. */
  descendantTopicCount = 0;
  /** On this very topic. */
  messageCount = 0;
  payloadBytes = 0;
  /** On this topic and all below it. */
  branchMessageCount = 0;
  /** Of the newest message on this topic or below it; 0 before the first. */
  branchNewestAtMs = 0;
  retained = false;

  /** On this topic and all below it, of late: topicRates.ts says of when. */
  branchMessagesPerSecond = 0;
  /** On this very topic. */
  messagesPerSecond = 0;
  bytesPerSecond = 0;
  /** The counts above when the rates were last worked out. */
  branchMessageCountBefore = 0;
  messageCountBefore = 0;
  payloadBytesBefore = 0;
  /** Its rates are worked out at the next tick. */
  isActive = false;

  /** Somebody wants to know when its children change. */
  watched = false;
  /** Somebody wants to know when it changes itself, wherever it is. */
  isFollowed = false;
  /** It is among what changed, or its children are. */
  isChanged = false;
  areChildrenChanged = false;

  /** Of the filter that the numbers below are about: topicFilter.ts writes all four. */
  filterId = 0;
  /** This very topic matches. */
  isMatch = false;
  /** Topics that match, itself and all below it. */
  matchCount = 0;
  /** Children with a `matchCount`. */
  shownChildCount = 0;

  constructor(id: number, parent: TopicNode | undefined, level: string) {
    this.id = id;
    this.parent = parent;
    this.level = level;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }
}

/** The topic from the top down to this node; empty for the root. */
export function topicOf(node: TopicNode): string {
  if (node.logged !== undefined) return node.logged.text;
  const levels: string[] = [];
  for (let n = node; n.parent !== undefined; n = n.parent) levels.push(n.level);
  return levels.reverse().join('/');
}

/**
 * Children by level. New ones are put in order when the order is next asked for, all at once: 10,000 topics that
 * arrive in one flood cost one sort, not 10,000 insertions.
 */
export class TopicChildren {
  readonly #byLevel = new Map<string, TopicNode>();
  #inOrder: TopicNode[] = [];
  #fresh: TopicNode[] = [];

  get size(): number {
    return this.#byLevel.size;
  }

  get(level: string): TopicNode | undefined {
    return this.#byLevel.get(level);
  }

  add(node: TopicNode): void {
    this.#byLevel.set(node.level, node);
    this.#fresh.push(node);
  }

  delete(node: TopicNode): void {
    this.#byLevel.delete(node.level);
    const at = placeOf(this.#inOrder, node, 0);
    if (this.#inOrder[at] === node) this.#inOrder.splice(at, 1);
    else this.#fresh = this.#fresh.filter((each) => each !== node);
  }

  /** In no order. */
  all(): Iterable<TopicNode> {
    return this.#byLevel.values();
  }

  /** All children in the order of their names. Not to be changed by the caller. */
  inOrder(): readonly TopicNode[] {
    if (this.#fresh.length > 0) {
      this.#inOrder = merge(this.#inOrder, this.#fresh.sort(compareByLevel));
      this.#fresh = [];
    }
    return this.#inOrder;
  }
}

function compareByLevel(a: TopicNode, b: TopicNode): number {
  const order = collator.compare(a.level, b.level);
  if (order !== 0) return order;
  // Names that look alike to the collator still need one order, and always the same one.
  if (a.level === b.level) return 0;
  return a.level < b.level ? -1 : 1;
}

/** Where the node is, or would be, found by halving. @param from 0 or more: it is not before. */
function placeOf(ordered: readonly TopicNode[], node: TopicNode, from: number): number {
  let low = from;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareByLevel(ordered[middle]!, node) < 0)
      low = middle + 1; // from ≤ middle < length
    else high = middle;
  }
  return low;
}

/** Finds each fresh node's place by halving: the collator, which is what costs, is not asked about the others. */
function merge(ordered: readonly TopicNode[], fresh: readonly TopicNode[]): TopicNode[] {
  const merged: TopicNode[] = [];
  let taken = 0;
  for (const node of fresh) {
    const low = placeOf(ordered, node, taken);
    while (taken < low) merged.push(ordered[taken++]!);
    merged.push(node);
  }
  while (taken < ordered.length) merged.push(ordered[taken++]!);
  return merged;
}
