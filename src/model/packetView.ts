/**
 * The packets of the trace that a query is about, in their order, by their place: see foundIds.ts. What the trace drops
 * leaves the view at its front.
 *
 * Finds by going through the trace, a bit at a time; what comes later is found the same way. A packet that turns out to
 * be faulty after it was looked at is found only where it was found anyway: the broker tells a fault in the same turn.
 */
import { FoundIds } from './foundIds.ts';
import { PacketMatcher, type PacketQuery } from './packetQuery.ts';
import type { PacketTrace } from './packetTrace.ts';
import type { TraceSegment } from './traceSegment.ts';

/** How often a scan looks at the clock: some tens of microseconds. */
const PACKETS_PER_LOOK = 256;

export class PacketView {
  readonly id: number;
  readonly #trace: PacketTrace;
  readonly #matcher: PacketMatcher;
  readonly #found = new FoundIds();
  /** The id that is looked at next. */
  #scanId = 0;
  #generation: number;

  constructor(id: number, query: PacketQuery, trace: PacketTrace) {
    this.id = id;
    this.#trace = trace;
    this.#matcher = new PacketMatcher(query, trace);
    this.#generation = trace.generation;
  }

  /** Place of the oldest that is held; `end` if there is none. */
  get first(): number {
    return this.#found.first;
  }

  /** Place that the next one will have. */
  get end(): number {
    return this.#found.end;
  }

  /** Goes up when everything was forgotten: places start again at 0. */
  get generation(): number {
    return this.#generation;
  }

  /** Packets below this id were looked at. */
  get lookedAtTo(): number {
    return this.#scanId;
  }

  /** There are packets that were not looked at. */
  get isBehind(): boolean {
    return this.#scanId < this.#trace.nextId || this.#generation !== this.#trace.generation;
  }

  /** How much of what the trace holds was looked at, 0 to 1. */
  get progress(): number {
    const { firstId, nextId } = this.#trace;
    if (this.#scanId >= nextId) return 1;
    return Math.max(0, this.#scanId - firstId) / (nextId - firstId);
  }

  /** Looks at what was not looked at, until `isTimeUp` says so: it is asked every now and then. */
  advance(isTimeUp: () => boolean): void {
    const trace = this.#trace;
    if (this.#generation !== trace.generation) this.#startOver();
    if (this.#found.idAt(this.first) !== undefined && this.#found.idAt(this.first)! < trace.firstId) {
      this.#found.dropBefore(trace.firstId);
      this.#matcher.forgetConnections();
    }
    this.#scanId = Math.max(this.#scanId, trace.firstId);
    while (this.#scanId < trace.nextId) {
      // The scan is inside of what is held: there is a segment.
      const segment = trace.segments[trace.segmentIndexOf(this.#scanId)]!;
      if (this.#scan(segment, isTimeUp)) return;
    }
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    return this.#found.idAt(place);
  }

  /** Place of the packet with this id, or of the next one that is in the view; `end` if there is none. */
  placeOf(id: number): number {
    return this.#found.placeOf(id);
  }

  /** Place of the first packet of this time or a later one; `end` if there is none. */
  placeAt(atMs: number): number {
    return this.#found.search((id) => (this.#trace.packet(id)?.timeMs ?? 0) >= atMs);
  }

  /** True when the time was up. */
  #scan(segment: TraceSegment, isTimeUp: () => boolean): boolean {
    const { firstId, count } = segment;
    let looked = 0;
    for (let index = this.#scanId - firstId; index < count; index++) {
      if (this.#matcher.matches(segment, index)) this.#found.push(firstId + index);
      if (++looked < PACKETS_PER_LOOK) continue;
      looked = 0;
      if (!isTimeUp()) continue;
      this.#scanId = firstId + index + 1;
      return true;
    }
    this.#scanId = segment.endId;
    return false;
  }

  #startOver(): void {
    this.#generation = this.#trace.generation;
    this.#found.clear();
    this.#scanId = 0;
  }
}
