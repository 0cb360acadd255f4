/**
 * Whether a new socket is taken: the bounds on connections, in number and in rate.
 *
 * At a bound a client is to hear why, and it can only be told once its CONNECT was read: so a few more sockets than
 * the bounds allow are taken for that time. Beyond those, a socket is closed at once: it costs next to nothing then.
 */
import { type BrokerContext, countLimit } from './context.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Beyond `maxConnections`, so many more sockets may wait for their CONNECT, to be told why it is refused. */
const REFUSED_AT_ONCE = 64;

/** `taken`; `tooMany` a second, to be told so at its CONNECT; `closed` at once, without a word. */
export type Admission = 'taken' | 'tooMany' | 'closed';

export class ConnectionGate {
  readonly #context: BrokerContext;
  readonly #taken: TokenBucket;
  /** Refusals are no free way to keep the broker busy: as many a second as connections. */
  readonly #refused: TokenBucket;

  constructor(context: BrokerContext) {
    this.#context = context;
    this.#taken = new TokenBucket(context.clock);
    this.#refused = new TokenBucket(context.clock);
  }

  /** Decides on one new socket, and counts it at the limit that it met. */
  admit(): Admission {
    const { limits, counters } = this.#context;
    const { maxConnections, maxConnectionsPerSecond, connectionBurst } = limits;
    if (counters.connections >= maxConnections + REFUSED_AT_ONCE) {
      countLimit(this.#context, 'maxConnections');
      return 'closed';
    }
    if (maxConnectionsPerSecond === 0 || this.#taken.take(maxConnectionsPerSecond, connectionBurst)) {
      return 'taken';
    }
    countLimit(this.#context, 'maxConnectionsPerSecond');
    const mayBeTold = this.#refused.take(maxConnectionsPerSecond, REFUSED_AT_ONCE);
    return mayBeTold ? 'tooMany' : 'closed';
  }
}
