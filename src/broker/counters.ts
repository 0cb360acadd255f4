/**
 * The broker's own numbers: what went through it since its start, and what it holds now.
 *
 * Plain fields that the hot path adds to; who reads them takes a copy. The model owns what the views show of them.
 */
import { type LimitName, limitNames } from './limits.ts';
import type { DropCause } from './observer.ts';

export interface BrokerCounters {
  // Since the start
  /** Sockets accepted. */
  connectionsAccepted: number;
  /** CONNECTs that could be read, refused ones too. */
  connectsReceived: number;
  /** CONNECTs refused, for whatever reason, sockets that never sent one, and those that were not taken at all. */
  connectionsRefused: number;
  /** How often a client id was found in use by two devices at once. */
  clientIdsShared: number;
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** Payloads of `messagesReceived` and `messagesDelivered`. */
  payloadBytesReceived: number;
  payloadBytesSent: number;
  /** Messages that clients published, refused ones too; duplicates of QoS 2 not counted again. */
  messagesReceived: number;
  /** PUBLISH packets handed to a transport, one a subscriber; redeliveries not counted again. */
  messagesDelivered: number;
  /** Messages that did not go to a subscriber, one a subscriber: the sum of `messagesDroppedByCause`. */
  messagesDropped: number;
  readonly messagesDroppedByCause: Record<DropCause, number>;
  /**
   * How often each limit refused, dropped or closed something, or gave a client less than it asked for. Three never do,
   * and stay 0: `maxInflight`, beyond which messages wait, `maxOutboundTopicAliases`, beyond which topics share them,
   * and `sysIntervalSeconds`. `connectionBurst` is counted as `maxConnectionsPerSecond`.
   */
  readonly limitsReached: Record<LimitName, number>;
  /** Connections ended by a fault of the peer. */
  protocolErrors: number;
  /** Sessions that ended because their client stayed away for too long. */
  sessionsExpired: number;
  /** The most `clientsConnected` that there were. */
  clientsMaximum: number;
  /** Bugs met and contained. Anything but 0 deserves a report. */
  internalErrors: number;

  // Now
  /** Open sockets, with or without CONNECT. */
  connections: number;
  /** Whose CONNECT was accepted. */
  clientsConnected: number;
  /** Connected or stored. */
  sessions: number;
  /** Shared ones included. */
  subscriptions: number;
  sharedSubscriptions: number;
  /** What `maxTotalSubscriptionBytes` bounds. */
  subscriptionBytes: number;
  retainedMessages: number;
  retainedBytes: number;
  /**
   * Messages that sessions hold, queued and in flight, without retained ones on their way to a new subscriber. One that
   * two sessions hold counts twice.
   */
  queuedMessages: number;
  queuedBytes: number;
}

export function createCounters(): BrokerCounters {
  return {
    connectionsAccepted: 0,
    connectsReceived: 0,
    connectionsRefused: 0,
    clientIdsShared: 0,
    packetsReceived: 0,
    packetsSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    payloadBytesReceived: 0,
    payloadBytesSent: 0,
    messagesReceived: 0,
    messagesDelivered: 0,
    messagesDropped: 0,
    messagesDroppedByCause: {
      queueFull: 0,
      slowConsumer: 0,
      packetTooLarge: 0,
      messageExpired: 0,
      notAuthorized: 0,
      payloadFormatInvalid: 0,
      retainedFull: 0,
    },
    limitsReached: Object.fromEntries(limitNames.map((name) => [name, 0])) as Record<LimitName, number>, // all of them
    protocolErrors: 0,
    sessionsExpired: 0,
    clientsMaximum: 0,
    internalErrors: 0,
    connections: 0,
    clientsConnected: 0,
    sessions: 0,
    subscriptions: 0,
    sharedSubscriptions: 0,
    subscriptionBytes: 0,
    retainedMessages: 0,
    retainedBytes: 0,
    queuedMessages: 0,
    queuedBytes: 0,
  };
}
