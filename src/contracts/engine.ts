/**
 * What the extension may ask of the engine, and what the engine tells it.
 *
 * Plain types, structured-clone safe, compiled by both sides. Expected failures are results with a `kind`; a request
 * that rejects is a bug. Events are coalesced: at most 10 of a kind a second, whatever the load.
 * Words for people are made in the extension, from these kinds.
 */

import type { ClientEvents, ClientMethods } from './clients.ts';
import type { ConnectionEvents, ConnectionId, ConnectionMethods } from './connections.ts';
import type { ConnectionTestEvents, ConnectionTestMethods } from './connectionTests.ts';
import type { DecodingMethods } from './decoding.ts';
import type { FaultEvents, FaultMethods } from './faults.ts';
import type { MessageEvents, MessageMethods, MessagePropertiesInfo, QoS } from './messages.ts';
import type { PlotEvents, PlotMethods } from './plots.ts';
import type { PublishingEvents, PublishingMethods } from './publishing.ts';
import type { RecordingEvents, RecordingMethods } from './recordings.ts';
import type { RemoteBrokerEvents, RemoteBrokerMethods } from './remoteBrokers.ts';
import type { RetainedEvents, RetainedMethods } from './retained.ts';
import type { TopicEvents, TopicMethods } from './topics.ts';
import type { TraceEvents, TraceMethods } from './trace.ts';
import type { TrafficMethods } from './traffic.ts';

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
  /** A TLS listener more, with a certificate that is in no file. */
  tls?: ServerTls;
  /** Where others on the network can connect, the broker announces itself by mDNS. */
  announce?: boolean;
  choices?: LaunchChoices;
}

/** What a TLS listener needs to prove who it is, and no more: the key of the CA stays where it is kept. PEM. */
export interface ServerTls {
  /** 0 takes a free one. */
  port: number;
  certificate: string;
  key: string;
  /** Who signs certificates of clients. */
  authority: string;
  /** `optional`: a client may have none, but not one of another CA. The common name of one is its user name. */
  clientCertificate: 'none' | 'optional' | 'required';
}

/** What a person chose over the settings and the configuration file, until the broker is stopped. */
export interface LaunchChoices {
  /** The address of every listener that has one. */
  host?: string;
  /** Of the main listener. Holds as long as the port it was chosen instead of is the one that is configured. */
  port?: { use: number; insteadOf: number };
  /** Of the listener that `ServerTls` asks for, in the same way. */
  tlsPort?: { use: number; insteadOf: number };
  /** One user beside those of the configuration file. Absent: nobody is asked for a password but by the file. */
  credentials?: Credentials;
  /** The person knows that the configuration file lets others on the network connect. */
  mayExpose?: boolean;
  /** Without the TLS listener that the settings ask for: its certificate can't be had. */
  withoutTls?: boolean;
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
  /** `owner` where the system tells. `instead`: for the main listener and that of `ServerTls`, a port that could be used. */
  | {
      kind: 'portInUse';
      host: string;
      port: number;
      owner?: PortOwner;
      instead?: { freePort: number; configuredPort: number; choice: 'port' | 'tlsPort' };
    }
  /** The configuration file can't be used. `line` and `column` count from 1, where they are known. */
  | { kind: 'configurationProblem'; file: string; line?: number; column?: number; message: string }
  /** The configuration file lets others on the network connect, and the person has not been asked. */
  | { kind: 'wouldExpose'; file: string; addresses: readonly string[]; requiresCredentials: boolean }
  | { kind: 'notPermitted'; host: string; port: number }
  | { kind: 'addressNotAvailable'; host: string; port: number }
  | { kind: 'failed'; message: string };

export type ListenerInfo =
  /** `requiresClientCertificate`: of a TLS listener that lets in nobody without one; absent for all others. */
  | { kind: 'mqtt' | 'mqtts' | 'ws' | 'wss'; host: string; port: number; requiresClientCertificate?: true }
  | { kind: 'unix'; path: string };

export interface RunningBroker {
  /** The main one first: the one that a board connects to. */
  listeners: readonly ListenerInfo[];
  /** Of the main listener, as the settings or the configuration file say it; 0 for a free one, or where it has none. */
  configuredPort: number;
  startedAtMs: number;
  requiresCredentials: boolean;
  /** The port of the listener that `ServerTls` asked for; absent where a configuration file has TLS listeners of its own. */
  ownTlsPort?: number;
  /** What it is found as by mDNS; absent while it is not announced. */
  announcedAs?: string;
}

export type BrokerState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running'; broker: RunningBroker }
  | { kind: 'stopping' };

/** What a page needs of it. */
export type BrokerStateKind = BrokerState['kind'];

/** The counters of the Broker view. Since the start of the broker. */
export interface BrokerCounters {
  messagesReceived: number;
  messagesDelivered: number;
  messagesDropped: number;
  /** Of `messagesReceived`. */
  payloadBytesReceived: number;
  /** Those of docs/limits.md that refused, dropped or closed something, most often first. */
  limitsReached: readonly { readonly limit: string; readonly times: number }[];
  /**
   * Connections that ended before a CONNECT was accepted and that no client stands for, as by a failed TLS handshake, HTTP
   * or a malformed CONNECT; `last` says who and why. Absent: none.
   */
  refused?: { readonly times: number; readonly last: string };
}

// ── Publish and subscribe ─────────────────────────────────────────────────────────────────────────────────────

export interface PublishParams {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: MessagePropertiesInfo;
  /** To another broker than the local one. */
  connection?: ConnectionId;
}

export type PublishResult =
  /** Acknowledged as its QoS asks. `noSubscribers`: the broker said that nobody receives it (0x10). */
  | { kind: 'published'; noSubscribers: boolean }
  | { kind: 'brokerNotRunning' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'invalidTopic'; message: string }
  /** Another broker, and why it is not connected, where that is known. */
  | { kind: 'notConnected'; name: string; message?: string }
  /** The connection is away, and its profile lets messages wait: this one, and so many with it. */
  | { kind: 'queued'; name: string; messages: number }
  /** No more of them can wait. */
  | { kind: 'queueFull'; name: string; messages: number }
  /** Its profile says so. */
  | { kind: 'readOnly' }
  | { kind: 'failed'; message: string };

/** How a subscription is delivered. Of MQTT 5.0: a connection of an earlier version leaves them out. */
export interface SubscribeOptions {
  /** What the workbench publishes itself on this connection does not come back. Default false. */
  noLocal?: boolean;
  /** The retain flag comes as it was published. Default false. */
  retainAsPublished?: boolean;
  /** Retained messages come at each subscribe (0), where the subscription is new (1), or not (2). Default 0. */
  retainHandling?: 0 | 1 | 2;
  /** 1 to 268,435,455, and of no other subscription. Chosen by the workbench unless given. */
  subscriptionIdentifier?: number;
}

export interface SubscribeParams extends SubscribeOptions {
  topicFilter: string;
  qos: QoS;
  /** At another broker than the local one. */
  connection?: ConnectionId;
}

export interface SubscriptionInfo extends SubscribeOptions {
  topicFilter: string;
  /** As granted; as asked for where it was refused. */
  qos: QoS;
  /** Where another QoS was granted. */
  requestedQos?: QoS;
  messageCount: number;
  /** Its messages are received and counted, and are in no tree and no history. */
  isMuted?: true;
  /** Why the broker did not take it. It is asked for again at the next connect. */
  refusal?: string;
}

export type SubscribeResult =
  | { kind: 'subscribed'; subscription: SubscriptionInfo }
  | { kind: 'brokerNotRunning' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'invalidFilter'; message: string }
  | { kind: 'notConnected'; name: string; message?: string }
  | { kind: 'failed'; message: string };

// ── Log ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error';
  atMs: number;
  message: string;
}

// ── The two directions ────────────────────────────────────────────────────────────────────────────────────────

/** Requests. Each is a function of one object, and answers with a promise on the extension's side. */
export interface EngineMethods
  extends TopicMethods,
    MessageMethods,
    DecodingMethods,
    ConnectionMethods,
    RemoteBrokerMethods,
    ConnectionTestMethods,
    RecordingMethods,
    RetainedMethods,
    TrafficMethods,
    TraceMethods,
    PlotMethods,
    PublishingMethods,
    ClientMethods,
    FaultMethods {
  startBroker(params: StartBrokerParams): StartBrokerResult;
  /**
   * Disconnects every client (0x8B server shutting down) and closes the listeners. With `keepState` the next broker
   * goes on with this one's retained messages and sessions; without it they are forgotten, also when it is stopped.
   */
  stopBroker(params: { keepState: boolean }): void;
  /** History budget and the like take effect at once; listener settings at the next start. */
  setLimits(params: Limits): void;
  /** Another certificate for the listener of `ServerTls`, for who connects from now on. Does nothing where there is none. */
  setTlsCertificate(params: Pick<ServerTls, 'certificate' | 'key'>): void;

  publish(params: PublishParams): PublishResult;
  subscribe(params: SubscribeParams): SubscribeResult;
  unsubscribe(params: { topicFilter: string; connection?: ConnectionId }): {
    kind: 'unsubscribed' | 'notSubscribed';
  };
  muteSubscription(params: { topicFilter: string; connection?: ConnectionId; isMuted: boolean }): {
    kind: 'done' | 'notSubscribed';
  };
  listSubscriptions(params: Record<string, never>): readonly SubscriptionInfo[];
}

export interface EngineEvents
  extends TopicEvents,
    MessageEvents,
    ConnectionEvents,
    RemoteBrokerEvents,
    ConnectionTestEvents,
    RecordingEvents,
    RetainedEvents,
    TraceEvents,
    PlotEvents,
    PublishingEvents,
    ClientEvents,
    FaultEvents {
  brokerState: BrokerState;
  counters: BrokerCounters;
  subscriptionsChanged: readonly SubscriptionInfo[];
  log: readonly LogEntry[];
}

/** Handed to the worker at its start (`workerData`). */
export interface EngineOptions {
  /** Of the extension. */
  version: string;
  limits: Limits;
}
