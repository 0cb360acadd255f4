/**
 * What the store remembers of each row: its number, the broker's object that it is made of, and whether the file has it.
 *
 * Rows of one file, in one process: numbers are given here, ascending, so that an insert needs no answer.
 */
import type { Delivery } from '../broker/delivery.ts';
import type { PersistedSession, PersistedSubscription } from '../broker/persistence.ts';
import type { StoredMessage } from '../broker/storedMessage.ts';
import type { PacketId } from '../mqtt/packets.ts';

export interface MessageRow {
  readonly id: number;
  readonly message: StoredMessage;
  /** Deliveries, and its topic if it is retained: without any, the row goes. */
  references: number;
  isRetained: boolean;
  isStored: boolean;
  isStoredAsRetained: boolean;
}

export interface DeliveryRow {
  readonly id: number;
  readonly sessionId: number;
  readonly delivery: Delivery;
  readonly message: MessageRow;
  isStored: boolean;
}

export interface SessionRow {
  readonly id: number;
  session: PersistedSession;
  readonly deliveries: Map<Delivery, DeliveryRow>;
  isStored: boolean;
  // What changed since the last commit.
  isChanged: boolean;
  /** Undefined: removed. */
  readonly changedSubscriptions: Map<string, PersistedSubscription | undefined>;
  readonly changedIncoming: Map<PacketId, 'added' | 'removed'>;
}

export function createMessageRow(id: number, message: StoredMessage): MessageRow {
  return { id, message, references: 0, isRetained: false, isStored: false, isStoredAsRetained: false };
}

export function createSessionRow(id: number, session: PersistedSession): SessionRow {
  return {
    id,
    session,
    deliveries: new Map(),
    isStored: false,
    isChanged: false,
    changedSubscriptions: new Map(),
    changedIncoming: new Map(),
  };
}
