/**
 * What the broker remembers of one client, with or without a connection. Section 4.1 of the standard.
 *
 * Owns the client's subscriptions, its packet identifiers both ways, what waits for it, and its will. Outlives
 * connections. Its beginning and end are SessionRegistry's: a session does not end itself.
 */
import type { ProtocolVersion, QoS, Will } from '../mqtt/packets.ts';
import type { Identity } from './accessPolicy.ts';
import type { ConnectedClient } from './connectedClient.ts';
import type { ConnectionTraffic } from './connectionTraffic.ts';
import { type BrokerContext, countDrop, reportBug } from './context.ts';
import type { Message } from './observer.ts';
import { Outbox } from './outbox.ts';
import { IncomingWindow } from './packetWindows.ts';
import type { PersistedSession, Persistence } from './persistence.ts';
import type { Publication } from './publication.ts';
import type { StoredMessage } from './storedMessage.ts';
import type { Subscriber, Subscription } from './subscription.ts';
import { filterBytes } from './subscriptionTree.ts';
import type { WheelTimer } from './timerWheel.ts';

/** What a CONNECT settles for the time until the next one. */
export interface SessionSettings {
  protocolVersion: ProtocolVersion;
  username: string | undefined;
  cleanStart: boolean;
  keepAliveSeconds: number;
  /** Seconds from the end of the connection to that of the session; 4,294,967,295 never ends. */
  expirySeconds: number;
  will: Will | undefined;
}

/** `denied`: the access rules did not let it be published. */
export type WillEnd = 'published' | 'discarded' | 'denied';

/** What happens when the delay of a will, and the life of a session, are over. */
export interface SessionTimers {
  onWillDue(session: Session): void;
  onExpired(session: Session): void;
}

export class Session implements Subscriber {
  readonly #context: BrokerContext;
  readonly clientId: string;
  /** Undefined while there is no connection. */
  client: ConnectedClient | undefined;
  settings: SessionSettings;
  /** Of the present connection, else of the last one; undefined before the first. */
  traffic: ConnectionTraffic | undefined;
  readonly #subscriptions = new Map<string, Subscription>();
  #subscriptionBytes = 0;
  readonly incoming = new IncomingWindow();
  readonly outbox: Outbox;
  readonly #timers: SessionTimers;
  /** Made when first asked for: most sessions end with their connection, and have no will. */
  #willTimer: WheelTimer | undefined;
  #expiryTimer: WheelTimer | undefined;
  /** Wall clock; undefined while connected. */
  disconnectedAtMs: number | undefined;
  /** Session Present, as its last CONNACK had it; undefined where none was sent since the broker started. */
  sessionPresent: boolean | undefined;
  #willEnd: WillEnd | undefined;
  /** Where changes are recorded; undefined for a session that ends with its connection. */
  records: Persistence | undefined;
  #identity: Identity;

  constructor(context: BrokerContext, clientId: string, settings: SessionSettings, timers: SessionTimers) {
    this.#context = context;
    this.clientId = clientId;
    this.settings = settings;
    this.#identity = identityOf(clientId, settings.username);
    this.outbox = new Outbox(context, clientId);
    this.#timers = timers;
  }

  get willTimer(): WheelTimer {
    this.#willTimer ??= this.#context.timers.createTimer(() => this.#timers.onWillDue(this));
    return this.#willTimer;
  }

  get expiryTimer(): WheelTimer {
    this.#expiryTimer ??= this.#context.timers.createTimer(() => this.#timers.onExpired(this));
    return this.#expiryTimer;
  }

  /** It goes on with another connection, or is over: neither comes any more. */
  stopTimers(): void {
    this.#willTimer?.stop();
    this.#expiryTimer?.stop();
  }

  /** Its will is sent, or is not to be. */
  stopWillTimer(): void {
    this.#willTimer?.stop();
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** By topic filter, as the client wrote it. */
  get subscriptions(): ReadonlyMap<string, Subscription> {
    return this.#subscriptions;
  }

  /** What the topic filters cost, each as if it were the only one. */
  get subscriptionBytes(): number {
    return this.#subscriptionBytes;
  }

  /** Takes one of a new topic filter. */
  addSubscription(subscription: Subscription): void {
    this.#subscriptions.set(subscription.topicFilter, subscription);
    this.#subscriptionBytes += filterBytes(subscription.topicFilter);
  }

  /** Lets go of one that it has. */
  removeSubscription(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.topicFilter);
    this.#subscriptionBytes -= filterBytes(subscription.topicFilter);
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  get isReady(): boolean {
    return this.outbox.isReady;
  }

  /** What became of the will of the last connection; undefined while it waits, and where there was none. */
  get willEnd(): WillEnd | undefined {
    return this.#willEnd;
  }

  /** A new connection's settings; `records` follows from its expiry. */
  configure(settings: SessionSettings): void {
    this.settings = settings;
    this.#willEnd = undefined;
    this.#identity = identityOf(this.clientId, settings.username);
    const { persistence } = this.#context;
    const wasRecorded = this.records !== undefined;
    this.records = settings.expirySeconds > 0 ? persistence : undefined;
    if (!wasRecorded && this.records !== undefined) this.#recordAll(this.records);
    this.outbox.setRecords(this.records);
    if (wasRecorded && this.records === undefined) persistence?.sessionRemoved(this.clientId);
  }

  /** The will is not to be sent. What is recorded of the session follows with its next change. */
  dropWill(end?: WillEnd): void {
    if (this.settings.will !== undefined) this.#willEnd = end;
    this.settings.will = undefined;
  }

  /** HOT PATH. */
  deliver(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    sharedFilter: string | undefined,
  ): void {
    if (!this.#mayReceive(publication.message)) return;
    this.outbox.deliver(publication, qos, retain, identifiers, sharedFilter);
  }

  redeliver(
    message: StoredMessage,
    qos: QoS,
    retain: boolean,
    identifiers: readonly number[] | undefined,
    sharedFilter: string,
  ): void {
    if (!this.#mayReceive(message)) return;
    this.outbox.redeliver(message, qos, retain, identifiers, sharedFilter);
  }

  deliveryFailed(error: unknown): void {
    if (this.client !== undefined) this.client.connection.fail(error);
    else reportBug(this.#context, error);
  }

  /** Tells the store of all but subscriptions and messages, which tell of themselves. */
  record(): void {
    this.records?.sessionChanged(this.#toPersisted());
  }

  /** Of a session that is to last from now on: a new one, or one whose DISCONNECT says so. */
  #recordAll(records: Persistence): void {
    this.record();
    for (const subscription of this.subscriptions.values())
      records.subscriptionSet(this.clientId, subscription.toInfo());
    for (const delivery of this.outbox.deliveries())
      if (delivery.qos > 0) records.deliveryAdded(this.clientId, delivery);
    for (const packetId of this.incoming.packetIds()) records.incomingAdded(this.clientId, packetId);
  }

  /** Counts a message that the access rules keep from it. */
  #mayReceive(message: Message): boolean {
    if (this.#context.policy.mayReceive(this.#identity, message.topic)) return true;
    countDrop(this.#context, message, this.clientId, 'notAuthorized');
    return false;
  }

  #toPersisted(): PersistedSession {
    const { protocolVersion, username, expirySeconds, will } = this.settings;
    return {
      clientId: this.clientId,
      protocolVersion,
      ...(username !== undefined && { username }),
      expirySeconds,
      ...(this.disconnectedAtMs !== undefined && { disconnectedAtMs: this.disconnectedAtMs }),
      ...(will !== undefined && { will }),
    };
  }
}

/** Who a client is, as the access rules are asked. */
export function identityOf(clientId: string, username: string | undefined): Identity {
  return username === undefined ? { clientId } : { clientId, username };
}
