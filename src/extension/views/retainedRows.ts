/**
 * The rows of the Retained Messages view, from one page of the engine to the next; and what its filter means.
 *
 * Pure. A row keeps its identity as long as its topic is listed.
 */
import {
  MAX_LISTED_RETAINED,
  type RetainedFilter,
  type RetainedMessage,
  type RetainedPage,
} from '../../contracts/retained.ts';
import { checkTopicFilter, parseSharedFilter } from '../../mqtt/topics.ts';

export interface RetainedMessageRow {
  readonly kind: 'retained';
  readonly topic: string;
  message: RetainedMessage;
}

/** Stands for those that are not shown. */
export interface MoreRetainedRow {
  readonly kind: 'moreRetained';
  readonly hidden: number;
  /** False where the engine lists no more: only a filter brings the others into sight. */
  readonly canShowMore: boolean;
}

export type RetainedRow = RetainedMessageRow | MoreRetainedRow;

export class RetainedRows {
  readonly #byTopic = new Map<string, RetainedMessageRow>();
  #rows: readonly RetainedRow[] = [];

  get all(): readonly RetainedRow[] {
    return this.#rows;
  }

  /** @returns the rows that look different now; undefined when there are other rows, or in another order. */
  take({ messages, total }: Pick<RetainedPage, 'messages' | 'total'>): RetainedMessageRow[] | undefined {
    const before = this.#rows;
    const changed: RetainedMessageRow[] = [];
    const rows: RetainedRow[] = messages.map((message) => {
      const row = this.#byTopic.get(message.topic);
      if (row === undefined) return { kind: 'retained', topic: message.topic, message };
      if (!isSame(row.message, message)) changed.push(row);
      row.message = message;
      return row;
    });
    const hidden = total - messages.length;
    const last = before.at(-1);
    const canShowMore = messages.length < MAX_LISTED_RETAINED;
    if (hidden > 0) {
      const isAsBefore =
        last?.kind === 'moreRetained' && last.hidden === hidden && last.canShowMore === canShowMore;
      rows.push(isAsBefore ? last : { kind: 'moreRetained', hidden, canShowMore });
    }
    this.#rows = rows;
    this.#byTopic.clear();
    for (const row of rows) if (row.kind === 'retained') this.#byTopic.set(row.topic, row);
    const isSameList = rows.length === before.length && rows.every((row, i) => row === before[i]);
    return isSameList ? changed : undefined;
  }

  clear(): void {
    this.#rows = [];
    this.#byTopic.clear();
  }
}

function isSame(a: RetainedMessage, b: RetainedMessage): boolean {
  return (
    a.storedAtMs === b.storedAtMs &&
    a.payloadBytes === b.payloadBytes &&
    a.expiresAtMs === b.expiresAtMs &&
    a.preview.every((byte, i) => byte === b.preview[i])
  );
}

/** What a person typed: a topic filter where it has a wildcard and is one, else a part of the topic. */
export function retainedFilterOf(typed: string): RetainedFilter {
  if (typed === '') return {};
  const isFilter =
    /[+#]/.test(typed) && checkTopicFilter(typed) === undefined && parseSharedFilter(typed) === undefined;
  return isFilter ? { topicFilter: typed } : { text: typed };
}

/** The branches that a topic is in, the innermost first: `a/b/#` and `a/#` of `a/b/c`. */
export function branchFiltersOf(topic: string): string[] {
  const filters: string[] = [];
  for (let at = topic.lastIndexOf('/'); at !== -1; at = at === 0 ? -1 : topic.lastIndexOf('/', at - 1))
    filters.push(`${topic.slice(0, at)}/#`);
  return filters;
}
