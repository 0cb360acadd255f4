/**
 * Who may connect, and who may publish and subscribe to what: the question that the broker asks.
 *
 * The answers live elsewhere (anonymous and single-user policies in access/, mosquitto's files too). A policy knows
 * nothing of sessions or sockets. `authenticate` may await; the other two are on the hot path and answer at once.
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

export type AuthenticationResult =
  | { kind: 'accepted'; username?: string }
  /** `reasonCode`: 0x86 bad user name or password, 0x87 not authorized, … `message` goes to the log and, in 5.0, to the client. */
  | { kind: 'refused'; reasonCode: number; message: string };

export interface AccessPolicy {
  authenticate(attempt: ConnectAttempt): AuthenticationResult | Promise<AuthenticationResult>;
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
