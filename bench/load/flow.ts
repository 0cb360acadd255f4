/**
 * Messages from publishers to subscribers, and every one of them counted.
 *
 * Warms up, measures for a while, stops, and waits for what is still under way: only then is known what is missing.
 */
import { connectTo } from './connectTo.ts';
import { type Credits, noCredits, OwnCredits, SharedCredits } from './credits.ts';
import type { FlowLoad, Measurement, Target } from './loads.ts';
import { Meter, untilDoneOrStalled, wait } from './meter.ts';
import { residentBytes } from './processUsage.ts';
import { PublishBlock } from './publishBlock.ts';
import { Receiver } from './receiver.ts';
import { retainMessages } from './retain.ts';
import { Sender } from './sender.ts';

/** Filters of one SUBSCRIBE: some brokers take no larger packets. */
const FILTERS_AT_ONCE = 100;
/** Among so many clients the exact filters are spread. */
const FILTER_CLIENTS = 10;
const TICK_MS = 1;
const TOPIC_PREFIX = 'bench/n/';
const TOPIC_DIGITS = 6;

export async function flow(target: Target, load: FlowLoad): Promise<Measurement> {
  const bytesBefore = residentBytes(target.pid);
  if (load.retained !== undefined) await retainMessages(target, load.retained, load.payloadBytes);
  const topics = topicsOf(load);
  const senders = await connectSenders(target, load, topics);
  const credits = creditsOf(load, senders);
  const receivers = await connectReceivers(target, load, topics, credits);
  const memoryGrowthBytes = residentBytes(target.pid) - bytesBefore;
  const sent = (): number => sum(senders.map((sender) => sender.sent));
  const delivered = (): number => sum(receivers.map((receiver) => receiver.delivered));

  const end = start(load, senders);
  await wait(load.warmUpMs);
  const meter = new Meter(target.pid);
  const deliveredBefore = delivered();
  await wait(load.measureMs);
  const count = delivered() - deliveredBefore;
  const span = meter.stop();
  end();

  const expected = (): number => sum(senders.map((sender) => expectedOf(load, sender.sent)));
  await untilDoneOrStalled(
    () => delivered() >= expected(),
    () => delivered() + sent(),
  );
  const missing = Math.max(0, expected() - delivered()) + sum(receivers.map(({ outOfOrder }) => outOfOrder));
  await Promise.all([...senders, ...receivers].map(({ client }) => client.close()));
  return { ...span, count, missing, memoryGrowthBytes };
}

type FilterLoad = NonNullable<FlowLoad['filters']>;

/** One for each exact filter, else one for each publisher. */
function topicsOf({ filters, publishers }: FlowLoad): string[] {
  return Array.from({ length: filters?.exact ?? publishers }, (_, i) => {
    return `${TOPIC_PREFIX}${String(i).padStart(TOPIC_DIGITS, '0')}/${i % 10}`;
  });
}

/** The first matches one topic in ten, those that end in 0; the others match none, and are looked at all the same. */
function wildcardsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? 'bench/n/+/0' : `bench/+/${i}x/#`));
}

function publishedOf({ exact, published = exact }: FilterLoad, topics: readonly string[]): string[] {
  return topics.filter((_, i) => i % Math.max(1, Math.floor(exact / published)) === 0).slice(0, published);
}

function expectedOf({ filters, subscribers }: FlowLoad, sent: number): number {
  if (filters === undefined) return sent * subscribers;
  return sent + (filters.wildcard > 0 ? Math.ceil(sent / 10) : 0);
}

function connectSenders(target: Target, load: FlowLoad, topics: readonly string[]): Promise<Sender[]> {
  return inTurn(load.publishers, 1, async (i) => {
    const client = await connectTo(target, load.transport, `publisher-${i}`, load);
    const own = load.filters === undefined ? topics.slice(i, i + 1) : publishedOf(load.filters, topics);
    return new Sender(client, new PublishBlock({ ...load, topics: own }), load);
  });
}

async function connectReceivers(
  target: Target,
  load: FlowLoad,
  topics: readonly string[],
  credits: Credits,
): Promise<Receiver[]> {
  const { filters, qos } = load;
  const exactClients = Math.min(FILTER_CLIENTS, filters?.exact ?? 0);
  const filtersOfClients =
    filters === undefined
      ? Array.from({ length: load.subscribers }, () => ['bench/#'])
      : Array.from({ length: exactClients }, (_, client) =>
          topics.filter((_, i) => i % exactClients === client),
        );
  // The topics that it matches are nobody's alone: they give no credit, so that a message gives it once.
  const wildcards = filters === undefined || filters.wildcard === 0 ? [] : [wildcardsOf(filters.wildcard)];
  const all = [...filtersOfClients, ...wildcards];
  // mosquitto lets WebSocket clients in every tenth of a second, as many as wait.
  const atOnce = load.transport === 'ws' ? all.length : 1;
  return inTurn(all.length, atOnce, async (i) => {
    const client = await connectTo(target, load.transport, `subscriber-${i}`, load);
    const isCounted = i < filtersOfClients.length;
    const receiver = new Receiver(client, {
      qos,
      isNumbered: load.publishers === 1 && filters === undefined,
      credits: isCounted ? credits : noCredits,
    });
    const own = all[i]!; // i < length
    for (let first = 0; first < own.length; first += FILTERS_AT_ONCE) {
      const some = own.slice(first, first + FILTERS_AT_ONCE);
      await client.subscribe(some, load.hasProperties ? { qos, subscriptionIdentifier: 7 } : { qos });
    }
    return receiver;
  });
}

function creditsOf(load: FlowLoad, senders: readonly Sender[]): Credits {
  if (load.qos > 0 || load.messagesPerSecond !== undefined) return noCredits;
  if (load.isWindowOfEach) return new OwnCredits(senders, TOPIC_PREFIX, TOPIC_DIGITS);
  return new SharedCredits(senders, load.window, load.filters === undefined ? load.subscribers : 1);
}

/** @returns what ends the sending. */
function start(load: FlowLoad, senders: readonly Sender[]): () => void {
  const { messagesPerSecond, window } = load;
  const timer = messagesPerSecond === undefined ? undefined : sendSteadily(senders, messagesPerSecond);
  if (timer === undefined) {
    const isOwn = load.qos > 0 || load.isWindowOfEach === true;
    for (const sender of senders) sender.send(isOwn ? window : Math.floor(window / senders.length));
  }
  return () => {
    clearInterval(timer);
    for (const sender of senders) sender.stop();
  };
}

/** One message a write, from one publisher after the other. */
function sendSteadily(senders: readonly Sender[], messagesPerSecond: number): NodeJS.Timeout {
  const startMs = performance.now();
  let sent = 0;
  return setInterval(() => {
    const due = ((performance.now() - startMs) / 1000) * messagesPerSecond;
    for (; sent < due; sent++) senders[sent % senders.length]!.send(1); // the remainder is an index
  }, TICK_MS);
}

/** Few at once: a broker that is flooded with connects would be another measurement. */
async function inTurn<T>(count: number, atOnce: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => make(first + i));
    made.push(...(await Promise.all(some)));
  }
  return made;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
