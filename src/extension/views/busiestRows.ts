/**
 * The rows of the Busiest Topics view, from one answer of the engine to the next.
 *
 * Pure. A row keeps its identity while its numbers change, so that what is selected stays selected. Numbers change each
 * second; the order, and who is among them, less often: a row must stand still long enough to be clicked.
 */
import type { BusiestTopics, BusyClient, BusyTopic, Traffic } from '../../contracts/traffic.ts';

export interface BusyTopicRow {
  readonly kind: 'busyTopic';
  readonly topic: string;
  busy: BusyTopic;
}

/** The heading of the clients. */
export interface BusyClientsRow {
  readonly kind: 'busyClients';
}

export interface BusyClientRow {
  readonly kind: 'busyClient';
  readonly clientId: string;
  busy: BusyClient;
}

export type BusiestRow = BusyTopicRow | BusyClientsRow | BusyClientRow;

/** The shortest time between two orders. */
export const REORDER_INTERVAL_MS = 2_000;

const nothing: Traffic = { messagesPerSecond: 0, bytesPerSecond: 0 };

export class BusiestRows {
  #topics: readonly BusyTopicRow[] = [];
  #clients: readonly BusyClientRow[] = [];
  #total = nothing;
  #activeTopics = 0;
  #orderedAtMs = Number.NEGATIVE_INFINITY;
  readonly #heading: BusyClientsRow = { kind: 'busyClients' };

  get total(): Traffic {
    return this.#total;
  }

  /** All that there are, shown or not. */
  get activeTopics(): number {
    return this.#activeTopics;
  }

  get clients(): readonly BusyClientRow[] {
    return this.#clients;
  }

  /** Topics, then the heading of the clients. Empty while nothing comes. */
  get top(): readonly BusiestRow[] {
    return this.#clients.length === 0 ? this.#topics : [...this.#topics, this.#heading];
  }

  /**
   * Takes an answer.
   *
   * @param nowMs monotonic.
   * @returns the rows whose numbers are others now; undefined when there are other rows, or in another order.
   */
  take(answer: BusiestTopics, nowMs: number): readonly BusiestRow[] | undefined {
    this.#total = answer.total;
    this.#activeTopics = answer.activeTopics;
    const topics = new Map(answer.topics.map((busy) => [busy.topic, busy]));
    const clients = new Map(answer.clients.map((busy) => [busy.clientId, busy]));
    for (const row of this.#topics) row.busy = topics.get(row.topic) ?? row.busy;
    for (const row of this.#clients) row.busy = clients.get(row.clientId) ?? row.busy;
    const isSame =
      isSameOrder(this.#topics, [...topics.keys()], ({ topic }) => topic) &&
      isSameOrder(this.#clients, [...clients.keys()], ({ clientId }) => clientId);
    // A first row, and the last one's going, need not wait.
    const mayReorder =
      nowMs - this.#orderedAtMs >= REORDER_INTERVAL_MS || this.#topics.length === 0 || topics.size === 0;
    if (isSame || !mayReorder) return [...this.#topics, ...this.#clients];
    this.#orderedAtMs = nowMs;
    const topicRows = new Map(this.#topics.map((row) => [row.topic, row]));
    const clientRows = new Map(this.#clients.map((row) => [row.clientId, row]));
    this.#topics = answer.topics.map(
      (busy) => topicRows.get(busy.topic) ?? { kind: 'busyTopic', topic: busy.topic, busy },
    );
    this.#clients = answer.clients.map(
      (busy) => clientRows.get(busy.clientId) ?? { kind: 'busyClient', clientId: busy.clientId, busy },
    );
    return undefined;
  }

  /** The next answer sets the order, as another one was asked for. */
  reorder(): void {
    this.#orderedAtMs = Number.NEGATIVE_INFINITY;
  }

  clear(): void {
    this.#topics = [];
    this.#clients = [];
    this.#total = nothing;
    this.#activeTopics = 0;
    this.reorder();
  }
}

function isSameOrder<Row>(
  rows: readonly Row[],
  keys: readonly string[],
  keyOf: (row: Row) => string,
): boolean {
  return rows.length === keys.length && rows.every((row, i) => keyOf(row) === keys[i]);
}
