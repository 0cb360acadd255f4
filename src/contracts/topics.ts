/** The topic tree, as the engine knows it. */
import type { ConnectionId, OtherConnectionKind } from './connections.ts';
import type { MessageSummary } from './messages.ts';

/**
 * Identifies a node of a topic tree for as long as the engine lives. 0 is the invisible root of the local broker's;
 * other connections say their own.
 */
export type TopicNodeId = number;

/** By name; the newest message first; the highest rate first. Of a branch, its own and those of all below it count. */
export type TopicOrder = 'name' | 'activity' | 'rate';

export interface TopicNode {
  id: TopicNodeId;
  parentId: TopicNodeId;
  /**
   * One level of the topic; may be empty (`/a` has an empty first level). The 100th level holds all that follows it
   * too, separators included: the tree is no deeper, whatever a device sends.
   */
  level: string;
  /** The topic up to here. */
  topic: string;
  /** With a filter: children that are shown. */
  childCount: number;
  /** Topics below this node that have had a message, itself not counted; with a filter, those that match it. */
  descendantTopicCount: number;
  /** Messages on this very topic. */
  messageCount: number;
  /** Messages on this topic and all below it. */
  branchMessageCount: number;
  /** Of late, on this topic and all below it. */
  branchMessagesPerSecond: number;
  /** Of the newest message on this topic or below it; 0 before the first. */
  branchNewestAtMs: number;
  /** The newest message on this very topic. */
  last?: MessageSummary;
  /** The broker holds a retained message for this topic. */
  retained: boolean;
  /** Not the local broker's. */
  connection?: ConnectionId;
  /** What that connection is: there along with it. */
  connectionKind?: OtherConnectionKind;
  /** It stands for all topics of its connection, whose name is its `level`: a child of the root, with no topic. */
  isConnection?: true;
}

export interface TopicChildren {
  parentId: TopicNodeId;
  nodes: readonly TopicNode[];
  /**
   * How many children there are in all; with a filter, how many are shown. `nodes` may be a part of them, also fewer than were asked for, where the
   * topics are very long: go on at `offset + nodes.length`.
   */
  total: number;
}

/** Sent only for branches and topics named in `watchTopics`. */
export interface TopicsChange {
  /** Nodes whose numbers or last message changed: children of watched branches, and watched topics. */
  changed: readonly TopicNode[];
  /** Watched branches that got or lost children: ask again. */
  childrenChanged: readonly TopicNodeId[];
  /** Topics that match the filter, where there is one. */
  matches?: number;
}

export interface TopicFilterResult {
  /** Topics that match. */
  matches: number;
  /** Topics in all. */
  topics: number;
  /** Milliseconds. */
  tookMs: number;
}

export interface MessageCount {
  connection: ConnectionId;
  count: number;
}

export interface TopicMethods {
  /**
   * Children that are shown; `limit` 1 to 10,000. Of the root, the other connections come first. By name unless told. The other orders are made at each call: of two
   * pages, the second may have a node of the first again.
   */
  topicChildren(params: {
    parentId: TopicNodeId;
    offset: number;
    limit: number;
    order?: TopicOrder;
  }): TopicChildren;
  /** Where a node stands among its siblings, from 0. Undefined when it is not there, or not shown. */
  topicPlace(params: { id: TopicNodeId; order: TopicOrder }): number | undefined;
  /** Of the local broker unless told: the node of a topic, and its ancestors from the top down to it. Undefined when nothing was heard of it. */
  topicPath(params: { topic: string; connection?: ConnectionId }): readonly TopicNode[] | undefined;
  /** Of the local broker unless told: the nodes of these topics; undefined for those of which nothing was heard. At most 1,000. */
  topicNodes(params: {
    topics: readonly string[];
    connection?: ConnectionId;
  }): readonly (TopicNode | undefined)[];
  /**
   * From now on, of every connection only topics are shown that contain the text, in any case, or whose newest payload does (in its first
   * 1,048,576 bytes, in any case of the letters A to Z), and what leads to them. Topics that come to match appear; those
   * that no longer do stay until the filter is set again. An empty text shows everything.
   *
   * Answers when all topics were looked at; undefined when another filter was set meanwhile.
   */
  setTopicFilter(params: { text: string }): TopicFilterResult | undefined;
  /**
   * Forgets a node and all below it, until something comes on one of its topics again; the broker keeps what it holds.
   * Messages stay in the history. Answers with the number of topics forgotten.
   */
  removeTopic(params: { id: TopicNodeId }): number;
  /**
   * Of the local broker unless told: seen topics that contain the text, in any case; at most `limit`, the ones that start with it first. With
   * `retainedOnly` the topics of the broker's retained messages, also after `clearTopics`.
   */
  findTopics(params: {
    text: string;
    limit: number;
    retainedOnly?: boolean;
    connection?: ConnectionId;
  }): readonly string[];
  /**
   * Which branches `topicsChanged` speaks of, and which single topics, heard already or not. Empty lists: none, as when
   * the view is hidden.
   */
  watchTopics(params: { branches: readonly TopicNodeId[]; topics?: readonly string[] }): void;
  /**
   * Messages so far: of the local broker since it started, of another one those of the topics that are in its tree. Events
   * tell of them some time later.
   */
  messageCounts(params: Record<string, never>): readonly MessageCount[];
  /**
   * Forgets every topic and message of the local broker that the views hold; the broker keeps its retained messages. Node ids are not
   * used again. An open view of messages is told of another `generation`.
   */
  clearTopics(params: Record<string, never>): void;
}

export interface TopicEvents {
  topicsChanged: TopicsChange;
}
