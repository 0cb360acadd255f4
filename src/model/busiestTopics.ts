/** The topics of which most comes, picked from those with a rate: one pass, and no sorting of a hundred thousand. */
import { BestOf } from '../base/bestOf.ts';
import type { TopicNode } from './topicNode.ts';

export interface BusiestTopics {
  /** Most first. */
  readonly topics: readonly TopicNode[];
  /** Of all topics with a rate, not of those alone. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly activeTopics: number;
}

/** @param activeNodes of the tree, mere branches and forgotten topics among them. */
export function busiestTopics(
  activeNodes: readonly TopicNode[],
  { limit, by }: { limit: number; by: 'messages' | 'bytes' },
): BusiestTopics {
  const best = new BestOf<TopicNode>(limit, by === 'messages' ? moreMessages : moreBytes);
  let messagesPerSecond = 0;
  let bytesPerSecond = 0;
  let activeTopics = 0;
  for (const node of activeNodes) {
    if (node.messagesPerSecond === 0 || node.logged === undefined) continue;
    // Added up here: the rate of the root, smoothed for itself, would leave shares that are no hundred together.
    messagesPerSecond += node.messagesPerSecond;
    bytesPerSecond += node.bytesPerSecond;
    activeTopics++;
    best.add(node);
  }
  return { topics: best.takeAll(), messagesPerSecond, bytesPerSecond, activeTopics };
}

function moreMessages(a: TopicNode, b: TopicNode): number {
  // Equals keep one order: by when the tree met them.
  return b.messagesPerSecond - a.messagesPerSecond || b.bytesPerSecond - a.bytesPerSecond || a.id - b.id;
}

function moreBytes(a: TopicNode, b: TopicNode): number {
  return b.bytesPerSecond - a.bytesPerSecond || b.messagesPerSecond - a.messagesPerSecond || a.id - b.id;
}
