/**
 * What was published while a connection was away, where its profile says that this waits: kept in memory, within bounds,
 * and sent in its order when the connection stands again.
 *
 * One message at a time, the next when the one before it was answered: so it is known of each whether it has to go again, and
 * none overtakes it. What can't be sent is counted, with the reason of the first. Knows no connection.
 */
import type { Clock } from '../base/clock.ts';
import type { PublishOutcome, PublishRequest } from '../client/clientTypes.ts';
import type { OfflineQueueInfo } from '../contracts/remoteBrokers.ts';

export const MAX_QUEUED_MESSAGES = 1_000;
/** Topics and payloads. */
export const MAX_QUEUED_BYTES = 10_000_000;

interface Waiting {
  readonly request: PublishRequest;
  readonly bytes: number;
  /** By `Clock.monotonicMs`. */
  readonly sinceMs: number;
}

/** Undefined: the connection was lost again. The message may have reached the broker, or not. */
export type SendQueued = (request: PublishRequest) => Promise<PublishOutcome | undefined>;

export class OfflineQueue {
  readonly #clock: Clock;
  readonly #didChange: () => void;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #isSending = false;
  /** Why what is on its way is not to wait for another connection. */
  #dropped: string | undefined;
  #notSent = 0;
  #firstProblem: string | undefined;

  constructor(clock: Clock, didChange: () => void) {
    this.#clock = clock;
    this.#didChange = didChange;
  }

  /** What is published now must wait for what was published before. */
  get isInUse(): boolean {
    return this.#isSending || this.#waiting.length > 0;
  }

  get info(): OfflineQueueInfo {
    return {
      messages: this.#waiting.length,
      bytes: this.#bytes,
      notSent: this.#notSent,
      ...(this.#firstProblem !== undefined && { firstProblem: this.#firstProblem }),
    };
  }

  /** False where there is no room. Copies the payload. */
  add(request: PublishRequest): boolean {
    const bytes = Buffer.byteLength(request.topic) + request.payload.length;
    if (this.#waiting.length >= MAX_QUEUED_MESSAGES || this.#bytes + bytes > MAX_QUEUED_BYTES) return false;
    const payload = request.payload.slice();
    this.#waiting.push({ request: { ...request, payload }, bytes, sinceMs: this.#clock.monotonicMs() });
    this.#bytes += bytes;
    this.#didChange();
    return true;
  }

  /** Until all are sent, or the connection is lost again. Does nothing while it is at work. */
  async send(send: SendQueued): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#dropped = undefined;
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        this.#bytes -= next.bytes;
        this.#didChange();
        const outcome = await this.#sendOne(next, send);
        if (outcome === 'again') {
          if (this.#dropped !== undefined) this.#failed(this.#dropped);
          else {
            this.#waiting.unshift(next);
            this.#bytes += next.bytes;
          }
        }
        if (outcome !== 'done') return;
      }
    } finally {
      this.#isSending = false;
      this.#didChange();
    }
  }

  /** They are not sent any more; nor is one whose answer is waited for, unless it comes. */
  drop(problem: string): void {
    if (this.#isSending) this.#dropped = problem;
    if (this.#waiting.length === 0) return;
    this.#failed(problem, this.#waiting.length);
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#didChange();
  }

  /** A connection begins: what was lost before is history. */
  begin(): void {
    this.#notSent = 0;
    this.#firstProblem = undefined;
  }

  async #sendOne({ request, sinceMs }: Waiting, send: SendQueued): Promise<'done' | 'again' | 'lost'> {
    const due = this.#withExpiry(request, sinceMs);
    if (due === undefined) {
      this.#failed('its expiry ran out while it waited');
      return 'done';
    }
    const outcome = await send(due);
    if (outcome?.kind === 'notConnected') return 'again';
    if (outcome === undefined) {
      // QoS 1 is at least once, QoS 2 exactly once: nobody knows whether that one came.
      if (request.qos !== 2) return 'again';
      this.#failed('the connection was lost while it was on its way');
      return 'lost';
    }
    if (outcome.kind !== 'published') this.#failed(outcome.message);
    return 'done';
  }

  /** With what is left of its expiry; undefined where nothing is. */
  #withExpiry(request: PublishRequest, sinceMs: number): PublishRequest | undefined {
    const expirySeconds = request.properties?.messageExpiryInterval;
    if (expirySeconds === undefined) return request;
    const leftSeconds = expirySeconds - Math.floor((this.#clock.monotonicMs() - sinceMs) / 1_000);
    if (leftSeconds <= 0) return undefined;
    return { ...request, properties: { ...request.properties, messageExpiryInterval: leftSeconds } };
  }

  #failed(problem: string, messages = 1): void {
    this.#notSent += messages;
    this.#firstProblem ??= problem;
  }
}
