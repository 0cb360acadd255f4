/**
 * Sessions and retained messages that outlive a broker, but not the process: a broker that is stopped and started
 * anew with the same MemoryPersistence goes on where the last one ended.
 *
 * Keeps the broker's own messages, which never change, and copies what does. Nothing is to be made durable, so
 * `commit` does nothing, and `close` leaves everything for the next `load`.
 */
import { Delivery } from '../broker/delivery.ts';
import type {
  CommitFailure,
  PersistedSession,
  PersistedState,
  PersistedSubscription,
  Persistence,
} from '../broker/persistence.ts';
import type { StoredMessage } from '../broker/storedMessage.ts';
import type { PacketId } from '../mqtt/packets.ts';

interface SessionRecord {
  session: PersistedSession;
  readonly subscriptions: Map<string, PersistedSubscription>;
  /** In the order added. */
  readonly deliveries: Set<Delivery>;
  readonly incoming: Set<PacketId>;
}

export class MemoryPersistence implements Persistence {
  #sessions = new Map<string, SessionRecord>();
  readonly #retained = new Map<string, StoredMessage>();
  changeCount = 0;

  load(): PersistedState {
    // The deliveries become the next broker's own, while the last one's may still be in some test's hands.
    const sessions = [...this.#sessions.values()].map((record) => ({
      ...record.session,
      subscriptions: [...record.subscriptions.values()],
      deliveries: [...record.deliveries].map(copyOf),
      incoming: [...record.incoming],
    }));
    this.#sessions = new Map(
      sessions.map(({ subscriptions, deliveries, incoming, ...session }) => [
        session.clientId,
        {
          session,
          subscriptions: new Map(subscriptions.map((s) => [s.topicFilter, s])),
          deliveries: new Set(deliveries),
          incoming: new Set(incoming),
        },
      ]),
    );
    return { sessions, retained: [...this.#retained.values()] };
  }

  sessionChanged(session: PersistedSession): void {
    this.changeCount++;
    const record = this.#sessions.get(session.clientId);
    if (record !== undefined) record.session = session;
    else {
      this.#sessions.set(session.clientId, {
        session,
        subscriptions: new Map(),
        deliveries: new Set(),
        incoming: new Set(),
      });
    }
  }

  sessionRemoved(clientId: string): void {
    this.changeCount++;
    this.#sessions.delete(clientId);
  }

  subscriptionSet(clientId: string, subscription: PersistedSubscription): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.subscriptions.set(subscription.topicFilter, subscription);
  }

  subscriptionRemoved(clientId: string, topicFilter: string): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.subscriptions.delete(topicFilter);
  }

  deliveryAdded(clientId: string, delivery: Delivery): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.deliveries.add(delivery);
  }

  /** The delivery itself says what it is now. */
  deliveryChanged(): void {
    this.changeCount++;
  }

  deliveryRemoved(clientId: string, delivery: Delivery): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.deliveries.delete(delivery);
  }

  incomingAdded(clientId: string, packetId: PacketId): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.incoming.add(packetId);
  }

  incomingRemoved(clientId: string, packetId: PacketId): void {
    this.changeCount++;
    this.#sessions.get(clientId)?.incoming.delete(packetId);
  }

  retainedSet(message: StoredMessage): void {
    this.changeCount++;
    this.#retained.set(message.topic, message);
  }

  retainedRemoved(topic: string): void {
    this.changeCount++;
    this.#retained.delete(topic);
  }

  commit(): CommitFailure | undefined {
    return undefined;
  }

  close(): void {}
}

function copyOf(delivery: Delivery): Delivery {
  const { message, qos, retain, subscriptionIdentifiers, isRetainedReplay, sharedFilter } = delivery;
  const copy = new Delivery(message, qos, retain, subscriptionIdentifiers, isRetainedReplay, sharedFilter);
  copy.state = delivery.state;
  copy.packetId = delivery.packetId;
  return copy;
}
