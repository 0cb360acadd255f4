/**
 * The brokers that the workbench is a client of beside the local one: each a connection with topics and messages of its own,
 * fed with what its subscriptions are delivered.
 *
 * Owns which there are, one for each profile, and what is subscribed on each. The client owns its connection and tries it
 * again; the model owns what came. Secrets are handed on to the client, and are in no event and in no log.
 */
import type { readFile as nodeReadFile } from 'node:fs/promises';
import type { networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { withoutQuery } from '../base/networkAddress.ts';
import type { DeliveredMessage, PublishRequest } from '../client/clientTypes.ts';
import { calledOff } from '../client/clientTypes.ts';
import { type ListenOutcome, listen } from '../client/listening.ts';
import type { WorkbenchClient } from '../client/workbenchClient.ts';
import type { ConnectionId } from '../contracts/connections.ts';
import type {
  PublishParams,
  PublishResult,
  SubscribeOptions,
  SubscribeParams,
  SubscribeResult,
} from '../contracts/engine.ts';
import type { QoS } from '../contracts/messages.ts';
import type {
  ConnectBrokerResult,
  RemoteBroker,
  RemoteBrokerMethods,
  RemoteBrokerParams,
  RemoteBrokerState,
  SubscriptionProblem,
} from '../contracts/remoteBrokers.ts';
import type { TopicNode } from '../contracts/topics.ts';
import type { Model } from '../model/model.ts';
import { ROOT_ID } from '../model/topicStore.ts';
import { checkTopicName } from '../mqtt/topics.ts';
import { recordRemote } from '../observation/deliveries.ts';
import { ChangePump } from './changePump.ts';
import { type Emit, ModelEvents } from './modelEvents.ts';
import type { Models } from './models.ts';
import { OfflineQueue } from './offlineQueue.ts';
import { connectParamsOf } from './remoteParams.ts';
import { ReturnWatch } from './returnWatch.ts';
import type { Handlers } from './rpcServer.ts';
import { connectionNodeOf } from './snapshots.ts';
import { subscribeOptionsOf, subscriptionInfoOf } from './subscriptionInfo.ts';

const CHANGES_INTERVAL_MS = 250;

export interface RemoteConnectionsOptions {
  clock: Clock;
  models: Models;
  /** Of node:fs/promises: reads certificates and keys. */
  readFile: typeof nodeReadFile;
  /** Of node:os. */
  interfaces: typeof networkInterfaces;
  emit: Emit;
  /** For the log. */
  onTrouble(message: string): void;
}

interface Subscription {
  readonly topicFilter: string;
  readonly requestedQos: QoS;
  readonly options: SubscribeOptions;
  grantedQos: QoS;
  messageCount: number;
  /** Not answered yet: the connection may end before it is, and the client forgets it then. */
  isPending: boolean;
  isMuted: boolean;
  /** The broker did not take it: asked for again at the next connect. */
  refusal: string | undefined;
}

/** A broker that has been connected. */
interface Remote {
  readonly connection: ConnectionId;
  readonly model: Model;
  readonly events: ModelEvents;
  /** In the order in which they were made. */
  readonly subscriptions: Map<string, Subscription>;
  /** Filters that the session at the broker may still have, and that are none of these any more. */
  readonly left: Set<string>;
  params: RemoteBrokerParams;
  client: WorkbenchClient | undefined;
  state: RemoteBrokerState;
  readonly queue: OfflineQueue;
}

export class RemoteConnections implements Handlers<RemoteBrokerMethods>, Disposable {
  readonly #options: RemoteConnectionsOptions;
  readonly #remotes = new Map<string, Remote>();
  /** By profile: what calls off the connection that is being made. */
  readonly #connecting = new Map<string, AbortController>();
  readonly #changes: ChangePump;
  readonly #returns: ReturnWatch;
  /** One came or went since the views were told. */
  #isListChanged = false;

  constructor(options: RemoteConnectionsOptions) {
    this.#options = options;
    this.#changes = new ChangePump({
      clock: options.clock,
      intervalMs: CHANGES_INTERVAL_MS,
      send: () => {
        const brokers = this.remoteBrokers();
        options.emit('remoteBrokersChanged', brokers);
        this.#sendRows();
        // Rates come down by themselves.
        return brokers.some(({ messagesPerSecond }) => messagesPerSecond > 0);
      },
    });
    this.#returns = new ReturnWatch({
      clock: options.clock,
      interfaces: options.interfaces,
      isWaiting: () => [...this.#remotes.values()].some(({ state }) => state.kind === 'waiting'),
      onWake: () => this.#returned((client) => client.checkNow()),
      onNetwork: () => this.#returned(() => {}),
    });
  }

  async connectBroker(params: RemoteBrokerParams): Promise<ConnectBrokerResult> {
    const { profileId } = params;
    const known = this.#remotes.get(profileId);
    if (known?.state.kind === 'waiting' && JSON.stringify(known.params) === JSON.stringify(params)) {
      known.client?.retryNow();
      return { kind: 'retrying' };
    }
    this.#connecting.get(profileId)?.abort();
    const calling = new AbortController();
    this.#connecting.set(profileId, calling);
    try {
      if (known !== undefined) await this.#end(known);
      return await this.#connect(params, calling.signal);
    } finally {
      if (this.#connecting.get(profileId) === calling) this.#connecting.delete(profileId);
    }
  }

  async disconnectBroker({ profileId }: { profileId: string }): Promise<void> {
    this.#connecting.get(profileId)?.abort();
    const remote = this.#remotes.get(profileId);
    if (remote !== undefined) await this.#end(remote);
  }

  async disconnectBrokers(): Promise<void> {
    const profiles = new Set([...this.#remotes.keys(), ...this.#connecting.keys()]);
    await Promise.all([...profiles].map((profileId) => this.disconnectBroker({ profileId })));
  }

  async forgetBroker({ profileId }: { profileId: string }): Promise<void> {
    await this.disconnectBroker({ profileId });
    const remote = this.#remotes.get(profileId);
    if (remote === undefined) return;
    remote.events.dispose();
    this.#remotes.delete(profileId);
    this.#isListChanged = true;
    this.#options.models.remove(remote.connection);
    this.#changes.touch();
  }

  renameBroker({ profileId, name }: { profileId: string; name: string }): boolean {
    const remote = this.#remotes.get(profileId);
    const isTaken = this.#remotes.has(name) || this.#connecting.has(name);
    if (remote === undefined || isTaken || this.#connecting.has(profileId)) return false;
    remote.params = { ...remote.params, profileId: name, name };
    this.#options.models.rename(remote.connection, name);
    // In its place.
    const renamed = [...this.#remotes.values()].map((each) => [each.params.profileId, each] as const);
    this.#remotes.clear();
    for (const [id, each] of renamed) this.#remotes.set(id, each);
    this.#isListChanged = true;
    this.#changes.touch();
    return true;
  }

  /** In the order in which they were first connected. */
  remoteBrokers(): readonly RemoteBroker[] {
    return [...this.#remotes.values()].map(infoOf);
  }

  setReadOnly({ profileIds, isReadOnly }: { profileIds: readonly string[]; isReadOnly: boolean }): void {
    for (const profileId of profileIds) {
      const remote = this.#remotes.get(profileId);
      if (remote === undefined || remote.params.readOnly === isReadOnly) continue;
      remote.params = { ...remote.params, readOnly: isReadOnly };
      if (isReadOnly) remote.queue.drop('the profile of this connection is read-only');
    }
  }

  /** Undefined for a connection that is none of these. */
  publish(connection: ConnectionId, params: PublishParams): Promise<PublishResult> | undefined {
    const remote = this.#with(connection);
    return remote && publishTo(remote, params);
  }

  /** As `publish`. A filter that is subscribed already is subscribed anew. */
  subscribe(connection: ConnectionId, params: SubscribeParams): Promise<SubscribeResult> | undefined {
    const remote = this.#with(connection);
    return remote && this.#subscribe(remote, params);
  }

  /** Resolves with false for a filter that is not subscribed. Works without a connection, too. */
  async unsubscribe(connection: ConnectionId, topicFilter: string): Promise<boolean> {
    const remote = this.#with(connection);
    if (remote === undefined || !remote.subscriptions.delete(topicFilter)) return false;
    this.#changes.touch();
    const { client, left } = remote;
    // The session may keep it until the broker has answered, and who seems to be connected may not be.
    left.add(topicFilter);
    const isAnswerable = client?.state.kind === 'connected';
    const outcome = await client?.unsubscribe(topicFilter);
    if (isAnswerable && outcome?.kind !== 'failed') left.delete(topicFilter);
    return true;
  }

  /** As client/listening.ts has it; what comes is in the tree, too. Undefined for a connection that is none of these. */
  listen(
    connection: ConnectionId,
    topic: string,
    onMessage: (message: DeliveredMessage) => void,
  ): Promise<ListenOutcome> | undefined {
    const remote = this.#with(connection);
    if (remote === undefined) return undefined;
    const { client } = remote;
    return client === undefined
      ? Promise.resolve({ kind: 'notConnected' })
      : listen(client, topic, onMessage);
  }

  /** For people; undefined for a connection that is none of these. */
  nameOf(connection: ConnectionId): string | undefined {
    return this.#with(connection)?.params.name;
  }

  /** 5.0 or an earlier one. */
  carriesProperties(connection: ConnectionId): boolean {
    return this.#with(connection)?.params.protocolVersion === 5;
  }

  /** Returns false for a filter that is not subscribed. */
  mute(connection: ConnectionId, topicFilter: string, isMuted: boolean): boolean {
    const remote = this.#with(connection);
    const subscription = remote?.subscriptions.get(topicFilter);
    if (remote === undefined || subscription === undefined) return false;
    subscription.isMuted = isMuted;
    remote.client?.setMuted(topicFilter, isMuted);
    this.#changes.touch();
    return true;
  }

  isConnected(connection: ConnectionId): boolean {
    return this.#with(connection)?.state.kind === 'connected';
  }

  /** Says goodbye to all of them. No event follows. */
  async dispose(): Promise<void> {
    this.#changes.dispose();
    this.#returns.dispose();
    await this.disconnectBrokers();
    await Promise.all([...this.#remotes.keys()].map((profileId) => this.forgetBroker({ profileId })));
  }

  /** They are children of the local broker's root, of which its own model tells nothing. */
  #sendRows(): void {
    const changed: TopicNode[] = [];
    for (const { model, params } of this.#remotes.values())
      changed.push(connectionNodeOf(model, { kind: 'remoteBroker', name: params.name }));
    const isSameList = !this.#isListChanged;
    this.#isListChanged = false;
    this.#options.emit('topicsChanged', { changed, childrenChanged: isSameList ? [] : [ROOT_ID] });
  }

  #with(connection: ConnectionId): Remote | undefined {
    for (const remote of this.#remotes.values()) if (remote.connection === connection) return remote;
    return undefined;
  }

  async #connect(params: RemoteBrokerParams, signal: AbortSignal): Promise<ConnectBrokerResult> {
    const { clock, onTrouble } = this.#options;
    const connectParams = await connectParamsOf(params, this.#options.readFile);
    if ('kind' in connectParams) return connectParams;
    // Loaded when it is first needed: see workbench.ts.
    const { WorkbenchClient } = await import('../client/mqttClients.ts');
    let remote: Remote | undefined;
    const result = await WorkbenchClient.connect(connectParams, {
      clock,
      signal,
      onMessage: (message) => {
        // A session that goes on has messages before its client is handed out.
        remote ??= this.#remoteOf(params);
        this.#receive(remote, message);
      },
    });
    if (result.kind !== 'connected') {
      onTrouble(`${params.name} is not connected: ${result.message}`);
      return result;
    }
    const { client } = result;
    if (signal.aborted) {
      await client.end();
      return calledOff;
    }
    remote ??= this.#remoteOf(params);
    followProfile(remote, params);
    remote.params = params;
    remote.client = client;
    remote.queue.begin();
    this.#setState(remote, { kind: 'connected', sinceMs: clock.nowMs() });
    this.#follow(remote, client);
    void this.#leave(remote, client);
    const { connection } = remote;
    return { kind: 'connected', connection, subscriptionProblems: await this.#subscribeAll(remote, client) };
  }

  #remoteOf(params: RemoteBrokerParams): Remote {
    const { profileId, name } = params;
    const known = this.#remotes.get(profileId);
    if (known !== undefined) return known;
    const { clock, models, emit } = this.#options;
    const { connection, model } = models.add({ kind: 'remoteBroker', name });
    const events = new ModelEvents({ clock, model, connectionKind: 'remoteBroker', emit });
    const remote: Remote = {
      ...{ connection, model, events, params },
      ...{ subscriptions: new Map(), left: new Set() },
      client: undefined,
      state: { kind: 'disconnected' },
      queue: new OfflineQueue(clock, () => this.#changes.touch()),
    };
    this.#remotes.set(profileId, remote);
    this.#isListChanged = true;
    return remote;
  }

  #follow(remote: Remote, client: WorkbenchClient): void {
    const { clock, onTrouble } = this.#options;
    client.onStateChanged((state) => {
      if (remote.client !== client) return;
      switch (state.kind) {
        case 'connected':
          this.#setState(remote, { kind: 'connected', sinceMs: clock.nowMs() });
          void this.#subscribePending(remote, client);
          void this.#sendQueued(remote, client);
          break;
        case 'reconnecting': {
          const { kind: _, ...why } = state;
          onTrouble(`${remote.params.name} is not connected, and is tried again: ${state.message}`);
          this.#setState(remote, { ...why, kind: 'waiting' });
          break;
        }
        case 'ended': {
          const { kind: _, ...why } = state;
          remote.client = undefined;
          remote.queue.drop(state.message ?? 'the connection was ended');
          onTrouble(
            `${remote.params.name} is not connected any more: ${state.message ?? 'the connection was ended'}`,
          );
          this.#setState(remote, { ...why, kind: 'disconnected' });
          break;
        }
      }
    });
    client.onSubscriptionLost(({ topicFilter, message }) => {
      refused(remote, topicFilter, message);
      onTrouble(`${remote.params.name}: the subscription to ${topicFilter} was not made again: ${message}`);
      this.#changes.touch();
    });
  }

  /** Unsubscribes, in a session that goes on, what was left since this window was last connected to it. */
  async #leave({ left, params }: Remote, client: WorkbenchClient): Promise<void> {
    if (!client.isSessionPresent) left.clear();
    const leaving = [...left].map(async (topicFilter) => {
      const outcome = await client.unsubscribeInSession(topicFilter);
      // What the connection does not live to see answered stays, for the next one.
      if (outcome.kind === 'failed') return;
      left.delete(topicFilter);
      if (outcome.kind === 'refused')
        this.#options.onTrouble(`${params.name}: still subscribed to ${topicFilter}: ${outcome.message}`);
    });
    await Promise.all(leaving);
  }

  /** Those of the profile, and those that were made by hand since. */
  async #subscribeAll(remote: Remote, client: WorkbenchClient): Promise<SubscriptionProblem[]> {
    const { params, subscriptions } = remote;
    // Known before it is asked for: what is refused stays, and says so.
    for (const wanted of params.subscriptions)
      if (!subscriptions.has(wanted.topicFilter))
        subscriptions.set(wanted.topicFilter, newSubscription(wanted));
    for (const subscription of subscriptions.values()) subscription.isPending = true;
    return this.#subscribePending(remote, client);
  }

  /** Those that the connection does not live to see answered stay, for the next one. */
  async #subscribePending(remote: Remote, client: WorkbenchClient): Promise<SubscriptionProblem[]> {
    const { subscriptions } = remote;
    const problems: SubscriptionProblem[] = [];
    for (const subscription of [...subscriptions.values()]) {
      const { topicFilter, requestedQos: qos, options, isPending } = subscription;
      if (remote.client !== client || client.state.kind !== 'connected') break;
      if (isPending !== true || subscriptions.get(topicFilter) !== subscription) continue;
      const result = await this.#subscribe(remote, { topicFilter, qos, ...options });
      if (result.kind === 'subscribed' || result.kind === 'notConnected') continue;
      if (result.kind === 'failed' && client.state.kind !== 'connected') continue;
      const message = 'message' in result ? result.message : result.kind;
      this.#options.onTrouble(`${remote.params.name}: not subscribed to ${topicFilter}: ${message}`);
      refused(remote, topicFilter, message);
      problems.push({ topicFilter, message });
    }
    return problems;
  }

  async #subscribe(remote: Remote, params: SubscribeParams): Promise<SubscribeResult> {
    const { topicFilter, qos } = params;
    const { client, subscriptions } = remote;
    if (client === undefined) return notConnected(remote);
    const known = subscriptions.get(topicFilter);
    const subscription = known ?? newSubscription(params);
    const options = subscribeOptionsOf(params);
    remote.left.delete(topicFilter);
    // Before the answer: retained messages may come before it, and count.
    subscriptions.set(topicFilter, subscription);
    client.setMuted(topicFilter, subscription.isMuted);
    const outcome = await client.subscribe({ topicFilter, qos, ...options });
    if (outcome.kind === 'subscribed') {
      const made: Subscription = {
        ...subscription,
        ...{ requestedQos: qos, grantedQos: outcome.qos, options, refusal: undefined, isPending: false },
      };
      // Unsubscribed meanwhile: that is on its way, after this one.
      if (subscriptions.get(topicFilter) === subscription) subscriptions.set(topicFilter, made);
      this.#changes.touch();
      return { kind: 'subscribed', subscription: subscriptionInfoOf(made, made) };
    }
    if (known === undefined && subscriptions.get(topicFilter) === subscription) {
      subscriptions.delete(topicFilter);
      // Without an answer, the session may have it.
      if (outcome.kind === 'failed' && client.state.kind !== 'connected') remote.left.add(topicFilter);
    }
    return outcome.kind === 'notConnected' ? notConnected(remote) : outcome;
  }

  /** HOT PATH. Bytes are borrowed. */
  #receive(remote: Remote, message: DeliveredMessage): void {
    if (recordRemote(remote.model, message, this.#options.clock.nowMs())) remote.events.messageArrived();
    for (const topicFilter of message.topicFilters) {
      const subscription = remote.subscriptions.get(topicFilter);
      if (subscription !== undefined) subscription.messageCount++;
    }
    this.#changes.touch();
  }

  /** With a DISCONNECT. The subscriptions stay, for the next connection. */
  async #end(remote: Remote): Promise<void> {
    const { client } = remote;
    remote.client = undefined;
    remote.queue.drop('the connection was ended');
    if (remote.state.kind !== 'disconnected' || remote.state.message !== undefined)
      this.#setState(remote, { kind: 'disconnected' });
    await client?.end();
  }

  async #sendQueued({ queue, params }: Remote, client: WorkbenchClient): Promise<void> {
    const before = queue.info.notSent;
    await queue.send(async (request) => {
      const outcome = await client.publish(request);
      return outcome.kind === 'failed' && client.state.kind !== 'connected' ? undefined : outcome;
    });
    const { notSent, firstProblem } = queue.info;
    if (notSent > before)
      this.#options.onTrouble(
        `${params.name}: ${notSent - before} that waited were not sent: ${firstProblem}`,
      );
  }

  /** Those that wait are tried at once. @param check of one that seems to stand. */
  #returned(check: (client: WorkbenchClient) => void): void {
    for (const { client, state } of this.#remotes.values()) {
      if (state.kind === 'waiting') client?.retryNow();
      else if (client !== undefined) check(client);
    }
  }

  #setState(remote: Remote, state: RemoteBrokerState): void {
    remote.state = state;
    this.#returns.isOn = [...this.#remotes.values()].some((each) => each.state.kind !== 'disconnected');
    this.#changes.touch();
  }
}

function newSubscription(params: SubscribeParams): Subscription {
  const { topicFilter, qos } = params;
  return {
    ...{ topicFilter, requestedQos: qos, grantedQos: qos, options: subscribeOptionsOf(params) },
    ...{ messageCount: 0, isMuted: false, refusal: undefined, isPending: false },
  };
}

/** What the profile says otherwise than when it was connected before holds from now on; what was made by hand stays. */
function followProfile({ subscriptions, left, params }: Remote, now: RemoteBrokerParams): void {
  const before = new Map(params.subscriptions.map((each) => [each.topicFilter, each]));
  for (const wanted of now.subscriptions) {
    const { topicFilter } = wanted;
    const known = subscriptions.get(topicFilter);
    if (known !== undefined && JSON.stringify(before.get(topicFilter)) !== JSON.stringify(wanted)) {
      const { messageCount, isMuted } = known;
      subscriptions.set(topicFilter, { ...newSubscription(wanted), messageCount, isMuted });
    }
    before.delete(topicFilter);
  }
  for (const topicFilter of before.keys()) {
    subscriptions.delete(topicFilter);
    left.add(topicFilter);
  }
  // Another session: what it has, others have subscribed.
  const isSameBroker = withoutQuery(params.url) === withoutQuery(now.url);
  if (!isSameBroker || params.clientId !== now.clientId) left.clear();
  for (const { topicFilter } of now.subscriptions) left.delete(topicFilter);
}

function refused({ subscriptions }: Remote, topicFilter: string, refusal: string): void {
  const subscription = subscriptions.get(topicFilter);
  if (subscription === undefined) return;
  subscription.refusal = refusal;
  subscription.isPending = false;
}

async function publishTo(remote: Remote, params: PublishParams): Promise<PublishResult> {
  if (remote.params.readOnly) return { kind: 'readOnly' };
  if (remote.client === undefined) return notConnected(remote);
  const { topic, payload, qos, retain, properties } = params;
  const request = {
    ...{ topic, payload, qos, retain },
    ...(properties !== undefined && { properties }),
  };
  const isAway = remote.state.kind === 'waiting' && remote.params.whileOffline === 'queue';
  if (isAway || remote.queue.isInUse) return queue(remote, request);
  const outcome = await remote.client.publish(request);
  return outcome.kind === 'notConnected' ? notConnected(remote) : outcome;
}

function queue({ params, queue }: Remote, request: PublishRequest): PublishResult {
  const problem = checkTopicName(request.topic);
  if (problem !== undefined) return { kind: 'invalidTopic', message: problem.message };
  const isTaken = queue.add(request);
  const { messages } = queue.info;
  return { kind: isTaken ? 'queued' : 'queueFull', name: params.name, messages };
}

function notConnected({ params, state }: Remote): { kind: 'notConnected'; name: string; message?: string } {
  const message = 'message' in state ? state.message : undefined;
  return { kind: 'notConnected', name: params.name, ...(message !== undefined && { message }) };
}

function infoOf({ connection, model, params, client, state, subscriptions, queue }: Remote): RemoteBroker {
  const { profileId, name, protocolVersion } = params;
  const { topics } = model;
  const root = topics.node(topics.rootId)!; // every tree has its root
  const latencyMs = client?.latencyMs;
  return {
    ...{ connection, rootId: topics.rootId, profileId, name, state, protocolVersion },
    ...(latencyMs !== undefined && { latencyMs }),
    messageCount: root.branchMessageCount,
    messagesPerSecond: root.branchMessagesPerSecond,
    ...((queue.isInUse || queue.info.notSent > 0) && { queue: queue.info }),
    subscriptions: [...subscriptions.values()].map((each) => subscriptionInfoOf(each, each)),
  };
}
