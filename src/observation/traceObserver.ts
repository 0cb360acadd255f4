/**
 * Every packet of the local broker, told to the trace. One of the broker's observers only while the trace is on: it is
 * what costs something.
 *
 * HOT PATH while it is. Knows which connections are open, and who is at their other end. Packets of a broker that started
 * or of clients that connected before are traced too: `clients` says who they are.
 */

import type { ObservedPacket, RejectedPacket } from '../broker/observedPacket.ts';
import type { BrokerObserver, ConnectionInfo, DisconnectCause } from '../broker/observer.ts';
import { CONNECT, clientIdOfConnect } from '../model/packetFacts.ts';
import type { PacketTrace, TracedConnection } from '../model/packetTrace.ts';
import { OUT_FLAG, REJECTED_FLAG } from '../model/traceSegment.ts';
import type { ProtocolError } from '../mqtt/protocolError.ts';

/** Of what is not MQTT at all: enough to see what it is, and not what a browser says of itself. */
const FOREIGN_BYTES = 16;
/** A client identifier as it is kept: the longest that anybody would read. */
const MAX_CLIENT_ID_CHARACTERS = 1024;

export interface KnownClient {
  readonly connectionId: number;
  readonly clientId: string;
}

interface LastConnection {
  id: number;
  connection: TracedConnection | undefined;
}

export class TraceObserver implements BrokerObserver {
  readonly #trace: PacketTrace;
  /** By number: a broker does not use one twice. */
  readonly #connections = new Map<number, TracedConnection>();
  readonly #clientIds = new Map<number, string>();
  /** Of the packet that came before, and of the one that was sent: most are in runs. */
  readonly #came: LastConnection = { id: 0, connection: undefined };
  readonly #sent: LastConnection = { id: 0, connection: undefined };

  /** @param clients who are connected already. */
  constructor(trace: PacketTrace, clients: Iterable<KnownClient>) {
    this.#trace = trace;
    for (const { connectionId, clientId } of clients) this.#clientIds.set(connectionId, clientId);
  }

  /** HOT PATH */
  packetReceived(info: ConnectionInfo, { source, start, end, protocolVersion }: ObservedPacket): void {
    const connection = this.#of(info, this.#came);
    this.#trace.append(connection, source, start, end, protocolVersion, 0);
    if (source[start]! >> 4 === CONNECT) name(connection, source, start, end); // a packet has a first byte
  }

  /** HOT PATH */
  packetSent(info: ConnectionInfo, { source, start, end, protocolVersion }: ObservedPacket): void {
    this.#trace.append(this.#of(info, this.#sent), source, start, end, protocolVersion, OUT_FLAG);
  }

  packetRejected(info: ConnectionInfo, packet: RejectedPacket): void {
    const { source, start, end, protocolVersion, error } = packet;
    const connection = this.#of(info, this.#came);
    const isForeign = error?.code === 'tls-on-plain-port' || error?.code === 'http-on-mqtt-port';
    const keptEnd = isForeign ? Math.min(end, start + FOREIGN_BYTES) : end;
    const id = this.#trace.append(connection, source, start, keptEnd, protocolVersion, REJECTED_FLAG);
    if (source[start]! >> 4 === CONNECT) name(connection, source, start, end); // as above
    if (error !== undefined) this.#setFault(id, error);
    // What ends the connection now was told.
    connection.lastReceivedId = 0;
  }

  clientConnected({ connectionId }: ConnectionInfo, clientId: string): void {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) this.#clientIds.set(connectionId, clientId);
    else connection.clientId = clientId;
  }

  connectionClosed(
    { connectionId }: ConnectionInfo,
    clientId: string | undefined,
    cause: DisconnectCause,
  ): void {
    this.#clientIds.delete(connectionId);
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) return;
    connection.clientId ??= clientId;
    // A packet that could be read, and was wrong at its time: the last that came.
    if (cause.kind === 'protocolError' && connection.lastReceivedId > 0)
      this.#setFault(connection.lastReceivedId, cause.error);
    this.#close(connection);
  }

  /** The trace is switched off: nothing more is told. */
  end(): void {
    for (const connection of this.#connections.values()) this.#close(connection);
  }

  #setFault(id: number, { code, clause, message, byteOffset }: ProtocolError): void {
    this.#trace.setFault(id, { code, clause, message, byteOffset });
  }

  #of(info: ConnectionInfo, last: LastConnection): TracedConnection {
    const { connectionId } = info;
    if (connectionId === last.id) return last.connection!; // set along with it
    const connection = this.#connections.get(connectionId) ?? this.#open(info);
    last.id = connectionId;
    last.connection = connection;
    return connection;
  }

  #open({ connectionId, localAddress, remoteAddress, transportKind }: ConnectionInfo): TracedConnection {
    const facts = {
      ...{ connectionId, remoteAddress, transportKind },
      ...(localAddress !== undefined && { localAddress }),
    };
    const connection = this.#trace.connectionOpened(facts, this.#clientIds.get(connectionId));
    this.#clientIds.delete(connectionId);
    this.#connections.set(connectionId, connection);
    return connection;
  }

  #close(connection: TracedConnection): void {
    const { connectionId } = connection.facts;
    connection.isOpen = false;
    this.#connections.delete(connectionId);
    for (const last of [this.#came, this.#sent]) if (connectionId === last.id) last.id = 0;
  }
}

/** As the client says: known from here on, whether it is let in or not. */
function name(connection: TracedConnection, source: Uint8Array, start: number, end: number): void {
  const clientId = clientIdOfConnect(source.subarray(start, end));
  if (clientId !== '') connection.clientId ??= clientId.slice(0, MAX_CLIENT_ID_CHARACTERS);
}
