/**
 * HOT PATH. Who receives a message, and what each gets: of the subscriptions that match, one copy for each session, at
 * the highest QoS and with every identifier.
 *
 * Knows sessions only as `Subscriber`. A delivery that fails concerns its subscriber alone.
 */
import type { QoS } from '../mqtt/packets.ts';
import type { Message } from './observer.ts';
import type { Publication } from './publication.ts';
import type { Subscriber, Subscription } from './subscription.ts';
import type { FilterSubscriptions } from './subscriptionTree.ts';

/** One receiver of one message. */
export interface Receiver {
  readonly subscriber: Subscriber;
  qos: QoS;
  retain: boolean;
  identifiers: readonly number[] | undefined;
  /** Undefined for plain subscriptions. */
  readonly sharedFilter: string | undefined;
  /** `identifiers` again, from the second on: an array of its own, to grow in place. */
  merged: number[] | undefined;
}

/**
 * To each of the subscriptions of one filter.
 *
 * @returns to how many.
 */
export function handOutTo(plain: readonly Subscription[], publication: Publication): number {
  const { message, publisher } = publication;
  let list = plain;
  let receivers = 0;
  for (let i = 0; i < list.length; i++) {
    const subscription = list[i]!; // i < length
    const { subscriber } = subscription;
    // [MQTT-3.8.3-3]
    if (subscription.noLocal && subscriber.clientId === publisher) continue;
    receivers++;
    // As receiverOf.
    const qos = subscription.qos < message.qos ? subscription.qos : message.qos;
    const retain = subscription.retainAsPublished && message.retain;
    try {
      subscriber.deliver(publication, qos, retain, subscription.identifiers, undefined);
    } catch (error) {
      // It may end the session, and so change the list: from here on, that is a copy.
      if (list === plain) list = plain.slice();
      subscriber.deliveryFailed(error);
    }
  }
  return receivers;
}

/** A bug met with one subscriber must reach neither the publisher nor the other subscribers. */
export function handOver(receiver: Receiver, publication: Publication): void {
  const { subscriber, qos, retain, identifiers, sharedFilter } = receiver;
  try {
    subscriber.deliver(publication, qos, retain, identifiers, sharedFilter);
  } catch (error) {
    subscriber.deliveryFailed(error);
  }
}

/** Each session once, however many of its subscriptions match; and a member of each shared subscription. */
export function receiversOf(
  matches: readonly FilterSubscriptions[],
  { message, publisher }: Publication,
): Receiver[] {
  const receivers: Receiver[] = [];
  let bySubscriber: Map<Subscriber, Receiver> | undefined;
  for (const { plain } of matches) {
    for (const subscription of plain) {
      // [MQTT-3.8.3-3]
      if (subscription.noLocal && subscription.subscriber.clientId === publisher) continue;
      if (receivers.length > FEW_RECEIVERS) bySubscriber ??= bySubscriberOf(receivers);
      const known = findReceiver(receivers, bySubscriber, subscription.subscriber);
      if (known !== undefined) {
        merge(known, subscription, message);
        continue;
      }
      const receiver = receiverOf(subscription, message, undefined);
      receivers.push(receiver);
      bySubscriber?.set(subscription.subscriber, receiver);
    }
  }
  // A shared subscription gives a message of its own, beside the plain ones of the same session.
  for (const match of matches) if (match.shared.size > 0) addSharedReceivers(match, message, receivers);
  return receivers;
}

/** So many are found sooner one by one than by a map that must be made first. */
const FEW_RECEIVERS = 8;

function bySubscriberOf(receivers: readonly Receiver[]): Map<Subscriber, Receiver> {
  return new Map(receivers.map((receiver) => [receiver.subscriber, receiver]));
}

function findReceiver(
  receivers: readonly Receiver[],
  bySubscriber: ReadonlyMap<Subscriber, Receiver> | undefined,
  subscriber: Subscriber,
): Receiver | undefined {
  if (bySubscriber !== undefined) return bySubscriber.get(subscriber);
  for (const receiver of receivers) if (receiver.subscriber === subscriber) return receiver;
  return undefined;
}

export function receiverOf(
  subscription: Subscription,
  message: Message,
  sharedFilter: string | undefined,
): Receiver {
  return {
    subscriber: subscription.subscriber,
    qos: subscription.qos < message.qos ? subscription.qos : message.qos,
    // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    retain: subscription.retainAsPublished && message.retain,
    identifiers: subscription.identifiers,
    sharedFilter,
    merged: undefined,
  };
}

/** Subscriptions of one session that overlap: one copy, at the highest QoS, with every identifier. [MQTT-3.3.4-2] */
function merge(receiver: Receiver, subscription: Subscription, message: Message): void {
  const qos = subscription.qos < message.qos ? subscription.qos : message.qos;
  if (qos > receiver.qos) receiver.qos = qos;
  receiver.retain ||= subscription.retainAsPublished && message.retain;
  const identifiers = subscription.identifiers;
  // [MQTT-3.3.4-3] [MQTT-3.3.4-4]
  if (identifiers === undefined) return;
  if (receiver.merged !== undefined) receiver.merged.push(...identifiers);
  else if (receiver.identifiers === undefined) receiver.identifiers = identifiers;
  else {
    receiver.merged = [...receiver.identifiers, ...identifiers];
    receiver.identifiers = receiver.merged;
  }
}

function addSharedReceivers(match: FilterSubscriptions, message: Message, receivers: Receiver[]): void {
  for (const group of match.shared.values()) {
    const member = group.next(message.qos > 0);
    if (member !== undefined) receivers.push(receiverOf(member, message, member.topicFilter));
  }
}
