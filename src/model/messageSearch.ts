/**
 * Looks through a view for the next message that has a text, from a place on, a bit at a time.
 *
 * A search that finds one message and leaves the others where they are: what the view itself shows is its query's
 * (messageQuery.ts). Holds nothing of the log between two bits of its way, for it may be written to.
 */
import type { LoggedMessage } from './loggedMessage.ts';
import type { MessageLog } from './messageLog.ts';
import type { MessageView } from './messageView.ts';
import { TextPattern } from './textPattern.ts';

/** How often it looks at the clock: some tens of microseconds, and a millisecond of a long payload. */
const MESSAGES_PER_LOOK = 256;
const PAYLOAD_BYTES_PER_LOOK = 256 * 1024;

export interface SearchRequest {
  /** In the topic or in the payload, in any case of the letters A to Z. Not empty. */
  text: string;
  /** Place that is looked at first. */
  from: number;
  direction: 'forward' | 'backward';
}

/** `ended`: nothing is left to look at. */
export type SearchState = { kind: 'searching' } | { kind: 'found'; place: number } | { kind: 'ended' };

export class MessageSearch {
  readonly #view: MessageView;
  readonly #log: MessageLog;
  readonly #pattern: TextPattern;
  readonly #step: 1 | -1;
  readonly #generation: number;
  /** The place that is looked at next, and how much of its payload was. */
  #place: number;
  #payloadOffset = 0;

  constructor(view: MessageView, log: MessageLog, { text, from, direction }: SearchRequest) {
    this.#view = view;
    this.#log = log;
    this.#pattern = new TextPattern(text);
    this.#step = direction === 'forward' ? 1 : -1;
    this.#generation = view.generation;
    this.#place = direction === 'forward' ? from : Math.min(from, view.end - 1);
  }

  /** Goes on until it found one, has seen all, or the time is up: that is asked every now and then. */
  advance(isTimeUp: () => boolean): SearchState {
    const view = this.#view;
    if (view.generation !== this.#generation) return { kind: 'ended' };
    if (this.#step === 1 && this.#place < view.first) this.#goTo(view.first);
    // By number of the topic: the numbers hold as long as nothing is written.
    const topics = new Map<number, boolean>();
    let looks = 0;
    let bytes = 0;
    while (this.#place >= view.first && this.#place < view.end) {
      const message = this.#log.message(view.idAt(this.#place)!); // first ≤ place < end
      if (message !== undefined) {
        if (this.#payloadOffset === 0 && this.#isInTopic(message, topics)) return this.#found();
        const read = this.#lookAtPayload(message);
        if (read === 'found') return this.#found();
        bytes += read;
      }
      if (message === undefined || this.#payloadOffset >= message.payload.length) {
        this.#goTo(this.#place + this.#step);
        looks++;
      }
      if (looks < MESSAGES_PER_LOOK && bytes < PAYLOAD_BYTES_PER_LOOK) continue;
      looks = 0;
      bytes = 0;
      if (isTimeUp()) return { kind: 'searching' };
    }
    return { kind: 'ended' };
  }

  #found(): SearchState {
    return { kind: 'found', place: this.#place };
  }

  #goTo(place: number): void {
    this.#place = place;
    this.#payloadOffset = 0;
  }

  #isInTopic(message: LoggedMessage, topics: Map<number, boolean>): boolean {
    const ref = message.segment.topic(message.index);
    let isIn = topics.get(ref);
    if (isIn === undefined) {
      isIn = this.#pattern.isInText(message.topic);
      topics.set(ref, isIn);
    }
    return isIn;
  }

  /** A part of it, at most. Returns how many bytes it was. */
  #lookAtPayload({ payload }: LoggedMessage): number | 'found' {
    const start = this.#payloadOffset;
    const end = Math.min(start + PAYLOAD_BYTES_PER_LOOK, payload.length);
    this.#payloadOffset = end;
    return this.#pattern.beginsIn(payload, start, end, payload.length) ? 'found' : end - start;
  }
}
