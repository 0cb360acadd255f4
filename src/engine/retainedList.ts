/**
 * Retained messages for a view: those that a filter means, a page of them in an order.
 *
 * A page begins after a place in the order, and not at a number: so the last of 100,000 cost as little as the first, and
 * a page stays where it is while others come and go before it.
 */
import { BestOf } from '../base/bestOf.ts';
import type { Clock } from '../base/clock.ts';
import { inSlices } from '../base/inSlices.ts';
import type { Broker, StoredMessage } from '../broker/broker.ts';
import {
  MAX_LISTED_RETAINED,
  type RetainedFilter,
  type RetainedMessage,
  type RetainedMethods,
  type RetainedOrder,
  type RetainedPage,
  type RetainedPlace,
} from '../contracts/retained.ts';
import { PREVIEW_BYTES } from '../model/loggedMessage.ts';

export type RetainedRequest = Parameters<RetainedMethods['listRetained']>[0];

const MAX_ITEMS_PER_SLICE = 20_000;
/** As in the Topics view: `sensor2` comes before `sensor10`. */
const collator = new Intl.Collator('en', { numeric: true });

export async function listRetained(
  broker: Broker,
  clock: Clock,
  { filter, order, after, limit }: RetainedRequest,
): Promise<RetainedPage> {
  const options = { clock, maxItems: MAX_ITEMS_PER_SLICE, mayGoOn: () => true };
  const compare = comparators[order];
  const start = after && rankedOf(after);
  const best = new BestOf<StoredMessage>(Math.min(limit, MAX_LISTED_RETAINED), compare);
  let before = 0;
  let total = 0;
  let payloadBytes = 0;
  await forEachRetained(broker, clock, filter, (message) => {
    total++;
    payloadBytes += message.payload.length;
    if (start !== undefined && compare(message, start) <= 0) before++;
    else best.add(message);
  });
  const listed = new Array<StoredMessage | undefined>(best.size).fill(undefined);
  // Taken out one by one, the last first: sorting a full page by names takes longer than a slice.
  await inSlices(listed, (_, index) => (listed[listed.length - 1 - index] = best.takeLast()), options);
  return {
    messages: listed.flatMap((message) => (message === undefined ? [] : infoOf(message))),
    before,
    total,
    payloadBytes,
    heldMessages: broker.counters.retainedMessages,
  };
}

/** Goes through the messages that the filter means, in slices. */
export async function forEachRetained(
  broker: Broker,
  clock: Clock,
  { topicFilter, text }: RetainedFilter,
  visit: (message: StoredMessage) => void,
): Promise<void> {
  const wanted = text?.toLowerCase();
  await inSlices(
    broker.eachRetained(topicFilter),
    (message) => {
      if (message.topic.startsWith('$SYS/')) return;
      if (wanted === undefined || message.topic.toLowerCase().includes(wanted)) visit(message);
    },
    { clock, maxItems: MAX_ITEMS_PER_SLICE, mayGoOn: () => true },
  );
}

/** What an order is about: a message has it, and a place. */
interface Ranked {
  readonly topic: string;
  readonly payload: { readonly length: number };
  readonly receivedAtMs: number;
}

function rankedOf({ topic, payloadBytes, storedAtMs = 0 }: RetainedPlace): Ranked {
  return { topic, payload: { length: payloadBytes }, receivedAtMs: storedAtMs };
}

const comparators: Record<RetainedOrder, (a: Ranked, b: Ranked) => number> = {
  topic: byTopic,
  size: (a, b) => b.payload.length - a.payload.length || byTopic(a, b),
  newest: (a, b) => b.receivedAtMs - a.receivedAtMs || byTopic(a, b),
  oldest: (a, b) => a.receivedAtMs - b.receivedAtMs || byTopic(a, b),
};

function byTopic(a: Ranked, b: Ranked): number {
  if (a.topic === b.topic) return 0;
  // Names that look alike to the collator still need one order.
  return collator.compare(a.topic, b.topic) || (a.topic < b.topic ? -1 : 1);
}

function infoOf({
  topic,
  payload,
  qos,
  publisher,
  receivedAtMs,
  expiresAtMs,
}: StoredMessage): RetainedMessage {
  return {
    topic,
    payloadBytes: payload.length,
    // Not by `slice`: of a Buffer that is a view, and the wire would clone all that it looks into.
    preview: new Uint8Array(payload.subarray(0, PREVIEW_BYTES)),
    qos,
    ...(publisher !== undefined && { publisher }),
    ...(receivedAtMs > 0 && { storedAtMs: receivedAtMs }),
    ...(expiresAtMs !== Number.POSITIVE_INFINITY && { expiresAtMs }),
  };
}
