/**
 * The rows of the Clients view, from one answer of the engine to the next.
 *
 * Pure. A row keeps its identity as long as what it stands for is listed: VS Code knows rows by it, and forgets what is
 * below a row that is drawn anew. So it is told of the few whose words changed, and of a parent only when other rows are
 * below it.
 */
import {
  type ClientDetail,
  type ClientInfo,
  type ClientPage,
  type ClientSubscription,
  type ClientWarning,
  MAX_LISTED_CLIENTS,
} from '../../contracts/clients.ts';
import { isSameRows } from './sameRows.ts';

export interface ClientRow {
  readonly kind: 'client';
  readonly clientId: string;
  client: ClientInfo;
}

/** A line about a client: what it is about, and what is the case now. */
export interface ClientFact {
  /** The same for the same line of every client. */
  readonly key: string;
  /** Name of a codicon. */
  readonly icon: string;
  readonly label: string;
  readonly value: string;
  /** What the line means, for the tooltip. */
  readonly more?: string;
}

export interface ClientFactRow {
  readonly kind: 'clientFact';
  readonly clientId: string;
  fact: ClientFact;
}

export interface ClientWarningRow {
  readonly kind: 'clientWarning';
  readonly clientId: string;
  warning: ClientWarning;
}

/** The heading of a client's subscriptions. */
export interface ClientSubscriptionsRow {
  readonly kind: 'clientSubscriptions';
  readonly clientId: string;
  count: number;
}

export interface ClientSubscriptionRow {
  readonly kind: 'clientSubscription';
  readonly clientId: string;
  readonly topicFilter: string;
  subscription: ClientSubscription;
}

/** Stands for those that are not shown. */
export interface MoreClientsRow {
  readonly kind: 'moreClients';
  readonly hidden: number;
  /** False where the engine lists no more: only a filter brings the others into sight. */
  readonly canShowMore: boolean;
}

export interface MoreSubscriptionsRow {
  readonly kind: 'moreSubscriptions';
  readonly clientId: string;
  readonly hidden: number;
}

export type ClientsRow =
  | ClientRow
  | ClientFactRow
  | ClientWarningRow
  | ClientSubscriptionsRow
  | ClientSubscriptionRow
  | MoreClientsRow
  | MoreSubscriptionsRow;

/** The top level. */
export class ClientRows {
  #byId = new Map<string, ClientRow>();
  #rows: readonly (ClientRow | MoreClientsRow)[] = [];

  get all(): readonly (ClientRow | MoreClientsRow)[] {
    return this.#rows;
  }

  get(clientId: string): ClientRow | undefined {
    return this.#byId.get(clientId);
  }

  /** @returns the rows that look different now; undefined when there are other rows, or in another order. */
  take({ clients, total }: Pick<ClientPage, 'clients' | 'total'>): ClientRow[] | undefined {
    const before = this.#rows;
    const changed: ClientRow[] = [];
    const rows: (ClientRow | MoreClientsRow)[] = clients.map((client) => {
      const row = this.#byId.get(client.clientId);
      if (row === undefined) return { kind: 'client', clientId: client.clientId, client };
      if (!isSame(row.client, client)) changed.push(row);
      row.client = client;
      return row;
    });
    const hidden = total - clients.length;
    const last = before.at(-1);
    const canShowMore = clients.length < MAX_LISTED_CLIENTS;
    if (hidden > 0) {
      const isAsBefore =
        last?.kind === 'moreClients' && last.hidden === hidden && last.canShowMore === canShowMore;
      rows.push(isAsBefore ? last : { kind: 'moreClients', hidden, canShowMore });
    }
    this.#rows = rows;
    this.#byId = new Map(rows.flatMap((row) => (row.kind === 'client' ? [[row.clientId, row]] : [])));
    return isSameRows(before, rows) ? changed : undefined;
  }

  clear(): void {
    this.#rows = [];
    this.#byId = new Map();
  }
}

/** What is below one client. */
export class ClientBranch {
  readonly clientId: string;
  #rows: readonly (ClientWarningRow | ClientFactRow | ClientSubscriptionsRow)[] = [];
  #subscriptions: readonly (ClientSubscriptionRow | MoreSubscriptionsRow)[] = [];
  readonly #heading: ClientSubscriptionsRow;

  constructor(clientId: string) {
    this.clientId = clientId;
    this.#heading = { kind: 'clientSubscriptions', clientId, count: 0 };
  }

  /** Warnings, facts, then the heading of the subscriptions. */
  get rows(): readonly (ClientWarningRow | ClientFactRow | ClientSubscriptionsRow)[] {
    return this.#rows;
  }

  get subscriptions(): readonly (ClientSubscriptionRow | MoreSubscriptionsRow)[] {
    return this.#subscriptions;
  }

  /**
   * Takes an answer.
   *
   * @param facts the detail in words.
   * @returns the rows that look different now, the heading among them where other subscriptions are below it; undefined
   * when there are other rows.
   */
  take(
    { clientId, found, session }: ClientDetail,
    facts: readonly ClientFact[],
  ): readonly ClientsRow[] | undefined {
    const changed = new Set<ClientsRow>();
    const before = this.#rows;
    const factRows = new Map(
      before.flatMap((row) => (row.kind === 'clientFact' ? [[row.fact.key, row]] : [])),
    );
    const warningRows = new Map(
      before.flatMap((row) => (row.kind === 'clientWarning' ? [[row.warning.facts.kind, row]] : [])),
    );
    const rows: (ClientWarningRow | ClientFactRow | ClientSubscriptionsRow)[] = [
      ...found.map((warning): ClientWarningRow => {
        const row = warningRows.get(warning.facts.kind);
        if (row === undefined) return { kind: 'clientWarning', clientId, warning };
        if (!isSame(row.warning, warning)) changed.add(row);
        row.warning = warning;
        return row;
      }),
      ...facts.map((fact): ClientFactRow => {
        const row = factRows.get(fact.key);
        if (row === undefined) return { kind: 'clientFact', clientId, fact };
        if (row.fact.value !== fact.value) changed.add(row);
        row.fact = fact;
        return row;
      }),
    ];
    if (session !== undefined) {
      rows.push(this.#heading);
      this.#takeSubscriptions(session.subscriptions, session.subscriptionCount, changed);
    }
    this.#rows = rows;
    return isSameRows(before, rows) ? [...changed] : undefined;
  }

  #takeSubscriptions(
    subscriptions: readonly ClientSubscription[],
    count: number,
    changed: Set<ClientsRow>,
  ): void {
    const { clientId } = this;
    const before = this.#subscriptions;
    const known = new Map(
      before.flatMap((row) => (row.kind === 'clientSubscription' ? [[row.topicFilter, row]] : [])),
    );
    const rows: (ClientSubscriptionRow | MoreSubscriptionsRow)[] = subscriptions.map((subscription) => {
      const { topicFilter } = subscription;
      const row = known.get(topicFilter);
      if (row === undefined) return { kind: 'clientSubscription', clientId, topicFilter, subscription };
      if (!isSame(row.subscription, subscription)) changed.add(row);
      row.subscription = subscription;
      return row;
    });
    const hidden = count - subscriptions.length;
    const last = before.at(-1);
    if (hidden > 0) {
      const isAsBefore = last?.kind === 'moreSubscriptions' && last.hidden === hidden;
      rows.push(isAsBefore ? last : { kind: 'moreSubscriptions', clientId, hidden });
    }
    this.#subscriptions = rows;
    if (!isSameRows(before, rows) || this.#heading.count !== count) changed.add(this.#heading);
    this.#heading.count = count;
  }
}

/** Plain values. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
