/**
 * Which topic an alias stands for on its way over a bad link, where a packet that set one may be lost. Section 3.3.2.3.4.
 *
 * Over TCP a receiver never misses an alias. So that a lost packet is a lost message and not a broken protocol, the topic
 * of a lost one is written out in the next packet with its alias.
 */
import type { PacketFacts } from './packetFacts.ts';

export class TopicAliases {
  readonly #known: (alias: number) => string | undefined;
  readonly #topics = new Map<number, string>();
  readonly #unlearned = new Set<number>();

  /** @param known what was set before this looked. */
  constructor(known: (alias: number) => string | undefined) {
    this.#known = known;
  }

  /** Undefined for what has no topic. Asked once for each packet, in order. */
  topicOf({ topic, topicAlias }: PacketFacts): string | undefined {
    if (topic === undefined || topicAlias === undefined) return topic;
    if (topic !== '') {
      this.#topics.set(topicAlias, topic);
      return topic;
    }
    return this.#topics.get(topicAlias) ?? this.#known(topicAlias);
  }

  /** The packet is lost. */
  dropped({ topic, topicAlias }: PacketFacts): void {
    if (topicAlias !== undefined && topic !== '') this.#unlearned.add(topicAlias);
  }

  /** The packet gets through, with its topic where that is unlearned. */
  passed({ topicAlias }: PacketFacts): void {
    if (topicAlias !== undefined) this.#unlearned.delete(topicAlias);
  }

  /** Whether the receiver would not know what the packet's alias stands for. */
  isUnlearned({ topic, topicAlias }: PacketFacts): boolean {
    return topic === '' && topicAlias !== undefined && this.#unlearned.has(topicAlias);
  }
}
