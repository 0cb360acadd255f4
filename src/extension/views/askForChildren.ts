/** Asks the engine for the children of a branch that a view shows. */
import type { TopicChildren, TopicNode, TopicOrder } from '../../contracts/topics.ts';
import type { EngineClient } from '../engineClient.ts';
import type { BranchRange } from './topicBranches.ts';

/** Long topics come in several answers. Undefined without an engine. */
export async function askForChildren(
  engine: Pick<EngineClient, 'callIfRunning'>,
  parentId: number,
  { from, count }: BranchRange,
  order: TopicOrder,
): Promise<TopicChildren | undefined> {
  // By id: between two answers the order may have changed, and a tree takes no node twice.
  const nodes = new Map<number, TopicNode>();
  for (let asked = 0; ; ) {
    const params = { parentId, offset: from + asked, limit: count - asked, order };
    const answer = await engine.callIfRunning('topicChildren', params);
    if (answer === undefined) return undefined;
    for (const node of answer.nodes) nodes.set(node.id, node);
    asked += answer.nodes.length;
    const isDone = answer.nodes.length === 0 || asked >= Math.min(count, answer.total - from);
    if (isDone) return { parentId, nodes: [...nodes.values()], total: answer.total };
  }
}
