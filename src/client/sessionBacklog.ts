/**
 * Which messages of a session that went on may have waited in it.
 *
 * The protocol does not say when a message was published, nor where the broker's queue ends. It sends that queue first,
 * from the CONNACK on, many brokers so many at a time, the next ones when those are acknowledged. A ping is answered behind what
 * is under way: when nothing of QoS 1 or 2 came between one and its answer, the queue is empty. So what comes before that is
 * marked, for a few seconds at most: where messages never stop, no pause would come. A message that was published in this very
 * moment is marked with them; QoS 0 is not, which brokers as a rule do not queue.
 */
import type { Clock } from '../base/clock.ts';
import type { QoS } from '../mqtt/packets.ts';

const LONGEST_MS = 5_000;

export class SessionBacklog {
  readonly #clock: Clock;
  readonly #ping: () => void;
  #isOpen = false;
  #cameSincePing = false;
  /** By `Clock.monotonicMs`. */
  #openedAtMs = 0;

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
    if (!this.#isOpen) return;
    const isOver = this.#clock.monotonicMs() - this.#openedAtMs >= LONGEST_MS;
    if (this.#cameSincePing && !isOver) this.#nextRound();
    else this.#isOpen = false;
  }

  #nextRound(): void {
    this.#cameSincePing = false;
    this.#ping();
  }
}
