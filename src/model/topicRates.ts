/**
 * How many messages and bytes a second come of late, for each topic and each branch.
 *
 * Worked out once a second for the nodes of which something came, and for those whose rate has not yet come down to
 * nothing: a message costs a mark. A rate follows what comes within a few seconds, so that it neither jumps at each
 * message nor tells of what has been over for long.
 */
import type { TopicNode } from './topicNode.ts';

/** In this time a rate comes two thirds of the way to what it is now. */
const SMOOTHING_SECONDS = 5;
/** So many a second at once are the rate from the start: a flood is seen when it begins. */
const FLOOD_PER_SECOND = 5;
/** Less is nothing. */
const MIN_PER_SECOND = 0.05;

export class TopicRates {
  #active: TopicNode[] = [];
  #tickedAtMs: number | undefined;

  /** Nodes with a rate, or of which something came since the last tick. */
  get activeNodes(): readonly TopicNode[] {
    return this.#active;
  }

  /** HOT PATH. A message came to a node that is not active. */
  activate(node: TopicNode): void {
    node.isActive = true;
    this.#active.push(node);
  }

  /**
   * @param nowMs monotonic. The first tick after a rest only begins to count.
   * @returns the nodes whose rate changed, and those whose rate is 0 from here on.
   */
  tick(nowMs: number): readonly TopicNode[] {
    const since = this.#tickedAtMs;
    this.#tickedAtMs = nowMs;
    const seconds = since === undefined ? 1 : (nowMs - since) / 1000;
    if (seconds <= 0) return [];
    const ticked = this.#active;
    const share = 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
    this.#active = ticked.filter((node) => {
      update(node, seconds, share);
      node.isActive = node.branchMessagesPerSecond > 0;
      return node.isActive;
    });
    if (this.#active.length === 0) this.#tickedAtMs = undefined;
    return ticked;
  }

  clear(): void {
    this.#active = [];
    this.#tickedAtMs = undefined;
  }
}

function update(node: TopicNode, seconds: number, share: number): void {
  const { branchMessageCount, messageCount, payloadBytes } = node;
  node.branchMessagesPerSecond = follow(
    node.branchMessagesPerSecond,
    // A branch that lost topics counts less than before.
    Math.max(0, branchMessageCount - node.branchMessageCountBefore) / seconds,
    share,
  );
  node.messagesPerSecond = follow(
    node.messagesPerSecond,
    (messageCount - node.messageCountBefore) / seconds,
    share,
  );
  const bytesNow = (payloadBytes - node.payloadBytesBefore) / seconds;
  node.bytesPerSecond = node.messagesPerSecond === 0 ? 0 : follow(node.bytesPerSecond, bytesNow, share);
  node.branchMessageCountBefore = branchMessageCount;
  node.messageCountBefore = messageCount;
  node.payloadBytesBefore = payloadBytes;
}

function follow(rate: number, now: number, share: number): number {
  const next = rate === 0 && now >= FLOOD_PER_SECOND ? now : rate + (now - rate) * share;
  return next < MIN_PER_SECOND ? 0 : next;
}
