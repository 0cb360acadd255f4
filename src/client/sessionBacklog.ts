/**
 * Which messages of a session that went on may have waited in it.
 *
 * The protocol does not say when a message was published, nor where the broker's queue ends. Brokers send that queue first, at
 * once or after a moment, many of them so many messages at a time, the next ones when those are acknowledged. A ping is answered
 * behind what is under way: when nothing of QoS 1 or 2 came between one and its answer, the queue is most likely empty. So what
 * comes until then is marked, for a second at least, and for five at most, where messages never stop. One that was published
 * in this very time is marked with them; QoS 0 is not, which brokers as a rule do not queue.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { QoS } from '../mqtt/packets.ts';

/** A broker whose queue is in a database answers a ping before it has read it. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 5_000;

export class SessionBacklog {
  readonly #clock: Clock;
  readonly #ping: () => void;
  #isOpen = false;
  #cameSincePing = false;
  /** By `Clock.monotonicMs`. */
  #openedAtMs = 0;
  /** Until the next ping. */
  #pause: Disposable | undefined;

  constructor(clock: Clock, ping: () => void) {
    this.#clock = clock;
    this.#ping = ping;
  }

  /** A CONNACK came. */
  begin(isSessionPresent: boolean): void {
    this.#isOpen = isSessionPresent;
    this.#openedAtMs = this.#clock.monotonicMs();
  }

  /** From here on pings can be sent. */
  connected(): void {
    if (this.#isOpen) this.#nextRound();
  }

  /** HOT PATH. Whether this one may have waited. */
  hasWaited(qos: QoS): boolean {
    if (!this.#isOpen || qos === 0) return false;
    this.#cameSincePing = true;
    return true;
  }

  /** A ping was answered. */
  answered(): void {
    if (!this.#isOpen || this.#pause !== undefined) return;
    const elapsedMs = this.#clock.monotonicMs() - this.#openedAtMs;
    if (elapsedMs < SHORTEST_MS && !this.#cameSincePing)
      this.#pause = this.#clock.setTimeout(() => this.#nextRound(), SHORTEST_MS - elapsedMs);
    else if (elapsedMs < LONGEST_MS && this.#cameSincePing) this.#nextRound();
    else this.ended();
  }

  /** Also by the end of the connection. */
  ended(): void {
    this.#isOpen = false;
    this.#pause?.dispose();
    this.#pause = undefined;
  }

  #nextRound(): void {
    this.#pause = undefined;
    this.#cameSincePing = false;
    this.#ping();
  }
}
