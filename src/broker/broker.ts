/**
 * An MQTT broker: 3.1, 3.1.1 and 5.0, server side. The whole face of this room; everything else is behind it.
 *
 * Owns the parts and their wiring, and the connections. Takes sockets as `Transport`, asks an `AccessPolicy`, tells a
 * `BrokerObserver`, records in a `Persistence`; it opens no port, reads no file and keeps no state outside of itself,
 * so that two brokers live in one process.
 *
 * To read on: connection.ts (a socket), handlers/ (a packet), session.ts and outbox.ts (a client), router.ts (a
 * message).
 */
import { type Clock, systemClock } from '../base/clock.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import { TopicNameCache } from '../mqtt/topicNameCache.ts';
import { anonymousPolicy } from './access/anonymousPolicy.ts';
import type { AccessPolicy } from './accessPolicy.ts';
import { Commits } from './commits.ts';
import type { BrokerServices } from './connectedClient.ts';
import { Connection } from './connection.ts';
import { ConnectionGate } from './connectionGate.ts';
import { type BrokerContext, type Redirect, reportBug } from './context.ts';
import { type BrokerCounters, createCounters } from './counters.ts';
import type { InjectedFault } from './injectedFault.ts';
import type { Intervention, OpenConnection } from './intervention.ts';
import { type BrokerLimits, defaultLimits, withLimits } from './limits.ts';
import type { BrokerObserver, ConnectionInfo, Message } from './observer.ts';
import { OpenOutputs } from './openOutputs.ts';
import type { Persistence } from './persistence.ts';
import { Router } from './router.ts';
import {
  briefOf,
  infoOf,
  type OpenExchanges,
  openExchangesOf,
  type SessionBrief,
  type SessionInfo,
} from './sessionInfo.ts';
import { SessionRegistry } from './sessionRegistry.ts';
import type { StoredMessage } from './storedMessage.ts';
import { SysTree } from './sysTree.ts';
import { TimerWheel } from './timerWheel.ts';
import type { Transport } from './transport.ts';

export type { Redirect } from './context.ts';
export type { BrokerCounters } from './counters.ts';
export type { BrokerLimits } from './limits.ts';
export type { OpenExchanges, SessionBrief, SessionInfo } from './sessionInfo.ts';
export type { StoredMessage } from './storedMessage.ts';

export interface BrokerOptions {
  /** Laid over the defaults of limits.ts. */
  limits?: Partial<BrokerLimits>;
  /**
   * Whether a message of 5.0 whose Payload Format Indicator is 1 must be well-formed UTF-8. One that is not is then
   * refused with 0x99: in the PUBACK or PUBREC, for a will in the CONNACK, and QoS 0 ends its connection. Off unless
   * given: the standard leaves it to the receiver. Section 3.3.2.3.2.
   */
  checkPayloadFormat?: boolean;
  /** Anonymous clients may do everything, unless given. */
  policy?: AccessPolicy;
  /** Nothing outlives the broker, unless given. It is the broker's from here on: `stop` closes it. */
  persistence?: Persistence;
  observer?: BrokerObserver;
  /** What `$SYS/broker/version` says, unless it is `MQTT Workbench`. */
  version?: string;
  /**
   * Told to clients of 5.0 that ask for Response Information: where they may have requests answered. `%c` is the
   * client id; a client whose id can't be part of a topic, or who may not read there, is told nothing. `false` tells
   * nobody. `responses/%c`, unless given. Section 4.10.1.
   */
  responseInformation?: string | false;
  /** As `setRedirect` sets it. */
  redirect?: Redirect;
  clock?: Clock;
  /** 0 up to but not 1: for assigned client identifiers, and where a shared subscription's round starts. */
  random?: () => number;
}

const DEFAULT_RESPONSE_INFORMATION = 'responses/%c';

export class Broker {
  readonly #context: BrokerContext;
  readonly #services: BrokerServices;
  readonly #sessions: SessionRegistry;
  readonly #router: Router;
  readonly #sys: SysTree;
  readonly #gate: ConnectionGate;
  readonly #connections = new Set<Connection>();
  #lastConnectionId = 0;
  #stopped: Promise<void> | undefined;
  #onAllClosed: (() => void) | undefined;

  /**
   * @throws RangeError for a limit out of its range.
   * @throws whatever `persistence.load` throws.
   */
  constructor(options: BrokerOptions = {}) {
    const clock = options.clock ?? systemClock;
    const { responseInformation = DEFAULT_RESPONSE_INFORMATION } = options;
    const context: BrokerContext = {
      limits: withLimits(defaultLimits, options.limits ?? {}),
      observer: options.observer,
      intervention: undefined,
      expiryAheadMs: 0,
      checkPayloadFormat: options.checkPayloadFormat ?? false,
      counters: createCounters(),
      policy: options.policy ?? anonymousPolicy,
      redirect: options.redirect,
      responseInformation: responseInformation === false ? undefined : responseInformation,
      clock,
      timers: new TimerWheel(clock, (error) => reportBug(context, error)),
      topicNames: new TopicNameCache(),
      outputs: new OpenOutputs(),
      persistence: options.persistence,
      commits: new Commits(options.persistence, {
        onFailing: ({ message }) => context.observer?.storeFailing?.(message),
        onRecovered: () => context.observer?.storeRecovered?.(),
        onBug: (error) => reportBug(context, error),
      }),
      random: options.random ?? Math.random,
    };
    this.#context = context;
    this.#router = new Router(context);
    this.#gate = new ConnectionGate(context);
    this.#sessions = new SessionRegistry(context, this.#router);
    this.#sys = new SysTree(context, this.#router, options.version ?? 'MQTT Workbench');
    this.#services = { context, router: this.#router, sessions: this.#sessions, sys: this.#sys };
    if (context.persistence !== undefined) this.#restore(context.persistence);
  }

  /** Whoever looks. Undefined costs nothing; may be set and unset while the broker runs. */
  get observer(): BrokerObserver | undefined {
    return this.#context.observer;
  }

  set observer(observer: BrokerObserver | undefined) {
    this.#context.observer = observer;
  }

  /** Whoever makes this broker misbehave. Undefined costs nothing; may be set and unset while the broker runs. */
  get intervention(): Intervention | undefined {
    return this.#context.intervention;
  }

  set intervention(intervention: Intervention | undefined) {
    this.#context.intervention = intervention;
  }

  /** Every connection that has not ended. */
  *openConnections(): Iterable<OpenConnection> {
    for (const connection of this.#connections) if (!connection.isClosed) yield connection;
  }

  /** How much older each message counts when its expiry is looked at: 0, or as if a clock had been set on. Milliseconds. */
  get expiryAheadMs(): number {
    return this.#context.expiryAheadMs;
  }

  set expiryAheadMs(aheadMs: number) {
    this.#context.expiryAheadMs = aheadMs;
  }

  get limits(): Readonly<BrokerLimits> {
    return this.#context.limits;
  }

  /**
   * Lays changes over the limits. They hold from now on; what was told to a client in its CONNACK, and what is stored
   * already, stays.
   *
   * @throws RangeError for a limit out of its range; none is changed then.
   */
  setLimits(limits: Partial<BrokerLimits>): void {
    this.#context.limits = withLimits(this.#context.limits, limits);
    this.#sys.followLimits();
  }

  /** See BrokerOptions. A change holds from the next message on. */
  get checkPayloadFormat(): boolean {
    return this.#context.checkPayloadFormat;
  }

  set checkPayloadFormat(isChecked: boolean) {
    this.#context.checkPayloadFormat = isChecked;
  }

  /**
   * Refuses every new CONNECT, and says to those of 5.0 where to go instead; to older ones that the server is
   * unavailable (3). Who is connected stays. Undefined takes connections again. Section 4.11.
   */
  setRedirect(redirect: Redirect | undefined): void {
    this.#context.redirect = redirect;
  }

  /** The live numbers: they go on counting in the hands of who reads them. */
  get counters(): Readonly<BrokerCounters> {
    return this.#context.counters;
  }

  /** Takes a new socket, on which nothing was read yet. */
  accept(transport: Transport): void {
    const { counters, clock, observer } = this.#context;
    const admission = this.#stopped === undefined ? this.#gate.admit() : 'closed';
    if (admission === 'closed') {
      transport.setHandler(deaf);
      transport.destroy();
      counters.connectionsRefused++;
      return;
    }
    const { certificateUsername, localAddress } = transport;
    const info: ConnectionInfo = {
      connectionId: ++this.#lastConnectionId,
      transportKind: transport.kind,
      remoteAddress: transport.remoteAddress,
      ...(localAddress !== undefined && { localAddress }),
      ...(certificateUsername !== undefined && { certificateUsername }),
      connectedAtMs: clock.nowMs(),
    };
    const connection = new Connection(this.#services, transport, info, (closed) => this.#forget(closed));
    connection.isTooMany = admission === 'tooMany';
    this.#connections.add(connection);
    counters.connectionsAccepted++;
    counters.connections = this.#connections.size;
    this.#sys.connectionOpened();
    observer?.connectionOpened?.(info);
    transport.setHandler(connection);
    this.#context.intervention?.connectionOpened(connection);
  }

  /**
   * HOT PATH. Publishes a message of the broker's own: no policy is asked, `$SYS` topics are allowed. The topic is
   * valid. The payload is borrowed for the time of the call. Does nothing after `stop`. What it leaves behind is
   * durable by the end of the turn.
   */
  publish(message: Message): void {
    if (this.#stopped !== undefined) return;
    this.#router.publish(message, undefined, false);
    this.#context.commits.plan();
  }

  /** Every session, connected or stored, as it is now. */
  *sessions(): Iterable<SessionInfo> {
    for (const session of this.#sessions.values()) yield infoOf(session);
  }

  /** The same in a few words each, for who goes through thousands. */
  *sessionBriefs(): Iterable<SessionBrief> {
    for (const session of this.#sessions.values()) yield briefOf(session);
  }

  hasSession(clientId: string): boolean {
    return this.#sessions.get(clientId) !== undefined;
  }

  session(clientId: string): SessionInfo | undefined {
    const session = this.#sessions.get(clientId);
    return session && infoOf(session);
  }

  /** What an injected fault did to the connection of a client that has one. */
  faultOf(clientId: string): InjectedFault | undefined {
    return this.#sessions.get(clientId)?.client?.connection.info.fault;
  }

  /** Exchanges of QoS 2 that wait for their client, of those that are connected. */
  *openExchanges(): Iterable<OpenExchanges> {
    for (const session of this.#sessions.values()) yield* openExchangesOf(session);
  }

  /** Every retained message, in no particular order. */
  retainedMessages(): Iterable<Message> {
    return this.#router.retainedMessages();
  }

  /**
   * Retained messages one by one, for who goes through many and lets others have a turn: what changes meanwhile may or
   * may not be among them.
   *
   * @param topicFilter those that a subscription to it would be sent; all of them without. Valid, without a share prefix.
   */
  eachRetained(topicFilter?: string): Iterable<StoredMessage> {
    return this.#router.eachRetained(topicFilter);
  }

  retainedMessage(topic: string): StoredMessage | undefined {
    return this.#router.retainedMessage(topic);
  }

  /**
   * Ends the connection of a client; its will goes out, and its session stays as long as it was to.
   *
   * @param reasonCode of DISCONNECT, told to a 5.0 client: 0x98 administrative action, …
   * @param message for the log, and for a 5.0 client.
   * @param serverReference where a 5.0 client is to go instead, with 0x9C use another server or 0x9D server moved.
   * @returns false if no such client is connected.
   */
  disconnectClient(clientId: string, reasonCode: number, message: string, serverReference?: string): boolean {
    const client = this.#sessions.get(clientId)?.client;
    if (client === undefined) return false;
    const cause = { kind: 'serverDisconnected', reasonCode, message } as const;
    client.connection.close(cause, reasonCode, message, serverReference);
    return true;
  }

  /** Ends every session that has no connection, as a broker does that keeps nothing over its end. */
  loseStoredSessions(): void {
    for (const { clientId } of [...this.#sessions.values()]) this.#sessions.lose(clientId);
  }

  /**
   * Closes the socket of a client without a DISCONNECT, as a network that fails does; its will goes out, and its session
   * stays as long as it was to.
   *
   * @param message for the log.
   * @returns false if no such client is connected.
   */
  cutConnection(clientId: string, message: string): boolean {
    const client = this.#sessions.get(clientId)?.client;
    client?.connection.cut(message);
    return client !== undefined;
  }

  /**
   * Ends a session with all that is kept for it: subscriptions, queue, what is in flight; its will goes out. A client
   * that is connected is disconnected first.
   *
   * @returns false if there is no such session.
   */
  endSession(clientId: string, reasonCode: number, message: string): boolean {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return false;
    this.disconnectClient(clientId, reasonCode, message);
    // One that was to last no longer than its connection is gone already.
    if (this.#sessions.get(clientId) === session) this.#sessions.end(session);
    this.#context.commits.plan();
    return true;
  }

  /**
   * Disconnects every client (5.0 clients with 0x8B) and takes no more. Resolves when every socket is closed.
   *
   * Wills go out, as the standard makes no exception for a connection that the server closes [MQTT-3.1.2-8]: after
   * the last client is gone, so that they reach the retained messages and the stored sessions and nobody else. A will
   * with a delay waits on in its stored session.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { commits, timers } = this.#context;
    const reasonCode = ReasonCode.serverShuttingDown;
    const message = 'The broker stops.';
    this.#sessions.holdEnds();
    for (const connection of this.#connections) {
      connection.close({ kind: 'serverDisconnected', reasonCode, message }, reasonCode, message);
    }
    this.#sessions.releaseEnds();
    timers.dispose();
    commits.commit();
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onAllClosed = resolve));
    commits.close();
  }

  #restore(persistence: Persistence): void {
    const state = persistence.load();
    for (const message of state.retained) this.#router.restoreRetained(message);
    this.#sessions.restore(state);
    this.#context.commits.commit();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.#context.counters.connections = this.#connections.size;
    if (this.#connections.size === 0) this.#onAllClosed?.();
  }
}

/** For a socket that is not taken: its end is nobody's business. */
const deaf = { onData: () => {}, onFlush: () => {}, onDrain: () => {}, onClose: () => {} };
