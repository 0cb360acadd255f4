/**
 * SUBSCRIBE: each topic filter granted or refused in the SUBACK, then the retained messages. Section 3.8.
 */
import type { QoS, SubscribePacket, SubscriptionRequest } from '../../mqtt/packets.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import { parseSharedFilter } from '../../mqtt/topics.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { countLimit } from '../context.ts';
import type { LimitName } from '../limits.ts';
import { Subscription } from '../subscription.ts';
import { filterBytes } from '../subscriptionTree.ts';

export function handleSubscribe(client: ConnectedClient, packet: SubscribePacket): void {
  const identifiers = packet.properties?.subscriptionIdentifiers;
  const reasonCodes: number[] = [];
  /** What is owed retained messages, once the SUBACK is out. */
  const replays: Subscription[] = [];
  // One after the other, as if each had come in a packet of its own. [MQTT-3.8.4-5]
  for (const request of packet.subscriptions) {
    const reasonCode = subscribe(client, request, identifiers, replays);
    // Before 5.0 there is one code for all refusals.
    reasonCodes.push(client.protocolVersion === 5 ? reasonCode : Math.min(reasonCode, 0x80));
    client.services.context.observer?.subscribed?.(client.session.clientId, request, reasonCode);
  }
  // [MQTT-3.8.4-1] [MQTT-3.8.4-6] [MQTT-3.9.3-1]
  client.send({ kind: 'suback', packetId: packet.packetId, reasonCodes });
  for (const subscription of replays) replayRetained(client, subscription);
}

/** Returns the reason code: the QoS granted, or 0x80 and above. */
function subscribe(
  client: ConnectedClient,
  request: SubscriptionRequest,
  identifiers: readonly number[] | undefined,
  replays: Subscription[],
): number {
  const { session, services } = client;
  const { context, router } = services;
  const { topicFilter } = request;
  if (!mayRead(client, request)) {
    context.observer?.accessDenied?.(session.clientId, 'subscribe', topicFilter);
    return ReasonCode.notAuthorized;
  }
  const existing = session.subscriptions.get(topicFilter);
  const full = existing === undefined ? limitOn(client, topicFilter) : undefined;
  if (full !== undefined) {
    countLimit(context, full);
    return ReasonCode.quotaExceeded;
  }
  const { maximumQoS } = context.limits;
  if (request.qos > maximumQoS) countLimit(context, 'maximumQoS');
  const qos = Math.min(request.qos, maximumQoS) as QoS; // of two that are 0, 1 or 2
  // The same object in the tree takes the new options: nothing is missed in between. [MQTT-3.8.4-3] [MQTT-3.8.4-4]
  const subscription = existing ?? new Subscription(session, topicFilter);
  subscription.setOptions(request, qos, identifiers);
  if (existing === undefined) {
    session.addSubscription(subscription);
    router.addSubscription(subscription);
  }
  session.records?.subscriptionSet(session.clientId, subscription.toInfo());
  // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
  if (request.retainHandling === 0 || (request.retainHandling === 1 && existing === undefined)) {
    replays.push(subscription);
  }
  return qos;
}

/** The limit that a new subscription would exceed. */
function limitOn({ session, services }: ConnectedClient, topicFilter: string): LimitName | undefined {
  const { limits } = services.context;
  if (session.subscriptions.size >= limits.maxSubscriptions) return 'maxSubscriptions';
  if (session.subscriptionBytes + filterBytes(topicFilter) > limits.maxSubscriptionBytes) {
    return 'maxSubscriptionBytes';
  }
  const hasRoom = services.router.subscriptionBytesWith(topicFilter) <= limits.maxTotalSubscriptionBytes;
  return hasRoom ? undefined : 'maxTotalSubscriptionBytes';
}

function mayRead(client: ConnectedClient, { topicFilter, qos }: SubscriptionRequest): boolean {
  const plainFilter = parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter;
  return client.services.context.policy.maySubscribe(client.identity, plainFilter, qos);
}

function replayRetained(client: ConnectedClient, subscription: Subscription): void {
  const { session, services } = client;
  const { context, router, sys } = services;
  const { topicFilter } = subscription;
  for (const message of [...router.retainedFor(topicFilter), ...sys.retainedFor(topicFilter)]) {
    // [MQTT-3.8.3-3]
    if (subscription.noLocal && message.publisher === session.clientId) continue;
    if (!context.policy.mayReceive(client.identity, message.topic)) continue;
    // [MQTT-3.8.4-8]
    const qos = message.qos < subscription.qos ? message.qos : subscription.qos;
    session.outbox.replay(message, qos, subscription.identifiers);
  }
}
