/**
 * The rows of the Retained Messages view, from one page of the engine to the next; and what its filter means.
 *
 * Pure. A row keeps its identity as long as its topic is listed.
 */
import type { RetainedFilter, RetainedMessage, RetainedPage } from '../../contracts/retained.ts';
import { checkTopicFilter, parseSharedFilter } from '../../mqtt/topics.ts';
import { isSameRows } from './sameRows.ts';

export interface RetainedMessageRow {
  readonly kind: 'retained';
  readonly topic: string;
  message: RetainedMessage;
}

/** Stands for those that are not shown, before the others or after them. */
export interface MoreRetainedRow {
  readonly kind: 'moreRetained';
  readonly side: 'before' | 'after';
  readonly hidden: number;
}

export type RetainedRow = RetainedMessageRow | MoreRetainedRow;

export class RetainedRows {
  readonly #byTopic = new Map<string, RetainedMessageRow>();
  #rows: readonly RetainedRow[] = [];

  get all(): readonly RetainedRow[] {
    return this.#rows;
  }

  /** @returns the rows that look different now; undefined when there are other rows, or in another order. */
  take({
    messages,
    before: hiddenBefore,
    total,
  }: Pick<RetainedPage, 'messages' | 'before' | 'total'>): RetainedMessageRow[] | undefined {
    const before = this.#rows;
    const changed: RetainedMessageRow[] = [];
    const listed = messages.map((message): RetainedMessageRow => {
      const row = this.#byTopic.get(message.topic);
      if (row === undefined) return { kind: 'retained', topic: message.topic, message };
      if (!isSame(row.message, message)) changed.push(row);
      row.message = message;
      return row;
    });
    const rows: readonly RetainedRow[] = [
      ...moreRow('before', hiddenBefore, before[0]),
      ...listed,
      ...moreRow('after', total - hiddenBefore - messages.length, before.at(-1)),
    ];
    this.#rows = rows;
    this.#byTopic.clear();
    for (const row of listed) this.#byTopic.set(row.topic, row);
    return isSameRows(before, rows) ? changed : undefined;
  }

  /** The messages of the rows, in their order. */
  get messages(): readonly RetainedMessage[] {
    return this.#rows.flatMap((row) => (row.kind === 'retained' ? row.message : []));
  }

  clear(): void {
    this.#rows = [];
    this.#byTopic.clear();
  }
}

/** @param last the row that was in its place; the same one, where it says the same. */
function moreRow(
  side: MoreRetainedRow['side'],
  hidden: number,
  last: RetainedRow | undefined,
): MoreRetainedRow[] {
  if (hidden <= 0) return [];
  const isAsBefore = last?.kind === 'moreRetained' && last.side === side && last.hidden === hidden;
  return [isAsBefore ? last : { kind: 'moreRetained', side, hidden }];
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
