/** Nodes for the tests of the Topics view, with what a test does not care about filled in. */
import type { TopicNode } from '../../../../src/contracts/topics.ts';

export function topicNode(id: number, more: Partial<TopicNode> = {}): TopicNode {
  return {
    id,
    parentId: 0,
    level: `level ${id}`,
    topic: `topic ${id}`,
    childCount: 0,
    descendantTopicCount: 0,
    messageCount: 0,
    branchMessageCount: 0,
    branchMessagesPerSecond: 0,
    branchNewestAtMs: 0,
    retained: false,
    ...more,
  };
}

export function withPayload(id: number, messageId: number, payload: string): TopicNode {
  const preview = new TextEncoder().encode(payload);
  return topicNode(id, {
    last: {
      ...{ id: messageId, topic: `topic ${id}`, receivedAtMs: 0, qos: 0, retain: false, isWill: false },
      preview,
      payloadBytes: preview.length,
    },
  });
}
