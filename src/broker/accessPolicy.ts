/**
 * Who may connect, and who may publish and subscribe to what: the question that the broker asks.
 *
 * The answers live elsewhere (anonymous and single-user policies in access/, mosquitto's files too). A policy knows
 * nothing of sessions or sockets. `authenticate` and the steps of an exchange may await; the others answer at once.
 */
import type { QoS } from '../mqtt/packets.ts';
import type { TransportKind } from './transport.ts';

export interface ConnectAttempt {
  clientId: string;
  username?: string;
  password?: Uint8Array;
  certificateCommonName?: string;
  transportKind: TransportKind;
  remoteAddress: string;
}

/** Who a connection turned out to be: what the access rules are asked about. */
export interface Identity {
  readonly clientId: string;
  readonly username?: string;
}

/** How a client showed who it is; a method of enhanced authentication is named by its own name. */
export type AuthenticationMeans = 'anonymous' | 'password' | 'certificate';

export type AuthenticationResult =
  /** `by` is `anonymous` unless given: a user name that nothing was asked to prove. */
  { kind: 'accepted'; username?: string; by?: AuthenticationMeans } | Refusal;

/**
 * `reasonCode`: 0x86 bad user name or password, 0x87 not authorized, … `message` goes to the log and, in 5.0, to the
 * client; so does `serverReference`, with 0x9C use another server and 0x9D server moved.
 */
export interface Refusal {
  kind: 'refused';
  reasonCode: number;
  message: string;
  serverReference?: string;
  /** Who the client says it is, where that is not the user name of its CONNECT. */
  username?: string;
}

/**
 * One step of an enhanced authentication, section 4.12. `data` is the Authentication Data for the client. A refusal's
 * data goes out where a packet can carry it: in CONNACK, not in the DISCONNECT of a failed re-authentication.
 */
export type AuthenticationStep =
  /** The client is to answer. `message` tells a person of its side what is asked for, as Reason String. */
  | { kind: 'continue'; data?: Uint8Array; message?: string }
  | { kind: 'accepted'; username?: string; data?: Uint8Array }
  | (Refusal & { data?: Uint8Array });

/** The server's side of one authentication, from the client's first data to the decision. */
export interface AuthenticationExchange {
  /**
   * Called again only after it answered `continue`.
   *
   * @param data from the client; undefined where its packet had none.
   */
  step(data: Uint8Array | undefined): AuthenticationStep | Promise<AuthenticationStep>;
}

export type BeginAuthentication = (attempt: ConnectAttempt) => AuthenticationExchange;

export interface AccessPolicy {
  authenticate(attempt: ConnectAttempt): AuthenticationResult | Promise<AuthenticationResult>;
  /**
   * By name, as clients send it in Authentication Method: who names one is asked by its exchange, and `authenticate`
   * is not asked. Absent where there are none.
   */
  readonly authenticationMethods?: ReadonlyMap<string, BeginAuthentication>;
  /** HOT PATH. */
  mayPublish(identity: Identity, topic: string, retain: boolean): boolean;
  /** HOT PATH. Asked at each delivery, as access rules may name topics that a granted filter only touches. */
  mayReceive(identity: Identity, topic: string): boolean;
  /**
   * Asked for each filter of a SUBSCRIBE; what follows the share name of a shared one. False refuses it in the SUBACK.
   * True where only a part may be read: `mayReceive` is asked at each delivery.
   */
  maySubscribe(identity: Identity, topicFilter: string, qos: QoS): boolean;
}
