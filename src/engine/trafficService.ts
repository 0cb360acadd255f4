/** What may be asked about who and what loads the broker. Worked out when asked: nobody asks while nobody looks. */
import { BestOf } from '../base/bestOf.ts';
import type { Clock } from '../base/clock.ts';
import type {
  BusiestTopics,
  BusyClient,
  BusyTopic,
  TrafficMethods,
  TrafficOrder,
} from '../contracts/traffic.ts';
import { busiestTopics } from '../model/busiestTopics.ts';
import type { LoggedTopic } from '../model/messageLog.ts';
import type { Model } from '../model/model.ts';
import { type RecentPublishers, recentPublishers } from '../model/recentPublishers.ts';
import { type TopicNode, topicOf } from '../model/topicNode.ts';
import type { Handlers } from './rpcServer.ts';

const MAX_TOPICS = 100;
/** Of the log, to see who publishes: half a millisecond's look. */
const RECENT_MS = 5_000;
const RECENT_MESSAGES = 20_000;

export class TrafficService implements Handlers<TrafficMethods> {
  readonly #model: Model;
  readonly #clock: Clock;

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
  }

  busiestTopics({ limit, by }: { limit: number; by: TrafficOrder }): BusiestTopics {
    const { topics: store, log } = this.#model;
    const bounded = Math.max(1, Math.min(limit, MAX_TOPICS));
    const busiest = busiestTopics(store.activeNodes, { limit: bounded, by });
    const loggedTopics = busiest.topics.flatMap(({ logged }) => logged ?? []);
    const recent = recentPublishers(log, loggedTopics, {
      sinceMs: this.#clock.nowMs() - RECENT_MS,
      maxMessages: RECENT_MESSAGES,
    });
    const { messagesPerSecond, bytesPerSecond, activeTopics } = busiest;
    const total = { messagesPerSecond, bytesPerSecond };
    return {
      topics: busiest.topics.map((node) => this.#busyTopic(node, recent.sharedTopics)),
      clients: busiestClients(recent, total, { limit: bounded, by }),
      total,
      activeTopics,
    };
  }

  #busyTopic(node: TopicNode, sharedTopics: ReadonlySet<LoggedTopic>): BusyTopic {
    const { messagesPerSecond, bytesPerSecond, logged } = node;
    const publisher = this.#model.newestOf(node)?.publisher;
    return {
      topic: topicOf(node),
      messagesPerSecond,
      bytesPerSecond,
      ...(publisher !== undefined && { publisher }),
      hasOtherPublishers: logged !== undefined && sharedTopics.has(logged),
    };
  }
}

/** What the messages of late say of shares, laid over what comes in all. */
function busiestClients(
  { tallies }: RecentPublishers,
  total: BusiestTopics['total'],
  { limit, by }: { limit: number; by: TrafficOrder },
): BusyClient[] {
  let messages = 0;
  let payloadBytes = 0;
  for (const tally of tallies) {
    messages += tally.messages;
    payloadBytes += tally.payloadBytes;
  }
  const best = new BestOf<BusyClient>(limit, (a, b) =>
    by === 'messages' ? b.messagesPerSecond - a.messagesPerSecond : b.bytesPerSecond - a.bytesPerSecond,
  );
  for (const tally of tallies) {
    if (tally.clientId === undefined) continue;
    best.add({
      clientId: tally.clientId,
      messagesPerSecond: share(tally.messages, messages) * total.messagesPerSecond,
      bytesPerSecond: share(tally.payloadBytes, payloadBytes) * total.bytesPerSecond,
    });
  }
  // Of a flood that is over, the messages of late are still there.
  return total.messagesPerSecond === 0 ? [] : best.takeAll();
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
