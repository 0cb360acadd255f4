/**
 * The packets of the trace that a query is about: see logView.ts.
 *
 * A packet that turns out to be faulty after it was looked at is found only where it was found anyway: the broker tells a
 * fault in the same turn.
 */
import { ALL_LOOKED_AT, LogView } from './logView.ts';
import { PacketMatcher, type PacketQuery } from './packetQuery.ts';
import type { PacketTrace } from './packetTrace.ts';
import type { TraceSegment } from './traceSegment.ts';

/** How often a scan looks at the clock: some tens of microseconds. */
const PACKETS_PER_LOOK = 256;
/** Where each may look at thousands of others. */
const PACKETS_PER_LOOK_BACK = 4;

export class PacketView extends LogView<TraceSegment> {
  readonly #trace: PacketTrace;
  readonly #matcher: PacketMatcher;

  constructor(id: number, query: PacketQuery, trace: PacketTrace) {
    super(id, trace);
    this.#trace = trace;
    this.#matcher = new PacketMatcher(query, trace);
  }

  protected override scan(segment: TraceSegment, from: number, isTimeUp: () => boolean): number {
    const { firstId, count } = segment;
    const packetsPerLook = this.#matcher.looksBack ? PACKETS_PER_LOOK_BACK : PACKETS_PER_LOOK;
    let looked = 0;
    for (let index = from; index < count; index++) {
      if (this.#matcher.matches(segment, index)) this.push(firstId + index);
      if (++looked < packetsPerLook) continue;
      looked = 0;
      if (isTimeUp()) return index + 1;
    }
    return ALL_LOOKED_AT;
  }

  protected override timeOf(id: number): number | undefined {
    return this.#trace.packet(id)?.timeMs;
  }

  protected override dropped(): void {
    this.#matcher.forgetConnections();
  }
}
