/**
 * The part of the topic tree that the view shows: its rows, which branches are open, and what a change touches.
 *
 * Pure. The children of a watched branch are held, so that VS Code's questions after a refresh are answered without
 * asking the engine again. Of a wide branch a range of children is shown. VS Code remembers by an item's id whether it is
 * open, and takes another word for it only with another id: a row's generation is part of it.
 */
import type { TopicChildren, TopicNode, TopicNodeId, TopicsChange } from '../../contracts/topics.ts';
import { dimWhenQuiet, type MoreRow, nextTrend, type TopicNodeRow, type Touched } from './topicRows.ts';

export interface BranchRange {
  /** Place of the first child that is shown. */
  from: number;
  count: number;
}

export const ROOT_ID: TopicNodeId = 0;
/** Of one branch. If all of them change all the time, each is drawn anew twice a second: see `MAX_ROWS_PER_REFRESH`. */
export const CHILDREN_PER_PAGE = 200;

const firstPage: BranchRange = { from: 0, count: CHILDREN_PER_PAGE };

type BranchRow = TopicNodeRow | MoreRow;

export class TopicBranches {
  readonly #rows = new Map<TopicNodeId, TopicNodeRow>();
  /** Held answers. */
  readonly #children = new Map<TopicNodeId, readonly BranchRow[]>();
  /** Of the last answers, held or not: so that rows of a branch that is gone go with it. */
  readonly #shownIds = new Map<TopicNodeId, readonly TopicNodeId[]>();
  readonly #open = new Set<TopicNodeId>();
  /** And not asked for since, nor watched. */
  readonly #openedByItself = new Set<TopicNodeId>();
  readonly #ranges = new Map<TopicNodeId, BranchRange>();
  #rowsToOpen: number;

  /** @param rowsToOpen branches open by themselves until about this many rows have come of it, as under a filter. */
  constructor(rowsToOpen = 0) {
    this.#rowsToOpen = rowsToOpen;
  }

  /** Which children of a branch are shown. */
  rangeOf(parentId: TopicNodeId): BranchRange {
    return this.#ranges.get(parentId) ?? firstPage;
  }

  /** Rows that are shown or were, for the cost of a refresh of everything. */
  get size(): number {
    return this.#rows.size;
  }

  /** The branches whose rows are on the screen or scrolled out of it: open, with every branch above them open. */
  get watched(): readonly TopicNodeId[] {
    return [ROOT_ID, ...[...this.#open].filter((id) => this.#isShown(id))];
  }

  isOpen(id: TopicNodeId): boolean {
    return this.#open.has(id);
  }

  /** The row is in the tree, and every branch above it is open. */
  isInSight({ node: { id, parentId } }: TopicNodeRow): boolean {
    return this.#rows.has(id) && (parentId === ROOT_ID || this.#isShown(parentId));
  }

  row(id: TopicNodeId): TopicNodeRow | undefined {
    return this.#rows.get(id);
  }

  /** What was answered for this branch and still holds. */
  heldChildren(parentId: TopicNodeId): readonly BranchRow[] | undefined {
    return this.#children.get(parentId);
  }

  /** The answer has the same nodes in the same order as the one before. */
  isAsShown({ parentId, nodes }: TopicChildren): boolean {
    const ids = this.#shownIds.get(parentId);
    return ids !== undefined && ids.length === nodes.length && nodes.every(({ id }, i) => id === ids[i]);
  }

  /** Takes the engine's answer, from the place where the range begins; returns the rows to show. What is no longer among them is forgotten. */
  setChildren({ parentId, nodes, total }: TopicChildren): readonly BranchRow[] {
    const before = this.#shownIds.get(parentId) ?? [];
    const ids = nodes.map((node) => node.id);
    this.#shownIds.set(parentId, ids);
    const kept = new Set(ids);
    for (const id of before) if (!kept.has(id)) this.#forget(id);
    const { from } = this.rangeOf(parentId);
    const rows: BranchRow[] = [];
    if (from > 0) rows.push({ kind: 'more', side: 'before', parentId, hidden: from });
    for (const node of nodes) rows.push(this.#rowOf(node));
    const after = total - from - nodes.length;
    if (after > 0) rows.push({ kind: 'more', side: 'after', parentId, hidden: after });
    this.#children.set(parentId, rows);
    return rows;
  }

  /** True when it must be watched from here on. What was asked for before, for it and below, may be out of date. */
  open(id: TopicNodeId): boolean {
    const isNews = id !== ROOT_ID && (!this.#open.has(id) || this.#openedByItself.has(id));
    if (!isNews) return false;
    this.#openedByItself.delete(id);
    this.#children.delete(id);
    this.#forgetUnwatched();
    this.#open.add(id);
    return true;
  }

  /** What is below keeps its state, as in the tree, but is no longer watched: what was held of it goes stale. */
  close(id: TopicNodeId): void {
    this.#open.delete(id);
    this.#forgetUnwatched();
  }

  /**
   * Closes what is deeper, as if a person had done so row by row.
   *
   * @param depth 1: no more than the children of the branch are left in sight.
   */
  collapse(parentId: TopicNodeId, depth: number): void {
    for (const id of [...this.#open]) {
      const below = this.#depthBelow(parentId, id);
      if (below !== undefined && below >= depth) this.#open.delete(id);
    }
    this.#forgetUnwatched();
  }

  /** The tree takes anew whether this branch, and what is below it, is open. Returns what to refresh. */
  renew(parentId: TopicNodeId): Touched {
    for (const row of this.#rows.values()) {
      if (row.node.id === parentId || this.#depthBelow(parentId, row.node.id) !== undefined) row.generation++;
    }
    const above = this.#rows.get(parentId)?.node.parentId ?? ROOT_ID;
    const row = this.#rows.get(above);
    return { root: row === undefined, branches: row === undefined ? [] : [row], rows: [] };
  }

  /** Shows a page more on one side. Returns what to refresh. */
  showMore({ parentId, side }: Pick<MoreRow, 'parentId' | 'side'>): Touched {
    const { from, count } = this.rangeOf(parentId);
    const page = side === 'before' ? Math.min(CHILDREN_PER_PAGE, from) : 0;
    const added = side === 'before' ? page : CHILDREN_PER_PAGE;
    this.#ranges.set(parentId, { from: from - page, count: count + added });
    return this.#touch([], [parentId]);
  }

  /** Shows the page that has this place, in place of what is shown, where that hasn't. Returns whether it must. */
  showPlace(parentId: TopicNodeId, place: number): boolean {
    const { from, count } = this.rangeOf(parentId);
    if (place >= from && place < from + count) return false;
    this.#ranges.set(parentId, { from: place - (place % CHILDREN_PER_PAGE), count: CHILDREN_PER_PAGE });
    this.#children.delete(parentId);
    return true;
  }

  apply(change: TopicsChange): Touched {
    const changed = change.changed.filter((node) => this.#rows.has(node.id));
    return this.#touch(
      changed.map((node) => this.#rowOf(node)),
      change.childrenChanged,
    );
  }

  /** Rows that look different because they have become quiet, or are heard again. */
  dimQuiet(nowMs: number, dimAfterMs: number): TopicNodeRow[] {
    return [...this.#rows.values()].filter((row) => dimWhenQuiet(row, nowMs, dimAfterMs));
  }

  /** Answers are no longer current, as after a time in which nothing was watched. */
  forgetChildren(): void {
    this.#children.clear();
  }

  #touch(rows: readonly TopicNodeRow[], branchIds: readonly TopicNodeId[]): Touched {
    for (const id of branchIds) this.#children.delete(id);
    const branches = branchIds.map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
    return { root: branchIds.includes(ROOT_ID), branches, rows };
  }

  #rowOf(node: TopicNode): TopicNodeRow {
    const known = this.#rows.get(node.id);
    if (known) {
      known.trend = nextTrend(known, node);
      known.node = node;
      return known;
    }
    const row: TopicNodeRow = {
      ...{ kind: 'node', topic: node.topic, node },
      ...{ trend: undefined, isDim: false, generation: 0 },
    };
    this.#rows.set(node.id, row);
    if (node.childCount > 0 && this.#rowsToOpen > 0) {
      this.#rowsToOpen -= Math.min(node.childCount, CHILDREN_PER_PAGE);
      this.#open.add(node.id);
      this.#openedByItself.add(node.id);
    }
    return row;
  }

  #forget(id: TopicNodeId): void {
    for (const childId of this.#shownIds.get(id) ?? []) this.#forget(childId);
    this.#rows.delete(id);
    this.#children.delete(id);
    this.#shownIds.delete(id);
    this.#open.delete(id);
    this.#openedByItself.delete(id);
    this.#ranges.delete(id);
  }

  #forgetUnwatched(): void {
    for (const parentId of this.#children.keys()) {
      if (parentId !== ROOT_ID && !this.#isShown(parentId)) this.#children.delete(parentId);
    }
  }

  #isShown(id: TopicNodeId): boolean {
    for (let at = id; at !== ROOT_ID; ) {
      const row = this.#rows.get(at);
      if (row === undefined || !this.#open.has(at)) return false;
      at = row.node.parentId;
    }
    return true;
  }

  /** 1 for a child; undefined for what is not below. */
  #depthBelow(parentId: TopicNodeId, id: TopicNodeId): number | undefined {
    let depth = 0;
    for (let at = id; at !== parentId; depth++) {
      const row = this.#rows.get(at);
      if (row === undefined) return undefined;
      at = row.node.parentId;
    }
    return depth === 0 ? undefined : depth;
  }
}
