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
import type { BrokerServices } from './connectedClient.ts';
import { Connection } from './connection.ts';
import { type BrokerContext, reportBug } from './context.ts';
import { type BrokerCounters, createCounters } from './counters.ts';
import { type BrokerLimits, defaultLimits, withLimits } from './limits.ts';
import type { BrokerObserver, ConnectionInfo, Message } from './observer.ts';
import type { Persistence } from './persistence.ts';
import { Router } from './router.ts';
import type { SessionInfo } from './session.ts';
import { SessionRegistry } from './sessionRegistry.ts';
import { TimerWheel } from './timerWheel.ts';
import type { Transport } from './transport.ts';

export type { BrokerCounters } from './counters.ts';
export type { BrokerLimits } from './limits.ts';
export type { SessionInfo } from './session.ts';

export interface BrokerOptions {
  /** Laid over the defaults of limits.ts. */
  limits?: Partial<BrokerLimits>;
  /** Anonymous clients may do everything, unless given. */
  policy?: AccessPolicy;
  /** Nothing outlives the broker, unless given. It is the broker's from here on: `stop` closes it. */
  persistence?: Persistence;
  observer?: BrokerObserver;
  clock?: Clock;
  /** 0 up to but not 1: for assigned client identifiers, and where a shared subscription's round starts. */
  random?: () => number;
}

/** Beyond `maxConnections`, so many more sockets may wait for their CONNECT, to be told why it is refused. */
const REFUSED_AT_ONCE = 64;

export class Broker {
  readonly #context: BrokerContext;
  readonly #services: BrokerServices;
  readonly #sessions: SessionRegistry;
  readonly #router: Router;
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
    const context: BrokerContext = {
      limits: withLimits(defaultLimits, options.limits ?? {}),
      observer: options.observer,
      counters: createCounters(),
      policy: options.policy ?? anonymousPolicy,
      clock,
      timers: new TimerWheel(clock, (error) => reportBug(context, error)),
      topicNames: new TopicNameCache(),
      persistence: options.persistence,
      random: options.random ?? Math.random,
    };
    this.#context = context;
    this.#router = new Router(context);
    this.#sessions = new SessionRegistry(context, this.#router);
    this.#services = { context, router: this.#router, sessions: this.#sessions };
    if (context.persistence !== undefined) this.#restore(context.persistence);
  }

  /** Whoever looks. Undefined costs nothing; may be set and unset while the broker runs. */
  get observer(): BrokerObserver | undefined {
    return this.#context.observer;
  }

  set observer(observer: BrokerObserver | undefined) {
    this.#context.observer = observer;
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
  }

  /** The live numbers: they go on counting in the hands of who reads them. */
  get counters(): Readonly<BrokerCounters> {
    return this.#context.counters;
  }

  /** Takes a new socket, on which nothing was read yet. */
  accept(transport: Transport): void {
    const { counters, limits, clock, observer } = this.#context;
    if (this.#stopped !== undefined || this.#connections.size >= limits.maxConnections + REFUSED_AT_ONCE) {
      transport.setHandler(deaf);
      transport.destroy();
      counters.connectionsRefused++;
      return;
    }
    const { certificateUsername } = transport;
    const info: ConnectionInfo = {
      connectionId: ++this.#lastConnectionId,
      transportKind: transport.kind,
      remoteAddress: transport.remoteAddress,
      ...(certificateUsername !== undefined && { certificateUsername }),
      connectedAtMs: clock.nowMs(),
    };
    const connection = new Connection(this.#services, transport, info, (closed) => this.#forget(closed));
    this.#connections.add(connection);
    counters.connectionsAccepted++;
    counters.connections = this.#connections.size;
    observer?.connectionOpened?.(info);
    transport.setHandler(connection);
  }

  /**
   * HOT PATH. Publishes a message of the broker's own: no policy is asked, `$SYS` topics are allowed. The topic is
   * valid. The payload is borrowed for the time of the call. Does nothing after `stop`.
   */
  publish(message: Message): void {
    if (this.#stopped !== undefined) return;
    this.#router.publish(message, undefined, false);
    this.#context.persistence?.commit();
  }

  /** Every session, connected or stored, as it is now. */
  *sessions(): Iterable<SessionInfo> {
    for (const session of this.#sessions.values()) yield session.toInfo();
  }

  /** Every retained message, in no particular order. */
  retainedMessages(): Iterable<Message> {
    return this.#router.retainedMessages();
  }

  /**
   * Ends the connection of a client; its will goes out, and its session stays as long as it was to.
   *
   * @param reasonCode of DISCONNECT, told to a 5.0 client: 0x98 administrative action, …
   * @param message for the log, and for a 5.0 client.
   * @returns false if no such client is connected.
   */
  disconnectClient(clientId: string, reasonCode: number, message: string): boolean {
    const client = this.#sessions.get(clientId)?.client;
    if (client === undefined) return false;
    client.connection.close({ kind: 'serverDisconnected', reasonCode, message }, reasonCode, message);
    this.#context.persistence?.commit();
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
    const { persistence, timers } = this.#context;
    const reasonCode = ReasonCode.serverShuttingDown;
    const message = 'The broker stops.';
    this.#sessions.holdEnds();
    for (const connection of this.#connections) {
      connection.close({ kind: 'serverDisconnected', reasonCode, message }, reasonCode, message);
    }
    this.#sessions.releaseEnds();
    timers.dispose();
    persistence?.commit();
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onAllClosed = resolve));
    persistence?.close();
  }

  #restore(persistence: Persistence): void {
    const state = persistence.load();
    for (const message of state.retained) this.#router.restoreRetained(message);
    this.#sessions.restore(state);
    persistence.commit();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.#context.counters.connections = this.#connections.size;
    if (this.#connections.size === 0) this.#onAllClosed?.();
  }
}

/** For a socket that is not taken: its end is nobody's business. */
const deaf = { onData: () => {}, onDrain: () => {}, onClose: () => {} };
