/** HOT PATH. The statements that write rows, prepared once. Knows nothing of transactions, nor of what changed. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PersistedSubscription } from '../broker/persistence.ts';
import type { PacketId } from '../mqtt/packets.ts';
import { encodePropertyBlock } from '../mqtt/propertyBlock.ts';
import { numberOfState } from './sqliteReader.ts';
import type { DeliveryRow, MessageRow, SessionRow } from './sqliteRows.ts';

export class SqliteWriter {
  readonly #putSession: StatementSync;
  readonly #removeSession: readonly StatementSync[];
  readonly #putSubscription: StatementSync;
  readonly #removeSubscription: StatementSync;
  readonly #addIncoming: StatementSync;
  readonly #removeIncoming: StatementSync;
  readonly #addMessage: StatementSync;
  readonly #removeMessage: StatementSync;
  readonly #addRetained: StatementSync;
  readonly #removeRetained: StatementSync;
  readonly #addDelivery: StatementSync;
  readonly #changeDelivery: StatementSync;
  readonly #removeDelivery: StatementSync;

  constructor(database: DatabaseSync) {
    this.#putSession = database.prepare(`REPLACE INTO session VALUES (${places(11)})`);
    this.#removeSession = [
      database.prepare('DELETE FROM session WHERE id = ?'),
      ...['subscription', 'delivery', 'incoming'].map((table) =>
        database.prepare(`DELETE FROM ${table} WHERE session_id = ?`),
      ),
    ];
    this.#putSubscription = database.prepare(`REPLACE INTO subscription VALUES (${places(7)})`);
    this.#removeSubscription = database.prepare(
      'DELETE FROM subscription WHERE session_id = ? AND topic_filter = ?',
    );
    this.#addIncoming = database.prepare(`INSERT INTO incoming VALUES (${places(2)})`);
    this.#removeIncoming = database.prepare('DELETE FROM incoming WHERE session_id = ? AND packet_id = ?');
    this.#addMessage = database.prepare(`INSERT INTO message VALUES (${places(8)})`);
    this.#removeMessage = database.prepare('DELETE FROM message WHERE id = ?');
    this.#addRetained = database.prepare('INSERT INTO retained VALUES (?)');
    this.#removeRetained = database.prepare('DELETE FROM retained WHERE message_id = ?');
    this.#addDelivery = database.prepare(`INSERT INTO delivery VALUES (${places(10)})`);
    this.#changeDelivery = database.prepare(
      'UPDATE delivery SET state = ?, packet_id = ? WHERE session_id = ? AND id = ?',
    );
    this.#removeDelivery = database.prepare('DELETE FROM delivery WHERE session_id = ? AND id = ?');
  }

  /** Adds or replaces. */
  putSession({ id, session }: SessionRow): void {
    const { clientId, protocolVersion, username, expirySeconds, disconnectedAtMs, will } = session;
    this.#putSession.run(
      id,
      clientId,
      protocolVersion,
      username ?? null,
      expirySeconds,
      disconnectedAtMs === undefined ? null : Math.round(disconnectedAtMs),
      will?.topic ?? null,
      will?.payload ?? null,
      will?.qos ?? null,
      will === undefined ? null : Number(will.retain),
      encodePropertyBlock(will?.properties, 'will') ?? null,
    );
  }

  /** And all rows that belong to it. */
  removeSession(id: number): void {
    for (const statement of this.#removeSession) statement.run(id);
  }

  /** Adds or replaces. */
  putSubscription(sessionId: number, subscription: PersistedSubscription): void {
    const { topicFilter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } =
      subscription;
    this.#putSubscription.run(
      sessionId,
      topicFilter,
      qos,
      Number(noLocal),
      Number(retainAsPublished),
      retainHandling,
      subscriptionIdentifier ?? null,
    );
  }

  removeSubscription(sessionId: number, topicFilter: string): void {
    this.#removeSubscription.run(sessionId, topicFilter);
  }

  addIncoming(sessionId: number, packetId: PacketId): void {
    this.#addIncoming.run(sessionId, packetId);
  }

  removeIncoming(sessionId: number, packetId: PacketId): void {
    this.#removeIncoming.run(sessionId, packetId);
  }

  addMessage({ id, message }: MessageRow): void {
    const { topic, payload, qos, retain, properties, publisher, receivedAtMs } = message;
    this.#addMessage.run(
      id,
      topic,
      payload,
      qos,
      Number(retain),
      encodePropertyBlock(properties, 'publish') ?? null,
      publisher ?? null,
      Math.round(receivedAtMs),
    );
  }

  removeMessage(id: number): void {
    this.#removeMessage.run(id);
  }

  addRetained(messageId: number): void {
    this.#addRetained.run(messageId);
  }

  removeRetained(messageId: number): void {
    this.#removeRetained.run(messageId);
  }

  addDelivery({ id, sessionId, delivery, message }: DeliveryRow): void {
    const { qos, retain, isRetainedReplay, subscriptionIdentifiers, state, packetId, sharedFilter } =
      delivery;
    this.#addDelivery.run(
      sessionId,
      id,
      message.id,
      qos,
      Number(retain),
      Number(isRetainedReplay),
      subscriptionIdentifiers?.join(',') ?? null,
      numberOfState(state),
      packetId,
      sharedFilter ?? null,
    );
  }

  changeDelivery({ id, sessionId, delivery }: DeliveryRow): void {
    this.#changeDelivery.run(numberOfState(delivery.state), delivery.packetId, sessionId, id);
  }

  removeDelivery({ id, sessionId }: DeliveryRow): void {
    this.#removeDelivery.run(sessionId, id);
  }
}

function places(count: number): string {
  return Array(count).fill('?').join(', ');
}
