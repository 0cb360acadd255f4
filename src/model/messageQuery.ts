/**
 * HOT PATH of a search. Which messages of the log a view is about, asked message by message.
 *
 * What a topic's name decides is found out once for each topic and remembered by its number. The bytes of a payload are
 * looked at last, and only where nothing else decides.
 */
import { topicMatches } from '../mqtt/topics.ts';
import type { LogSegment } from './logSegment.ts';
import type { MessageLog } from './messageLog.ts';
import { TextPattern } from './textPattern.ts';

export interface MessageQuery {
  /** As the log's `append`. */
  origin: number;
  /** Messages whose topic matches it. A topic name is a filter that matches itself. */
  topicFilter?: string | undefined;
  /** Client id. */
  publisher?: string | undefined;
  /** Messages with this in their topic or in their payload, in any case of the letters A to Z. */
  text?: string | undefined;
}

/** Looked at in one go, in most of a millisecond: more of a payload is looked at in parts. */
const PART_BYTES = 256 * 1024;

/** Of a topic: not looked at yet, not meant, meant, and meant with the text in its name. */
const UNKNOWN = 0;
const NOT_MEANT = 1;
const MEANT = 2;
const MEANT_WITH_TEXT = 3;

export class QueryMatcher {
  readonly #query: MessageQuery;
  readonly #log: MessageLog;
  readonly #text: TextPattern | undefined;
  /** By number of the topic. */
  #verdicts = new Uint8Array(1024);
  /** The message whose payload was looked at in part, and how many bytes of it. */
  #partId = 0;
  #partEnd = 0;

  constructor(query: MessageQuery, log: MessageLog) {
    this.#query = query;
    this.#log = log;
    this.#text = query.text === undefined || query.text === '' ? undefined : new TextPattern(query.text);
  }

  /** The number now belongs to no topic, or to another. */
  forgetTopic(ref: number): void {
    if (ref < this.#verdicts.length) this.#verdicts[ref] = UNKNOWN;
  }

  /**
   * @param index below `segment.count`.
   * @param isTimeUp asked between two parts of a long payload. When it is, the answer is undefined: asked again, the
   *   matcher goes on from there.
   */
  matches(segment: LogSegment, index: number, isTimeUp: () => boolean): boolean | undefined {
    const { origin, publisher } = this.#query;
    if (segment.origin(index) !== origin) return false;
    // Asked each time: the number of a client id comes and goes with its messages.
    if (publisher !== undefined && segment.publisher(index) !== this.#log.publisherNumber(publisher))
      return false;
    const verdict = this.#verdictOn(segment.topic(index));
    if (verdict === NOT_MEANT) return false;
    if (this.#text === undefined || verdict === MEANT_WITH_TEXT) return true;
    const start = segment.payloadStart(index);
    const end = segment.payloadEnd(index);
    if (end - start > PART_BYTES) return this.#isInParts(this.#text, segment, index, isTimeUp);
    return this.#text.isIn(segment.bytes, start, end);
  }

  /** Whether payloads are looked at: then a scan is as slow as their bytes are many. */
  get readsPayloads(): boolean {
    return this.#text !== undefined;
  }

  #isInParts(
    text: TextPattern,
    segment: LogSegment,
    index: number,
    isTimeUp: () => boolean,
  ): boolean | undefined {
    const id = segment.firstId + index;
    const start = segment.payloadStart(index);
    const end = segment.payloadEnd(index);
    for (let from = start + (id === this.#partId ? this.#partEnd : 0); from < end; ) {
      const to = Math.min(from + PART_BYTES, end);
      if (text.beginsIn(segment.bytes, from, to, end)) return true;
      from = to;
      if (from === end || !isTimeUp()) continue;
      this.#partId = id;
      this.#partEnd = from - start;
      return undefined;
    }
    return false;
  }

  #verdictOn(ref: number): number {
    const known = this.#verdicts[ref];
    if (known !== undefined && known !== UNKNOWN) return known;
    if (ref >= this.#verdicts.length) this.#grow(ref);
    const name = this.#log.topics.at(ref).text;
    const { topicFilter } = this.#query;
    let verdict = MEANT;
    if (topicFilter !== undefined && topicFilter !== name && !topicMatches(topicFilter, name))
      verdict = NOT_MEANT;
    else if (this.#text?.isInText(name) === true) verdict = MEANT_WITH_TEXT;
    this.#verdicts[ref] = verdict;
    return verdict;
  }

  #grow(ref: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(ref + 1)));
    larger.set(this.#verdicts);
    this.#verdicts = larger;
  }
}
