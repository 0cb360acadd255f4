/**
 * The last retained message of each topic.
 *
 * Owns the account of their number and bytes, and the removal of what has expired. Knows nothing of sessions: retained
 * messages are no part of them. [MQTT-3.1.2-7 of 3.1.1]
 */
import type { Message } from './observer.ts';
import { type StoredMessage, storedBytesOf } from './storedMessage.ts';
import { NODE_BYTES, TopicTree } from './topicTree.ts';

export class RetainedStore {
  readonly #tree = new TopicTree<StoredMessage>();
  #count = 0;
  #messageBytes = 0;
  /** No later than the first expiry in the store: says cheaply that nothing can have expired yet. */
  #earliestExpiryMs = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  /** Of the messages, and of the tree that holds them: a topic of many levels costs more than its name. */
  get bytes(): number {
    return this.#messageBytes + this.#tree.nodeCount * NODE_BYTES;
  }

  /** What `bytes` would be with this message in the store. */
  bytesWith(message: Message): number {
    const bytes = this.bytes + storedBytesOf(message);
    const replaced = this.get(message.topic);
    if (replaced !== undefined) return bytes - replaced.storedBytes;
    return bytes + this.#tree.missingNodes(message.topic) * NODE_BYTES;
  }

  get(topic: string): StoredMessage | undefined {
    return this.#tree.find(topic)?.value;
  }

  /** Replaces what the topic had. [MQTT-3.3.1-5] */
  set(message: StoredMessage): void {
    const node = this.#tree.create(message.topic);
    if (node.value === undefined) this.#count++;
    else this.#messageBytes -= node.value.storedBytes;
    node.value = message;
    this.#messageBytes += message.storedBytes;
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, message.expiresAtMs);
  }

  /** False if the topic had none. */
  delete(topic: string): boolean {
    const node = this.#tree.find(topic);
    if (node?.value === undefined) return false;
    this.#count--;
    this.#messageBytes -= node.value.storedBytes;
    node.value = undefined;
    this.#tree.prune(node);
    return true;
  }

  /** Takes out all that have expired and returns them. Looks at each only if one of them can have. */
  removeExpired(nowMs: number): StoredMessage[] {
    if (nowMs < this.#earliestExpiryMs) return [];
    this.#earliestExpiryMs = Number.POSITIVE_INFINITY;
    const expired: StoredMessage[] = [];
    for (const message of this.all()) {
      if (message.hasExpired(nowMs)) expired.push(message);
      else this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, message.expiresAtMs);
    }
    for (const { topic } of expired) this.delete(topic);
    return expired;
  }

  /** What a new subscription is sent. The filter is valid and without a share prefix. */
  matching(topicFilter: string): StoredMessage[] {
    return this.#tree.valuesOfNamesMatching(topicFilter);
  }

  /** As `matching`, or all of them, one by one: see TopicTree. */
  each(topicFilter: string | undefined): Iterable<StoredMessage> {
    return this.#tree.eachOfNamesMatching(topicFilter);
  }

  all(): StoredMessage[] {
    return this.#tree.values();
  }
}
