/**
 * What the broker tells whoever looks. The one window through which views, traces and logs see it.
 *
 * An observer that is `undefined` costs nothing: the broker tests it before it builds an argument. All calls are
 * synchronous and on the hot path, so an observer copies what it needs and returns. It must not call back into the
 * broker, and it must not throw. Bytes and objects are borrowed for the time of the call.
 */
import type { ConnectPacket, MessageProperties, Packet, QoS, SubscriptionRequest } from '../mqtt/packets.ts';
import type { ProtocolError } from '../mqtt/protocolError.ts';
import type { TransportKind } from './transport.ts';

/** An application message on its way through the broker. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: MessageProperties;
}

export interface ConnectionInfo {
  /** Unique in the life of the broker, counting from 1: tells two connections of one client id apart. */
  readonly connectionId: number;
  readonly transportKind: TransportKind;
  readonly remoteAddress: string;
  /** The user that its certificate names, where the listener takes that for the user name. */
  readonly certificateUsername?: string;
  readonly connectedAtMs: number;
}

/** Why a connection ended, as the broker saw it. */
export type DisconnectCause =
  | { kind: 'clientDisconnected'; reasonCode: number }
  /** The socket closed without a DISCONNECT: the will goes out. */
  | { kind: 'networkClosed'; message?: string }
  | { kind: 'keepAliveTimeout'; keepAliveSeconds: number }
  | { kind: 'takenOver'; byConnectionId: number; byRemoteAddress: string }
  | { kind: 'protocolError'; error: ProtocolError }
  /** CONNECT was refused with this reason code. */
  | { kind: 'refused'; reasonCode: number; message: string }
  /** No CONNECT within the time allowed. */
  | { kind: 'connectTimeout'; timeoutSeconds: number }
  /** The broker's owner asked for it, or the broker stops. */
  | { kind: 'serverDisconnected'; reasonCode: number; message: string }
  /** A bug in the broker, met while it handled this connection: 0x80 or 0x83 to the client, and nobody else suffers. */
  | { kind: 'internalError'; error: unknown };

/** Why a message did not go to a subscriber. */
export type DropCause =
  | 'queueFull'
  | 'slowConsumer'
  | 'packetTooLarge'
  | 'messageExpired'
  | 'notAuthorized'
  | 'retainedFull';

export interface BrokerObserver {
  /** A socket was accepted; no CONNECT yet. */
  connectionOpened?(connection: ConnectionInfo): void;
  /** CONNACK with success was sent. `clientId` is the assigned one where the client sent none. */
  clientConnected?(
    connection: ConnectionInfo,
    clientId: string,
    connect: ConnectPacket,
    sessionPresent: boolean,
  ): void;
  /** `clientId` is undefined when the connection ended before its CONNECT was read. */
  connectionClosed?(connection: ConnectionInfo, clientId: string | undefined, cause: DisconnectCause): void;
  /** The session is gone: expired, ended with its connection, or cleaned by a new CONNECT. */
  sessionEnded?(clientId: string): void;
  /**
   * The broker took ownership of a message. `publisher` is the client id; undefined for the broker's own.
   * A will looks the same; `isWill` tells it.
   */
  messagePublished?(message: Message, publisher: string | undefined, isWill: boolean): void;
  /** One call a subscriber: the packet was handed to the transport (QoS as delivered). */
  messageDelivered?(message: Message, clientId: string, qos: QoS): void;
  messageDropped?(message: Message, clientId: string | undefined, cause: DropCause): void;
  /** `message` is undefined when the retained message of the topic was cleared. */
  retainedChanged?(topic: string, message: Message | undefined): void;
  subscribed?(clientId: string, subscription: SubscriptionRequest, reasonCode: number): void;
  unsubscribed?(clientId: string, topicFilter: string): void;
  /** Every packet, with its bytes. Costs most: leave it undefined unless a trace is on. */
  packetReceived?(connection: ConnectionInfo, packet: Packet, bytes: Uint8Array): void;
  packetSent?(connection: ConnectionInfo, packet: Packet, bytes: Uint8Array): void;
  /** A bug in the broker outside of any one connection, as in a timer. Those inside are a cause of `connectionClosed`. */
  internalError?(error: unknown): void;
  /** An access decision that went against the client. */
  accessDenied?(clientId: string, action: 'connect' | 'publish' | 'subscribe', subject: string): void;
}
