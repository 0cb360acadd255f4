/**
 * The part of the topic tree that the view shows: its rows, which branches are open, and what a change touches.
 *
 * Pure. Rows keep their identity while their numbers change, as a tree needs it. The children of a watched branch are
 * held, so that VS Code's questions after a refresh are answered without asking the engine again.
 */
import type { TopicChildren, TopicNode, TopicNodeId, TopicsChange } from '../../contracts/topics.ts';

export interface TopicNodeRow {
  readonly kind: 'node';
  readonly topic: string;
  node: TopicNode;
}

/** Stands for the children that are not shown. */
export interface MoreRow {
  readonly kind: 'more';
  readonly parentId: TopicNodeId;
  readonly hidden: number;
}

export type TopicRow = TopicNodeRow | MoreRow;

/** What a tree must refresh: everything, or some rows and what is below them. */
export interface Touched {
  root: boolean;
  rows: readonly TopicNodeRow[];
}

export const ROOT_ID: TopicNodeId = 0;
/** Of one branch: 10,000 rows side by side take the window 0.4 s to draw. */
const CHILDREN_PER_PAGE = 1_000;

export class TopicBranches {
  readonly #rows = new Map<TopicNodeId, TopicNodeRow>();
  /** Held answers. */
  readonly #children = new Map<TopicNodeId, readonly TopicRow[]>();
  /** Of the last answers, held or not: so that rows of a branch that is gone go with it. */
  readonly #shownIds = new Map<TopicNodeId, readonly TopicNodeId[]>();
  readonly #open = new Set<TopicNodeId>();
  readonly #pages = new Map<TopicNodeId, number>();

  /** How many children of a branch are shown at most. */
  limitOf(parentId: TopicNodeId): number {
    return (this.#pages.get(parentId) ?? 1) * CHILDREN_PER_PAGE;
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

  /** What was answered for this branch and still holds. */
  heldChildren(parentId: TopicNodeId): readonly TopicRow[] | undefined {
    return this.#children.get(parentId);
  }

  /** Takes the engine's answer; returns the rows to show. What is no longer among them is forgotten. */
  setChildren({ parentId, nodes, total }: TopicChildren): readonly TopicRow[] {
    const before = this.#shownIds.get(parentId) ?? [];
    const ids = nodes.map((node) => node.id);
    this.#shownIds.set(parentId, ids);
    const kept = new Set(ids);
    for (const id of before) if (!kept.has(id)) this.#forget(id);
    const rows: TopicRow[] = nodes.map((node) => this.#rowOf(node));
    if (total > nodes.length) rows.push({ kind: 'more', parentId, hidden: total - nodes.length });
    this.#children.set(parentId, rows);
    return rows;
  }

  /** True when the branch was not open before. */
  open(id: TopicNodeId): boolean {
    if (id === ROOT_ID || this.#open.has(id)) return false;
    this.#open.add(id);
    return true;
  }

  /** What is below keeps its state, as in the tree, but is no longer watched: what was held of it goes stale. */
  close(id: TopicNodeId): void {
    this.#open.delete(id);
    for (const parentId of this.#children.keys()) {
      if (parentId !== ROOT_ID && !this.#isShown(parentId)) this.#children.delete(parentId);
    }
  }

  /** Shows a page more. Returns what to refresh. */
  showMore(parentId: TopicNodeId): Touched {
    this.#pages.set(parentId, (this.#pages.get(parentId) ?? 1) + 1);
    return this.#touch([], [parentId]);
  }

  apply(change: TopicsChange): Touched {
    const changed = change.changed.filter((node) => this.#rows.has(node.id));
    return this.#touch(
      changed.map((node) => this.#rowOf(node)),
      change.childrenChanged,
    );
  }

  /** Answers are no longer current, as after a time in which nothing was watched. */
  forgetChildren(): void {
    this.#children.clear();
  }

  /** Nothing is known any more, as when the engine ended. */
  reset(): void {
    this.#rows.clear();
    this.#children.clear();
    this.#shownIds.clear();
    this.#open.clear();
    this.#pages.clear();
  }

  #touch(rows: TopicNodeRow[], branches: readonly TopicNodeId[]): Touched {
    for (const id of branches) {
      this.#children.delete(id);
      const row = this.#rows.get(id);
      if (row) rows.push(row);
    }
    return { root: branches.includes(ROOT_ID), rows };
  }

  #rowOf(node: TopicNode): TopicNodeRow {
    const known = this.#rows.get(node.id);
    if (known) {
      known.node = node;
      return known;
    }
    const row: TopicNodeRow = { kind: 'node', topic: node.topic, node };
    this.#rows.set(node.id, row);
    return row;
  }

  #forget(id: TopicNodeId): void {
    for (const childId of this.#shownIds.get(id) ?? []) this.#forget(childId);
    this.#rows.delete(id);
    this.#children.delete(id);
    this.#shownIds.delete(id);
    this.#open.delete(id);
    this.#pages.delete(id);
  }

  #isShown(id: TopicNodeId): boolean {
    for (let at = id; at !== ROOT_ID; ) {
      const row = this.#rows.get(at);
      if (row === undefined || !this.#open.has(at)) return false;
      at = row.node.parentId;
    }
    return true;
  }
}
