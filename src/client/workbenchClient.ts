/**
 * The workbench as an MQTT client: one connection to a broker, by MQTT.js, in 5.0.
 *
 * Owns the connection, what is subscribed on it and what waits for an acknowledgement. Every refusal and every loss is
 * a result or an event, never an exception, and nothing waits longer than its connection lives. A lost connection is
 * tried again until it stands, and its subscriptions are made again. Knows nothing of views.
 */
import { ErrorWithReasonCode, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { QoS } from '../mqtt/packets.ts';
import { EncodedPublish } from '../mqtt/publishEncoder.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import { checkTopicFilter, checkTopicName, parseSharedFilter, topicMatches } from '../mqtt/topics.ts';
import type {
  ClientState,
  ConnectParams,
  DeliveredMessage,
  Failure,
  PublishOutcome,
  PublishRequest,
  Refusal,
  SubscribeOutcome,
  SubscribeRequest,
  UnsubscribeOutcome,
} from './clientTypes.ts';
import { openMqttJsConnection } from './mqttJsConnection.ts';
import { connackRefusal, describeDisconnect, describeError, refusal } from './mqttJsFaults.ts';
import { asBuffer, fromMqttJsProperties, toMqttJsProperties } from './mqttJsProperties.ts';

/** How long `end` waits for the broker to close after the DISCONNECT, milliseconds. */
const END_WAIT_MS = 2_000;

type SubackPacket = Extract<Packet, { cmd: 'suback' }>;

type Connected = { kind: 'connected'; client: WorkbenchClient } | Refusal | Failure;

interface Subscription {
  readonly request: SubscribeRequest;
  /** Tells deliveries apart. 1 and up, never used again on this client. */
  readonly identifier: number;
}

export class WorkbenchClient {
  readonly #mqttClient: MqttClient;
  readonly #clock: Clock;
  readonly #subscriptions = new Map<string, Subscription>();
  #lastIdentifier = 0;
  /** Calls off a wait, with the reason: one for each request without an answer. */
  readonly #waiting = new Set<(reason: string) => void>();
  /** Packet identifiers whose PUBACK or PUBREC said that nobody subscribes. */
  readonly #withoutSubscribers = new Set<number>();
  #state: ClientState = { kind: 'connected' };
  #fault: string | undefined;
  readonly #stateChanged = new Emitter<ClientState>();
  readonly #messages = new Emitter<DeliveredMessage>();
  readonly #subscriptionLost = new Emitter<{ topicFilter: string; message: string }>();

  readonly onStateChanged: Event<ClientState> = this.#stateChanged.event;
  readonly onMessage: Event<DeliveredMessage> = this.#messages.event;
  /** After a reconnect, the broker did not take a subscription that it had taken before. */
  readonly onSubscriptionLost: Event<{ topicFilter: string; message: string }> = this.#subscriptionLost.event;

  /** Resolves with the broker's first answer. Only who has connected once is connected again. */
  static async connect(params: ConnectParams, clock: Clock = systemClock): Promise<Connected> {
    const opened = await openMqttJsConnection(params);
    if (opened.kind !== 'connected') return opened;
    return { kind: 'connected', client: new WorkbenchClient(opened.mqttClient, clock) };
  }

  private constructor(mqttClient: MqttClient, clock: Clock) {
    this.#mqttClient = mqttClient;
    this.#clock = clock;
    mqttClient.on('message', (topic, payload, packet) => this.#deliver(topic, payload, packet));
    mqttClient.on('packetreceive', (packet) => this.#onPacket(packet));
    mqttClient.on('error', (error) => this.#onError(error));
    mqttClient.on('close', () => this.#onClose());
    mqttClient.on('connect', () => this.#onReconnected());
  }

  get state(): ClientState {
    return this.#state;
  }

  async publish(request: PublishRequest): Promise<PublishOutcome> {
    const problem = checkTopicName(request.topic);
    if (problem !== undefined) return { kind: 'invalidTopic', message: problem.message };
    if (this.#state.kind !== 'connected') return { kind: 'notConnected' };
    const unfit = this.#whyUnfit(request);
    if (unfit !== undefined) return unfit;
    const { topic, payload, qos, retain, properties } = request;
    return this.#wait<PublishOutcome>((settle) => {
      const options = { qos, retain, properties: toMqttJsProperties(properties ?? {}) };
      this.#mqttClient.publish(topic, asBuffer(payload), options, (error, packet) => {
        if (error) settle(outcomeOf(error, packet));
        else settle({ kind: 'published', noSubscribers: this.#tookWithoutSubscribers(packet) });
      });
    });
  }

  /** A filter that is subscribed already is subscribed anew, with these options. */
  async subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    const problem = checkTopicFilter(request.topicFilter);
    if (problem !== undefined) return { kind: 'invalidFilter', message: problem.message };
    if (this.#state.kind !== 'connected') return { kind: 'notConnected' };
    const former = this.#subscriptions.get(request.topicFilter);
    const subscription = { request, identifier: former?.identifier ?? ++this.#lastIdentifier };
    // Before the answer: retained messages may come before the SUBACK.
    this.#subscriptions.set(request.topicFilter, subscription);
    const outcome = await this.#sendSubscribe(subscription);
    if (outcome.kind !== 'subscribed' && this.#subscriptions.get(request.topicFilter) === subscription) {
      if (former === undefined) this.#subscriptions.delete(request.topicFilter);
      else this.#subscriptions.set(request.topicFilter, former);
    }
    return outcome;
  }

  async unsubscribe(topicFilter: string): Promise<UnsubscribeOutcome> {
    if (!this.#subscriptions.delete(topicFilter)) return { kind: 'notSubscribed' };
    // The session ended with the connection, and the subscription with it.
    if (this.#state.kind !== 'connected') return { kind: 'unsubscribed' };
    return this.#wait<UnsubscribeOutcome>((settle) => {
      this.#mqttClient.unsubscribe(topicFilter, (error, packet) => {
        if (error) settle(outcomeOf(error, packet));
        else settle(unsubackOutcome(packet));
      });
    });
  }

  /** Sends a DISCONNECT and closes, within 2 seconds. Requests that wait fail. Events stop. */
  async end(): Promise<void> {
    if (this.#state.kind === 'ended') return;
    const wasConnected = this.#mqttClient.connected;
    this.#finish({ kind: 'ended' });
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#mqttClient.stream.destroy(), END_WAIT_MS);
      this.#mqttClient.end(!wasConnected, {}, () => {
        timer.dispose();
        resolve();
      });
    });
    this.#messages.dispose();
    this.#stateChanged.dispose();
    this.#subscriptionLost.dispose();
  }

  /** Runs a request that MQTT.js may forget to answer when its connection ends. */
  #wait<T extends { kind: string }>(
    run: (settle: (outcome: T | Failure) => void) => void,
  ): Promise<T | Failure> {
    return new Promise((resolve) => {
      const callOff = (reason: string): void => settle({ kind: 'failed', message: reason });
      const settle = (outcome: T | Failure): void => {
        this.#waiting.delete(callOff);
        resolve(outcome);
      };
      this.#waiting.add(callOff);
      run(settle);
    });
  }

  async #sendSubscribe({ request, identifier }: Subscription): Promise<SubscribeOutcome> {
    const options = {
      qos: request.qos,
      nl: request.noLocal ?? false,
      rap: request.retainAsPublished ?? false,
      rh: request.retainHandling ?? 0,
      ...(this.#hasIdentifiers ? { properties: { subscriptionIdentifier: identifier } } : {}),
    };
    return this.#wait<SubscribeOutcome>((settle) => {
      this.#mqttClient.subscribe(request.topicFilter, options, (error, _granted, packet) => {
        const refused = subackRefusal(packet);
        if (refused !== undefined) settle(refused);
        else if (error) settle(outcomeOf(error, packet));
        else settle({ kind: 'subscribed', qos: (packet?.granted[0] ?? request.qos) as QoS }); // below 0x80: a QoS
      });
    });
  }

  /** What the broker could only answer by closing the connection, it is not sent. */
  #whyUnfit(request: PublishRequest): Refusal | Failure | undefined {
    const server = this.#mqttClient.serverProperties;
    // [MQTT-3.2.2-11]
    if (request.qos > (server?.maximumQoS ?? 2))
      return refusal(ReasonCode.qosNotSupported, 'connack', undefined);
    // [MQTT-3.2.2-14]
    if (request.retain && server?.retainAvailable === false)
      return refusal(ReasonCode.retainNotSupported, 'connack', undefined);
    let packetBytes: number;
    try {
      packetBytes = new EncodedPublish(request, 5).packetBytes;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { kind: 'failed', message: error.message };
    }
    const maximum = server?.maximumPacketSize;
    // [MQTT-3.2.2-15]
    if (maximum === undefined || packetBytes <= maximum) return undefined;
    const message = `the message takes ${packetBytes} bytes, and the broker accepts at most ${maximum}`;
    return { kind: 'refused', reasonCode: ReasonCode.packetTooLarge, message };
  }

  get #hasIdentifiers(): boolean {
    return this.#mqttClient.serverProperties?.subscriptionIdentifiersAvailable !== false;
  }

  #onPacket(packet: Packet): void {
    switch (packet.cmd) {
      case 'puback':
      case 'pubrec':
        // MQTT.js keeps this code to itself.
        if (packet.reasonCode === ReasonCode.noMatchingSubscribers && packet.messageId !== undefined)
          this.#withoutSubscribers.add(packet.messageId);
        break;
      case 'disconnect':
        this.#fault = describeDisconnect(packet);
        // Another client has our client id. To come back would throw it out, and so on.
        if (packet.reasonCode === ReasonCode.sessionTakenOver) this.#giveUp(this.#fault);
        break;
      case 'connack': {
        const refused = connackRefusal(packet);
        if (refused !== undefined) this.#giveUp(`the broker refused to connect again: ${refused.message}`);
        break;
      }
    }
  }

  #tookWithoutSubscribers(packet: Packet | undefined): boolean {
    return packet?.messageId !== undefined && this.#withoutSubscribers.delete(packet.messageId);
  }

  #onError(error: Error): void {
    this.#fault ??= describeError(error);
    // The parser met what it can't read, and reads no more: only a new connection helps.
    if (this.#mqttClient.connected) this.#mqttClient.stream.destroy();
  }

  #onClose(): void {
    const message = this.#fault ?? 'the connection was lost';
    this.#fault = undefined;
    this.#callOff(message);
    if (this.#state.kind === 'connected') this.#setState({ kind: 'reconnecting', message });
  }

  #onReconnected(): void {
    this.#fault = undefined;
    this.#setState({ kind: 'connected' });
    for (const subscription of this.#subscriptions.values()) void this.#subscribeAgain(subscription);
  }

  async #subscribeAgain(subscription: Subscription): Promise<void> {
    const { topicFilter } = subscription.request;
    const outcome = await this.#sendSubscribe(subscription);
    if (outcome.kind === 'subscribed' || this.#state.kind !== 'connected') return;
    if (this.#subscriptions.get(topicFilter) !== subscription) return;
    this.#subscriptions.delete(topicFilter);
    const message = 'message' in outcome ? outcome.message : outcome.kind;
    this.#subscriptionLost.fire({ topicFilter, message });
  }

  #giveUp(message: string): void {
    this.#finish({ kind: 'ended', message });
    this.#mqttClient.end(true);
  }

  #finish(state: ClientState): void {
    this.#callOff('message' in state ? state.message : 'the connection was ended');
    this.#setState(state);
  }

  #callOff(reason: string | undefined): void {
    for (const callOff of [...this.#waiting]) callOff(reason ?? 'the connection was ended');
    this.#withoutSubscribers.clear();
    // MQTT.js would send them again on the next connection, long after we said that they failed.
    for (const packetId of Object.keys(this.#mqttClient.outgoing))
      this.#mqttClient.removeOutgoingMessage(Number(packetId));
  }

  #setState(state: ClientState): void {
    if (this.#state.kind === 'ended') return;
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  #deliver(topic: string, payload: Buffer, packet: IPublishPacket): void {
    if (!this.#messages.hasListeners) return;
    const properties = fromMqttJsProperties(packet.properties);
    this.#messages.fire({
      topic,
      payload,
      qos: packet.qos,
      retain: packet.retain,
      ...(properties === undefined ? {} : { properties }),
      topicFilters: this.#filtersOf(topic, properties?.subscriptionIdentifiers),
    });
  }

  #filtersOf(topic: string, identifiers: readonly number[] | undefined): string[] {
    const filters: string[] = [];
    for (const [topicFilter, { identifier }] of this.#subscriptions) {
      const isMeant =
        identifiers?.includes(identifier) ??
        topicMatches(parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter, topic);
      if (isMeant) filters.push(topicFilter);
    }
    return filters;
  }
}

function outcomeOf(error: Error, packet: Packet | undefined): Refusal | Failure {
  if (!(error instanceof ErrorWithReasonCode) || packet === undefined)
    return { kind: 'failed', message: describeError(error) };
  const reasonString =
    packet.cmd === 'puback' || packet.cmd === 'pubrec' ? packet.properties?.reasonString : undefined;
  return refusal(error.code, packet.cmd, reasonString);
}

function subackRefusal(packet: SubackPacket | undefined): Refusal | undefined {
  const code = packet?.granted[0];
  if (typeof code !== 'number' || code < ReasonCode.unspecifiedError) return undefined;
  return refusal(code, 'suback', packet?.properties?.reasonString);
}

function unsubackOutcome(packet: Packet | undefined): UnsubscribeOutcome {
  const code = packet?.cmd === 'unsuback' ? packet.granted[0] : undefined;
  if (code === ReasonCode.noSubscriptionExisted) return { kind: 'notSubscribed' };
  if (code === undefined || code < ReasonCode.unspecifiedError) return { kind: 'unsubscribed' };
  return refusal(code, 'unsuback', undefined);
}
