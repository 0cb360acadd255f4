/**
 * What is subscribed in the session of one client: the requests, and what the session may have of which the answer was lost.
 *
 * A session that goes on has what it was asked for, whether its answer came through or not. So a subscription without an answer
 * is asked for again by the next connection, and what is not to be there any more is unsubscribed by it. Knows nothing of how
 * connections are made.
 */
import type { MqttClient } from 'mqtt';
import type { QoS } from '../mqtt/packets.ts';
import { checkTopicFilter } from '../mqtt/topics.ts';
import type { ClientSubscription, ClientSubscriptions } from './clientSubscriptions.ts';
import type {
  ConnectParams,
  ProtocolVersion,
  SubscribeOutcome,
  SubscribeRequest,
  UnsubscribeOutcome,
} from './clientTypes.ts';
import { outcomeOf, subackRefusal, unsubackOutcome } from './mqttJsFaults.ts';
import type { OpenRequests } from './openRequests.ts';
import { whyNotSubscribed } from './requestLimits.ts';

export type LendOutcome =
  | { kind: 'lent'; giveBack(): Promise<void> }
  | Exclude<SubscribeOutcome, { kind: 'subscribed' }>;

/** One that the broker had taken, and did not take again. */
export interface LostSubscription {
  topicFilter: string;
  message: string;
}

export interface SessionSubscriptionsOptions {
  mqttClient: MqttClient;
  params: ConnectParams;
  /** Changed here alone, but for what is muted. */
  subscriptions: ClientSubscriptions;
  requests: OpenRequests;
  isConnected(): boolean;
  onLost(lost: LostSubscription): void;
}

export class SessionSubscriptions {
  readonly #mqttClient: MqttClient;
  readonly #protocolVersion: ProtocolVersion;
  readonly #outlivesConnection: boolean;
  readonly #subscriptions: ClientSubscriptions;
  readonly #requests: OpenRequests;
  readonly #isConnected: () => boolean;
  readonly #onLost: (lost: LostSubscription) => void;
  /** What a session that outlives its connection may have, and is not to: unsubscribed or told as failed without an answer. */
  readonly #left = new Set<string>();
  /** Filters of SUBSCRIBEs without an answer: whether the session has them, nobody knows. */
  readonly #unanswered = new Set<string>();

  constructor(options: SessionSubscriptionsOptions) {
    const { mqttClient, params, subscriptions, requests, isConnected, onLost } = options;
    this.#mqttClient = mqttClient;
    this.#protocolVersion = params.protocolVersion ?? 5;
    this.#outlivesConnection = params.cleanStart === false;
    this.#subscriptions = subscriptions;
    this.#requests = requests;
    this.#isConnected = isConnected;
    this.#onLost = onLost;
  }

  /** A filter that is subscribed already is subscribed anew, with these options. */
  async subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    const problem = checkTopicFilter(request.topicFilter);
    if (problem !== undefined) return { kind: 'invalidFilter', message: problem.message };
    if (!this.#isConnected()) return { kind: 'notConnected' };
    const { serverProperties } = this.#mqttClient;
    const unfit = whyNotSubscribed(request, this.#protocolVersion, this.#subscriptions, serverProperties);
    if (unfit !== undefined) return unfit;
    const former = this.#subscriptions.get(request.topicFilter);
    const subscription = { request, identifier: this.#subscriptions.identifierFor(request) };
    // Before the answer: retained messages may come before the SUBACK.
    this.#subscriptions.set(subscription);
    const outcome = await this.#sendSubscribe(subscription);
    if (outcome.kind !== 'subscribed' && this.#subscriptions.get(request.topicFilter) === subscription) {
      if (former !== undefined) this.#subscriptions.set(former);
      else this.#forget(request.topicFilter, outcome);
    }
    return outcome;
  }

  #forget(topicFilter: string, { kind }: SubscribeOutcome): void {
    this.#subscriptions.delete(topicFilter);
    this.#unanswered.delete(topicFilter);
    // The broker may have taken it: nobody would see what the session gets then.
    if (kind === 'failed' && this.#outlivesConnection) this.#left.add(topicFilter);
  }

  async unsubscribe(topicFilter: string): Promise<UnsubscribeOutcome> {
    if (!this.#subscriptions.delete(topicFilter)) return { kind: 'notSubscribed' };
    if (!this.#isConnected()) {
      // A session that ended with the connection has lost the subscription by itself.
      if (this.#outlivesConnection) this.#left.add(topicFilter);
      return { kind: 'unsubscribed' };
    }
    return this.unsubscribeInSession(topicFilter);
  }

  /** As `unsubscribe`, also of what another client object has subscribed in the session that went on. */
  async unsubscribeInSession(topicFilter: string): Promise<UnsubscribeOutcome> {
    const outcome = await this.#requests.wait<UnsubscribeOutcome>((settle) => {
      this.#mqttClient.unsubscribe(topicFilter, (error, packet) => {
        if (error) settle(outcomeOf(error, packet));
        else settle(unsubackOutcome(packet));
      });
    });
    if (outcome.kind === 'failed' && this.#outlivesConnection) this.#left.add(topicFilter);
    return outcome;
  }

  /** Subscribes at QoS 1 until it is given back; from then on, who has subscribed meanwhile still is. */
  async lend(topicFilter: string): Promise<LendOutcome> {
    // Not what was there before: somebody waits for what comes.
    const outcome = await this.subscribe({ topicFilter, qos: 1, retainHandling: 2 });
    if (outcome.kind !== 'subscribed') return outcome;
    const lent = this.#subscriptions.get(topicFilter);
    const giveBack = async (): Promise<void> => {
      if (lent !== undefined && this.#subscriptions.get(topicFilter) === lent)
        await this.unsubscribe(topicFilter);
    };
    return { kind: 'lent', giveBack };
  }

  /** What is missing is subscribed, and what is too much unsubscribed. To be called before the client is connected for others. */
  reconnected(isSessionPresent: boolean): void {
    const unsubscribed = [...this.#left];
    // What is not answered comes in again.
    this.#left.clear();
    if (isSessionPresent) {
      for (const topicFilter of unsubscribed)
        if (!this.#subscriptions.has(topicFilter)) void this.unsubscribeInSession(topicFilter);
    }
    for (const subscription of this.#subscriptions.all)
      if (!isSessionPresent || this.#unanswered.has(subscription.request.topicFilter))
        void this.#subscribeAgain(subscription);
  }

  async #subscribeAgain(subscription: ClientSubscription): Promise<void> {
    const { topicFilter } = subscription.request;
    const outcome = await this.#sendSubscribe(subscription);
    if (outcome.kind === 'subscribed' || !this.#isConnected()) return;
    if (this.#subscriptions.get(topicFilter) !== subscription) return;
    this.#subscriptions.delete(topicFilter);
    const message = 'message' in outcome ? outcome.message : outcome.kind;
    this.#onLost({ topicFilter, message });
  }

  async #sendSubscribe({ request, identifier }: ClientSubscription): Promise<SubscribeOutcome> {
    const options = {
      qos: request.qos,
      nl: request.noLocal ?? false,
      rap: request.retainAsPublished ?? false,
      rh: request.retainHandling ?? 0,
      ...(this.#hasIdentifiers ? { properties: { subscriptionIdentifier: identifier } } : {}),
    };
    this.#unanswered.add(request.topicFilter);
    const outcome = await this.#requests.wait<SubscribeOutcome>((settle) => {
      this.#mqttClient.subscribe(request.topicFilter, options, (error, _granted, packet) => {
        const refused = subackRefusal(packet);
        if (refused !== undefined) settle(refused);
        else if (error) settle(outcomeOf(error, packet));
        else settle({ kind: 'subscribed', qos: (packet?.granted[0] ?? request.qos) as QoS }); // below 0x80: a QoS
      });
    });
    if (outcome.kind !== 'failed') this.#unanswered.delete(request.topicFilter);
    return outcome;
  }

  get #hasIdentifiers(): boolean {
    if (this.#protocolVersion < 5) return false;
    return this.#mqttClient.serverProperties?.subscriptionIdentifiersAvailable !== false;
  }
}
