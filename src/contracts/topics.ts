/** The topic tree, as the engine knows it. */
import type { MessageSummary } from './messages.ts';

/** Identifies a node of the topic tree for as long as the engine lives. 0 is the invisible root. */
export type TopicNodeId = number;

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
  childCount: number;
  /** Topics below this node that have had a message, itself not counted. */
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
}

export interface TopicChildren {
  parentId: TopicNodeId;
  nodes: readonly TopicNode[];
  /**
   * How many children there are in all. `nodes` may be a part of them, also fewer than were asked for, where the
   * topics are very long: go on at `offset + nodes.length`.
   */
  total: number;
}

/** Sent only for branches named in `watchTopics`. */
export interface TopicsChange {
  /** Nodes whose numbers or last message changed; they are all children of watched branches. */
  changed: readonly TopicNode[];
  /** Watched branches that got or lost children: ask again. */
  childrenChanged: readonly TopicNodeId[];
}

export interface TopicMethods {
  /** Children in the order of their names; `limit` 1 to 10,000. */
  topicChildren(params: { parentId: TopicNodeId; offset: number; limit: number }): TopicChildren;
  /** The node of a topic, and its ancestors from the top down to it. Undefined when nothing was heard of it. */
  topicPath(params: { topic: string }): readonly TopicNode[] | undefined;
  /**
   * Seen topics that contain the text, in any case; at most `limit`, the ones that start with it first. With
   * `retainedOnly` the topics of the broker's retained messages, also after `clearTopics`.
   */
  findTopics(params: { text: string; limit: number; retainedOnly?: boolean }): readonly string[];
  /** Which branches `topicsChanged` speaks of. An empty list: none, as when the view is hidden. */
  watchTopics(params: { branches: readonly TopicNodeId[] }): void;
  /**
   * Forgets every topic and message that the views hold; the broker keeps its retained messages. Node ids are not
   * used again. An open view of messages is told of another `generation`.
   */
  clearTopics(params: Record<string, never>): void;
}

export interface TopicEvents {
  topicsChanged: TopicsChange;
}
