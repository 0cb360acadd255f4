/**
 * HOT PATH. Flushes, once a turn of the event loop, every transport that was written to in it.
 *
 * Node reads all sockets that have data in one phase of the loop and runs `setImmediate` callbacks right after it, so
 * the answers to everything that was read leave together: one system call a connection. A microtask would run after
 * each chunk instead, and costs 1.6 times the CPU with 50 publishers. One immediate serves all transports of a
 * listener: a fan-out to 1,000 subscribers sets one, not 1,000.
 */

export interface Flushable {
  /** Hands what is queued to the kernel. Called at most once for each `schedule`; must not throw. */
  flush(): void;
}

export class FlushScheduler {
  #waiting: Flushable[] = [];

  readonly #flushAll = (): void => {
    const items = this.#waiting;
    // What is written during the flush (an `onDrain` that sends more) belongs to the next turn.
    this.#waiting = [];
    for (const item of items) item.flush();
  };

  /** HOT PATH. Called with the first bytes that a transport queues; not again before its flush. */
  schedule(item: Flushable): void {
    if (this.#waiting.push(item) === 1) setImmediate(this.#flushAll);
  }
}
