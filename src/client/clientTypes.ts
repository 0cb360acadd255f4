/**
 * What is asked of the workbench's client and what it answers: plain types, in the standard's words.
 *
 * Results, not exceptions: a refusal is an ordinary answer of a broker. Nothing of MQTT.js shows here.
 */
import type { MessageProperties, QoS, RetainHandling } from '../mqtt/packets.ts';
import type { DeliveredProperties } from './mqttJsProperties.ts';

export interface ConnectParams {
  /** `mqtt://127.0.0.1:1883`; also `mqtts:`, `ws:` and `wss:`. Carries no user name: a URL ends up in logs. */
  url: string;
  /** Unique at the broker, or two clients throw each other out in turns. */
  clientId: string;
  credentials?: { username: string; password: string };
  /** Seconds, 0 to 65,535; 0 turns keep alive off. */
  keepAliveSeconds?: number;
  /** Pause before each try to connect again, milliseconds; default 1,000. */
  reconnectAfterMs?: number;
  /** For `mqtts:` and `wss:`, PEM. Without `ca`, the authorities that Node trusts. */
  tls?: { ca?: string | Buffer; cert?: string | Buffer; key?: string | Buffer };
}

export interface Refusal {
  kind: 'refused';
  /** A 5.0 reason code, 0x80 or above. */
  reasonCode: number;
  /** The broker's Reason String, or else the standard's name of the code. */
  message: string;
}

export interface Failure {
  kind: 'failed';
  message: string;
}

export type ClientState =
  | { kind: 'connected' }
  /** The connection was lost, and is tried again until it stands. */
  | { kind: 'reconnecting'; message: string }
  /** By `end` (no message), or because to try again would be in vain. */
  | { kind: 'ended'; message?: string };

export interface PublishRequest {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: MessageProperties;
}

export type PublishOutcome =
  /**
   * QoS 0: handed to the network. QoS 1 and 2: acknowledged. `noSubscribers`: the broker said that nobody receives
   * it (0x10); a broker need not say so.
   */
  | { kind: 'published'; noSubscribers: boolean }
  | { kind: 'notConnected' }
  | { kind: 'invalidTopic'; message: string }
  | Refusal
  | Failure;

export interface SubscribeRequest {
  topicFilter: string;
  qos: QoS;
  /** Default false. */
  noLocal?: boolean;
  /** Default false. */
  retainAsPublished?: boolean;
  /** Default 0: retained messages are sent at each subscribe. */
  retainHandling?: RetainHandling;
}

export type SubscribeOutcome =
  /** `qos` as granted. */
  | { kind: 'subscribed'; qos: QoS }
  | { kind: 'notConnected' }
  | { kind: 'invalidFilter'; message: string }
  | Refusal
  | Failure;

export type UnsubscribeOutcome = { kind: 'unsubscribed' } | { kind: 'notSubscribed' } | Refusal | Failure;

/** Bytes may share memory with a larger buffer of the connection: who keeps them, copies. */
export interface DeliveredMessage {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: DeliveredProperties;
  /**
   * The subscriptions that it was sent for. By their identifiers where the broker returns them, else those whose
   * filters match. A broker may send one copy for several, or one for each.
   */
  topicFilters: readonly string[];
}
