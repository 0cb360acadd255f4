/**
 * Which topics are shown while a person looks for a text: those that contain it, in any case, and those whose newest
 * payload does, in any case of the letters A to Z. What leads to one is shown with it.
 *
 * It keeps marks of what matches and of what leads there, and nothing of the others: 85 bytes each, outside of the tree's
 * budget, as they go with the filter. A topic that has matched stays until the filter is set again.
 */
import { TextPattern } from './textPattern.ts';
import type { TopicNode } from './topicNode.ts';

/** Of a payload. The rest of a longer one is not searched: one of 100 MB would take the engine a tenth of a second. */
export const MAX_SEARCHED_BYTES = 1024 * 1024;

/** How often a search looks at the clock: after so many topics, or so much of their payloads. */
const TOPICS_PER_LOOK = 64;
const BYTES_PER_LOOK = 64 * 1024;

/**
 * The newest payload of a node's topic contains the pattern, within `MAX_SEARCHED_BYTES`.
 *
 * @param onSearched told how many bytes there were to search.
 */
export type IsInNewestPayload = (
  pattern: TextPattern,
  node: TopicNode,
  onSearched: (bytes: number) => void,
) => boolean;

/** What an expression would not take for itself. */
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

/** Of the same filter in the trees of several connections. */
export interface MatchTotal {
  matches: number;
}

/** Of a node that matches, or leads to one that does. */
interface Mark {
  /** This very topic matches. */
  isMatch: boolean;
  /** Topics that match, itself and all below it. */
  matchCount: number;
  /** Children with a mark. */
  shownChildCount: number;
}

export class TopicFilter {
  readonly text: string;
  readonly #marks = new Map<TopicNode, Mark>();
  /** Quicker than a topic in lower case, which would be a string for each. */
  readonly #inTopic: RegExp;
  readonly #pattern: TextPattern;
  readonly #isInNewestPayload: IsInNewestPayload;
  readonly #total: MatchTotal;
  /** Of the total, what matches in this tree. */
  #ownMatches = 0;
  /** Since the last look at the clock. */
  #consideredTopics = 0;
  #searchedBytes = 0;
  readonly #onSearched = (bytes: number): void => {
    this.#searchedBytes += bytes;
  };
  /** Where the next look at what came of late begins. */
  #activeIndex = 0;

  constructor(text: string, isInNewestPayload: IsInNewestPayload, total: MatchTotal) {
    this.#total = total;
    this.text = text;
    this.#inTopic = new RegExp(text.replace(SYNTAX, '\\$&'), 'iu');
    this.#pattern = new TextPattern(text);
    this.#isInNewestPayload = isInNewestPayload;
  }

  /** Topics that match, of all trees that have this filter. */
  get matches(): number {
    return this.#total.matches;
  }

  isShown(node: TopicNode): boolean {
    return this.#marks.has(node);
  }

  /** Topics that match, the node's own and all below it. */
  matchCount(node: TopicNode): number {
    return this.#marks.get(node)?.matchCount ?? 0;
  }

  shownChildCount(node: TopicNode): number {
    return this.#marks.get(node)?.shownChildCount ?? 0;
  }

  /** Topics below the node that match, itself not counted. */
  matchesBelow(node: TopicNode): number {
    const mark = this.#marks.get(node);
    if (mark === undefined) return 0;
    return mark.isMatch ? mark.matchCount - 1 : mark.matchCount;
  }

  /**
   * Shows the node's topic if it matches.
   *
   * @param node of a topic
   * @returns whether it was not shown as a match before, and now is.
   */
  consider(node: TopicNode): boolean {
    if (node.logged === undefined || this.#marks.get(node)?.isMatch) return false;
    if (!this.isInTopic(node.logged.text) && !this.#isInNewestPayload(this.#pattern, node, this.#onSearched))
      return false;
    this.#mark(node).isMatch = true;
    this.#countMatches(1);
    for (let n: TopicNode | undefined = node; n !== undefined; n = n.parent) {
      if (++this.#mark(n).matchCount > 1 || n.parent === undefined) continue;
      this.#mark(n.parent).shownChildCount++;
    }
    return true;
  }

  /** Asked after each topic of many: whether to look at the clock. */
  isLookDue(): boolean {
    if (++this.#consideredTopics < TOPICS_PER_LOOK && this.#searchedBytes < BYTES_PER_LOOK) return false;
    this.#consideredTopics = 0;
    this.#searchedBytes = 0;
    return true;
  }

  isInTopic(topic: string): boolean {
    return this.#inTopic.test(topic);
  }

  /**
   * Looks at topics of which something came of late, and goes on where it stopped the time before.
   *
   * @param nodes branches, and nodes that were forgotten, may be among them
   * @param onShown a topic that matches from now on
   */
  considerActive(
    nodes: readonly TopicNode[],
    isTimeUp: () => boolean,
    onShown: (node: TopicNode) => void,
  ): void {
    for (let looked = 0; looked < nodes.length; looked++) {
      if (this.#activeIndex >= nodes.length) this.#activeIndex = 0;
      const node = nodes[this.#activeIndex++]!; // below the length
      if (node.logged !== undefined && this.consider(node)) onShown(node);
      if (this.isLookDue() && isTimeUp()) return;
    }
  }

  /** The topic of the node is forgotten; the node is still in its place. */
  forget(node: TopicNode): void {
    const mark = this.#marks.get(node);
    if (!mark?.isMatch) return;
    mark.isMatch = false;
    this.#countMatches(-1);
    for (let n: TopicNode | undefined = node; n !== undefined; n = n.parent) {
      if (--this.#mark(n).matchCount > 0) continue;
      this.#marks.delete(n);
      if (n.parent !== undefined) this.#mark(n.parent).shownChildCount--;
    }
  }

  /** All topics are forgotten, nodes and all; or the tree is shown without this filter from here on. */
  forgetAll(): void {
    this.#marks.clear();
    this.#countMatches(-this.#ownMatches);
  }

  #countMatches(more: number): void {
    this.#ownMatches += more;
    this.#total.matches += more;
  }

  /** To be written to. */
  #mark(node: TopicNode): Mark {
    let mark = this.#marks.get(node);
    if (mark === undefined) {
      mark = { isMatch: false, matchCount: 0, shownChildCount: 0 };
      this.#marks.set(node, mark);
    }
    return mark;
  }
}
