/**
 * HOT PATH. What the deliveries of one session cost, queued and in flight: the account, and the bounds in bytes.
 *
 * Retained replays share the memory of the retained store, and so have an account and bounds of their own. Counts what
 * it is told; where the deliveries are is the outbox's business.
 */
import type { BrokerContext } from './context.ts';
import type { Delivery } from './delivery.ts';
import type { LimitName } from './limits.ts';

export class HeldDeliveries {
  readonly #context: BrokerContext;
  #messages = 0;
  #bytes = 0;
  #replayMessages = 0;
  #replayBytes = 0;

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  /** Replays included. */
  get bytes(): number {
    return this.#bytes + this.#replayBytes;
  }

  /** The limit that forbids to hold one more; undefined if there is room. One message always fits in bytes. */
  limitOn(delivery: Delivery): LimitName | undefined {
    const { limits, counters } = this.#context;
    const bytes = delivery.message.storedBytes;
    if (delivery.isRetainedReplay) {
      if (this.#replayMessages === 0) return undefined;
      if (this.#replayMessages >= limits.maxRetainedMessages) return 'maxRetainedMessages';
      return this.#replayBytes + bytes > limits.maxRetainedBytes ? 'maxRetainedBytes' : undefined;
    }
    if (this.#messages === 0) return undefined;
    if (this.#bytes + bytes > limits.maxQueuedBytes) return 'maxQueuedBytes';
    return counters.queuedBytes + bytes > limits.maxTotalQueuedBytes ? 'maxTotalQueuedBytes' : undefined;
  }

  add(delivery: Delivery): void {
    const bytes = delivery.message.storedBytes;
    if (delivery.isRetainedReplay) {
      this.#replayMessages++;
      this.#replayBytes += bytes;
      return;
    }
    this.#messages++;
    this.#bytes += bytes;
    this.#context.counters.queuedMessages++;
    this.#context.counters.queuedBytes += bytes;
  }

  /** Of one that was added. */
  remove(delivery: Delivery): void {
    const bytes = delivery.message.storedBytes;
    if (delivery.isRetainedReplay) {
      this.#replayMessages--;
      this.#replayBytes -= bytes;
      return;
    }
    this.#messages--;
    this.#bytes -= bytes;
    this.#context.counters.queuedMessages--;
    this.#context.counters.queuedBytes -= bytes;
  }
}
