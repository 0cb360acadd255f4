/**
 * Who published of late, read back from the newest messages of the log when somebody asks: a message costs nothing for
 * it when it comes.
 */
import type { LoggedTopic, MessageLog } from './messageLog.ts';
import { BROKER_ORIGIN } from './messageLog.ts';

export interface PublisherTally {
  /** Undefined for the broker itself. */
  readonly clientId: string | undefined;
  messages: number;
  payloadBytes: number;
}

export interface RecentPublishers {
  readonly tallies: readonly PublisherTally[];
  /** Of the topics asked about: those that more than one published to. */
  readonly sharedTopics: ReadonlySet<LoggedTopic>;
}

/**
 * @param sinceMs wall clock.
 * @param maxMessages looked at. A look at 20,000 takes half a millisecond.
 */
export function recentPublishers(
  log: MessageLog,
  topics: readonly LoggedTopic[],
  { sinceMs, maxMessages }: { sinceMs: number; maxMessages: number },
): RecentPublishers {
  const tallies = new Map<number, PublisherTally>();
  /** By the topic's number: who published to it. */
  const publisherOf = new Map<number, number | undefined>(topics.map(({ ref }) => [ref, undefined]));
  const sharedRefs = new Set<number>();
  const { segments } = log;
  let left = maxMessages;
  for (let at = segments.length - 1; at >= 0 && left > 0; at--) {
    const segment = segments[at]!; // inside the array
    for (let index = segment.count - 1; index >= 0 && left > 0; index--, left--) {
      if (segment.receivedAtMs(index) < sinceMs) return result();
      if (segment.origin(index) !== BROKER_ORIGIN) continue;
      const publisher = segment.publisher(index);
      const topicRef = segment.topic(index);
      let tally = tallies.get(publisher);
      if (tally === undefined) {
        const clientId = log.message(segment.firstId + index)?.publisher;
        tally = { clientId, messages: 0, payloadBytes: 0 };
        tallies.set(publisher, tally);
      }
      tally.messages++;
      tally.payloadBytes += segment.payloadBytes(index);
      if (!publisherOf.has(topicRef)) continue;
      const known = publisherOf.get(topicRef);
      if (known === undefined) publisherOf.set(topicRef, publisher);
      else if (known !== publisher) sharedRefs.add(topicRef);
    }
  }
  return result();

  function result(): RecentPublishers {
    return {
      tallies: [...tallies.values()],
      sharedTopics: new Set(topics.filter(({ ref }) => sharedRefs.has(ref))),
    };
  }
}
