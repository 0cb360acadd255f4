/**
 * Which part of a long list of retained messages is shown: some pages of it, one behind the other. Beyond as many as a
 * window draws well, the first of them makes room for the next.
 *
 * Pure. Knows where it starts as a place in the order: what comes and goes before that moves nothing.
 */
import { MAX_LISTED_RETAINED, type RetainedMessage, type RetainedPlace } from '../../contracts/retained.ts';

export const ROWS_PER_PAGE = 1_000;
const MAX_PAGES = MAX_LISTED_RETAINED / ROWS_PER_PAGE;

export class RetainedWindow {
  /** The last row before it, of each page that made room; the newest is in force. */
  #starts: RetainedPlace[] = [];
  #pages = 1;

  /** What the engine is to be asked for. */
  get part(): { after?: RetainedPlace; limit: number } {
    const after = this.#starts.at(-1);
    return { limit: this.#pages * ROWS_PER_PAGE, ...(after !== undefined && { after }) };
  }

  /** Of another filter, or another order. */
  reset(): void {
    this.#starts = [];
    this.#pages = 1;
  }

  /** @param shown what was listed last. */
  showMore(shown: readonly RetainedMessage[]): void {
    if (this.#pages < MAX_PAGES) {
      this.#pages++;
      return;
    }
    const lastOfFirst = shown[ROWS_PER_PAGE - 1];
    if (lastOfFirst === undefined) return;
    const { topic, payloadBytes, storedAtMs } = lastOfFirst;
    this.#starts.push({ topic, payloadBytes, ...(storedAtMs !== undefined && { storedAtMs }) });
  }

  showEarlier(): void {
    this.#starts.pop();
  }
}
