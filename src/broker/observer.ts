/**
 * What the broker tells whoever looks. The one window through which views, traces and logs see it.
 *
 * An observer that is `undefined` costs nothing: the broker tests it before it builds an argument. All calls are
 * synchronous and on the hot path, so an observer copies what it needs and returns. It must not call back into the
 * broker, and it must not throw. Bytes and objects are borrowed for the time of the call.
 */
import type {
  ConnackPacket,
  ConnectPacket,
  MessageProperties,
  QoS,
  SubscriptionRequest,
} from '../mqtt/packets.ts';
import type { ProtocolError } from '../mqtt/protocolError.ts';
import type { ReceivedPublish } from '../mqtt/receivedPublish.ts';
import type { InjectedFault } from './injectedFault.ts';
import type { LimitName } from './limits.ts';
import type { ObservedPacket, RejectedPacket } from './observedPacket.ts';
import type { TransportKind } from './transport.ts';

/** An application message on its way through the broker. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: MessageProperties | undefined;
  /** The packet that said the topic by an alias. One that said it by its name is the message itself. */
  readonly aliased?: ReceivedPublish;
}

export interface RetainedMessage extends Message {
  /** Client id; undefined for the broker's own. */
  readonly publisher?: string | undefined;
}

export interface ConnectionInfo {
  /** Unique in the life of the broker, counting from 1: tells two connections of one client id apart. */
  readonly connectionId: number;
  readonly transportKind: TransportKind;
  readonly remoteAddress: string;
  /** Where the client reached the broker. Absent where that has no address: a Unix socket. */
  readonly localAddress?: string;
  /** The user that its certificate names, where the listener takes that for the user name. */
  readonly certificateUsername?: string;
  readonly connectedAtMs: number;
  /**
   * What an injected fault did to it, so far. Set while it is open, and never taken back: what a client does of it may come
   * much later. Who judges a client leaves out a connection that has one.
   */
  readonly fault?: InjectedFault;
}

/** Why a connection ended, as the broker saw it. */
export type DisconnectCause =
  | { kind: 'clientDisconnected'; reasonCode: number }
  /** The socket closed without a DISCONNECT: the will goes out. */
  | { kind: 'networkClosed'; message?: string }
  | { kind: 'keepAliveTimeout'; keepAliveSeconds: number }
  | { kind: 'takenOver'; byConnectionId: number; byRemoteAddress: string }
  | { kind: 'protocolError'; error: ProtocolError }
  /** CONNECT was refused with this reason code; for who the client says it is, if there is a `username`. */
  | { kind: 'refused'; reasonCode: number; message: string; username?: string }
  /** A connected client was to show anew who it is, and did not. */
  | { kind: 'reAuthenticationFailed'; reasonCode: number; message: string }
  /** No CONNECT within the time allowed, or no end of its authentication. */
  | { kind: 'connectTimeout'; timeoutSeconds: number }
  /** The broker's owner asked for it, or the broker stops. */
  | { kind: 'serverDisconnected'; reasonCode: number; message: string }
  /** The broker's owner had the socket closed as a network that fails closes it: no DISCONNECT, and the will goes out. */
  | { kind: 'connectionCut'; message: string }
  /** The store took nothing: what this connection asked for, or was to get, is not durable and was not acknowledged. */
  | { kind: 'storeFailed'; reasonCode: number; message: string }
  /** A bug in the broker, met while it handled this connection: 0x80 or 0x83 to the client, and nobody else suffers. */
  | { kind: 'internalError'; error: unknown };

/** What came of a client's attempt to show who it is. */
export interface AuthenticationDecision {
  /** As the client says it; as it is shown, where it was accepted by more than its word. */
  readonly username: string | undefined;
  /** `anonymous`, `password`, `certificate`, or the name of a method of enhanced authentication. */
  readonly by: string;
  /** Of a client that is connected already. Section 4.12.1. */
  readonly isReAuthentication: boolean;
  readonly outcome: { kind: 'accepted' } | { kind: 'refused'; reasonCode: number; message: string };
}

/** Why a message did not go to a subscriber. */
export type DropCause =
  | 'queueFull'
  | 'slowConsumer'
  | 'packetTooLarge'
  | 'messageExpired'
  | 'notAuthorized'
  | 'payloadFormatInvalid'
  | 'retainedFull';

/** Two devices with one client id, as their takeovers show them. */
export interface ClientIdSharing {
  /** Of the connection that was closed last, and of the one that took its place: with ports where the host is one. */
  readonly addresses: readonly [string, string];
  /** Two connections of one host: two programs there, or one that reconnects again and again without closing. */
  readonly isOneHost: boolean;
  /** How often one took the session from the other, and in how many milliseconds. */
  readonly takeovers: number;
  readonly periodMs: number;
}

export interface BrokerObserver {
  /** A socket was accepted; no CONNECT yet. */
  connectionOpened?(connection: ConnectionInfo): void;
  /** `connack`, with success, was sent. `clientId` is the assigned one where the client sent none. */
  clientConnected?(
    connection: ConnectionInfo,
    clientId: string,
    connect: ConnectPacket,
    connack: ConnackPacket,
  ): void;
  /** `clientId` is undefined when the connection ended before its CONNECT was read. */
  connectionClosed?(connection: ConnectionInfo, clientId: string | undefined, cause: DisconnectCause): void;
  /**
   * Two devices use one client id, and take the session from each other. Once, until they left off for a minute. Comes
   * after `connectionClosed` of the connection that was closed last.
   */
  clientIdShared?(clientId: string, sharing: ClientIdSharing): void;
  /**
   * Something came from a client after a silence longer than its keep alive, in which it was to send PINGREQ if it had
   * nothing else to send. [MQTT-3.1.2-20] Up to one and a half times that, it is forgiven.
   */
  clientWasQuiet?(
    connection: ConnectionInfo,
    clientId: string,
    keepAliveSeconds: number,
    quietMs: number,
  ): void;
  /** A PUBLISH was sent that is larger than all before it over the same connection. Seldom: not for each that is large. */
  largestPublishSent?(connection: ConnectionInfo, clientId: string, packetBytes: number, topic: string): void;
  /** The session is gone: expired, ended with its connection, or cleaned by a new CONNECT. */
  sessionEnded?(clientId: string): void;
  /**
   * The broker took ownership of a message. `publisher` is the client id; undefined for the broker's own.
   * A will looks the same; `isWill` tells it. Not told of what the broker says of itself under `$SYS`.
   */
  messagePublished?(message: Message, publisher: string | undefined, isWill: boolean): void;
  /** One call a subscriber: the packet was handed to the transport (QoS as delivered). */
  messageDelivered?(message: Message, clientId: string, qos: QoS): void;
  messageDropped?(message: Message, clientId: string | undefined, cause: DropCause): void;
  /** `message` is undefined when the retained message of the topic was cleared. */
  retainedChanged?(topic: string, message: RetainedMessage | undefined): void;
  subscribed?(clientId: string, subscription: SubscriptionRequest, reasonCode: number): void;
  unsubscribed?(clientId: string, topicFilter: string): void;
  /** Every packet, as its bytes. Leave it undefined unless a trace is on. */
  packetReceived?(connection: ConnectionInfo, packet: ObservedPacket): void;
  packetSent?(connection: ConnectionInfo, packet: ObservedPacket): void;
  /**
   * Bytes that could not be read as a packet, or were not all there when the connection ended. Not told to
   * `packetReceived`; a packet that was told there, and was wrong at its time, is the cause of `connectionClosed` alone.
   */
  packetRejected?(connection: ConnectionInfo, packet: RejectedPacket): void;
  /**
   * The store does not take changes any more. Told once: until `storeRecovered`, connections whose work needs it end
   * with `storeFailed`. The message is for a person, in whole sentences: why, and what to do.
   */
  storeFailing?(message: string): void;
  /** The store has everything again. */
  storeRecovered?(): void;
  /**
   * A limit refused, dropped or closed something, or gave a client less than it asked for. What happened is told by
   * another event, where there is one.
   *
   * @param value of the limit.
   * @param times that it was reached since the broker started, this one included.
   */
  limitReached?(name: LimitName, value: number, times: number): void;
  /** A bug in the broker outside of any connection, as in a timer. Those inside are a cause of `connectionClosed`. */
  internalError?(error: unknown): void;
  /** Who a client is was decided: once for each CONNECT that came so far, and for each re-authentication. */
  authenticated?(connection: ConnectionInfo, clientId: string, decision: AuthenticationDecision): void;
  /** An access decision that went against the client. */
  accessDenied?(clientId: string, action: 'connect' | 'publish' | 'subscribe', subject: string): void;
}
