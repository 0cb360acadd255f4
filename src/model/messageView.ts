/**
 * The messages of the log that a query is about, in their order, by their place: see foundIds.ts. What the log drops
 * leaves the view at its front.
 *
 * Finds by going through the log, a bit at a time, so that a search through a quarter of a gigabyte holds nobody up; what
 * comes later is found the same way. Costs eight bytes for each message that was found.
 */
import { FoundIds } from './foundIds.ts';
import type { LogSegment } from './logSegment.ts';
import type { MessageLog } from './messageLog.ts';
import { type MessageQuery, QueryMatcher } from './messageQuery.ts';

/** How often a scan looks at the clock: some tens of microseconds. */
const RECORDS_PER_LOOK = 1024;
const PAYLOAD_BYTES_PER_LOOK = 64 * 1024;

export class MessageView {
  readonly id: number;
  readonly query: MessageQuery;
  readonly #log: MessageLog;
  readonly #matcher: QueryMatcher;
  readonly #found = new FoundIds();
  /** The id that is looked at next. */
  #scanId = 0;
  #generation: number;

  constructor(id: number, query: MessageQuery, log: MessageLog) {
    this.id = id;
    this.query = query;
    this.#log = log;
    this.#matcher = new QueryMatcher(query, log);
    this.#generation = log.generation;
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

  /** There are messages that were not looked at. */
  get isBehind(): boolean {
    return this.#scanId < this.#log.nextId;
  }

  /** How much of what the log holds was looked at, 0 to 1. */
  get progress(): number {
    const { firstId, nextId } = this.#log;
    if (this.#scanId >= nextId) return 1;
    return Math.max(0, this.#scanId - firstId) / (nextId - firstId);
  }

  /** @see QueryMatcher */
  forgetTopic(ref: number): void {
    this.#matcher.forgetTopic(ref);
  }

  /** Looks at what was not looked at, until `isTimeUp` says so: it is asked every now and then. */
  advance(isTimeUp: () => boolean): void {
    const log = this.#log;
    if (this.#generation !== log.generation) this.#startOver();
    this.#found.dropBefore(log.firstId);
    this.#scanId = Math.max(this.#scanId, log.firstId);
    while (this.#scanId < log.nextId) {
      // The scan is inside of what is held: there is a segment.
      const segment = log.segments[log.segmentIndexOf(this.#scanId)]!;
      if (this.#scan(segment, isTimeUp)) return;
    }
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    return this.#found.idAt(place);
  }

  /** Place of the first message with this id or a later one; `end` if there is none. */
  placeOf(id: number): number {
    return this.#found.placeOf(id);
  }

  /**
   * Place of the first message that came at this time or later; `end` if there is none. Times may go back when the
   * machine's clock is set: then it is about right.
   */
  placeAt(atMs: number): number {
    return this.#found.search((id) => (this.#log.message(id)?.receivedAtMs ?? 0) >= atMs);
  }

  /** True when the time was up. */
  #scan(segment: LogSegment, isTimeUp: () => boolean): boolean {
    const matcher = this.#matcher;
    const { firstId, count } = segment;
    let looked = 0;
    let bytes = 0;
    for (let index = this.#scanId - firstId; index < count; index++) {
      const isMeant = matcher.matches(segment, index, isTimeUp);
      if (isMeant === undefined) {
        this.#scanId = firstId + index;
        return true;
      }
      if (isMeant) this.#found.push(firstId + index);
      looked++;
      if (matcher.readsPayloads) bytes += segment.payloadBytes(index);
      if (looked < RECORDS_PER_LOOK && bytes < PAYLOAD_BYTES_PER_LOOK) continue;
      looked = 0;
      bytes = 0;
      if (!isTimeUp()) continue;
      this.#scanId = firstId + index + 1;
      return true;
    }
    this.#scanId = segment.endId;
    return false;
  }

  #startOver(): void {
    this.#generation = this.#log.generation;
    this.#found.clear();
    this.#scanId = 0;
  }
}
