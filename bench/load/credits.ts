/** At QoS 0 nobody acknowledges: what was delivered says how much more a publisher may send. */
import type { Sender } from './sender.ts';

export interface Credits {
  /** A PUBLISH came; its body starts at `bodyAt`. */
  delivered(bytes: Uint8Array, bodyAt: number): void;
  /** The subscriber worked off what it had read. */
  chunkEnd(): void;
}

/** For who sends at a steady rate, or is acknowledged. */
export const noCredits: Credits = { delivered: () => undefined, chunkEnd: () => undefined };

/** One window for all publishers: they take turns, each with a good part of the window in one write. */
export class SharedCredits implements Credits {
  readonly #senders: readonly Sender[];
  readonly #deliveriesEach: number;
  readonly #batch: number;
  #deliveries = 0;
  #next = 0;

  /** @param deliveriesEach of one message: when so many have come, it is over. */
  constructor(senders: readonly Sender[], window: number, deliveriesEach: number) {
    this.#senders = senders;
    this.#deliveriesEach = deliveriesEach;
    this.#batch = Math.max(1, Math.floor(window / senders.length / 2));
  }

  delivered(): void {
    this.#deliveries++;
  }

  chunkEnd(): void {
    const needed = this.#batch * this.#deliveriesEach;
    while (this.#deliveries >= needed) {
      this.#deliveries -= needed;
      this.#senders[this.#next]!.send(this.#batch); // next < length
      this.#next = (this.#next + 1) % this.#senders.length;
    }
  }
}

/** A window for each publisher, known by the number in its topic. */
export class OwnCredits implements Credits {
  readonly #senders: readonly Sender[];
  readonly #freed: number[];
  readonly #numberAt: number;
  readonly #digits: number;

  /** @param prefix what a topic has before the number of its publisher; @param digits how long the number is. */
  constructor(senders: readonly Sender[], prefix: string, digits: number) {
    this.#senders = senders;
    this.#freed = senders.map(() => 0);
    this.#numberAt = 2 + prefix.length;
    this.#digits = digits;
  }

  delivered(bytes: Uint8Array, bodyAt: number): void {
    let sender = 0;
    const start = bodyAt + this.#numberAt;
    for (let i = start; i < start + this.#digits; i++) sender = sender * 10 + bytes[i]! - 0x30; // within the head
    this.#freed[sender]!++; // a publisher of ours sent it
  }

  chunkEnd(): void {
    for (const [i, freed] of this.#freed.entries()) {
      if (freed === 0) continue;
      this.#freed[i] = 0;
      this.#senders[i]!.send(freed); // an entry for each sender
    }
  }
}
