/**
 * HOT PATH. Sessions and retained messages in a SQLite file: what was committed survives the end of the process,
 * however it ends.
 *
 * Between two commits only which rows differ from the file is noted, not what was done to them: a delivery that came
 * and went costs the disk nothing, and the notes never hold more than the broker itself does, however long a full disk
 * keeps them from being written. A commit writes them in one transaction, and forgets them when it has succeeded.
 *
 * The file's safety is set where it is opened (openPersistence.ts). Not an owner of any message: rows refer to the
 * broker's.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Delivery } from '../broker/delivery.ts';
import type {
  CommitFailure,
  PersistedSession,
  PersistedState,
  PersistedSubscription,
  Persistence,
} from '../broker/persistence.ts';
import type { StoredMessage } from '../broker/storedMessage.ts';
import type { PacketId } from '../mqtt/packets.ts';
import { sqliteFaultOf } from './sqliteErrors.ts';
import type { StoredState } from './sqliteReader.ts';
import {
  createMessageRow,
  createSessionRow,
  type DeliveryRow,
  type MessageRow,
  type SessionRow,
} from './sqliteRows.ts';
import { SqliteWriter } from './sqliteWriter.ts';

export class SqlitePersistence implements Persistence {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #writer: SqliteWriter;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  /** Read when the file was opened; the broker's once it has asked. */
  #state: PersistedState | undefined;
  #changeCount = 0;

  readonly #sessions = new Map<string, SessionRow>();
  readonly #messages = new WeakMap<StoredMessage, MessageRow>();
  /** By topic. */
  readonly #retained = new Map<string, MessageRow>();
  #lastSessionId: number;
  #lastMessageId: number;
  #lastDeliveryId: number;

  // What differs from the file.
  readonly #changedSessions = new Set<SessionRow>();
  readonly #removedSessionIds = new Set<number>();
  readonly #changedMessages = new Set<MessageRow>();
  readonly #changedDeliveries = new Set<DeliveryRow>();
  readonly #removedDeliveries = new Set<DeliveryRow>();

  /**
   * @param database of the present format, and nobody else's; closed by `close`.
   * @param file its path, for messages.
   * @param stored what is in it.
   */
  constructor(database: DatabaseSync, file: string, stored: StoredState) {
    this.#database = database;
    this.#file = file;
    this.#writer = new SqliteWriter(database);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#state = stored.state;
    for (const row of stored.sessions) this.#sessions.set(row.session.clientId, row);
    for (const row of stored.messages) {
      this.#messages.set(row.message, row);
      if (row.isRetained) this.#retained.set(row.message.topic, row);
    }
    this.#lastSessionId = stored.sessions.at(-1)?.id ?? 0;
    this.#lastMessageId = stored.messages.at(-1)?.id ?? 0;
    this.#lastDeliveryId = stored.lastDeliveryId;
  }

  get changeCount(): number {
    return this.#changeCount;
  }

  load(): PersistedState {
    const state = this.#state;
    if (state === undefined) throw new Error('load is called once');
    this.#state = undefined;
    return state;
  }

  // ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────

  sessionChanged(session: PersistedSession): void {
    this.#changeCount++;
    let row = this.#sessions.get(session.clientId);
    if (row === undefined) {
      row = createSessionRow(++this.#lastSessionId, session);
      this.#sessions.set(session.clientId, row);
    }
    row.session = session;
    row.isChanged = true;
    this.#changedSessions.add(row);
  }

  sessionRemoved(clientId: string): void {
    const row = this.#sessions.get(clientId);
    if (row === undefined) return;
    this.#changeCount++;
    this.#sessions.delete(clientId);
    this.#changedSessions.delete(row);
    if (row.isStored) this.#removedSessionIds.add(row.id);
    for (const delivery of row.deliveries.values()) {
      // Its own row goes with the session's.
      this.#changedDeliveries.delete(delivery);
      this.#release(delivery.message);
    }
  }

  subscriptionSet(clientId: string, subscription: PersistedSubscription): void {
    this.#subscriptionChanged(clientId, subscription.topicFilter, subscription);
  }

  subscriptionRemoved(clientId: string, topicFilter: string): void {
    this.#subscriptionChanged(clientId, topicFilter, undefined);
  }

  #subscriptionChanged(
    clientId: string,
    topicFilter: string,
    subscription: PersistedSubscription | undefined,
  ): void {
    const row = this.#sessions.get(clientId);
    if (row === undefined) return;
    this.#changeCount++;
    row.changedSubscriptions.set(topicFilter, subscription);
    this.#changedSessions.add(row);
  }

  incomingAdded(clientId: string, packetId: PacketId): void {
    this.#incomingChanged(clientId, packetId, 'added');
  }

  incomingRemoved(clientId: string, packetId: PacketId): void {
    this.#incomingChanged(clientId, packetId, 'removed');
  }

  #incomingChanged(clientId: string, packetId: PacketId, change: 'added' | 'removed'): void {
    const row = this.#sessions.get(clientId);
    if (row === undefined) return;
    this.#changeCount++;
    const before = row.changedIncoming.get(packetId);
    // Removed what was added, or the other way round: the file has it right already.
    if (before !== undefined && before !== change) row.changedIncoming.delete(packetId);
    else row.changedIncoming.set(packetId, change);
    if (isChanged(row)) this.#changedSessions.add(row);
    else this.#changedSessions.delete(row);
  }

  // ── Deliveries ──────────────────────────────────────────────────────────────────────────────────────────────

  deliveryAdded(clientId: string, delivery: Delivery): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    this.#changeCount++;
    const message = this.#rowOf(delivery.message);
    const row = {
      id: ++this.#lastDeliveryId,
      sessionId: session.id,
      delivery,
      message,
      isStored: false,
    };
    session.deliveries.set(delivery, row);
    this.#changedDeliveries.add(row);
    message.references++;
    if (!message.isStored) this.#changedMessages.add(message);
  }

  deliveryChanged(clientId: string, delivery: Delivery): void {
    const row = this.#sessions.get(clientId)?.deliveries.get(delivery);
    if (row === undefined) return;
    this.#changeCount++;
    this.#changedDeliveries.add(row);
  }

  deliveryRemoved(clientId: string, delivery: Delivery): void {
    const session = this.#sessions.get(clientId);
    const row = session?.deliveries.get(delivery);
    if (session === undefined || row === undefined) return;
    this.#changeCount++;
    session.deliveries.delete(delivery);
    this.#changedDeliveries.delete(row);
    if (row.isStored) this.#removedDeliveries.add(row);
    this.#release(row.message);
  }

  // ── Messages ────────────────────────────────────────────────────────────────────────────────────────────────

  retainedSet(message: StoredMessage): void {
    this.#changeCount++;
    this.#unretain(message.topic);
    const row = this.#rowOf(message);
    row.isRetained = true;
    row.references++;
    this.#retained.set(message.topic, row);
    this.#changedMessages.add(row);
  }

  retainedRemoved(topic: string): void {
    this.#changeCount++;
    this.#unretain(topic);
  }

  #unretain(topic: string): void {
    const row = this.#retained.get(topic);
    if (row === undefined) return;
    this.#retained.delete(topic);
    row.isRetained = false;
    if (row.isStoredAsRetained) this.#changedMessages.add(row);
    this.#release(row);
  }

  #rowOf(message: StoredMessage): MessageRow {
    let row = this.#messages.get(message);
    if (row === undefined) {
      row = createMessageRow(++this.#lastMessageId, message);
      this.#messages.set(message, row);
    }
    return row;
  }

  #release(row: MessageRow): void {
    row.references--;
    if (row.references > 0) return;
    if (row.isStored) this.#changedMessages.add(row);
    else this.#changedMessages.delete(row);
  }

  // ── The file ────────────────────────────────────────────────────────────────────────────────────────────────

  commit(): CommitFailure | undefined {
    if (!this.#hasChanges()) return undefined;
    const database = this.#database;
    try {
      this.#begin.run();
      this.#writeSessions();
      this.#writeMessages();
      this.#writeDeliveries();
      this.#commit.run();
    } catch (error) {
      // SQLite itself has rolled back after some of its errors.
      if (database.isTransaction) database.exec('ROLLBACK');
      return this.#failureOf(error);
    }
    this.#markStored();
    return undefined;
  }

  close(): void {
    // As the last connection to the file it brings the write-ahead log into it, and removes the log.
    this.#database.close();
  }

  #hasChanges(): boolean {
    return (
      this.#changedDeliveries.size > 0 ||
      this.#removedDeliveries.size > 0 ||
      this.#changedMessages.size > 0 ||
      this.#changedSessions.size > 0 ||
      this.#removedSessionIds.size > 0
    );
  }

  #writeSessions(): void {
    const writer = this.#writer;
    for (const id of this.#removedSessionIds) writer.removeSession(id);
    for (const row of this.#changedSessions) {
      if (row.isChanged) writer.putSession(row);
      for (const [topicFilter, subscription] of row.changedSubscriptions) {
        if (subscription === undefined) writer.removeSubscription(row.id, topicFilter);
        else writer.putSubscription(row.id, subscription);
      }
      for (const [packetId, change] of row.changedIncoming) {
        if (change === 'added') writer.addIncoming(row.id, packetId);
        else writer.removeIncoming(row.id, packetId);
      }
    }
  }

  #writeMessages(): void {
    const writer = this.#writer;
    for (const row of this.#changedMessages) {
      if (row.references > 0 && !row.isStored) writer.addMessage(row);
      if (row.isRetained && !row.isStoredAsRetained) writer.addRetained(row.id);
      if (!row.isRetained && row.isStoredAsRetained) writer.removeRetained(row.id);
      if (row.references === 0 && row.isStored) writer.removeMessage(row.id);
    }
  }

  #writeDeliveries(): void {
    const writer = this.#writer;
    for (const row of this.#removedDeliveries) writer.removeDelivery(row);
    for (const row of this.#changedDeliveries) {
      if (row.isStored) writer.changeDelivery(row);
      else writer.addDelivery(row);
    }
  }

  /** Only after the transaction: until then, every note is still true. */
  #markStored(): void {
    for (const row of this.#changedSessions) {
      row.isStored = true;
      row.isChanged = false;
      row.changedSubscriptions.clear();
      row.changedIncoming.clear();
    }
    for (const row of this.#changedMessages) {
      row.isStored = row.references > 0;
      row.isStoredAsRetained = row.isRetained;
    }
    for (const row of this.#changedDeliveries) row.isStored = true;
    this.#changedSessions.clear();
    this.#removedSessionIds.clear();
    this.#changedMessages.clear();
    this.#changedDeliveries.clear();
    this.#removedDeliveries.clear();
  }

  /** @throws the error itself if it is none of the machine's. */
  #failureOf(error: unknown): CommitFailure {
    const fault = sqliteFaultOf(error);
    switch (fault?.kind) {
      case undefined:
      case 'mismatch':
        throw error;
      case 'full':
        return {
          kind: 'full',
          message: `The disk is full: ${this.#file} can't take more. Make room on it; the broker then goes on by itself.`,
        };
      case 'broken':
        return {
          kind: 'failed',
          message: `${this.#file} was damaged while it was in use (${fault.message}). Start the broker anew: it sets the file aside.`,
        };
      case 'inUse':
      case 'unusable':
        return {
          kind: 'failed',
          message: `${this.#file} can't be written (${fault.message}). Check the disk and the folder's permissions; the broker tries again with each message.`,
        };
    }
  }
}

function isChanged(row: SessionRow): boolean {
  return row.isChanged || row.changedSubscriptions.size > 0 || row.changedIncoming.size > 0;
}
