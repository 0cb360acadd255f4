/**
 * What of a log a query is about, in its order, by its place: see foundIds.ts. What the log drops leaves the view at its
 * front.
 *
 * Finds by going through the log, a bit at a time, so that a search through a quarter of a gigabyte holds nobody up; what
 * comes later is found the same way. Costs eight bytes for each that was found, and nothing where all are. What is meant, and how often a scan looks
 * at the clock, is a subclass's.
 */
import { FoundIds } from './foundIds.ts';
import { segmentIndexOf } from './segments.ts';

export interface ViewedSegment {
  readonly firstId: number;
  readonly count: number;
  /** One past the last id. */
  readonly endId: number;
}

/** Ids count up through its segments, and are never used again. */
export interface ViewedLog<Segment extends ViewedSegment> {
  /** Of the oldest that is held; `nextId` when there is none. */
  readonly firstId: number;
  readonly nextId: number;
  /** Goes up when everything is forgotten. */
  readonly generation: number;
  readonly segments: readonly Segment[];
}

/** Of `scan`: no index. */
export const ALL_LOOKED_AT = -1;

export abstract class LogView<Segment extends ViewedSegment> {
  readonly id: number;
  readonly #log: ViewedLog<Segment>;
  readonly #found = new FoundIds();
  /** The id that is looked at next. */
  #scanId = 0;
  #generation: number;

  constructor(id: number, log: ViewedLog<Segment>) {
    this.id = id;
    this.#log = log;
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

  /** What is below this id was looked at. */
  get lookedAtTo(): number {
    return this.#scanId;
  }

  /** There is more that was not looked at. */
  get isBehind(): boolean {
    return this.#scanId < this.#log.nextId;
  }

  /** How much of what the log holds was looked at, 0 to 1. */
  get progress(): number {
    const { firstId, nextId } = this.#log;
    if (this.#scanId >= nextId) return 1;
    return Math.max(0, this.#scanId - firstId) / (nextId - firstId);
  }

  /** Looks at what was not looked at, until `isTimeUp` says so: it is asked every now and then. */
  advance(isTimeUp: () => boolean): void {
    const log = this.#log;
    if (this.#generation !== log.generation) this.#startOver();
    const { first } = this.#found;
    this.#found.dropBefore(log.firstId);
    if (this.#found.first !== first) this.dropped();
    this.#scanId = Math.max(this.#scanId, log.firstId);
    while (this.#scanId < log.nextId) {
      // The scan is inside of what is held: there is a segment.
      const segment = log.segments[segmentIndexOf(log.segments, this.#scanId)]!;
      const index = this.scan(segment, this.#scanId - segment.firstId, isTimeUp);
      this.#scanId = index === ALL_LOOKED_AT ? segment.endId : segment.firstId + index;
      if (index !== ALL_LOOKED_AT) return;
    }
  }

  /** @param place `first` or more, below `end`. Undefined for others. */
  idAt(place: number): number | undefined {
    return this.#found.idAt(place);
  }

  /** Place of this id, or of the next one that is in the view; `end` if there is none. */
  placeOf(id: number): number {
    return this.#found.placeOf(id);
  }

  /**
   * Place of the first that came at this time or later; `end` if there is none. Times may go back when the machine's
   * clock is set: then it is about right.
   */
  placeAt(atMs: number): number {
    return this.#found.search((id) => (this.timeOf(id) ?? 0) >= atMs);
  }

  /**
   * Looks at the segment from the index on, and hands what is meant to `push`, in order.
   *
   * @returns the index to go on from, where the time was up; else `ALL_LOOKED_AT`.
   */
  protected abstract scan(segment: Segment, from: number, isTimeUp: () => boolean): number;

  /** Wall clock, milliseconds. Undefined for what is no longer held. */
  protected abstract timeOf(id: number): number | undefined;

  /** Some of what was found is no longer held. */
  protected dropped(): void {}

  protected push(id: number): void {
    this.#found.push(id);
  }

  #startOver(): void {
    this.#generation = this.#log.generation;
    this.#found.clear();
    this.#scanId = 0;
  }
}
