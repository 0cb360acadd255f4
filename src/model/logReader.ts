/**
 * Goes through the log once, for who takes what a query means out of it: from an id on, message by message, as far as
 * time allows, and later on from there.
 *
 * Misses nothing: what the log drops before it was read is handed over at that moment. Who can't take it then can count
 * it. Keeps a place alone, where a view keeps one for each message that it found.
 */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { LoggedMessage } from './loggedMessage.ts';
import type { LogSegment } from './logSegment.ts';
import type { MessageLog } from './messageLog.ts';
import { type MessageQuery, QueryMatcher } from './messageQuery.ts';
import { segmentIndexOf } from './segments.ts';

/** How often a reading that finds nothing asks whether its time is up. */
const RECORDS_PER_LOOK = 1024;
const PAYLOAD_BYTES_PER_LOOK = 64 * 1024;

export interface LogReaderOptions {
  log: MessageLog;
  query: MessageQuery;
  /** The first message that is looked at, or the next one where it is gone. */
  fromId: number;
  /** The first that is not. All that are held, and those to come, unless given. */
  endId?: number;
  /** Of these milliseconds since 1970, both included. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
  /** The message is dropped now. It holds until this returns. */
  onDropped(message: LoggedMessage): void;
}

export class LogReader implements Disposable {
  readonly #options: LogReaderOptions;
  readonly #endId: number;
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #matcher: QueryMatcher;
  readonly #subscriptions = new DisposableStore();
  /** Looked at next. */
  #id: number;

  constructor(options: LogReaderOptions) {
    const { log, query, fromId, endId, fromMs, toMs } = options;
    this.#options = options;
    this.#id = Math.max(fromId, log.firstId);
    this.#endId = endId ?? Number.POSITIVE_INFINITY;
    this.#fromMs = fromMs ?? Number.NEGATIVE_INFINITY;
    this.#toMs = toMs ?? Number.POSITIVE_INFINITY;
    this.#matcher = new QueryMatcher(query, log);
    this.#subscriptions.add(log.topics.onDidFree((ref) => this.#matcher.forgetTopic(ref)));
    this.#subscriptions.add(log.onWillDrop((segment) => this.#drop(segment)));
  }

  /** The next id that is looked at. */
  get nextId(): number {
    return this.#id;
  }

  /** There are messages that were not looked at. */
  get isBehind(): boolean {
    return this.#id < Math.min(this.#options.log.nextId, this.#endId);
  }

  /**
   * Hands over what was not looked at, until `isTimeUp` says so: it is asked after each message, and every now and then.
   *
   * @param onMessage must not write to the log. The message holds until it returns.
   */
  read(onMessage: (message: LoggedMessage) => void, isTimeUp: () => boolean): void {
    const { log } = this.#options;
    while (this.isBehind) {
      // Inside of what is held: there is a segment.
      const segment = log.segments[segmentIndexOf(log.segments, this.#id)]!;
      if (this.#scan(segment, onMessage, isTimeUp)) return;
    }
  }

  /** Nothing is handed over from here on. */
  dispose(): void {
    this.#subscriptions.dispose();
  }

  #drop(segment: LogSegment): void {
    if (this.#id < segment.endId) this.#scan(segment, this.#options.onDropped, () => false);
  }

  /** True when the time was up. The segment has the next id. */
  #scan(segment: LogSegment, onMessage: (message: LoggedMessage) => void, isTimeUp: () => boolean): boolean {
    const { log } = this.#options;
    const { readsPayloads } = this.#matcher;
    let looked = 0;
    let bytes = 0;
    while (this.#id < segment.endId && this.#id < this.#endId) {
      const index = this.#id - segment.firstId;
      const isMeant = this.#isMeant(segment, index, isTimeUp);
      if (isMeant === undefined) return true;
      if (isMeant) onMessage(log.message(this.#id)!); // of a segment that the log has
      this.#id++;
      looked++;
      if (readsPayloads) bytes += segment.payloadBytes(index);
      if (!isMeant && looked < RECORDS_PER_LOOK && bytes < PAYLOAD_BYTES_PER_LOOK) continue;
      looked = 0;
      bytes = 0;
      if (isTimeUp()) return true;
    }
    return isTimeUp();
  }

  #isMeant(segment: LogSegment, index: number, isTimeUp: () => boolean): boolean | undefined {
    const receivedAtMs = segment.receivedAtMs(index);
    if (receivedAtMs < this.#fromMs || receivedAtMs > this.#toMs) return false;
    return this.#matcher.matches(segment, index, isTimeUp);
  }
}
