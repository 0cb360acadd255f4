/**
 * Our broker with somebody looking: `node bench/brokers/observed.ts none|model|trace`. Prints its port.
 *
 * `model` is what the editor has on: topics counted, messages kept in their budget. `trace` keeps every packet, both
 * ways, with its time and connection, in a ring of a fixed size; it stands here, as the trace that people look at is to
 * come, and keeps what such a trace must.
 */
import { systemClock } from '../../src/base/clock.ts';
import { copyBytes } from '../../src/base/copyBytes.ts';
import { Broker } from '../../src/broker/broker.ts';
import type { ObservedPacket } from '../../src/broker/observedPacket.ts';
import type { BrokerObserver, ConnectionInfo } from '../../src/broker/observer.ts';
import { Model } from '../../src/model/model.ts';
import { ModelObserver } from '../../src/observation/modelObserver.ts';
import { listen } from '../../src/transports/listener.ts';

/** As the editor's default. */
const HISTORY_BYTES = 256 * 1024 * 1024;
const TRACE_BYTES = 16 * 1024 * 1024;
const TRACE_PACKETS = 262_144;

class RingTrace implements BrokerObserver {
  readonly #bytes = Buffer.alloc(TRACE_BYTES);
  #bytesAt = 0;
  readonly #times = new Float64Array(TRACE_PACKETS);
  readonly #connections = new Float64Array(TRACE_PACKETS);
  readonly #starts = new Float64Array(TRACE_PACKETS);
  #packets = 0;

  packetReceived(connection: ConnectionInfo, packet: ObservedPacket): void {
    this.#keep(connection, packet);
  }

  packetSent(connection: ConnectionInfo, packet: ObservedPacket): void {
    this.#keep(connection, packet);
  }

  /** The newest packets overwrite the oldest, in both rings. */
  #keep({ connectionId }: ConnectionInfo, { source, start, end }: ObservedPacket): void {
    const size = Math.min(end - start, TRACE_BYTES);
    if (this.#bytesAt + size > TRACE_BYTES) this.#bytesAt = 0;
    copyBytes(source, start, start + size, this.#bytes, this.#bytesAt);
    const slot = this.#packets++ % TRACE_PACKETS;
    this.#times[slot] = systemClock.monotonicMs();
    this.#connections[slot] = connectionId;
    this.#starts[slot] = this.#bytesAt;
    this.#bytesAt += size;
  }
}

function observerOf(look: string | undefined): BrokerObserver | undefined {
  switch (look) {
    case 'none':
      return undefined;
    case 'model':
      return new ModelObserver(new Model({ historyBytes: HISTORY_BYTES }), systemClock);
    case 'trace':
      return new RingTrace();
    default:
      throw new Error('usage: node observed.ts none|model|trace');
  }
}

const observer = observerOf(process.argv[2]);
const broker = new Broker(observer === undefined ? {} : { observer });
const result = await listen({ kind: 'mqtt', host: '127.0.0.1', port: 0 }, (transport) =>
  broker.accept(transport),
);
if (result.kind !== 'listening') throw new Error(`the listener: ${result.kind}`);
console.log(JSON.stringify({ mqtt: result.listener.info.port }));
process.on('SIGTERM', () => process.exit());
