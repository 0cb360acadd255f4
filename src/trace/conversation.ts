/**
 * One message on its way: the publisher's exchange with the broker, and the broker's with each client that got it.
 *
 * Nothing in MQTT ties what the broker sends to what it received. It is known here by topic and payload; where the same
 * message was published again and again, the deliveries to a client are the last ones that fit, in their order.
 */
import { type Exchange, sessionOf } from './exchanges.ts';
import type { PublishedMessage } from './publishedMessage.ts';

export interface Conversation {
  /** Undefined where the trace has only what acknowledges it. */
  readonly message: PublishedMessage | undefined;
  /** Undefined where the trace has not the PUBLISH that came, as for retained messages and wills. */
  readonly publisher: Exchange | undefined;
  readonly subscribers: readonly Exchange[];
  /** Ids of all of its packets, in the order of time. */
  readonly packets: readonly number[];
}

/** @param own the exchange that is asked about. @param alike all exchanges of its message, in order, itself among them. */
export function conversationOf(own: Exchange, alike: readonly Exchange[]): Conversation {
  if (own.message === undefined) {
    const sides =
      own.direction === 'in'
        ? { publisher: own, subscribers: [] }
        : { publisher: undefined, subscribers: [own] };
    return { message: undefined, ...sides, packets: own.packets };
  }
  const { message } = own;
  const origins = originsOf(alike);
  const publisher = own.direction === 'in' ? own : origins.get(own);
  const subscribers =
    publisher === undefined ? [own] : alike.filter((other) => origins.get(other) === publisher);
  const all = [...(publisher?.packets ?? []), ...subscribers.flatMap(({ packets }) => packets)];
  return { message, publisher, subscribers, packets: all.sort((a, b) => a - b) };
}

/** Of each delivery, the PUBLISH that it came from. @param alike exchanges of one topic and payload, in order. */
function originsOf(alike: readonly Exchange[]): Map<Exchange, Exchange> {
  const published = alike.filter(({ direction }) => direction === 'in');
  const origins = new Map<Exchange, Exchange>();
  /** By session: how many of `published` may still be where a delivery came from. */
  const left = new Map<string, number>();
  for (const delivery of alike.toReversed()) {
    if (delivery.direction === 'in') continue;
    const session = sessionOf(delivery);
    let count = left.get(session) ?? published.length;
    while (count > 0 && firstOf(published[count - 1]) > firstOf(delivery)) count--;
    const origin = published[count - 1];
    if (origin !== undefined) origins.set(delivery, origin);
    left.set(session, Math.max(0, count - 1));
  }
  return origins;
}

function firstOf(exchange: Exchange | undefined): number {
  return exchange?.packets[0] ?? Number.POSITIVE_INFINITY;
}
