/**
 * Opens a branch of the topic tree to a depth, as far as a person can still look through it. Pure.
 */
import type { TopicNodeId } from '../../contracts/topics.ts';
import { CHILDREN_PER_PAGE, type TopicBranches } from './topicBranches.ts';
import type { TopicRow } from './topicRows.ts';

/** Twice as many rows take the window half a second to draw. */
export const MAX_EXPANDED_ROWS = 2_000;

/**
 * @param depth levels below the branch that are in sight in the end.
 * @param watch has the engine tell of changes in the open branches. Before they are asked for, else what comes in between
 * is missed.
 * @param childrenOf asks for the rows of a branch, and keeps them.
 * @returns how many branches were left closed, because there would have been too many rows.
 */
export async function expandTopics(
  branches: TopicBranches,
  parentId: TopicNodeId,
  depth: number,
  watch: () => void,
  childrenOf: (parentId: TopicNodeId) => Promise<readonly TopicRow[]>,
): Promise<number> {
  let rows = 0;
  let leftClosed = 0;
  let level = [parentId];
  for (let below = 1; below <= depth && level.length > 0; below++) {
    const nextLevel: TopicNodeId[] = [];
    for (const id of level) branches.open(id);
    watch();
    for (const id of level) {
      const children = await childrenOf(id);
      if (id === parentId) rows += children.length;
      if (below === depth) continue;
      for (const child of children) {
        if (child.kind !== 'node' || child.node.childCount === 0) continue;
        const comes = Math.min(child.node.childCount, CHILDREN_PER_PAGE);
        if (rows + comes > MAX_EXPANDED_ROWS) {
          leftClosed++;
          continue;
        }
        rows += comes;
        nextLevel.push(child.node.id);
      }
    }
    level = nextLevel;
  }
  return leftClosed;
}
