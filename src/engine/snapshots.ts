/**
 * The model in the contract's words: what is handed to a caller, or sent over the wire.
 *
 * Everything here is a copy: the log's bytes are overwritten by later ones, and cloning a view of a segment would clone
 * all of it.
 */
import type { BrokerCounters } from '../broker/counters.ts';
import { type OtherConnectionKind, otherConnectionOf } from '../contracts/connections.ts';
import type { BrokerCounters as BrokerCountersInfo } from '../contracts/engine.ts';
import type {
  HistoryState,
  MessageDetail,
  MessageRows,
  MessageSummary,
  MessagesView,
} from '../contracts/messages.ts';
import type { TopicNode as TopicNodeInfo } from '../contracts/topics.ts';
import type { LoggedMessage, MessageHeader } from '../model/loggedMessage.ts';
import type { MessageLog } from '../model/messageLog.ts';
import type { MessageView } from '../model/messageView.ts';
import type { Model } from '../model/model.ts';
import { type TopicNode, topicOf } from '../model/topicNode.ts';
import { ROOT_ID } from '../model/topicStore.ts';
import type { OtherConnection } from './models.ts';

export function summaryOf(message: MessageHeader): MessageSummary {
  const { id, topic, receivedAtMs, qos, retain, payloadBytes, preview, publisher, isWill, hasWaited } =
    message;
  return {
    id,
    topic,
    receivedAtMs,
    qos,
    retain,
    payloadBytes,
    preview: preview.slice(),
    ...(publisher !== undefined && { publisher }),
    isWill,
    ...(hasWaited && { hasWaited }),
  };
}

/** @param maxPayloadBytes 0 or more: how much of the payload is wanted. */
export function detailOf(
  message: LoggedMessage,
  maxPayloadBytes: number,
  connectionKind?: OtherConnectionKind,
): MessageDetail {
  const payload = message.payload.slice(0, maxPayloadBytes);
  const { packet, properties, topicAlias } = message;
  return {
    ...summaryOf(message),
    ...(properties !== undefined && { properties }),
    ...(packet !== undefined && { packet }),
    ...(topicAlias !== undefined && { topicAlias }),
    payload,
    truncated: payload.length < message.payloadBytes,
    ...(!message.isWhole && { onlyPreviewKept: true }),
    ...(connectionKind !== undefined && { connectionKind }),
  };
}

export function messagesViewOf(view: MessageView, log: MessageLog): MessagesView {
  const { id, generation, first, end, progress } = view;
  return { viewId: id, generation, first, end, progress, history: historyStateOf(log) };
}

export function historyStateOf(log: MessageLog): HistoryState {
  const { heldMessages, droppedMessages, usedBytes, budgetBytes } = log;
  return { heldMessages, droppedMessages, usedBytes, budgetBytes };
}

/** The messages from this place on; the oldest that are held, where it is before them. */
export function messageRowsOf(view: MessageView, log: MessageLog, from: number, count: number): MessageRows {
  // The log may have dropped some since the view looked.
  const start = Math.max(from, view.placeOf(log.firstId));
  const rows: MessageSummary[] = [];
  for (let place = start; place < Math.min(view.end, start + count); place++) {
    const message = log.message(view.idAt(place)!); // first ≤ place < end
    if (message === undefined) break;
    rows.push(summaryOf(message));
  }
  return { from: start, rows };
}

/** @param connectionKind of the model's connection; undefined for the local broker. */
export function topicNodeOf(
  node: TopicNode,
  model: Model,
  connectionKind?: OtherConnectionKind,
): TopicNodeInfo {
  const newest = model.newestOf(node);
  const connection = otherConnectionOf(node.id);
  return {
    id: node.id,
    parentId: node.parent?.id ?? node.id,
    level: node.level,
    topic: topicOf(node),
    childCount: model.topics.childCount(node),
    descendantTopicCount: model.topics.topicsBelow(node),
    messageCount: node.messageCount,
    branchMessageCount: node.branchMessageCount,
    branchMessagesPerSecond: node.branchMessagesPerSecond,
    branchNewestAtMs: node.branchNewestAtMs,
    ...(newest !== undefined && { last: summaryOf(newest) }),
    retained: node.retained,
    ...(connection !== undefined && { connection }),
    ...(connectionKind !== undefined && { connectionKind }),
  };
}

/** All topics of a connection as one node, beside the topics of the local broker. */
export function connectionNodeOf(model: Model, { name, kind }: OtherConnection): TopicNodeInfo {
  const { topics } = model;
  const root = topicNodeOf(topics.node(topics.rootId)!, model, kind); // every tree has its root
  return { ...root, parentId: ROOT_ID, level: name, isConnection: true };
}

/**
 * The nodes from `offset` on, as many as the limits allow, and at least one where there is one.
 *
 * @param maxTopicChars ends the page after the node with which the topics together reach this length
 */
export function topicPageOf(
  nodes: readonly TopicNode[],
  model: Model,
  { offset, limit, maxTopicChars }: { offset: number; limit: number; maxTopicChars: number },
  connectionKind?: OtherConnectionKind,
): TopicNodeInfo[] {
  const page: TopicNodeInfo[] = [];
  let chars = 0;
  for (let i = offset; i < nodes.length && page.length < limit && chars < maxTopicChars; i++) {
    // i is inside the array.
    const node = topicNodeOf(nodes[i]!, model, connectionKind);
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
