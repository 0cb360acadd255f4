/** Retained messages for a view: those that a filter means, a page of them in an order. */
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
} from '../contracts/retained.ts';
import { PREVIEW_BYTES } from '../model/loggedMessage.ts';

export type RetainedRequest = Parameters<RetainedMethods['listRetained']>[0];

const MAX_ITEMS_PER_SLICE = 20_000;
/** As in the Topics view: `sensor2` comes before `sensor10`. */
const collator = new Intl.Collator('en', { numeric: true });

export async function listRetained(
  broker: Broker,
  clock: Clock,
  { filter, order, offset, limit }: RetainedRequest,
): Promise<RetainedPage> {
  const options = { clock, maxItems: MAX_ITEMS_PER_SLICE, mayGoOn: () => true };
  const best = new BestOf<StoredMessage>(Math.min(offset + limit, MAX_LISTED_RETAINED), comparators[order]);
  let total = 0;
  let payloadBytes = 0;
  await forEachRetained(broker, clock, filter, (message) => {
    total++;
    payloadBytes += message.payload.length;
    best.add(message);
  });
  const listed = new Array<StoredMessage | undefined>(best.size).fill(undefined);
  // Taken out one by one, the last first: sorting a full page by names takes longer than a slice.
  await inSlices(listed, (_, index) => (listed[listed.length - 1 - index] = best.takeLast()), options);
  return {
    messages: listed.slice(offset).flatMap((message) => (message === undefined ? [] : infoOf(message))),
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

const comparators: Record<RetainedOrder, (a: StoredMessage, b: StoredMessage) => number> = {
  topic: byTopic,
  size: (a, b) => b.payload.length - a.payload.length || byTopic(a, b),
  newest: (a, b) => b.receivedAtMs - a.receivedAtMs || byTopic(a, b),
  oldest: (a, b) => a.receivedAtMs - b.receivedAtMs || byTopic(a, b),
};

function byTopic(a: StoredMessage, b: StoredMessage): number {
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
