/**
 * The messages of the log that a query is about, in their order, by their place: the first that was found is at 0, and a
 * place is never another message's. What the log drops leaves the view at its front.
 *
 * Finds by going through the log, a bit at a time, so that a search through a quarter of a gigabyte holds nobody up; what
 * comes later is found the same way. Costs eight bytes for each message that was found.
 */
import type { LogSegment } from './logSegment.ts';
import type { MessageLog } from './messageLog.ts';
import { type MessageQuery, QueryMatcher } from './messageQuery.ts';

const IDS_PER_BLOCK = 4096;
/** How often a scan looks at the clock: some tens of microseconds. */
const RECORDS_PER_LOOK = 1024;
const PAYLOAD_BYTES_PER_LOOK = 64 * 1024;

export class MessageView {
  readonly id: number;
  readonly query: MessageQuery;
  readonly #log: MessageLog;
  readonly #matcher: QueryMatcher;
  /** Ids of what was found, from the place `#blocksStart` on. */
  #blocks: Float64Array[] = [];
  #blocksStart = 0;
  #first = 0;
  #end = 0;
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
    return this.#first;
  }

  /** Place that the next one will have. */
  get end(): number {
    return this.#end;
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
    this.#dropBefore(log.firstId);
    this.#scanId = Math.max(this.#scanId, log.firstId);
    while (this.#scanId < log.nextId) {
      // The scan is inside of what is held: there is a segment.
      const segment = log.segments[log.segmentIndexOf(this.#scanId)]!;
      if (this.#scan(segment, isTimeUp)) return;
    }
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    if (place < this.#first || place >= this.#end) return undefined;
    const offset = place - this.#blocksStart;
    return this.#blocks[Math.floor(offset / IDS_PER_BLOCK)]?.[offset % IDS_PER_BLOCK];
  }

  /** Place of the first message with this id or a later one; `end` if there is none. */
  placeOf(id: number): number {
    return this.#search((each) => each >= id);
  }

  /** Place of the first message that came at this time or later; `end` if there is none. */
  placeAt(atMs: number): number {
    return this.#search((id) => (this.#log.message(id)?.receivedAtMs ?? 0) >= atMs);
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
      if (isMeant) this.#push(firstId + index);
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

  #push(id: number): void {
    const offset = this.#end - this.#blocksStart;
    const at = offset % IDS_PER_BLOCK;
    if (at === 0) this.#blocks.push(new Float64Array(IDS_PER_BLOCK));
    this.#blocks.at(-1)![at] = id; // there is one from the first on
    this.#end++;
  }

  #dropBefore(firstId: number): void {
    this.#first = this.placeOf(firstId);
    const blocks = Math.floor((this.#first - this.#blocksStart) / IDS_PER_BLOCK);
    if (blocks === 0) return;
    this.#blocks.splice(0, blocks);
    this.#blocksStart += blocks * IDS_PER_BLOCK;
  }

  #startOver(): void {
    this.#generation = this.#log.generation;
    this.#blocks = [];
    this.#blocksStart = 0;
    this.#first = 0;
    this.#end = 0;
    this.#scanId = 0;
  }

  /** Ids and times go up with the places. Times may go back when the machine's clock is set: then it is about right. */
  #search(isReached: (id: number) => boolean): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isReached(this.idAt(middle)!))
        high = middle; // low ≤ middle < high
      else low = middle + 1;
    }
    return low;
  }
}
