/** Orders of the children of a branch other than by name: made when somebody asks, never kept, since every message changes them. */
import type { TopicNode } from './topicNode.ts';

/** By name; the newest message first; the highest rate first. */
export type TopicOrder = 'name' | 'activity' | 'rate';

/**
 * The first of the nodes in an order, `count` at most. Where two are even, they stay as they are.
 *
 * Of 100,000 nodes only those that are asked for are sorted: the others are told apart by one number each.
 *
 * @param nodes in the order of their names
 */
export function firstInOrder(
  nodes: readonly TopicNode[],
  order: TopicOrder,
  count: number,
): readonly TopicNode[] {
  if (order === 'name') return nodes;
  const numberOf = order === 'activity' ? activity : rate;
  if (count >= nodes.length) return nodes.toSorted((a, b) => numberOf(b) - numberOf(a));
  if (count <= 0) return [];
  const threshold = Float64Array.from(nodes, numberOf).sort()[nodes.length - count]!; // 0 < count < length
  const above = nodes.filter((node) => numberOf(node) > threshold);
  const even = count - above.length;
  const first = above.sort((a, b) => numberOf(b) - numberOf(a));
  for (let i = 0, taken = 0; taken < even; i++) {
    // There are as many: the threshold is the value of the last one that is wanted.
    const node = nodes[i]!;
    if (numberOf(node) !== threshold) continue;
    first.push(node);
    taken++;
  }
  return first;
}

function activity(node: TopicNode): number {
  return node.branchNewestAtMs;
}

function rate(node: TopicNode): number {
  return node.branchMessagesPerSecond;
}
