/**
 * What the extension may ask of the engine, and what the engine tells it.
 *
 * Plain types, structured-clone safe, compiled by both sides. Expected failures are results with a `kind`; a request
 * that rejects is a bug. Events are coalesced: at most 10 of a kind a second, whatever the load.
 * Words for people are made in the extension, from these kinds.
 */

export type QoS = 0 | 1 | 2;

/** Name and value, in order. */
export type UserProperty = readonly [name: string, value: string];

// ── The broker ────────────────────────────────────────────────────────────────────────────────────────────────

export interface Limits {
  /** Largest packet that the broker accepts, bytes, 1 to 268,435,460. */
  maxPacketBytes: number;
  /** 1 to 100,000. */
  maxConnections: number;
  /** Budget of the messages kept for the views, bytes. */
  historyBytes: number;
}

export interface Credentials {
  username: string;
  password: string;
}

/** What the settings say. */
export interface StartBrokerParams {
  /** An address to bind: `127.0.0.1`, `0.0.0.0`, `::`, … */
  host: string;
  /** 0 takes a free port. */
  port: number;
  limits: Limits;
  /** Absolute path. What this file says goes before host, port and limits. */
  configFile?: string;
  choices?: LaunchChoices;
}

/** What a person chose over the settings and the configuration file, until the broker is stopped. */
export interface LaunchChoices {
  /** The address of every listener that has one. */
  host?: string;
  /** Of the main listener. Holds as long as the port it was chosen instead of is the one that is configured. */
  port?: { use: number; insteadOf: number };
  /** One user beside those of the configuration file. Absent: nobody is asked for a password but by the file. */
  credentials?: Credentials;
  /** The person knows that the configuration file lets others on the network connect. */
  mayExpose?: boolean;
}

export interface PortOwner {
  pid: number;
  /** `mosquitto`, `node`. */
  name: string;
}

export type StartBrokerResult =
  /** `notices`: sentences that the person must be told, as that a broken file was set aside. */
  | { kind: 'started'; broker: RunningBroker; notices: readonly string[] }
  | { kind: 'alreadyRunning'; broker: RunningBroker }
  /** `owner` where the system tells. `instead`: for the main listener, a port that could be used. */
  | {
      kind: 'portInUse';
      host: string;
      port: number;
      owner?: PortOwner;
      instead?: { freePort: number; configuredPort: number };
    }
  /** The configuration file can't be used. `line` and `column` count from 1, where they are known. */
  | { kind: 'configurationProblem'; file: string; line?: number; column?: number; message: string }
  /** The configuration file lets others on the network connect, and the person has not been asked. */
  | { kind: 'wouldExpose'; file: string; addresses: readonly string[]; requiresCredentials: boolean }
  | { kind: 'notPermitted'; host: string; port: number }
  | { kind: 'addressNotAvailable'; host: string; port: number }
  | { kind: 'failed'; message: string };

export type ListenerInfo =
  | { kind: 'mqtt' | 'mqtts' | 'ws' | 'wss'; host: string; port: number }
  | { kind: 'unix'; path: string };

export interface RunningBroker {
  /** The main one first: the one that a board connects to. */
  listeners: readonly ListenerInfo[];
  /** Of the main listener, as the settings or the configuration file say it; 0 for a free one, or where it has none. */
  configuredPort: number;
  startedAtMs: number;
  requiresCredentials: boolean;
}

export type BrokerState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running'; broker: RunningBroker }
  | { kind: 'stopping' };

/** A connected client of the local broker. */
export interface ClientInfo {
  clientId: string;
  /** True for the workbench's own client, by which it publishes and subscribes. */
  isWorkbench: boolean;
  protocolVersion: 3 | 4 | 5;
  remoteAddress: string;
  transportKind: string;
  username?: string;
  keepAliveSeconds: number;
  cleanStart: boolean;
  connectedAtMs: number;
  hasWill: boolean;
  subscriptions: readonly { topicFilter: string; qos: QoS }[];
}

/** The counters of the Broker view. Since the start of the broker. */
export interface BrokerCounters {
  messagesReceived: number;
  messagesDelivered: number;
  messagesDropped: number;
  bytesReceived: number;
  /** Those of docs/limits.md that refused, dropped or closed something, most often first. */
  limitsReached: readonly { readonly limit: string; readonly times: number }[];
}

// ── Topics ────────────────────────────────────────────────────────────────────────────────────────────────────

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

// ── Messages ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Counts up from 1 in the life of the engine. */
export type MessageId = number;

export interface MessageSummary {
  id: MessageId;
  topic: string;
  receivedAtMs: number;
  qos: QoS;
  retain: boolean;
  payloadBytes: number;
  /** The first bytes of the payload, at most 256. */
  preview: Uint8Array;
  /** Client id of the publisher, where the broker knows it. */
  publisher?: string;
  isWill: boolean;
}

export interface MessagePropertiesInfo {
  payloadFormatIndicator?: 0 | 1;
  /** Seconds. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  userProperties?: readonly UserProperty[];
  /** On a delivered message only. */
  subscriptionIdentifiers?: readonly number[];
}

export interface MessageDetail extends MessageSummary {
  properties?: MessagePropertiesInfo;
  /** The payload from its start, at most `maxPayloadBytes` of the request. */
  payload: Uint8Array;
  /** True when the payload is longer than what `payload` holds. */
  truncated: boolean;
  /** The engine holds no more than the preview: the message is larger than the whole history budget. */
  onlyPreviewKept?: boolean;
}

/** What a message panel shows: the messages of one topic, or what a subscription was delivered. */
export type MessageSource = { kind: 'topic'; topic: string } | { kind: 'subscription'; topicFilter: string };

export interface MessagesChange {
  watchId: number;
  /** Newest last; never more than the watch's capacity: at a flood the ones between are left out of the event. */
  added: readonly MessageSummary[];
  /** Messages that came since the last event and are not in `added`. */
  skipped: number;
  /** Messages of this source in all, since the engine started, the topics were cleared or the subscription was made. */
  total: number;
  /** Messages of this source no longer held: pushed out by newer ones or by the memory budget. */
  dropped: number;
}

// ── Publish and subscribe ─────────────────────────────────────────────────────────────────────────────────────

export interface PublishParams {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: MessagePropertiesInfo;
}

export type PublishResult =
  /** Acknowledged as its QoS asks. `noSubscribers`: the broker said that nobody receives it (0x10). */
  | { kind: 'published'; noSubscribers: boolean }
  | { kind: 'brokerNotRunning' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'invalidTopic'; message: string }
  | { kind: 'failed'; message: string };

export interface SubscribeParams {
  topicFilter: string;
  qos: QoS;
}

export interface SubscriptionInfo {
  topicFilter: string;
  /** As granted. */
  qos: QoS;
  messageCount: number;
}

export type SubscribeResult =
  | { kind: 'subscribed'; subscription: SubscriptionInfo }
  | { kind: 'brokerNotRunning' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'invalidFilter'; message: string }
  | { kind: 'failed'; message: string };

// ── Log ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error';
  atMs: number;
  message: string;
}

// ── The two directions ────────────────────────────────────────────────────────────────────────────────────────

/** Requests. Each is a function of one object, and answers with a promise on the extension's side. */
export interface EngineMethods {
  startBroker(params: StartBrokerParams): StartBrokerResult;
  /**
   * Disconnects every client (0x8B server shutting down) and closes the listeners. With `keepState` the next broker
   * goes on with this one's retained messages and sessions; without it they are forgotten, also when it is stopped.
   */
  stopBroker(params: { keepState: boolean }): void;
  /** History budget and the like take effect at once; listener settings at the next start. */
  setLimits(params: Limits): void;

  publish(params: PublishParams): PublishResult;
  subscribe(params: SubscribeParams): SubscribeResult;
  unsubscribe(params: { topicFilter: string }): { kind: 'unsubscribed' | 'notSubscribed' };
  listSubscriptions(params: Record<string, never>): readonly SubscriptionInfo[];
  /** Publishes an empty retained message. */
  clearRetained(params: { topic: string }): PublishResult;

  listClients(params: Record<string, never>): readonly ClientInfo[];

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
   * used again. An open watch is told `total: 0`.
   */
  clearTopics(params: Record<string, never>): void;

  /** Opens a watch: answers with what is held now, newest last, and `messagesChanged` follows with its id. */
  watchMessages(params: { source: MessageSource; capacity: number }): { watchId: number } & MessagesChange;
  unwatchMessages(params: { watchId: number }): void;
  /** Undefined when the message is no longer held. */
  message(params: { id: MessageId; maxPayloadBytes: number }): MessageDetail | undefined;
}

export interface EngineEvents {
  brokerState: BrokerState;
  /** Who is connected, or what they subscribe to, changed: ask `listClients` again. */
  clientsChanged: Record<string, never>;
  counters: BrokerCounters;
  subscriptionsChanged: readonly SubscriptionInfo[];
  topicsChanged: TopicsChange;
  messagesChanged: MessagesChange;
  log: readonly LogEntry[];
}

/** Handed to the worker at its start (`workerData`). */
export interface EngineOptions {
  /** Of the extension. */
  version: string;
  limits: Limits;
}
