/** Other brokers than the local one, which the workbench is a client of: what is asked for, and how each of them stands. */
import type { ConnectionId } from './connections.ts';
import type { SubscribeOptions, SubscriptionInfo } from './engine.ts';
import type { QoS, UserProperty } from './messages.ts';
import type { TlsContents } from './tlsFiles.ts';

/** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersionNumber = 3 | 4 | 5;

/** A connection as its profile has it, with its secrets: these go to the engine alone, and nothing of them comes back. */
export interface RemoteBrokerParams {
  /** Of the profile, its name. One connection for each. */
  profileId: string;
  /** For people. */
  name: string;
  /**
   * `mqtt://`, `mqtts://`, `ws://` or `wss://`, with host, port and path, or `mqtt+unix://` with a path alone; without a user.
   */
  url: string;
  clientId: string;
  protocolVersion: ProtocolVersionNumber;
  cleanStart: boolean;
  /** Seconds; 5.0 alone. */
  sessionExpiryIntervalSeconds?: number;
  /** Seconds; 0 turns it off. */
  keepAliveSeconds: number;
  connectProperties?: ConnectPropertyParams;
  username?: string;
  password?: string;
  headers?: Readonly<Record<string, string>>;
  /** Of a WebSocket. Default: what the version of MQTT asks for. */
  subprotocol?: string;
  will?: WillParams;
  tls?: RemoteTlsParams;
  proxy?: RemoteProxyParams;
  /** Made at each connect. */
  subscriptions: readonly ProfileSubscription[];
  /** Nothing is published to it. */
  readOnly: boolean;
  whileOffline: WhileOffline;
}

export interface ProfileSubscription extends SubscribeOptions {
  topicFilter: string;
  qos: QoS;
}

/** What becomes of a publish while a lost connection waits for its next try. */
export type WhileOffline = 'refuse' | 'queue';

/** Of the CONNECT, 5.0 alone. What is left out, the standard has a default for. */
export interface ConnectPropertyParams {
  /** Unacknowledged messages that the broker may have under way, 1 to 65,535. */
  receiveMaximum?: number;
  /** Bytes of a packet, 1 to 4,294,967,295. */
  maximumPacketSize?: number;
  /** 0 to 65,535. */
  topicAliasMaximum?: number;
  requestResponseInformation?: boolean;
  requestProblemInformation?: boolean;
  userProperties?: readonly UserProperty[];
}

export interface WillParams {
  topic: string;
  payload: string;
  qos: QoS;
  retain: boolean;
  // From here on, 5.0 alone.
  /** Seconds. */
  delayIntervalSeconds?: number;
  payloadFormatIndicator?: 0 | 1;
  messageExpiryIntervalSeconds?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: string;
  userProperties?: readonly UserProperty[];
}

/** Through which the broker is reached. */
export interface RemoteProxyParams {
  /** `http://` or `socks5://`, with host and port, and without a user. */
  url: string;
  username?: string;
  password?: string;
}

/** Files are absolute paths of PEM files, and of one of PKCS#12, read at each connect. */
export interface RemoteTlsParams {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  pkcs12File?: string;
  /** In place of a file. Empty: it was to be kept, and is not there. */
  contents?: TlsContents;
  passphrase?: string;
  alpnProtocols?: readonly string[];
  serverName?: string;
  minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  trustedFingerprint?: string;
}

/** How far a connection came that came to nothing. */
export interface ConnectFaultInfo {
  stage: 'address' | 'proxy' | 'name' | 'network' | 'tls' | 'webSocket' | 'mqtt';
  /**
   * Node's or OpenSSL's, `FINGERPRINT_MISMATCH`, `PKCS12_PASSPHRASE`, `PKCS12_UNREADABLE`, `HTTP_` and a status, `TIMEOUT`,
   * `ABORTED` (called off by the person), `FILE` (a certificate or key that can't be read), `NO_CONNACK`; of a proxy also
   * `SOCKS_AUTH`, `SOCKS_` and a reply of RFC 1928, `NOT_A_PROXY`; or empty.
   */
  code: string;
  certificate?: ServerCertificateInfo;
}

export interface ServerCertificateInfo {
  /** SHA-256, in hex digits with colons. */
  fingerprint: string;
  subject: string;
  issuer: string;
  /** As OpenSSL writes them. */
  validFrom: string;
  validTo: string;
  names: string;
}

export type ConnectBrokerResult =
  | { kind: 'connected'; connection: ConnectionId; subscriptionProblems: readonly SubscriptionProblem[] }
  /** It is being tried again already: that is done at once. */
  | { kind: 'retrying' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'failed'; message: string; fault?: ConnectFaultInfo };

/** Of the profile, a subscription that the broker did not take. */
export interface SubscriptionProblem {
  topicFilter: string;
  message: string;
}

export type RemoteBrokerState =
  | { kind: 'connected'; sinceMs: number }
  /** The connection was lost, and is tried again. */
  | { kind: 'waiting'; message: string; retryAtMs: number }
  /**
   * By the person (no message), or because to try again would be in vain. `takenOver`: the broker says that another client has
   * this client id. `keepsEnding`: it closes one connection after the other soon after they stood, and does not say why.
   */
  | { kind: 'disconnected'; message?: string; cause?: 'takenOver' | 'keepsEnding' };

/** One that has been connected since the engine started, and was not forgotten. */
export interface RemoteBroker {
  connection: ConnectionId;
  /** The invisible root of its topics. */
  rootId: number;
  profileId: string;
  name: string;
  state: RemoteBrokerState;
  protocolVersion: ProtocolVersionNumber;
  /** Between a request and its answer. */
  latencyMs?: number;
  /** In its topic tree. */
  messageCount: number;
  /** Of late. */
  messagesPerSecond: number;
  subscriptions: readonly SubscriptionInfo[];
  /** Of a profile that lets messages wait for the connection, where there is something to tell. */
  queue?: OfflineQueueInfo;
}

export interface OfflineQueueInfo {
  /** That wait. */
  messages: number;
  bytes: number;
  /** Since the connection last began: those that waited in vain. */
  notSent: number;
  /** Why the first of these was not sent. */
  firstProblem?: string;
}

export interface RemoteBrokerMethods {
  /** Ends what there is of the profile's connection, and makes it anew. Answers with the broker's first answer. */
  connectBroker(params: RemoteBrokerParams): ConnectBrokerResult;
  /** With a DISCONNECT. What was heard stays. Also gives up one that is being made. */
  disconnectBroker(params: { profileId: string }): void;
  /** All of them: before the engine ends, so that no will is published. */
  disconnectBrokers(params: Record<string, never>): void;
  /** As `disconnectBroker`, and nothing of it is known from here on. */
  forgetBroker(params: { profileId: string }): void;
  /**
   * What there is of a profile's connection goes on under another name. False, and nothing is done, where there is none, where
   * it is being made, or where another one has that name.
   */
  renameBroker(params: { profileId: string; name: string }): boolean;
  remoteBrokers(params: Record<string, never>): readonly RemoteBroker[];
  /** From now on nothing is published to these, whatever asks for it; or it is again. */
  setReadOnly(params: { profileIds: readonly string[]; isReadOnly: boolean }): void;
}

export interface RemoteBrokerEvents {
  remoteBrokersChanged: readonly RemoteBroker[];
}
