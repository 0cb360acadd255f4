/**
 * Every session of one broker: how one begins, is taken over, outlives its connection, and ends.
 *
 * Owns clientId → Session, and the two clocks that run while a session has no connection: its expiry and its will's
 * delay. Knows connections only to close one that is taken over.
 */
import { quoted } from '../mqtt/faultText.ts';
import type { Will } from '../mqtt/packets.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import type { ConnectedClient } from './connectedClient.ts';
import { type BrokerContext, countDrop } from './context.ts';
import type { Delivery } from './delivery.ts';
import { NEVER_EXPIRES } from './limits.ts';
import type { ConnectionInfo, DisconnectCause, Message } from './observer.ts';
import type { PersistedState } from './persistence.ts';
import { mayPublish } from './publishRights.ts';
import type { Router } from './router.ts';
import { Session, type SessionSettings, type SessionTimers } from './session.ts';
import { ownProperties } from './storedMessage.ts';
import { Subscription } from './subscription.ts';
import { TakeoverWatch } from './takeoverWatch.ts';

export class SessionRegistry {
  readonly #context: BrokerContext;
  readonly #router: Router;
  readonly #sessions = new Map<string, Session>();
  readonly #takeovers: TakeoverWatch;
  /** While ends are held: sessions whose connection ended. */
  #heldEnds: Session[] | undefined;

  readonly #timers: SessionTimers = {
    onWillDue: (session) => this.#onTimer(() => this.#sendWill(session)),
    onExpired: (session) => this.#onTimer(() => this.#expire(session)),
  };

  constructor(context: BrokerContext, router: Router) {
    this.#context = context;
    this.#router = router;
    this.#takeovers = new TakeoverWatch(context.clock);
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  /**
   * The session of a client that connects, after all that its coming causes: an older connection is closed, its will
   * goes out if that is due, and a clean start ends what was.
   */
  open(
    clientId: string,
    settings: SessionSettings,
    newcomer: ConnectionInfo,
  ): { session: Session; sessionPresent: boolean } {
    this.#takeOver(clientId, newcomer);
    const existing = this.#sessions.get(clientId);
    if (existing !== undefined && settings.cleanStart)
      this.end(existing); // [MQTT-3.1.2-4]
    else if (existing !== undefined) {
      // [MQTT-3.1.2-5]; a will that still waits for its delay is not sent. [MQTT-3.1.3-9]
      existing.stopTimers();
      existing.disconnectedAtMs = undefined;
      existing.configure(settings);
      existing.record();
      return { session: existing, sessionPresent: true };
    }
    return { session: this.#create(clientId, settings), sessionPresent: false };
  }

  /** Ends the session of a client that is not connected, if there is one. */
  lose(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined || session.isConnected) return;
    this.end(session);
    this.#context.commits.plan();
  }

  /** A connection ended, for whatever reason: the will, and the session's life from here. */
  disconnected(client: ConnectedClient, cause: DisconnectCause): void {
    const { session } = client;
    session.client = undefined;
    session.outbox.detach();
    session.disconnectedAtMs = this.#context.clock.nowMs();
    // [MQTT-3.14.4-3] [MQTT-3.1.2-10]; every other way to end leaves the will to be sent. [MQTT-3.1.2-8]
    if (cause.kind === 'clientDisconnected' && cause.reasonCode === ReasonCode.normalDisconnection) {
      session.dropWill('discarded');
    }
    if (this.#heldEnds === undefined) this.#wait(session);
    else this.#heldEnds.push(session);
  }

  /** Until `releaseEnds`, connections end without a consequence: so that all can end before the first will goes out. */
  holdEnds(): void {
    this.#heldEnds = [];
  }

  releaseEnds(): void {
    const sessions = this.#heldEnds ?? [];
    this.#heldEnds = undefined;
    for (const session of sessions) this.#wait(session);
  }

  /**
   * [MQTT-4.1.0-2] The session and all of its state is gone. A will that waits is sent now, as nothing comes after;
   * what the session did not get of shared subscriptions goes to their other members.
   */
  end(session: Session): void {
    this.#sessions.delete(session.clientId);
    this.#context.counters.sessions = this.#sessions.size;
    session.stopTimers();
    this.#sendWill(session);
    for (const subscription of [...session.subscriptions.values()]) {
      session.removeSubscription(subscription);
      this.#router.removeSubscription(subscription);
    }
    const forOthers: Delivery[] = [];
    for (const delivery of session.outbox.deliveries()) if (isForOthers(delivery)) forOthers.push(delivery);
    session.outbox.clear();
    session.records?.sessionRemoved(session.clientId);
    this.#context.observer?.sessionEnded?.(session.clientId);
    for (const { message, sharedFilter } of forOthers) {
      if (sharedFilter !== undefined) this.#router.redeliver(message, sharedFilter);
    }
  }

  /** Sessions as they were when the last broker ended. Those that had a connection lost it now. */
  restore(state: PersistedState): void {
    const nowMs = this.#context.clock.nowMs();
    for (const persisted of state.sessions) {
      const session = this.#create(persisted.clientId, {
        protocolVersion: persisted.protocolVersion,
        username: persisted.username,
        cleanStart: false,
        keepAliveSeconds: 0,
        expirySeconds: persisted.expirySeconds,
        will: persisted.will,
      });
      for (const { subscriptionIdentifier, ...request } of persisted.subscriptions) {
        const subscription = new Subscription(session, request.topicFilter);
        const identifiers = subscriptionIdentifier === undefined ? undefined : [subscriptionIdentifier];
        subscription.setOptions(request, request.qos, identifiers);
        session.addSubscription(subscription);
        this.#router.addSubscription(subscription);
      }
      for (const delivery of persisted.deliveries) session.outbox.restore(delivery);
      for (const packetId of persisted.incoming) session.incoming.restore(packetId);
      session.disconnectedAtMs = persisted.disconnectedAtMs ?? nowMs;
    }
    // Only now: a will that is due goes to sessions that are restored.
    for (const session of [...this.#sessions.values()]) this.#wait(session);
  }

  #create(clientId: string, settings: SessionSettings): Session {
    const session = new Session(this.#context, clientId, settings, this.#timers);
    session.configure(settings);
    this.#sessions.set(clientId, session);
    this.#context.counters.sessions = this.#sessions.size;
    return session;
  }

  /** [MQTT-3.1.4-3] [MQTT-3.1.4-2 of 3.1.1] */
  #takeOver(clientId: string, newcomer: ConnectionInfo): void {
    const connection = this.#sessions.get(clientId)?.client?.connection;
    if (connection === undefined) return;
    connection.close(
      { kind: 'takenOver', byConnectionId: newcomer.connectionId, byRemoteAddress: newcomer.remoteAddress },
      ReasonCode.sessionTakenOver,
      `Another connection, from ${newcomer.remoteAddress}, uses the client identifier ${quoted(clientId)}.`,
    );
    // A client that left a connection that a fault may have made useless fights with nobody.
    if (connection.info.fault !== undefined) return;
    const sharing = this.#takeovers.takenOver(clientId, connection.info, newcomer);
    if (sharing === undefined) return;
    this.#context.counters.clientIdsShared++;
    this.#context.observer?.clientIdShared?.(clientId, sharing);
  }

  /** Without a connection: starts what is to happen to will and session, or does it where that is now. */
  #wait(session: Session): void {
    const { expirySeconds, will } = session.settings;
    const goneSeconds = (this.#context.clock.nowMs() - (session.disconnectedAtMs ?? 0)) / 1000;
    const expiresInSeconds = Math.max(0, expirySeconds - goneSeconds);
    if (expirySeconds === 0) {
      this.end(session);
      return;
    }
    if (expirySeconds !== NEVER_EXPIRES && expiresInSeconds === 0) {
      this.#expire(session);
      return;
    }
    if (expirySeconds !== NEVER_EXPIRES) session.expiryTimer.start(expiresInSeconds * 1000);
    if (will !== undefined) {
      const delaySeconds = (will.properties?.willDelayInterval ?? 0) - goneSeconds;
      if (delaySeconds <= 0) this.#sendWill(session);
      else session.willTimer.start(delaySeconds * 1000);
    }
    session.record();
  }

  #expire(session: Session): void {
    this.#context.counters.sessionsExpired++;
    this.end(session);
  }

  #sendWill(session: Session): void {
    session.stopWillTimer();
    const { will } = session.settings;
    if (will === undefined) return;
    const mayBeSent = mayPublish(this.#context.policy, session.identity, will.topic, will.retain);
    session.dropWill(mayBeSent ? 'published' : 'denied'); // [MQTT-3.1.2-10]
    session.record();
    const message = messageOf(will);
    if (!mayBeSent) {
      this.#context.observer?.accessDenied?.(session.clientId, 'publish', will.topic);
      countDrop(this.#context, message, undefined, 'notAuthorized');
      return;
    }
    this.#router.publish(message, session.clientId, true);
  }

  #onTimer(work: () => void): void {
    work();
    this.#context.commits.plan();
  }
}

/** Whether another member of a shared subscription may get it: of QoS 2, nothing that was sent. [MQTT-4.8.2-5] */
function isForOthers({ sharedFilter, qos, state }: Delivery): boolean {
  return sharedFilter !== undefined && (qos === 1 || state === 'queued');
}

/** The will as a message: without its delay, which is no subscriber's business. */
function messageOf(will: Will): Message {
  const { topic, payload, qos, retain, properties } = will;
  if (properties === undefined) return { topic, payload, qos, retain };
  return { topic, payload, qos, retain, properties: ownProperties(properties) };
}
