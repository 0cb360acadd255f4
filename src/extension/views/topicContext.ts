/** What a row of the Topics view is to the menus. Pure. */
import { itemContexts } from '../../contracts/manifest.ts';
import type { TopicNode } from '../../contracts/topics.ts';

/** Whose it is comes first: what acts on the local broker is not offered for another, nor what acts on any for a recording. */
export function topicContext({ isConnection, connectionKind, last, retained }: TopicNode): string {
  if (connectionKind === 'recording') {
    if (isConnection) return itemContexts.recording;
    return last === undefined ? itemContexts.recordedBranch : itemContexts.recordedTopic;
  }
  if (connectionKind === 'remoteBroker') {
    if (isConnection) return itemContexts.remoteBroker;
    return last === undefined ? itemContexts.remoteBranch : itemContexts.remoteTopic;
  }
  if (retained) return itemContexts.topicRetained;
  return last === undefined ? itemContexts.topicBranch : itemContexts.topic;
}
