/**
 * One node of the topic tree, and its children in the order of their names.
 *
 * A node holds its own level and no prefix: in a topic of many levels the prefixes would cost the square of its
 * length. `topicOf` walks up instead. Only topicStore.ts and topicRates.ts write the numbers.
 */
import type { LoggedTopic } from './messageLog.ts';

/** Numbers inside names count as numbers: `sensor2` comes before `sensor10`. The empty level comes first. */
const collator = new Intl.Collator('en', { numeric: true });

/** Put in order at once: a few milliseconds of a slow thread. */
const NODES_PER_STEP = 256;

/**
 * Rates are kept in so many parts of one a second. Parts are so small that one that no longer gets smaller by rounding is
 * less than topicRates.ts takes for a rate.
 */
const MESSAGE_PARTS = 1000;
const BYTE_PARTS = 64;

/** A node's flags, each a bit. */
const RETAINED = 1;
const ACTIVE = 2;
const WATCHED = 4;
const FOLLOWED = 8;
const CHANGED = 16;
const CHILDREN_CHANGED = 32;

/**
 * Small, since there are a hundred thousand: a field is 8 bytes, and one with a fraction 16 more. So flags are bits of
 * one field, rates are whole numbers inside, and what a filter says of a node is the filter's (topicFilter.ts).
 */
export class TopicNode {
  readonly id: number;
  /** Undefined for the root alone. */
  readonly parent: TopicNode | undefined;
  readonly level: string;
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

  /** The counts above when the rates were last worked out. */
  branchMessageCountBefore = 0;
  messageCountBefore = 0;
  payloadBytesBefore = 0;

  #branchMessageParts = 0;
  #messageParts = 0;
  #byteParts = 0;
  #flags = 0;

  constructor(id: number, parent: TopicNode | undefined, level: string) {
    this.id = id;
    this.parent = parent;
    this.level = level;
  }

  /** On this topic and all below it, of late: topicRates.ts says of when. */
  get branchMessagesPerSecond(): number {
    return this.#branchMessageParts / MESSAGE_PARTS;
  }

  set branchMessagesPerSecond(rate: number) {
    this.#branchMessageParts = Math.round(rate * MESSAGE_PARTS);
  }

  /** On this very topic. */
  get messagesPerSecond(): number {
    return this.#messageParts / MESSAGE_PARTS;
  }

  set messagesPerSecond(rate: number) {
    this.#messageParts = Math.round(rate * MESSAGE_PARTS);
  }

  get bytesPerSecond(): number {
    return this.#byteParts / BYTE_PARTS;
  }

  set bytesPerSecond(rate: number) {
    this.#byteParts = Math.round(rate * BYTE_PARTS);
  }

  get retained(): boolean {
    return (this.#flags & RETAINED) !== 0;
  }

  set retained(is: boolean) {
    this.#set(RETAINED, is);
  }

  /** Its rates are worked out at the next tick. */
  get isActive(): boolean {
    return (this.#flags & ACTIVE) !== 0;
  }

  set isActive(is: boolean) {
    this.#set(ACTIVE, is);
  }

  /** Somebody wants to know when its children change. */
  get watched(): boolean {
    return (this.#flags & WATCHED) !== 0;
  }

  set watched(is: boolean) {
    this.#set(WATCHED, is);
  }

  /** Somebody wants to know when it changes itself, wherever it is. */
  get isFollowed(): boolean {
    return (this.#flags & FOLLOWED) !== 0;
  }

  set isFollowed(is: boolean) {
    this.#set(FOLLOWED, is);
  }

  /** It is among what changed. */
  get isChanged(): boolean {
    return (this.#flags & CHANGED) !== 0;
  }

  set isChanged(is: boolean) {
    this.#set(CHANGED, is);
  }

  /** Its children are among what changed. */
  get areChildrenChanged(): boolean {
    return (this.#flags & CHILDREN_CHANGED) !== 0;
  }

  set areChildrenChanged(are: boolean) {
    this.#set(CHILDREN_CHANGED, are);
  }

  #set(flag: number, is: boolean): void {
    if (is) this.#flags |= flag;
    else this.#flags &= ~flag;
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
 * Children by level. New ones are put in order when the order is next asked for: 10,000 topics that arrive in one flood
 * cost one sort, not 10,000 insertions. Who has others to think of has that done in steps before: of 100,000 it takes
 * the better part of a second.
 */
export class TopicChildren {
  readonly #byLevel = new Map<string, TopicNode>();
  readonly #inOrder: TopicNode[] = [];
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
    const at = placeOf(this.#inOrder, node);
    if (this.#inOrder[at] === node) this.#inOrder.splice(at, 1);
    else this.#fresh = this.#fresh.filter((each) => each !== node);
  }

  /** In no order. */
  all(): Iterable<TopicNode> {
    return this.#byLevel.values();
  }

  /** Puts some of the new ones in their places. Returns whether others are left. */
  orderSome(): boolean {
    if (this.#fresh.length === 0) return false;
    const some = this.#fresh.splice(0, NODES_PER_STEP);
    mergeInto(this.#inOrder, some.sort(compareByLevel));
    return this.#fresh.length > 0;
  }

  /** All children in the order of their names. Not to be changed by the caller. */
  inOrder(): readonly TopicNode[] {
    if (this.#fresh.length > 0) {
      mergeInto(this.#inOrder, this.#fresh.sort(compareByLevel));
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

/**
 * Where the node is, or would be: found by doubling from the end, where the place of a new one often is, then by halving.
 *
 * @param end what is from there on is not looked at
 */
function placeOf(ordered: readonly TopicNode[], node: TopicNode, end = ordered.length): number {
  let low = end - 1;
  let high = end;
  // Both inside of the list.
  for (let step = 1; low >= 0 && compareByLevel(ordered[low]!, node) >= 0; step *= 2) {
    high = low;
    low -= step;
  }
  low = Math.max(low + 1, 0);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareByLevel(ordered[middle]!, node) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Finds each fresh node's place: the collator, which is what costs, is not asked about the others. From the last to the
 * first, so that each of them moves up once.
 *
 * @param fresh in their order
 */
function mergeInto(ordered: TopicNode[], fresh: readonly TopicNode[]): void {
  let from = ordered.length;
  let to = from + fresh.length;
  // Room at the end. Not spread: so many arguments are too many.
  for (const node of fresh) ordered.push(node);
  for (let i = fresh.length - 1; i >= 0; i--) {
    const node = fresh[i]!; // inside the list
    const place = placeOf(ordered, node, from);
    while (from > place) ordered[--to] = ordered[--from]!; // 0 ≤ place ≤ from
    ordered[--to] = node;
  }
}
