/**
 * The engine: broker, workbench client and model, behind the methods and events of the contract.
 *
 * Composes and translates; the work is in the rooms. Runs wherever its caller runs it: in the worker (worker.ts), in
 * the command line, in a test. Knows nothing of threads, of VS Code or of views.
 */
import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { type ConnectionId, LOCAL_BROKER } from '../contracts/connections.ts';
import type {
  BrokerState,
  EngineEvents,
  EngineMethods,
  EngineOptions,
  Limits,
  ListenerInfo,
  PublishParams,
  PublishResult,
  RunningBroker,
  ServerTls,
  StartBrokerParams,
  StartBrokerResult,
  SubscribeParams,
  SubscribeResult,
  SubscriptionInfo,
} from '../contracts/engine.ts';
import type { Model } from '../model/model.ts';
import { createBrokerLog } from '../observation/brokerLog.ts';
import { compositeObserver } from '../observation/compositeObserver.ts';
import { recordDelivery } from '../observation/deliveries.ts';
import { createEarlyEnds } from '../observation/earlyEnds.ts';
import { ModelObserver } from '../observation/modelObserver.ts';
import { recordRestored } from '../observation/restored.ts';
import type { KnownClient } from '../observation/traceObserver.ts';
import type { BrokerLook } from '../observation/warnings/warningRule.ts';
import { WarningWatch } from '../observation/warnings/warningWatch.ts';
import { BrokerLifecycle, type WorkbenchDoor } from './brokerLifecycle.ts';
import { ChangeEvents } from './changeEvents.ts';
import { ChangePump } from './changePump.ts';
import { ClientService } from './clientService.ts';
import { ConnectionTests } from './connectionTests.ts';
import { decodedNumbers } from './decodedNumbers.ts';
import { DecodingService } from './decodingService.ts';
import { FaultService } from './faultService.ts';
import { LogFeed } from './logFeed.ts';
import { MessageFiles } from './messageFiles.ts';
import { MessageService } from './messageService.ts';
import { Models } from './models.ts';
import { type Network, systemNetwork } from './network.ts';
import { OpenRecordings } from './openRecordings.ts';
import { PlotService } from './plotService.ts';
import { PublishingService } from './publishingService.ts';
import { RemoteConnections } from './remoteConnections.ts';
import { connectParamsOf } from './remoteParams.ts';
import { replayedPublishOf } from './replayService.ts';
import { RetainedService } from './retainedService.ts';
import { limitsReachedOf } from './snapshots.ts';
import { subscriptionInfoOf } from './subscriptionInfo.ts';
import { TopicService } from './topicService.ts';
import { TraceService } from './traceService.ts';
import { TrafficService } from './trafficService.ts';
import { Workbench, type WorkbenchSubscription } from './workbench.ts';

const FULL_TREE_LOG_INTERVAL_MS = 10_000;

/** Of a connection that is a recording, or not there any more. */
const isGone = { kind: 'failed', message: 'the connection is not there any more' } as const;

type MuteParams = Parameters<EngineMethods['muteSubscription']>[0];

/** An event with its payload: what goes over the wire as it is. */
export type EngineEvent = {
  [K in keyof EngineEvents]: { event: K; payload: EngineEvents[K] };
}[keyof EngineEvents];

/** What a test replaces. */
export interface EngineSurroundings {
  clock?: Clock;
  network?: Network;
}

export class Engine {
  readonly topics: TopicService;
  readonly messages: MessageService;
  readonly decoding: DecodingService;
  readonly plots: PlotService;
  readonly recordings: OpenRecordings;
  readonly remotes: RemoteConnections;
  readonly connectionTests: ConnectionTests;
  readonly files: MessageFiles;
  readonly retained: RetainedService;
  readonly traffic: TrafficService;
  readonly trace: TraceService;
  readonly clients: ClientService;
  readonly faults: FaultService;
  readonly publishing: PublishingService;
  readonly #models: Models;
  /** Of the local broker. */
  readonly #model: Model;
  readonly #lifecycle: BrokerLifecycle;
  readonly #workbench: Workbench;
  readonly #changes: ChangeEvents;
  readonly #log: LogFeed;
  readonly #warnings: WarningWatch;
  readonly #fullTreeLog: ChangePump;
  readonly #didEmit = new Emitter<EngineEvent>();
  /** By the present broker. */
  #refused: EngineEvents['counters']['refused'];
  /** Settled when the present broker has the workbench's subscriptions. */
  #workbenchReady: Promise<void> = Promise.resolve();

  readonly onEvent = this.#didEmit.event;

  constructor(options: EngineOptions, surroundings: EngineSurroundings = {}) {
    const { clock = systemClock, network = systemNetwork } = surroundings;
    const emit = <K extends keyof EngineEvents>(event: K, payload: EngineEvents[K]): void =>
      // A name and the payload of that name: one of the union's members, which the compiler can't see for a generic K.
      this.#didEmit.fire({ event, payload } as EngineEvent);

    this.#models = new Models(options.limits.historyBytes);
    this.#model = this.#models.local;
    this.topics = new TopicService({
      models: this.#models,
      clock,
      messagesReceived: () => this.#lifecycle.broker?.counters.messagesReceived ?? 0,
      onCleared: () => this.#changes.subscriptionsChanged(),
    });
    this.retained = new RetainedService({ clock, broker: () => this.#lifecycle.broker, emit });
    this.faults = new FaultService({ clock, faults: () => this.#lifecycle.faults, emit });
    this.traffic = new TrafficService(this.#model, clock);
    this.clients = new ClientService({
      ...{ clock, model: this.#model, broker: () => this.#lifecycle.broker },
      workbenchClientId: () => this.#workbench.clientId,
    });
    this.messages = new MessageService(this.#models, clock);
    this.decoding = new DecodingService(this.#models, readFile);
    this.plots = new PlotService({
      models: this.#models,
      clock,
      numbers: decodedNumbers(this.decoding, clock),
      onChanged: (states) => emit('seriesChanged', states),
    });
    this.#log = new LogFeed(clock, (entries) => emit('log', entries));
    const ofFiles = {
      ...{ clock, models: this.#models, emit },
      onTrouble: (message: string) => this.#log.write('recordingTrouble', 'error', () => message),
    };
    this.recordings = new OpenRecordings(ofFiles);
    this.remotes = new RemoteConnections({
      ...{ clock, models: this.#models, readFile, emit, interfaces: network.interfaces },
      onTrouble: (message) => this.#log.write('remoteTrouble', 'warn', () => message),
    });
    this.connectionTests = new ConnectionTests({
      ...{ clock, emit },
      connectParamsOf: (params) => connectParamsOf(params, readFile),
    });
    this.files = new MessageFiles({
      ...ofFiles,
      openRecordings: this.recordings,
      replayTarget: {
        isReady: (connection) =>
          connection === LOCAL_BROKER
            ? this.brokerState.kind === 'running'
            : this.remotes.isConnected(connection),
        publish: async (message, connection) =>
          replayedPublishOf(await this.publish({ ...message, connection })),
      },
    });
    this.publishing = new PublishingService({
      ...{ clock, emit },
      publish: (params) => this.publish(params),
      listen: (connection, topic, onMessage) =>
        connection === LOCAL_BROKER
          ? this.#workbench.listen(topic, onMessage)
          : (this.remotes.listen(connection, topic, onMessage) ?? Promise.resolve(isGone)),
      carriesProperties: (connection) =>
        connection === LOCAL_BROKER || this.remotes.carriesProperties(connection),
      nameOf: (connection) => this.remotes.nameOf(connection) ?? '',
      encoderFor: (format, topic) => this.decoding.encoderFor(format, topic),
    });
    this.#workbench = new Workbench({
      clock,
      onMessage: (message) => {
        recordDelivery(this.#model, message, clock.nowMs(), this.#workbench.muted);
        this.#changes.subscriptionsChanged();
      },
      onTrouble: (message) => this.#log.write('workbenchTrouble', 'warn', () => message),
    });
    this.#changes = new ChangeEvents({
      clock,
      model: this.#model,
      counters: () => this.#counters(),
      subscriptions: () => this.listSubscriptions(),
      emit,
    });
    this.#warnings = new WarningWatch({ clock, model: this.#model, look: () => this.#brokerLook() });
    const observers = [
      new ModelObserver(this.#model, clock),
      this.#changes.observer,
      this.retained.observer,
      this.#warnings.observer,
      createBrokerLog((kind, level, word) => this.#log.write(kind, level, word)),
      createEarlyEnds((words) => this.#countRefused(words)),
    ];
    this.trace = new TraceService({
      clock,
      emit,
      clients: () => this.#connectedClients(),
      observe: (observer) =>
        this.#lifecycle.setObserver(
          compositeObserver(observer === undefined ? observers : [...observers, observer]),
        ),
    });
    this.#lifecycle = new BrokerLifecycle({
      version: options.version,
      network,
      clock,
      observer: compositeObserver(observers),
      onRefused: (remoteAddress, message) => {
        const words = `${remoteAddress}: ${message}`;
        this.#log.write('connectionRefused', 'warn', () => words);
        this.#countRefused(words);
      },
      onFault: (kind, level, word) => this.#log.write(kind, level, word),
      onAnnouncement: (level, message) => this.#log.write('announcement', level, () => message),
      onStarted: (broker, door) => {
        this.#workbenchReady = this.#brokerStarted(broker, door);
      },
      beforeStop: () => this.#workbench.brokerStopping(),
    });
    this.#fullTreeLog = this.#logFullTree(clock);
    this.#workbench.onDidChangeSubscriptions(() => this.#changes.subscriptionsChanged());
    this.#lifecycle.onDidChangeState((state) => {
      if (state.kind === 'stopped') this.#brokerGone();
      this.faults.brokerChanged();
      emit('brokerState', state);
    });
  }

  // ── The broker ──

  async startBroker(params: StartBrokerParams): Promise<StartBrokerResult> {
    this.#models.setHistoryBytes(params.limits.historyBytes);
    const result = await this.#lifecycle.start(params);
    // Who restarts the broker finds the subscriptions of the workbench standing.
    if (result.kind === 'started') await this.#workbenchReady;
    return result;
  }

  async stopBroker(params: { keepState: boolean }): Promise<void> {
    await this.#lifecycle.stop(params);
    if (!params.keepState) this.retained.forgetCleared();
  }

  setLimits({ historyBytes, maxPacketBytes, maxConnections }: Limits): void {
    this.#models.setHistoryBytes(historyBytes);
    this.#lifecycle.setLimits({ maxPacketBytes, maxConnections });
  }

  setTlsCertificate(params: Pick<ServerTls, 'certificate' | 'key'>): void {
    this.#lifecycle.setTlsCertificate(params);
  }

  get brokerState(): BrokerState {
    return this.#lifecycle.state;
  }

  // ── Publish and subscribe ──

  publish(params: PublishParams): Promise<PublishResult> {
    const { connection = LOCAL_BROKER } = params;
    if (connection === LOCAL_BROKER) return this.#workbench.publish(params);
    return this.remotes.publish(connection, params) ?? Promise.resolve(isGone);
  }

  async subscribe(params: SubscribeParams): Promise<SubscribeResult> {
    const { connection = LOCAL_BROKER } = params;
    if (connection !== LOCAL_BROKER) return this.remotes.subscribe(connection, params) ?? isGone;
    const result = await this.#workbench.subscribe(params);
    if (result.kind !== 'subscribed') return result;
    return { kind: 'subscribed', subscription: this.#subscriptionInfo(result.subscription) };
  }

  async unsubscribe({
    topicFilter,
    connection = LOCAL_BROKER,
  }: {
    topicFilter: string;
    connection?: ConnectionId;
  }): Promise<{ kind: 'unsubscribed' | 'notSubscribed' }> {
    if (connection !== LOCAL_BROKER) {
      const wasSubscribed = await this.remotes.unsubscribe(connection, topicFilter);
      return { kind: wasSubscribed ? 'unsubscribed' : 'notSubscribed' };
    }
    const wasSubscribed = await this.#workbench.unsubscribe(topicFilter);
    if (!wasSubscribed) return { kind: 'notSubscribed' };
    this.#model.feeds.forget(topicFilter);
    return { kind: 'unsubscribed' };
  }

  muteSubscription({ topicFilter, connection = LOCAL_BROKER, isMuted }: MuteParams): {
    kind: 'done' | 'notSubscribed';
  } {
    const isDone =
      connection === LOCAL_BROKER
        ? this.#workbench.mute(topicFilter, isMuted)
        : this.remotes.mute(connection, topicFilter, isMuted);
    return { kind: isDone ? 'done' : 'notSubscribed' };
  }

  listSubscriptions(): readonly SubscriptionInfo[] {
    return this.#workbench.subscriptions.map((subscription) => this.#subscriptionInfo(subscription));
  }

  /** Stops the broker in good order, then what writes files of its last messages too. No event follows. */
  async dispose(): Promise<void> {
    this.publishing.dispose();
    await this.stopBroker({ keepState: false });
    await this.files.dispose();
    this.#changes.dispose();
    this.recordings.dispose();
    this.connectionTests.dispose();
    await this.remotes.dispose();
    this.plots.dispose();
    this.#fullTreeLog.dispose();
    this.retained.dispose();
    this.trace.dispose();
    this.#warnings.dispose();
    this.faults.dispose();
    this.#log.dispose();
    this.#model.views.dispose();
    this.#didEmit.dispose();
  }

  async #brokerStarted(broker: RunningBroker, door: WorkbenchDoor): Promise<void> {
    for (const listener of broker.listeners)
      this.#log.write('brokerStarted', 'info', () => `The broker listens on ${describeListener(listener)}`);
    this.#changes.countersChanged();
    if (this.#lifecycle.broker !== undefined) recordRestored(this.#model, this.#lifecycle.broker);
    await this.#workbench.brokerStarted(door);
  }

  /** Its sessions and retained messages are gone, or wait for the next broker; what was seen of them stays. */
  #brokerGone(): void {
    this.#refused = undefined;
    this.#model.clients.clear();
    this.#model.warnings.clear();
    this.#model.topics.retainedLost();
  }

  *#connectedClients(): Iterable<KnownClient> {
    for (const { clientId, connection } of this.#lifecycle.broker?.sessionBriefs() ?? [])
      if (connection !== undefined) yield { connectionId: connection.connectionId, clientId };
  }

  #brokerLook(): BrokerLook | undefined {
    const { broker } = this.#lifecycle;
    if (broker === undefined) return undefined;
    return {
      clientsConnected: broker.counters.clientsConnected,
      openExchanges: () => broker.openExchanges(),
      retainedMessage: (topic) => broker.retainedMessage(topic),
      faultOf: (clientId) => broker.faultOf(clientId),
    };
  }

  #counters(): EngineEvents['counters'] | undefined {
    const counters = this.#lifecycle.broker?.counters;
    if (counters === undefined) return undefined;
    const { messagesReceived, messagesDelivered, messagesDropped, payloadBytesReceived } = counters;
    const limitsReached = limitsReachedOf(counters);
    return {
      ...{ messagesReceived, messagesDelivered, messagesDropped, payloadBytesReceived, limitsReached },
      ...(this.#refused !== undefined && { refused: this.#refused }),
    };
  }

  #countRefused(last: string): void {
    this.#refused = { times: (this.#refused?.times ?? 0) + 1, last };
    this.#changes.countersChanged();
  }

  #subscriptionInfo(subscription: WorkbenchSubscription): SubscriptionInfo {
    const { topicFilter } = subscription;
    const messageCount = this.#model.feeds.get(topicFilter).total;
    return subscriptionInfoOf(subscription, {
      messageCount,
      isMuted: this.#workbench.muted.has(topicFilter),
    });
  }

  #logFullTree(clock: Clock): ChangePump {
    const { topics } = this.#model;
    const pump = new ChangePump({
      clock,
      intervalMs: FULL_TREE_LOG_INTERVAL_MS,
      send: () => {
        this.#log.write(
          'treeFull',
          'warn',
          () =>
            `The topic tree is full: ${topics.forgottenTopics} topics that were quiet for longest are forgotten`,
        );
        return false;
      },
    });
    topics.onDidForgetTopic(() => pump.touch());
    return pump;
  }
}

function describeListener(listener: ListenerInfo): string {
  if (listener.kind === 'unix') return `the Unix socket ${listener.path}`;
  const { kind, host, port } = listener;
  return kind === 'mqtt' ? `${host}, port ${port}` : `${host}, port ${port} (${kind})`;
}
