/**
 * The one door for who makes a broker misbehave on purpose, so that a device's author sees what the device does then.
 *
 * A broker without one pays nothing: `undefined` is tested once for each new connection and each CONNECT, and never for
 * a message. What happens to bytes on their way is done by a transport that is put under an open connection, and taken
 * away again (src/faults).
 */
import type { ConnectPacket, ProtocolVersion } from '../mqtt/packets.ts';
import type { InjectedFault } from './injectedFault.ts';
import type { BrokerLimits } from './limits.ts';
import type { ConnectionInfo } from './observer.ts';
import type { Transport } from './transport.ts';

/** A connection, for who exchanges its transport. */
export interface OpenConnection {
  readonly info: ConnectionInfo;
  /** Undefined until CONNECT was read, and for one that the broker is to name until it did. */
  readonly clientId: string | undefined;
  /** Undefined until CONNECT was accepted. */
  readonly protocolVersion: ProtocolVersion | undefined;
  readonly isClosed: boolean;
  /** The largest packet that is read now, bytes. */
  readonly maxPacketBytes: number;
  /** What its bytes come from and go to. */
  readonly transport: Transport;
  /**
   * The topic that an alias stands for in one direction, as the broker knows it; undefined for one that was not set.
   * Section 3.3.2.3.4.
   */
  topicOfAlias(direction: 'toBroker' | 'toClient', alias: number): string | undefined;
  /**
   * Puts another transport in the place of the present one, and becomes its handler. Not while bytes of this
   * connection are being handled: then every packet that was written is whole.
   *
   * @returns what was read of a packet whose end has not come yet: now the new transport's, to hand over with its end.
   */
  exchangeTransport(transport: Transport): Uint8Array;
  /** Something was done to it on purpose: to be told along with what comes of it. */
  noteFault(fault: InjectedFault): void;
}

export interface Intervention {
  /** Nothing was read from it yet. */
  connectionOpened(connection: OpenConnection): void;
  /** Why this CONNECT is refused; undefined lets it go on to be checked. */
  refusalOf(
    connection: OpenConnection,
    connect: ConnectPacket,
  ): { reasonCode: number; message: string } | undefined;
  /** Whether the session that this client left is to be gone when it comes back. */
  losesSession(clientId: string): boolean;
  /** The limits that hold for one client from its CONNECT on; those that are handed in, where nothing is to differ. */
  limitsFor(
    connection: OpenConnection,
    client: { clientId: string; protocolVersion: ProtocolVersion },
    limits: Readonly<BrokerLimits>,
  ): Readonly<BrokerLimits>;
}
