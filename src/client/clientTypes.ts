/**
 * What is asked of the workbench's client and what it answers: plain types, in the standard's words.
 *
 * Results, not exceptions: a refusal is an ordinary answer of a broker. Nothing of MQTT.js shows here.
 */
import type { MessageProperties, QoS, RetainHandling, UserProperty } from '../mqtt/packets.ts';
import type { DeliveredProperties } from './mqttJsProperties.ts';
import type { Backoff } from './reconnectDelay.ts';

/** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5;

export interface ConnectParams {
  /**
   * `mqtt://127.0.0.1:1883`; also `mqtts:`, `ws:`, `wss:` and `mqtt+unix:///run/broker.sock`. Carries no user name: a URL ends
   * up in logs.
   */
  url: string;
  /** Unique at the broker, or two clients throw each other out in turns. */
  clientId: string;
  /** Default 5. */
  protocolVersion?: ProtocolVersion;
  /** Default true. False goes on with the session that the broker kept for this client id. */
  cleanStart?: boolean;
  /** How long the broker keeps the session after the connection, seconds, 0 to 4,294,967,295; 5.0 alone. Default 0. */
  sessionExpiryIntervalSeconds?: number;
  connectProperties?: ConnectProperties;
  /**
   * Bytes of the largest packet that is taken where the broker is told of no Maximum Packet Size; a larger one ends the
   * connection. Default 134,217,728.
   */
  maxPacketBytes?: number;
  credentials?: { username: string; password?: string };
  /** Seconds, 0 to 65,535; 0 turns keep alive off. */
  keepAliveSeconds?: number;
  will?: Will;
  /** Pauses before the connection is tried again. Default: see reconnectDelay.ts. */
  reconnect?: Backoff;
  /** For `mqtts:` and `wss:`. */
  tls?: TlsParams;
  proxy?: ProxyParams;
  /** For `ws:` and `wss:`: sent with the request that opens the WebSocket, as a gateway's token. */
  headers?: Readonly<Record<string, string>>;
  /** For `ws:` and `wss:`. Default `mqtt`, and `mqttv3.1` for 3.1. */
  subprotocol?: string;
}

/** Of the CONNECT, 5.0 alone. What is left out, the standard has a default for. */
export interface ConnectProperties {
  /** QoS 1 and 2 messages that the broker may have under way, 1 to 65,535. */
  receiveMaximum?: number;
  /** Bytes of a packet that the broker may send, 1 to 4,294,967,295. A larger one ends the connection. */
  maximumPacketSize?: number;
  /** 0 to 65,535. */
  topicAliasMaximum?: number;
  requestResponseInformation?: boolean;
  requestProblemInformation?: boolean;
  userProperties?: readonly UserProperty[];
}

export interface Will {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  /** Between the end of the connection and the will, seconds; 5.0 alone. */
  delayIntervalSeconds?: number;
  /** Of the message that the broker publishes; 5.0 alone. */
  properties?: MessageProperties;
}

export interface TlsParams {
  /** PEM, as all of these. Without it, the authorities that Node trusts. */
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  /** Certificate and key in one, in place of these two: PKCS#12. */
  pkcs12?: Buffer;
  /** Of the key, or of the PKCS#12. */
  passphrase?: string;
  alpnProtocols?: readonly string[];
  /** The name that the client asks for (SNI) and that the certificate must be for, where it is not the URL's host. */
  serverName?: string;
  minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /**
   * SHA-256 of the one certificate that is trusted, whoever signed it and whatever name it has: hex digits, with or
   * without colons, in any case.
   */
  trustedFingerprint?: string;
}

/** A way through the network that is asked for the way to the broker. */
export interface ProxyParams {
  /** `http://192.0.2.7:3128` or `socks5://192.0.2.7:1080`, without a user. */
  url: string;
  username?: string;
  password?: string;
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
  /** When no connection came about: how far it came. */
  fault?: ConnectFault;
}

/** Who asked for the connection does not want it any more, and TCP stood already. */
export const calledOff: Failure = {
  kind: 'failed',
  message: 'the connection was called off',
  fault: { stage: 'mqtt', code: 'ABORTED' },
};

/** Where a connection ended before it was one, in the order in which one is made. */
export type ConnectStage = 'address' | 'proxy' | 'name' | 'network' | 'tls' | 'webSocket' | 'mqtt';

export interface ConnectFault {
  stage: ConnectStage;
  /**
   * Node's or OpenSSL's (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), `FINGERPRINT_MISMATCH`, `PKCS12_PASSPHRASE`,
   * `PKCS12_UNREADABLE`, `HTTP_` and a status, `TIMEOUT`, `ABORTED` (called off by who asked for it), `FILE` (a certificate
   * or key that can't be read) or `NO_CONNACK`; of a proxy also those of proxyTunnel.ts; empty where there is none.
   */
  code: string;
  /** Of the server, where it showed one that is not trusted. */
  certificate?: ServerCertificate;
}

export interface ServerCertificate {
  /** SHA-256, in hex digits with colons. */
  fingerprint: string;
  /** Common name, or else all of the subject. */
  subject: string;
  issuer: string;
  /** As OpenSSL writes them: `Jun  1 00:00:00 2027 GMT`. */
  validFrom: string;
  validTo: string;
  /** `DNS:broker.example, IP Address:192.0.2.7`; empty for none. */
  names: string;
}

export type ClientState =
  | { kind: 'connected' }
  /** The connection was lost, and is tried again until it stands. */
  | {
      kind: 'reconnecting';
      message: string;
      /** When it is tried next, or is being tried since, by `Clock.nowMs`. */
      retryAtMs: number;
    }
  /** By `end` (no message), or because to try again would be in vain. */
  | { kind: 'ended'; message?: string; cause?: EndCause };

/**
 * `takenOver`: the broker says that another client has our client id. `keepsEnding`: it closes connection after connection soon
 * after they stood, and does not say why: as a rule, the same.
 */
export type EndCause = 'takenOver' | 'keepsEnding';

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
  /** Subscription identifier, 1 to 268,435,455; 5.0 alone. Default: one that no other subscription has. */
  subscriptionIdentifier?: number;
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
  /** It may have waited in the session for this connection: see sessionBacklog.ts. */
  hasWaited: boolean;
  /**
   * The subscriptions that it was sent for. By their identifiers where the broker returns them, else those whose
   * filters match. A broker may send one copy for several, or one for each.
   */
  topicFilters: readonly string[];
  /**
   * A copy for another subscription of a message that came, or comes, for the first of those that match. Known by the
   * identifiers of 5.0 alone: without them, brokers tend to send one copy.
   */
  isRepeat: boolean;
  /** Each subscription that it was sent for is muted. */
  isMuted: boolean;
}
