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

/** How often a tick looks at the clock. */
const NODES_PER_LOOK = 512;
const MIN_TICK_SECONDS = 0.001;

/** A tick that is under way. */
interface Pass {
  readonly seconds: number;
  readonly share: number;
  at: number;
  readonly end: number;
  readonly kept: TopicNode[];
}

export class TopicRates {
  #active: TopicNode[] = [];
  #pass: Pass | undefined;
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
   * Works out the rates of the active nodes, or goes on with it: 100,000 take some tens of milliseconds.
   *
   * @param nowMs monotonic. The first tick after a rest only begins to count.
   * @param isTimeUp asked every now and then: the rest is for the next call.
   * @param onTicked told of each node whose rate may have changed.
   * @returns false while there is more of this tick to do.
   */
  tick(nowMs: number, isTimeUp: () => boolean, onTicked: (node: TopicNode) => void): boolean {
    this.#pass ??= this.#begin(nowMs);
    const pass = this.#pass;
    const active = this.#active;
    while (pass.at < pass.end) {
      const node = active[pass.at++]!; // below the length
      update(node, pass.seconds, pass.share);
      node.isActive = node.branchMessagesPerSecond > 0;
      if (node.isActive) pass.kept.push(node);
      onTicked(node);
      if (pass.at % NODES_PER_LOOK === 0 && pass.at < pass.end && isTimeUp()) return false;
    }
    // Those that came to be active meanwhile have their turn in the next tick.
    for (let i = pass.end; i < active.length; i++) pass.kept.push(active[i]!);
    this.#active = pass.kept;
    this.#pass = undefined;
    if (this.#active.length === 0) this.#tickedAtMs = undefined;
    return true;
  }

  clear(): void {
    this.#active = [];
    this.#pass = undefined;
    this.#tickedAtMs = undefined;
  }

  #begin(nowMs: number): Pass {
    const since = this.#tickedAtMs;
    this.#tickedAtMs = nowMs;
    // Never 0: two ticks of one moment count nothing twice.
    const seconds = since === undefined ? 1 : Math.max(MIN_TICK_SECONDS, (nowMs - since) / 1000);
    const share = 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
    return { seconds, share, at: 0, end: this.#active.length, kept: [] };
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
