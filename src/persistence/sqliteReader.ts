/**
 * Reads the whole file, once, when it is opened: into the state for the broker, and the rows for the store.
 *
 * A row that can't be what the store wrote is a broken file: nothing is guessed, and nothing is left out.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Delivery, type DeliveryState } from '../broker/delivery.ts';
import type { PersistedSession, PersistedState, PersistedSubscription } from '../broker/persistence.ts';
import { StoredMessage } from '../broker/storedMessage.ts';
import type { PacketId, ProtocolVersion, QoS, RetainHandling, Will } from '../mqtt/packets.ts';
import { decodePropertyBlock } from '../mqtt/propertyBlock.ts';
import { ProtocolError } from '../mqtt/protocolError.ts';
import { createMessageRow, createSessionRow, type MessageRow, type SessionRow } from './sqliteRows.ts';

export interface StoredState {
  readonly state: PersistedState;
  /** By ascending id, as are the messages. */
  readonly sessions: readonly SessionRow[];
  readonly messages: readonly MessageRow[];
  /** The highest in use. */
  readonly lastDeliveryId: number;
}

/** A row is not what the store wrote. */
export class UnreadableRow extends Error {}

type Row = Record<string, SQLOutputValue>;

interface SessionParts {
  readonly row: SessionRow;
  readonly subscriptions: PersistedSubscription[];
  readonly deliveries: Delivery[];
  readonly incoming: PacketId[];
}

/**
 * @throws UnreadableRow
 * @throws what SQLite throws for a file that it can't read.
 */
export function readState(database: DatabaseSync): StoredState {
  const messages = new Map<number, MessageRow>();
  const sessions = new Map<number, SessionParts>();
  let lastDeliveryId = 0;
  const sessionOf = (row: Row): SessionParts =>
    sessions.get(integer(row, 'session_id')) ?? unreadable('its session is not there');
  const messageOf = (row: Row): MessageRow =>
    messages.get(integer(row, 'message_id')) ?? unreadable('its message is not there');

  forEachRow(database, 'message', 'id', (row) => {
    const id = integer(row, 'id');
    messages.set(id, { ...createMessageRow(id, readMessage(row)), isStored: true });
  });
  const retained: StoredMessage[] = [];
  forEachRow(database, 'retained', 'message_id', (row) => {
    const message = messageOf(row);
    message.references++;
    message.isRetained = true;
    message.isStoredAsRetained = true;
    retained.push(message.message);
  });
  forEachRow(database, 'session', 'id', (row) => {
    const id = integer(row, 'id');
    const session = { ...createSessionRow(id, readSession(row)), isStored: true };
    sessions.set(id, { row: session, subscriptions: [], deliveries: [], incoming: [] });
  });
  forEachRow(database, 'subscription', 'session_id, topic_filter', (row) => {
    sessionOf(row).subscriptions.push(readSubscription(row));
  });
  forEachRow(database, 'incoming', 'session_id, packet_id', (row) => {
    sessionOf(row).incoming.push(packetIdOf(row));
  });
  const inFlight = new Set<string>();
  forEachRow(database, 'delivery', 'session_id, id', (row) => {
    const session = sessionOf(row);
    const message = messageOf(row);
    const id = integer(row, 'id');
    const delivery = readDelivery(row, message.message);
    if (delivery.state !== 'queued') {
      const exchange = `${session.row.id} ${delivery.packetId}`;
      if (inFlight.has(exchange)) unreadable(`packet_id ${delivery.packetId} is there twice`);
      inFlight.add(exchange);
    }
    message.references++;
    session.deliveries.push(delivery);
    session.row.deliveries.set(delivery, {
      id,
      sessionId: session.row.id,
      delivery,
      message,
      isStored: true,
    });
    lastDeliveryId = Math.max(lastDeliveryId, id);
  });

  return {
    state: {
      sessions: [...sessions.values()].map(({ row, ...parts }) => ({ ...row.session, ...parts })),
      retained,
    },
    sessions: [...sessions.values()].map(({ row }) => row),
    messages: [...messages.values()],
    lastDeliveryId,
  };
}

function forEachRow(database: DatabaseSync, table: string, order: string, read: (row: Row) => void): void {
  for (const row of database.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) {
    try {
      read(row);
    } catch (error) {
      if (!(error instanceof UnreadableRow || error instanceof ProtocolError)) throw error;
      throw new UnreadableRow(`a row of the table ${table} can't be read: ${error.message}`);
    }
  }
}

function readMessage(row: Row): StoredMessage {
  const properties = optionalBytes(row, 'properties');
  return new StoredMessage(
    {
      topic: text(row, 'topic'),
      payload: bytes(row, 'payload'),
      qos: qosOf(row, 'qos'),
      retain: flag(row, 'retain'),
      ...(properties !== undefined && { properties: decodePropertyBlock(properties, 'publish') }),
    },
    optionalText(row, 'publisher'),
    integer(row, 'received_at_ms'),
  );
}

function readSession(row: Row): PersistedSession {
  const username = optionalText(row, 'username');
  const disconnectedAtMs = optionalInteger(row, 'disconnected_at_ms');
  const will = row.will_topic === null ? undefined : readWill(row);
  return {
    clientId: text(row, 'client_id'),
    protocolVersion: oneOf<ProtocolVersion>(row, 'protocol_version', [3, 4, 5]),
    expirySeconds: integer(row, 'expiry_seconds'),
    ...(username !== undefined && { username }),
    ...(disconnectedAtMs !== undefined && { disconnectedAtMs }),
    ...(will !== undefined && { will }),
  };
}

function readWill(row: Row): Will {
  const properties = optionalBytes(row, 'will_properties');
  return {
    topic: text(row, 'will_topic'),
    payload: bytes(row, 'will_payload'),
    qos: qosOf(row, 'will_qos'),
    retain: flag(row, 'will_retain'),
    ...(properties !== undefined && { properties: decodePropertyBlock(properties, 'will') }),
  };
}

function readSubscription(row: Row): PersistedSubscription {
  const subscriptionIdentifier = optionalInteger(row, 'subscription_identifier');
  return {
    topicFilter: text(row, 'topic_filter'),
    qos: qosOf(row, 'qos'),
    noLocal: flag(row, 'no_local'),
    retainAsPublished: flag(row, 'retain_as_published'),
    retainHandling: oneOf<RetainHandling>(row, 'retain_handling', [0, 1, 2]),
    ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
  };
}

/** By the number in the row. */
const deliveryStates: readonly DeliveryState[] = ['queued', 'published', 'released'];

export function numberOfState(state: DeliveryState): number {
  return deliveryStates.indexOf(state);
}

function readDelivery(row: Row, message: StoredMessage): Delivery {
  const identifiers = optionalText(row, 'subscription_identifiers');
  const delivery = new Delivery(
    message,
    oneOf<QoS>(row, 'qos', [1, 2]),
    flag(row, 'retain'),
    identifiers?.split(',').map(Number),
    flag(row, 'is_retained_replay'),
    optionalText(row, 'shared_filter'),
  );
  delivery.state = deliveryStates[integer(row, 'state')] ?? unreadable('its state is unknown');
  if (delivery.state !== 'queued') delivery.packetId = packetIdOf(row);
  return delivery;
}

function packetIdOf(row: Row): PacketId {
  const packetId = integer(row, 'packet_id');
  return packetId >= 1 && packetId <= 65_535 ? packetId : unreadable(`packet_id is ${packetId}`);
}

function qosOf(row: Row, column: string): QoS {
  return oneOf<QoS>(row, column, [0, 1, 2]);
}

function flag(row: Row, column: string): boolean {
  return oneOf<0 | 1>(row, column, [0, 1]) === 1;
}

function oneOf<Value extends number>(row: Row, column: string, values: readonly Value[]): Value {
  const number = integer(row, column);
  return values.find((value) => value === number) ?? unreadable(`${column} is ${number}`);
}

function integer(row: Row, column: string): number {
  return optionalInteger(row, column) ?? unreadable(`${column} is missing`);
}

function optionalInteger(row: Row, column: string): number | undefined {
  const value = row[column];
  if (value === null) return undefined;
  return typeof value === 'number' ? value : unreadable(`${column} is no number`);
}

function text(row: Row, column: string): string {
  return optionalText(row, column) ?? unreadable(`${column} is missing`);
}

function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  if (value === null) return undefined;
  return typeof value === 'string' ? value : unreadable(`${column} is no text`);
}

function bytes(row: Row, column: string): Uint8Array {
  return optionalBytes(row, column) ?? unreadable(`${column} is missing`);
}

function optionalBytes(row: Row, column: string): Uint8Array | undefined {
  const value = row[column];
  if (value === null) return undefined;
  return value instanceof Uint8Array ? value : unreadable(`${column} is no bytes`);
}

function unreadable(why: string): never {
  throw new UnreadableRow(why);
}
