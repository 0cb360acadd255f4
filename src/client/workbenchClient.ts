/**
 * The workbench as an MQTT client: one connection to a broker, by MQTT.js, in 3.1, 3.1.1 or 5.0.
 *
 * Owns the connection and what waits for an acknowledgement. Every refusal and every loss is a result or an event, never an
 * exception, and nothing waits longer than its connection lives. A lost connection is tried again until it stands, with pauses
 * that grow, and its subscriptions are made again: sessionSubscriptions.ts has these. Knows nothing of views.
 */
import type { Duplex } from 'node:stream';
import type { IPublishPacket, MqttClient, Packet } from 'mqtt';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import { checkTopicName } from '../mqtt/topics.ts';
import { ClientSubscriptions } from './clientSubscriptions.ts';
import {
  type ClientState,
  type ConnectParams,
  calledOff,
  type DeliveredMessage,
  type EndCause,
  type Failure,
  type ProtocolVersion,
  type PublishOutcome,
  type PublishRequest,
  type Refusal,
  type SubscribeOutcome,
  type SubscribeRequest,
  type UnsubscribeOutcome,
} from './clientTypes.ts';
import type { ConnectListener } from './connectSteps.ts';
import { createMqttJsClient } from './mqttJsConnection.ts';
import {
  connackRefusal,
  describeDisconnect,
  describeError,
  isPassing,
  outcomeOf,
  unansweredFailure,
} from './mqttJsFaults.ts';
import {
  type Announced,
  announcedOf,
  asBuffer,
  fromMqttJsProperties,
  toMqttJsProperties,
} from './mqttJsProperties.ts';
import { OpenRequests } from './openRequests.ts';
import { openStream } from './openStream.ts';
import { limitPackets } from './packetLimit.ts';
import { Pings } from './pings.ts';
import { defaultBackoff, reconnectDelayMs } from './reconnectDelay.ts';
import { whyUnfit } from './requestLimits.ts';
import { SendQuota } from './sendQuota.ts';
import { SessionBacklog } from './sessionBacklog.ts';
import { type LendOutcome, type LostSubscription, SessionSubscriptions } from './sessionSubscriptions.ts';

/** How long `end` waits for the broker to close after the DISCONNECT, milliseconds. */
const END_WAIT_MS = 2_000;
/** A connection that stood this long was one: the pauses start again with the shortest. */
const STEADY_MS = 10_000;
/** So many in a row that were not: two clients with one client id, each throwing the other out when it comes back. */
const MAX_SHORT_CONNECTIONS = 3;

type Connected = { kind: 'connected'; client: WorkbenchClient } | Refusal | Failure;

type Attempted = { kind: 'connected' } | Refusal | Failure;

/** A CONNECT that has no answer yet. */
interface Attempt {
  settle(result: Attempted): void;
  refused: Refusal | undefined;
  firstError: Error | undefined;
}

export interface ClientSurroundings {
  clock?: Clock;
  /** 0 up to 1, as Math.random. */
  random?: () => number;
  /** Gives up while the first answer is waited for. */
  signal?: AbortSignal;
  /** As `onMessage`, from before the broker has answered: a session that goes on has messages at once. */
  onMessage?: (message: DeliveredMessage) => void;
  /** Of the first try. */
  listener?: ConnectListener;
}

export class WorkbenchClient {
  readonly #params: ConnectParams;
  readonly #mqttClient: MqttClient;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #pings: Pings;
  readonly #backlog: SessionBacklog;
  /** Calls off what opens a stream. */
  readonly #ending = new AbortController();
  /** For the next `connect` of MQTT.js. */
  #stream: Duplex | undefined;
  #attempt: Attempt | undefined;
  #retryTimer: Disposable | undefined;
  /** Tries that came to nothing since the connection last stood for a while. */
  #failures = 0;
  /** Since when the connection stands, by `Clock.monotonicMs`. */
  #connectedAtMs = 0;
  #shortConnections = 0;
  #isSessionPresent = false;
  #announced: Announced = {};
  readonly #subscriptions = new ClientSubscriptions();
  readonly #session: SessionSubscriptions;
  readonly #requests = new OpenRequests();
  readonly #sendQuota = new SendQuota(() => this.#mqttClient.serverProperties?.receiveMaximum ?? 65_535);
  /** Packet identifiers whose PUBACK or PUBREC said that nobody subscribes. */
  readonly #withoutSubscribers = new Set<number>();
  #state: ClientState = { kind: 'connected' };
  #fault: string | undefined;
  /** What came last on the connection was: it was ended from here. */
  #isTooLarge = false;
  readonly #stateChanged = new Emitter<ClientState>();
  readonly #messages = new Emitter<DeliveredMessage>();
  readonly #subscriptionLost = new Emitter<LostSubscription>();

  readonly onStateChanged: Event<ClientState> = this.#stateChanged.event;
  readonly onMessage: Event<DeliveredMessage> = this.#messages.event;
  /** After a reconnect, the broker did not take a subscription that it had taken before. */
  readonly onSubscriptionLost: Event<LostSubscription> = this.#subscriptionLost.event;

  /** Resolves with the broker's first answer. Only who has connected once is connected again. */
  static async connect(params: ConnectParams, surroundings: ClientSurroundings = {}): Promise<Connected> {
    const client = new WorkbenchClient(params, surroundings);
    const { signal, onMessage, listener } = surroundings;
    if (onMessage !== undefined) client.onMessage(onMessage);
    const callOff = (): void => client.#ending.abort();
    if (signal?.aborted) callOff();
    signal?.addEventListener('abort', callOff);
    const result = await client.#tryOnce(listener);
    signal?.removeEventListener('abort', callOff);
    return result.kind === 'connected' ? { kind: 'connected', client } : result;
  }

  private constructor(
    params: ConnectParams,
    { clock = systemClock, random = Math.random }: ClientSurroundings,
  ) {
    this.#params = params;
    this.#clock = clock;
    this.#random = random;
    this.#pings = new Pings({
      clock,
      send: () => this.#mqttClient.sendPing(),
      onSilence: () => {
        this.#fault ??= 'the broker does not answer any more';
        this.#mqttClient.stream.destroy();
      },
    });
    this.#backlog = new SessionBacklog(clock, () => this.#mqttClient.sendPing());
    // Never asked for one but by `connect`, which has it.
    const takeStream = (): Duplex => this.#stream!;
    const mqttClient = createMqttJsClient(params, takeStream, (...message) => this.#deliver(...message));
    this.#mqttClient = mqttClient;
    this.#session = new SessionSubscriptions({
      ...{ mqttClient, params, subscriptions: this.#subscriptions, requests: this.#requests },
      isConnected: () => this.#state.kind === 'connected',
      onLost: (lost) => this.#subscriptionLost.fire(lost),
    });
    mqttClient.on('packetreceive', (packet) => this.#onPacket(packet));
    mqttClient.on('packetsend', ({ cmd }) => {
      if (cmd === 'pingreq') this.#pings.sent();
    });
    mqttClient.on('error', (error) => this.#onError(error));
    mqttClient.on('close', () => this.#onClose());
    mqttClient.on('connect', () => {
      // What came with the CONNACK can't be read, and nothing behind it is: see `#onError`.
      if (this.#attempt?.firstError !== undefined) {
        mqttClient.stream.destroy();
        return;
      }
      this.#attempt?.settle({ kind: 'connected' });
      this.#backlog.connected();
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Between a request and its answer, milliseconds: of the CONNECT, then of each ping. */
  get latencyMs(): number | undefined {
    return this.#pings.latencyMs;
  }

  get protocolVersion(): ProtocolVersion {
    return this.#params.protocolVersion ?? 5;
  }

  /** The broker went on with a session of before. */
  get isSessionPresent(): boolean {
    return this.#isSessionPresent;
  }

  /** By the broker, in its last CONNACK. */
  get announced(): Announced {
    return this.#announced;
  }

  /** Does not wait for the end of the pause; the next is the shortest again. Nothing happens where there is none. */
  retryNow(): void {
    if (this.#retryTimer === undefined) return;
    this.#retryTimer.dispose();
    this.#failures = 0;
    void this.#tryAgain();
  }

  /** Asks a broker that seems to be there for an answer, and takes the connection for lost where none comes soon. */
  checkNow(): void {
    if (this.#state.kind === 'connected') this.#pings.check();
  }

  async publish(request: PublishRequest): Promise<PublishOutcome> {
    const problem = checkTopicName(request.topic);
    if (problem !== undefined) return { kind: 'invalidTopic', message: problem.message };
    if (this.#state.kind !== 'connected') return { kind: 'notConnected' };
    const unfit = whyUnfit(request, this.protocolVersion, this.#mqttClient.serverProperties);
    if (unfit !== undefined) return unfit;
    if (request.qos === 0) return this.#send(request);
    const turn = this.#sendQuota.take();
    if (turn !== undefined) await turn;
    try {
      // It may have ended meanwhile.
      return this.state.kind === 'connected' ? await this.#send(request) : { kind: 'notConnected' };
    } finally {
      this.#sendQuota.giveBack();
    }
  }

  #send(request: PublishRequest): Promise<PublishOutcome> {
    const { topic, payload, qos, retain, properties } = request;
    return this.#requests.wait<PublishOutcome>((settle) => {
      const options = { qos, retain, properties: toMqttJsProperties(properties ?? {}) };
      this.#mqttClient.publish(topic, asBuffer(payload), options, (error, packet) => {
        if (error) settle(outcomeOf(error, packet));
        else settle({ kind: 'published', noSubscribers: this.#tookWithoutSubscribers(packet) });
      });
    });
  }

  /** A filter that is subscribed already is subscribed anew, with these options. */
  subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    return this.#session.subscribe(request);
  }

  unsubscribe(topicFilter: string): Promise<UnsubscribeOutcome> {
    return this.#session.unsubscribe(topicFilter);
  }

  /** As `unsubscribe`, also of what another client object has subscribed in the session that went on. */
  unsubscribeInSession(topicFilter: string): Promise<UnsubscribeOutcome> {
    return this.#session.unsubscribeInSession(topicFilter);
  }

  isSubscribed(topicFilter: string): boolean {
    return this.#subscriptions.has(topicFilter);
  }

  /** Subscribes at QoS 1 until it is given back; from then on, who has subscribed meanwhile still is. */
  lend(topicFilter: string): Promise<LendOutcome> {
    return this.#session.lend(topicFilter);
  }

  /** What comes for muted subscriptions alone is delivered as such. Holds for one that is made later, too. */
  setMuted(topicFilter: string, isMuted: boolean): void {
    this.#subscriptions.setMuted(topicFilter, isMuted);
  }

  /**
   * Sends a DISCONNECT and closes, within 2 seconds. Requests that wait fail. Events stop.
   * @param disconnect `endsSession`: the broker is asked to forget the session; 5.0 alone.
   */
  async end({ endsSession = false }: { endsSession?: boolean } = {}): Promise<void> {
    if (this.#state.kind === 'ended') return;
    const wasConnected = this.#mqttClient.connected;
    this.#finish({ kind: 'ended' });
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#mqttClient.stream.destroy(), END_WAIT_MS);
      const isForgotten = endsSession && this.protocolVersion === 5;
      const options = isForgotten ? { properties: { sessionExpiryInterval: 0 } } : {};
      this.#mqttClient.end(!wasConnected, options, () => {
        timer.dispose();
        resolve();
      });
    });
    this.#messages.dispose();
    this.#stateChanged.dispose();
    this.#subscriptionLost.dispose();
  }

  /** Opens a stream, sends the CONNECT and waits for its answer. Where there is none, nothing is left open. */
  async #tryOnce(listener?: ConnectListener): Promise<Attempted> {
    const { signal } = this.#ending;
    this.#isTooLarge = false;
    const opened = await openStream(this.#params, { clock: this.#clock, signal, listener });
    if (opened.kind !== 'open') return opened;
    const { stream } = opened;
    if (this.#ending.signal.aborted) {
      stream.destroy();
      return calledOff;
    }
    listener?.began('mqtt');
    this.#stream = stream;
    const onTooLarge = (message: string): void => {
      this.#isTooLarge = true;
      this.#onFault(new Error(message));
    };
    limitPackets(stream, { params: this.#params, clock: this.#clock, onTooLarge });
    const callOff = (): void => void stream.destroy();
    this.#ending.signal.addEventListener('abort', callOff);
    const sentAtMs = this.#clock.monotonicMs();
    const result = await new Promise<Attempted>((settle) => {
      this.#attempt = { settle, refused: undefined, firstError: undefined };
      this.#mqttClient.connect();
    });
    this.#attempt = undefined;
    this.#ending.signal.removeEventListener('abort', callOff);
    if (result.kind === 'failed' && this.#ending.signal.aborted) return calledOff;
    if (result.kind !== 'connected') return result;
    this.#fault = undefined;
    this.#connectedAtMs = this.#clock.monotonicMs();
    this.#pings.latencyMs = this.#connectedAtMs - sentAtMs;
    return result;
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
        if (packet.reasonCode === ReasonCode.sessionTakenOver) this.#giveUp(this.#fault, 'takenOver');
        break;
      case 'connack':
        this.#isSessionPresent = packet.sessionPresent;
        this.#backlog.begin(packet.sessionPresent);
        this.#announced = announcedOf(packet.properties);
        if (this.#attempt !== undefined) this.#attempt.refused = connackRefusal(packet);
        break;
      case 'pingresp':
        this.#pings.answered();
        this.#backlog.answered();
        break;
    }
  }

  #tookWithoutSubscribers(packet: Packet | undefined): boolean {
    return packet?.messageId !== undefined && this.#withoutSubscribers.delete(packet.messageId);
  }

  #onFault(error: Error): void {
    if (this.#attempt !== undefined) this.#attempt.firstError ??= error;
    this.#fault ??= describeError(error);
  }

  #onError(error: Error): void {
    this.#onFault(error);
    // The parser met what it can't read, and reads no more: only a new connection helps.
    if (this.#mqttClient.connected) this.#mqttClient.stream.destroy();
  }

  #onClose(): void {
    this.#pings.ended();
    this.#backlog.ended();
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      attempt.settle(attempt.refused ?? unansweredFailure(attempt.firstError));
      return;
    }
    const message = this.#fault ?? 'the connection was lost';
    const cause = this.#isTooLarge ? undefined : 'keepsEnding';
    this.#fault = undefined;
    this.#callOff(message);
    if (this.#state.kind !== 'connected') return;
    const isSteady = this.#clock.monotonicMs() - this.#connectedAtMs >= STEADY_MS;
    if (isSteady) this.#failures = 0;
    this.#shortConnections = isSteady ? 0 : this.#shortConnections + 1;
    if (this.#shortConnections >= MAX_SHORT_CONNECTIONS) this.#giveUp(message, cause);
    else this.#awaitRetry(message);
  }

  #awaitRetry(message: string): void {
    const delayMs = reconnectDelayMs(
      this.#failures++,
      this.#params.reconnect ?? defaultBackoff,
      this.#random(),
    );
    this.#retryTimer = this.#clock.setTimeout(() => void this.#tryAgain(), delayMs);
    const retryAtMs = this.#clock.nowMs() + delayMs;
    this.#setState({ kind: 'reconnecting', message, retryAtMs });
  }

  async #tryAgain(): Promise<void> {
    this.#retryTimer = undefined;
    const result = await this.#tryOnce();
    if (this.#state.kind === 'ended') return;
    if (result.kind === 'connected') {
      this.#session.reconnected(this.#isSessionPresent);
      // Last: what is subscribed by who is told of it is not subscribed twice.
      this.#setState({ kind: 'connected' });
    } else if (result.kind === 'refused' && !isPassing(result.reasonCode))
      this.#giveUp(`the broker refused to connect again: ${result.message}`);
    // It came with the CONNACK: that one stood, if for no time.
    else if (this.#isTooLarge && ++this.#shortConnections >= MAX_SHORT_CONNECTIONS)
      this.#giveUp(result.message);
    else this.#awaitRetry(result.message);
  }

  #giveUp(message: string, cause?: EndCause): void {
    this.#finish({ kind: 'ended', message, ...(cause !== undefined && { cause }) });
    this.#mqttClient.end(true);
  }

  #finish(state: ClientState): void {
    this.#retryTimer?.dispose();
    this.#retryTimer = undefined;
    this.#pings.ended();
    this.#backlog.ended();
    this.#ending.abort();
    this.#callOff('message' in state ? state.message : 'the connection was ended');
    this.#setState(state);
  }

  #callOff(reason: string | undefined): void {
    this.#requests.callOff(reason ?? 'the connection was ended');
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
    const identifiers = properties?.subscriptionIdentifiers;
    const topicFilters = this.#subscriptions.filtersOf(topic, identifiers);
    this.#messages.fire({
      topic,
      payload,
      qos: packet.qos,
      retain: packet.retain,
      hasWaited: this.#backlog.hasWaited(packet.qos),
      ...(properties === undefined ? {} : { properties }),
      topicFilters,
      isRepeat: this.#subscriptions.isRepeat(topic, identifiers),
      isMuted: this.#subscriptions.areMuted(topicFilters),
    });
  }
}
