/**
 * The broker's own numbers: what went through it since its start, and what it holds now.
 *
 * Plain fields that the hot path adds to; who reads them takes a copy. The model owns what the views show of them.
 */
import type { DropCause } from './observer.ts';

export interface BrokerCounters {
  // Since the start
  /** Sockets accepted. */
  connectionsAccepted: number;
  /** CONNECTs refused, for whatever reason, and sockets that never sent one. */
  connectionsRefused: number;
  /** How often a client id was found in use by two devices at once. */
  clientIdsShared: number;
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** Messages that clients published, refused ones too; duplicates of QoS 2 not counted again. */
  messagesReceived: number;
  /** PUBLISH packets handed to a transport, one a subscriber; redeliveries not counted again. */
  messagesDelivered: number;
  /** Messages that did not go to a subscriber, one a subscriber: the sum of `messagesDroppedByCause`. */
  messagesDropped: number;
  readonly messagesDroppedByCause: Record<DropCause, number>;
  /** Connections ended by a fault of the peer. */
  protocolErrors: number;
  /** Bugs met and contained. Anything but 0 deserves a report. */
  internalErrors: number;

  // Now
  /** Open sockets, with or without CONNECT. */
  connections: number;
  /** Connected or stored. */
  sessions: number;
  subscriptions: number;
  retainedMessages: number;
  retainedBytes: number;
  /** Messages that sessions hold, queued and in flight. */
  queuedMessages: number;
  queuedBytes: number;
}

export function createCounters(): BrokerCounters {
  return {
    connectionsAccepted: 0,
    connectionsRefused: 0,
    clientIdsShared: 0,
    packetsReceived: 0,
    packetsSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
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
    protocolErrors: 0,
    internalErrors: 0,
    connections: 0,
    sessions: 0,
    subscriptions: 0,
    retainedMessages: 0,
    retainedBytes: 0,
    queuedMessages: 0,
    queuedBytes: 0,
  };
}
