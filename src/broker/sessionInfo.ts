/**
 * Sessions as views show them: snapshots of plain values, made when somebody asks and never on the hot path.
 *
 * A brief one for lists, of which thousands are made at a time, and a whole one for the session that one looks at.
 */
import type { ProtocolVersion, QoS, SubscriptionRequest } from '../mqtt/packets.ts';
import type { ConnectionTraffic } from './connectionTraffic.ts';
import type { ConnectionInfo } from './observer.ts';
import type { Session, WillEnd } from './session.ts';

/** Of the present connection where there is one, else of the last one. */
export interface SessionBrief {
  readonly clientId: string;
  readonly connected: boolean;
  /** Of the present connection; absent when there is none. */
  readonly connection?: ConnectionInfo;
  readonly protocolVersion: ProtocolVersion;
  readonly username?: string;
  /** When its last connection ended, wall clock; absent while connected, and for one that never was. */
  readonly disconnectedAtMs?: number;
}

export interface WillInfo {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly payloadBytes: number;
  /** Seconds from the end of the connection to the will. */
  readonly delaySeconds: number;
}

export interface SessionInfo extends SessionBrief {
  /** As in force: the Server Keep Alive where one was set. 0 is none. */
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  /** 4,294,967,295 never ends. */
  readonly sessionExpirySeconds: number;
  /** Absent where there is none, and once it is sent. */
  readonly will?: WillInfo;
  /** What became of the will of the last connection; absent while it waits, and where there was none. */
  readonly willEnd?: WillEnd;
  /** Session Present, as the last CONNACK had it; absent before the first since the broker started. */
  readonly sessionPresent?: boolean;
  /** As granted. */
  readonly subscriptions: readonly (SubscriptionRequest & { readonly subscriptionIdentifier?: number })[];
  readonly inflightMessages: number;
  readonly queuedMessages: number;
  /** Queued and in flight. */
  readonly queuedBytes: number;
  /** Milliseconds since bytes came from the client; absent without a connection. */
  readonly quietMs?: number;
  /** What the client announced, bytes; absent where it takes packets of any size. */
  readonly maximumPacketSize?: number;
  readonly receiveMaximum?: number;
  /** Of the present connection, else of the last one; absent before the first. A copy. */
  readonly traffic?: TrafficInfo;
  /** From a PUBLISH of QoS 1 or 2 to its PUBACK or PUBREC, milliseconds; absent until one was answered. */
  readonly roundTripMs?: number;
}

export interface TrafficInfo {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly largestPublishBytes: number;
  readonly longestQuietMs: number;
  readonly pings: number;
  readonly pingIntervalMs?: number;
}

/** Exchanges of QoS 2 that a connected client has begun or is in, and has not completed. */
export interface OpenExchanges {
  readonly clientId: string;
  readonly connectionId: number;
  /** `fromClient`: its PUBREL is awaited. `toClient`: its PUBREC, or its PUBCOMP, is. */
  readonly direction: 'fromClient' | 'toClient';
  readonly awaited: 'pubrel' | 'pubrec' | 'pubcomp';
  /** Of those to a client, with all that is in flight to it, of QoS 1 too. */
  readonly count: number;
  /** Of the one that is open for longest. */
  readonly packetId: number;
  /** How many of the same direction were completed so far; of those to a client, 0. */
  readonly completed: number;
}

export function briefOf(session: Session): SessionBrief {
  const { protocolVersion, username } = session.settings;
  return {
    clientId: session.clientId,
    connected: session.isConnected,
    ...(session.client !== undefined && { connection: session.client.connection.info }),
    protocolVersion,
    ...(username !== undefined && { username }),
    ...(session.disconnectedAtMs !== undefined && { disconnectedAtMs: session.disconnectedAtMs }),
  };
}

export function infoOf(session: Session): SessionInfo {
  const { client, outbox, traffic, willEnd, sessionPresent } = session;
  const { cleanStart, keepAliveSeconds, expirySeconds, will } = session.settings;
  const { roundTripMs } = outbox;
  return {
    ...briefOf(session),
    keepAliveSeconds,
    cleanStart,
    sessionExpirySeconds: expirySeconds,
    ...(will !== undefined && {
      will: {
        topic: will.topic,
        qos: will.qos,
        retain: will.retain,
        payloadBytes: will.payload.length,
        delaySeconds: will.properties?.willDelayInterval ?? 0,
      },
    }),
    ...(willEnd !== undefined && { willEnd }),
    ...(sessionPresent !== undefined && { sessionPresent }),
    subscriptions: [...session.subscriptions.values()].map((subscription) => subscription.toInfo()),
    inflightMessages: outbox.inflightMessages,
    queuedMessages: outbox.queuedMessages,
    queuedBytes: outbox.heldBytes,
    ...(client !== undefined && {
      quietMs: client.connection.quietMs,
      receiveMaximum: client.receiveMaximum,
      ...(Number.isFinite(client.maximumPacketSize) && { maximumPacketSize: client.maximumPacketSize }),
    }),
    ...(traffic !== undefined && { traffic: trafficOf(traffic, client?.connection.quietMs) }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
}

const none: readonly OpenExchanges[] = [];

/** Of a session without a connection, none: nobody can complete them now. */
export function openExchangesOf({ clientId, client, incoming, outbox }: Session): readonly OpenExchanges[] {
  if (client === undefined || (incoming.size === 0 && outbox.inflightMessages === 0)) return none;
  const open: OpenExchanges[] = [];
  const { connectionId } = client.connection.info;
  const [oldest] = incoming.packetIds();
  if (oldest !== undefined) {
    const { size, completed } = incoming;
    open.push({
      ...{ clientId, connectionId, direction: 'fromClient', awaited: 'pubrel' },
      ...{ count: size, packetId: oldest, completed },
    });
  }
  if (outbox.inflightMessages === 0) return open;
  for (const { qos, packetId, state } of outbox.window) {
    if (qos !== 2) continue;
    open.push({
      ...{ clientId, connectionId, direction: 'toClient' },
      awaited: state === 'released' ? 'pubcomp' : 'pubrec',
      ...{ count: outbox.inflightMessages, packetId, completed: 0 },
    });
    break;
  }
  return open;
}

/** @param quietMs since anything came over a connection that is open: a silence that goes on is one, too. */
function trafficOf(traffic: ConnectionTraffic, quietMs = 0): TrafficInfo {
  const { bytesReceived, bytesSent, messagesReceived, messagesSent } = traffic;
  const { largestPublishBytes, pings, pingIntervalMs } = traffic;
  const longestQuietMs = Math.max(traffic.longestQuietMs, quietMs);
  return {
    ...{ bytesReceived, bytesSent, messagesReceived, messagesSent },
    ...{ largestPublishBytes, longestQuietMs, pings },
    ...(pingIntervalMs !== undefined && { pingIntervalMs }),
  };
}
