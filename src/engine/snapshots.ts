/**
 * The model in the contract's words: what is handed to a caller, or sent over the wire.
 *
 * A snapshot shares no buffer that is larger than what it shows: cloning a view of a 10 MB payload would clone it
 * all. The previews of lists are the model's own small buffers and are cloned; a detail's payload is a fresh copy,
 * the receiver's to keep.
 */
import type { BrokerCounters } from '../broker/counters.ts';
import type {
  BrokerCounters as BrokerCountersInfo,
  ClientInfo,
  MessageDetail,
  MessageSummary,
  MessagesChange,
  TopicNode as TopicNodeInfo,
} from '../contracts/engine.ts';
import type { Clients } from '../model/clients.ts';
import type { MessagesDelta } from '../model/messageWatches.ts';
import type { StoredMessage } from '../model/storedMessage.ts';
import { type TopicNode, topicOf } from '../model/topicNode.ts';
import { ROOT_ID } from '../model/topicStore.ts';

export function summaryOf(message: StoredMessage): MessageSummary {
  const { id, topic, receivedAtMs, qos, retain, payloadBytes, preview, publisher, isWill } = message;
  return {
    id,
    topic,
    receivedAtMs,
    qos,
    retain,
    payloadBytes,
    preview,
    ...(publisher !== undefined && { publisher }),
    isWill,
  };
}

/** @param maxPayloadBytes 0 or more: how much of the payload is wanted. */
export function detailOf(message: StoredMessage, maxPayloadBytes: number): MessageDetail {
  const payload = message.payload.slice(0, maxPayloadBytes);
  return {
    ...summaryOf(message),
    ...(message.properties !== undefined && { properties: message.properties }),
    payload,
    truncated: payload.length < message.payloadBytes,
    ...(!message.isWhole && { onlyPreviewKept: true }),
  };
}

export function messagesChangeOf(delta: MessagesDelta): MessagesChange {
  return { ...delta, added: delta.added.map(summaryOf) };
}

export function topicNodeOf(node: TopicNode): TopicNodeInfo {
  return {
    id: node.id,
    parentId: node.parent?.id ?? ROOT_ID,
    level: node.level,
    topic: topicOf(node),
    childCount: node.children?.size ?? 0,
    descendantTopicCount: node.descendantTopicCount,
    messageCount: node.messageCount,
    branchMessageCount: node.branchMessageCount,
    ...(node.last !== undefined && { last: summaryOf(node.last) }),
    retained: node.retained,
  };
}

/**
 * The nodes from `offset` on, as many as the limits allow, and at least one where there is one.
 *
 * @param maxTopicChars ends the page after the node with which the topics together reach this length
 */
export function topicPageOf(
  nodes: readonly TopicNode[],
  { offset, limit, maxTopicChars }: { offset: number; limit: number; maxTopicChars: number },
): TopicNodeInfo[] {
  const page: TopicNodeInfo[] = [];
  let chars = 0;
  for (let i = offset; i < nodes.length && page.length < limit && chars < maxTopicChars; i++) {
    // i is inside the array.
    const node = topicNodeOf(nodes[i]!);
    page.push(node);
    chars += node.topic.length;
  }
  return page;
}

/** The limits that were reached, most often first. */
export function limitsReachedOf({
  limitsReached,
}: Pick<Readonly<BrokerCounters>, 'limitsReached'>): BrokerCountersInfo['limitsReached'] {
  return Object.entries(limitsReached)
    .filter(([, times]) => times > 0)
    .map(([limit, times]) => ({ limit, times }))
    .sort((a, b) => b.times - a.times);
}

/** @param workbenchClientId of the workbench's own client, while it has one. */
export function clientInfosOf(clients: Clients, workbenchClientId: string | undefined): ClientInfo[] {
  return clients.list().map(({ client: { connectionId: _, ...client }, subscriptions }) => ({
    ...client,
    isWorkbench: client.clientId === workbenchClientId,
    subscriptions,
  }));
}
