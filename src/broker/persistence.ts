/**
 * What outlives the broker, if anything does: the interface of a store for sessions and retained messages.
 *
 * The broker keeps its state in memory and works from there alone; a store hears of each change as it happens, and
 * makes the changes of one turn of the event loop durable at its `commit`. The broker commits before the
 * acknowledgements of that turn leave the machine, so that what was acknowledged is in the store.
 *
 * Everything is synchronous: a store batches what it hears and writes once a commit. A `commit` that fails ends the
 * connections whose work it was, and their acknowledgements are not sent (commits.ts). Messages and deliveries are
 * handed over as the broker's own objects: the same message for many sessions is one object, and a delivery keeps its
 * identity from queue to acknowledgement, so that a store can keep its own row numbers for them. All times are wall
 * clock.
 */
import type { PacketId, ProtocolVersion, SubscriptionRequest, Will } from '../mqtt/packets.ts';
import type { Delivery } from './delivery.ts';
import type { StoredMessage } from './storedMessage.ts';

export interface Persistence {
  /** Called once, before anything else. What the last `commit` before the end left. */
  load(): PersistedState;

  /** A session that is to outlive its connection came, was resumed, lost its connection or its will. */
  sessionChanged(session: PersistedSession): void;
  /** And all that belongs to it. A session that was never announced is nothing to remove. */
  sessionRemoved(clientId: string): void;
  /** New, or replacing that of the same topic filter. */
  subscriptionSet(clientId: string, subscription: PersistedSubscription): void;
  subscriptionRemoved(clientId: string, topicFilter: string): void;

  /** HOT PATH. A message of QoS 1 or 2 for a session, queued or sent; deliveries are kept in the order of this call. */
  deliveryAdded(clientId: string, delivery: Delivery): void;
  /** HOT PATH. Its packet identifier or state is another. */
  deliveryChanged(clientId: string, delivery: Delivery): void;
  /** HOT PATH. Acknowledged, expired or dropped. */
  deliveryRemoved(clientId: string, delivery: Delivery): void;
  /** HOT PATH. A QoS 2 message came from the client, its PUBREL has not. */
  incomingAdded(clientId: string, packetId: PacketId): void;
  /** HOT PATH. */
  incomingRemoved(clientId: string, packetId: PacketId): void;

  /** Replaces what the topic had. */
  retainedSet(message: StoredMessage): void;
  retainedRemoved(topic: string): void;

  /** How many changes it was told of: whoever reads it before and after some work knows whether that needs a commit. */
  readonly changeCount: number;
  /**
   * Makes all changes since the last commit durable, together. Cheap when there are none.
   *
   * @returns why it could not; the changes are kept for the next call, all of them.
   */
  commit(): CommitFailure | undefined;
  /** No call follows. */
  close(): void;
}

/** `full`: there is no room. `failed`: something else that is the machine's fault and not the broker's. */
export interface CommitFailure {
  readonly kind: 'full' | 'failed';
  /** For a person, in whole sentences: what happened, and what to do. */
  readonly message: string;
}

export interface PersistedSession {
  readonly clientId: string;
  /** Of its last connection. */
  readonly protocolVersion: ProtocolVersion;
  readonly username?: string;
  /** Seconds; 4,294,967,295 never ends. */
  readonly expirySeconds: number;
  /** When its connection ended; absent while it has one, and after a crash taken as the time of the restart. */
  readonly disconnectedAtMs?: number;
  /** Of the present connection, or waiting for its delay. */
  readonly will?: Will;
}

export interface PersistedSubscription extends SubscriptionRequest {
  readonly subscriptionIdentifier?: number;
}

export interface PersistedState {
  readonly sessions: readonly (PersistedSession & {
    readonly subscriptions: readonly PersistedSubscription[];
    /** In the order added. From here on they are the broker's own objects too. */
    readonly deliveries: readonly Delivery[];
    readonly incoming: readonly PacketId[];
  })[];
  readonly retained: readonly StoredMessage[];
}
