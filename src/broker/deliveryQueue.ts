/**
 * What waits for one client, first in, first out. Bounds are the session's business: this counts, it does not refuse.
 */
import type { Delivery } from './delivery.ts';

/** Below this many taken slots at the front, the array is left as it is: moving it would cost more than it saves. */
const MIN_COMPACTION = 64;

export class DeliveryQueue {
  #items: (Delivery | undefined)[] = [];
  #first = 0;
  /** How many of QoS 0: while one waits, later ones must not pass it. */
  #qos0Count = 0;
  #replayCount = 0;
  /** No later than the first expiry in the queue: says cheaply that nothing can have expired yet. */
  #earliestExpiryMs = Number.POSITIVE_INFINITY;

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** Without retained replays, which have bounds of their own. */
  get lengthWithoutReplays(): number {
    return this.length - this.#replayCount;
  }

  get hasQoS0(): boolean {
    return this.#qos0Count > 0;
  }

  push(delivery: Delivery): void {
    this.#items.push(delivery);
    if (delivery.qos === 0) this.#qos0Count++;
    if (delivery.isRetainedReplay) this.#replayCount++;
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, delivery.message.expiresAtMs);
  }

  peek(): Delivery | undefined {
    return this.#items[this.#first];
  }

  shift(): Delivery | undefined {
    const delivery = this.#items[this.#first];
    if (delivery === undefined) return undefined;
    if (delivery.qos === 0) this.#qos0Count--;
    if (delivery.isRetainedReplay) this.#replayCount--;
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) this.clear();
    else if (this.#first >= MIN_COMPACTION && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return delivery;
  }

  /** Takes out all that have expired and returns them. Looks at each only if one of them can have. */
  removeExpired(nowMs: number): Delivery[] {
    if (nowMs < this.#earliestExpiryMs) return [];
    return this.#remove((delivery) => delivery.message.hasExpired(nowMs));
  }

  /** Takes out all of QoS 0 and returns them: they do not outlive the connection. */
  removeQoS0(): Delivery[] {
    if (this.#qos0Count === 0) return [];
    return this.#remove((delivery) => delivery.qos === 0);
  }

  /** Takes out all that came by this shared subscription and returns them. */
  removeShared(sharedFilter: string): Delivery[] {
    return this.#remove((delivery) => delivery.sharedFilter === sharedFilter);
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
    this.#qos0Count = 0;
    this.#replayCount = 0;
    this.#earliestExpiryMs = Number.POSITIVE_INFINITY;
  }

  *[Symbol.iterator](): Iterator<Delivery> {
    for (let i = this.#first; i < this.#items.length; i++) yield this.#items[i]!; // taken slots are before the first
  }

  #remove(isToRemove: (delivery: Delivery) => boolean): Delivery[] {
    const kept: Delivery[] = [];
    const removed: Delivery[] = [];
    for (const delivery of this) (isToRemove(delivery) ? removed : kept).push(delivery);
    this.clear();
    for (const delivery of kept) this.push(delivery);
    return removed;
  }
}
