/** What a row of the Topics view is to the menus. Pure. */
import { itemContexts } from '../../contracts/manifest.ts';
import type { TopicNode } from '../../contracts/topics.ts';

/** Whose it is comes first: what acts on the broker is not offered for a recording. */
export function topicContext({ isConnection, connection, last, retained }: TopicNode): string {
  if (isConnection) return itemContexts.recording;
  if (connection !== undefined)
    return last === undefined ? itemContexts.recordedBranch : itemContexts.recordedTopic;
  if (retained) return itemContexts.topicRetained;
  return last === undefined ? itemContexts.topicBranch : itemContexts.topic;
}
