/** The messages of the log that a query is about: see logView.ts. */
import type { LogSegment } from './logSegment.ts';
import { ALL_LOOKED_AT, LogView } from './logView.ts';
import type { MessageLog } from './messageLog.ts';
import { type MessageQuery, QueryMatcher } from './messageQuery.ts';

/** How often a scan looks at the clock: some tens of microseconds. */
const RECORDS_PER_LOOK = 1024;
const PAYLOAD_BYTES_PER_LOOK = 64 * 1024;

export class MessageView extends LogView<LogSegment> {
  readonly query: MessageQuery;
  readonly #log: MessageLog;
  readonly #matcher: QueryMatcher;

  constructor(id: number, query: MessageQuery, log: MessageLog) {
    super(id, log);
    this.query = query;
    this.#log = log;
    this.#matcher = new QueryMatcher(query, log);
  }

  /** @see QueryMatcher */
  forgetTopic(ref: number): void {
    this.#matcher.forgetTopic(ref);
  }

  protected override scan(segment: LogSegment, from: number, isTimeUp: () => boolean): number {
    const matcher = this.#matcher;
    const { firstId, count } = segment;
    let looked = 0;
    let bytes = 0;
    for (let index = from; index < count; index++) {
      const isMeant = matcher.matches(segment, index, isTimeUp);
      if (isMeant === undefined) return index;
      if (isMeant) this.push(firstId + index);
      looked++;
      if (matcher.readsPayloads) bytes += segment.payloadBytes(index);
      if (looked < RECORDS_PER_LOOK && bytes < PAYLOAD_BYTES_PER_LOOK) continue;
      looked = 0;
      bytes = 0;
      if (isTimeUp()) return index + 1;
    }
    return ALL_LOOKED_AT;
  }

  protected override timeOf(id: number): number | undefined {
    return this.#log.message(id)?.receivedAtMs;
  }
}
