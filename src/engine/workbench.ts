/**
 * The workbench's own client of the local broker: connected when it is first needed, with subscriptions that outlive
 * the broker.
 *
 * A client like any other, over the loopback, so that what a person tries here is what a device would meet. Owns which
 * filters are subscribed; the model owns what came of them. While the broker is down the list stays, and `brokerStarted`
 * subscribes it again at the next one.
 */
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { LARGEST_PACKET_BYTES } from '../broker/limits.ts';
import type { ConnectParams, DeliveredMessage, Failure } from '../client/clientTypes.ts';
import { type ListenOutcome, listen } from '../client/listening.ts';
import type { WorkbenchClient } from '../client/workbenchClient.ts';
import type { PublishParams, PublishResult, SubscribeOptions, SubscribeParams } from '../contracts/engine.ts';
import type { QoS } from '../contracts/messages.ts';
import { subscribeOptionsOf } from './subscriptionInfo.ts';

export interface WorkbenchOptions {
  clock: Clock;
  /** HOT PATH. Bytes are borrowed. */
  onMessage(message: DeliveredMessage): void;
  /** For the log: the connection or a subscription was lost. */
  onTrouble(message: string): void;
}

/** A filter as a person subscribed to it, and the QoS that the broker last granted. */
export interface WorkbenchSubscription {
  readonly topicFilter: string;
  readonly requestedQos: QoS;
  readonly grantedQos: QoS;
  readonly options: SubscribeOptions;
}

export type WorkbenchSubscribeResult =
  | { kind: 'subscribed'; subscription: WorkbenchSubscription }
  | { kind: 'brokerNotRunning' }
  | { kind: 'refused'; reasonCode: number; message: string }
  | { kind: 'invalidFilter'; message: string }
  | { kind: 'failed'; message: string };

type Connection = Awaited<ReturnType<(typeof WorkbenchClient)['connect']>>;

export class Workbench {
  readonly #options: WorkbenchOptions;
  readonly #subscriptions = new Map<string, WorkbenchSubscription>();
  readonly #muted = new Set<string>();
  /** Topics of `listen`. */
  readonly #listened = new Set<string>();
  readonly #didChangeSubscriptions = new Emitter<void>();
  /** Where the broker is; undefined while it does not run. */
  #target: ConnectParams | undefined;
  /** Made at the first request after a start, and again after it came to nothing. */
  #connection: Promise<Connection> | undefined;

  readonly onDidChangeSubscriptions = this.#didChangeSubscriptions.event;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
  }

  /** Of the present broker's client, connected or not. */
  get clientId(): string | undefined {
    return this.#target?.clientId;
  }

  /** In the order in which they were made. */
  get subscriptions(): readonly WorkbenchSubscription[] {
    return [...this.#subscriptions.values()];
  }

  /** Filters of subscriptions whose messages are counted and not kept. */
  get muted(): ReadonlySet<string> {
    return this.#muted;
  }

  /** Connects at once where subscriptions are left from an earlier broker. Resolves when they stand. */
  async brokerStarted(target: ConnectParams): Promise<void> {
    this.#target = target;
    if (this.#subscriptions.size > 0) await this.#connect();
  }

  /** Leaves the broker, with a DISCONNECT. What waits for an answer fails. */
  async brokerStopping(): Promise<void> {
    this.#target = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    const opened = await connection;
    if (opened?.kind === 'connected') await opened.client.end();
  }

  async publish(params: PublishParams): Promise<PublishResult> {
    const connection = await this.#connect();
    if (connection.kind !== 'connected') return connection;
    const { topic, payload, qos, retain, properties } = params;
    const outcome = await connection.client.publish({
      topic,
      payload,
      qos,
      retain,
      ...(properties !== undefined && { properties }),
    });
    return outcome.kind === 'notConnected' ? this.#notConnected(connection.client) : outcome;
  }

  async subscribe(params: SubscribeParams): Promise<WorkbenchSubscribeResult> {
    const { topicFilter, qos } = params;
    const connection = await this.#connect();
    if (connection.kind !== 'connected') return connection;
    const options = subscribeOptionsOf(params);
    const outcome = await connection.client.subscribe({ topicFilter, qos, ...options });
    if (outcome.kind === 'notConnected') return this.#notConnected(connection.client);
    if (outcome.kind !== 'subscribed') return outcome;
    const subscription = { topicFilter, requestedQos: qos, grantedQos: outcome.qos, options };
    this.#setSubscription(subscription);
    return { kind: 'subscribed', subscription };
  }

  /** Resolves with false for a filter that is not subscribed. Works without a broker, too. */
  async unsubscribe(topicFilter: string): Promise<boolean> {
    if (!this.#subscriptions.delete(topicFilter)) return false;
    this.#muted.delete(topicFilter);
    this.#didChangeSubscriptions.fire();
    const connection = await this.#connection;
    if (connection?.kind === 'connected') await connection.client.unsubscribe(topicFilter);
    return true;
  }

  /** As client/listening.ts has it. What comes for it alone is told to nobody else. */
  async listen(
    topic: string,
    onMessage: (message: DeliveredMessage) => void,
  ): Promise<ListenOutcome | { kind: 'brokerNotRunning' }> {
    const connection = await this.#connect();
    if (connection.kind !== 'connected') return connection;
    this.#listened.add(topic);
    const outcome = await listen(connection.client, topic, onMessage);
    if (outcome.kind !== 'listening') {
      this.#listened.delete(topic);
      return outcome;
    }
    const end = async (): Promise<void> => {
      await outcome.end();
      this.#listened.delete(topic);
    };
    return { kind: 'listening', end };
  }

  /** Returns false for a filter that is not subscribed. */
  mute(topicFilter: string, isMuted: boolean): boolean {
    if (!this.#subscriptions.has(topicFilter)) return false;
    if (isMuted) this.#muted.add(topicFilter);
    else this.#muted.delete(topicFilter);
    this.#didChangeSubscriptions.fire();
    return true;
  }

  async #connect(): Promise<Connection | { kind: 'brokerNotRunning' }> {
    const target = this.#target;
    if (target === undefined) return { kind: 'brokerNotRunning' };
    this.#connection ??= this.#open(target);
    return this.#connection;
  }

  async #open(target: ConnectParams): Promise<Connection> {
    // Loaded when it is first needed: MQTT.js and what it brings take longer than the rest of the engine's start.
    const { WorkbenchClient } = await import('../client/mqttClients.ts');
    // The broker has a limit of its own.
    const params = { ...target, maxPacketBytes: LARGEST_PACKET_BYTES };
    const connection = await WorkbenchClient.connect(params, { clock: this.#options.clock });
    if (connection.kind !== 'connected') {
      this.#connectionEnded(target, connection.message);
      return connection;
    }
    const { client } = connection;
    client.onMessage((message) => this.#received(message));
    client.onSubscriptionLost(({ topicFilter, message }) => this.#subscriptionLost(topicFilter, message));
    client.onStateChanged((state) => {
      if (state.kind === 'ended') this.#connectionEnded(target, state.message ?? 'it was ended');
    });
    await this.#subscribeAgain(client);
    return connection;
  }

  async #subscribeAgain(client: WorkbenchClient): Promise<void> {
    for (const subscription of this.subscriptions) {
      const { topicFilter, requestedQos, options } = subscription;
      const outcome = await client.subscribe({ topicFilter, qos: requestedQos, ...options });
      // Unsubscribed meanwhile: `unsubscribe` waits for this connection, and comes next.
      if (this.#subscriptions.get(topicFilter) !== subscription) continue;
      if (outcome.kind === 'subscribed') {
        this.#setSubscription({ topicFilter, requestedQos, grantedQos: outcome.qos, options });
      } else if (client.state.kind === 'connected') {
        this.#subscriptionLost(topicFilter, 'message' in outcome ? outcome.message : outcome.kind);
      }
    }
  }

  /** HOT PATH. */
  #received(message: DeliveredMessage): void {
    if (this.#listened.size === 0) {
      this.#options.onMessage(message);
      return;
    }
    const isSubscribed = (topicFilter: string): boolean =>
      !this.#listened.has(topicFilter) || this.#subscriptions.has(topicFilter);
    this.#options.onMessage({ ...message, topicFilters: message.topicFilters.filter(isSubscribed) });
  }

  /** The next request tries anew. */
  #connectionEnded(target: ConnectParams, message: string): void {
    if (this.#target !== target) return;
    this.#connection = undefined;
    this.#options.onTrouble(`The workbench's own client is not connected: ${message}`);
  }

  #notConnected(client: WorkbenchClient): Failure {
    const { state } = client;
    return { kind: 'failed', message: 'message' in state ? state.message : 'the connection was ended' };
  }

  #setSubscription(subscription: WorkbenchSubscription): void {
    this.#subscriptions.set(subscription.topicFilter, subscription);
    this.#didChangeSubscriptions.fire();
  }

  #subscriptionLost(topicFilter: string, message: string): void {
    this.#subscriptions.delete(topicFilter);
    this.#muted.delete(topicFilter);
    this.#didChangeSubscriptions.fire();
    this.#options.onTrouble(`The workbench's subscription to ${topicFilter} was not made again: ${message}`);
  }
}
