/**
 * The last retained message of each topic.
 *
 * Owns its bounds in number and bytes, and the removal of what has expired. Knows nothing of sessions: retained
 * messages are no part of them. [MQTT-3.1.2-7 of 3.1.1]
 */
import type { StoredMessage } from './storedMessage.ts';
import { TopicTree } from './topicTree.ts';

export class RetainedStore {
  readonly #tree = new TopicTree<StoredMessage>();
  #count = 0;
  #bytes = 0;
  /** No later than the first expiry in the store: says cheaply that nothing can have expired yet. */
  #earliestExpiryMs = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(topic: string): StoredMessage | undefined {
    return this.#tree.find(topic)?.value;
  }

  /** Replaces what the topic had. [MQTT-3.3.1-5] */
  set(message: StoredMessage): void {
    const node = this.#tree.create(message.topic);
    if (node.value === undefined) this.#count++;
    else this.#bytes -= node.value.storedBytes;
    node.value = message;
    this.#bytes += message.storedBytes;
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, message.expiresAtMs);
  }

  /** False if the topic had none. */
  delete(topic: string): boolean {
    const node = this.#tree.find(topic);
    if (node?.value === undefined) return false;
    this.#count--;
    this.#bytes -= node.value.storedBytes;
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

  all(): StoredMessage[] {
    return this.#tree.values();
  }
}
