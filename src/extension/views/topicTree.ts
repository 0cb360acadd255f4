/**
 * What the Topics view shows of the engine's tree: all of it or what a filter leaves, in an order, with the pinned topics.
 *
 * Asks the engine and keeps its answers; knows nothing of VS Code, nor of when a view wants to be told. A filter has a
 * tree of its own: the whole one comes back with the branches open as they were.
 */
import type { TopicOrder } from '../../contracts/topics.ts';
import type { EngineClient } from '../engineClient.ts';
import { askForChildren } from './askForChildren.ts';
import { ROOT_ID, TopicBranches } from './topicBranches.ts';
import { TopicPins } from './topicPins.ts';
import type { PinRow, TopicNodeRow, TopicRow } from './topicRows.ts';

/** What a filter opens by itself. */
const MAX_FILTERED_ROWS = 500;
/** By rate or activity, a topic may leave the page that it was on when it was asked for. */
const MAX_FINDING_ATTEMPTS = 3;

export interface TopicTreeOptions {
  engine: Pick<EngineClient, 'callIfRunning'>;
  order: TopicOrder;
  pinnedTopics: readonly string[];
}

export class TopicTree {
  readonly #engine: Pick<EngineClient, 'callIfRunning'>;
  readonly pins: TopicPins;
  #order: TopicOrder;
  #wholeTree = new TopicBranches();
  #branches = this.#wholeTree;
  #filter: { readonly text: string; matches: number } | undefined;
  /** Counts the engines: the ids of nodes start again with each. */
  #engineCount = 0;
  /** Also those that were not waited for. */
  #filterCount = 0;

  constructor({ engine, order, pinnedTopics }: TopicTreeOptions) {
    this.#engine = engine;
    this.#order = order;
    this.pins = new TopicPins(pinnedTopics);
  }

  get order(): TopicOrder {
    return this.#order;
  }

  get filter(): { readonly text: string; readonly matches: number } | undefined {
    return this.#filter;
  }

  /** Of the tree that is shown. */
  get branches(): TopicBranches {
    return this.#branches;
  }

  /** Another for each tree whose rows may have the ids of this one's. */
  get id(): string {
    return this.#filter === undefined ? `${this.#engineCount}` : `${this.#engineCount}f${this.#filterCount}`;
  }

  /** Undefined for a row of the top level. */
  parentOf(row: TopicRow): TopicNodeRow | undefined {
    if (row.kind === 'pin') return undefined;
    return this.#branches.row(row.kind === 'more' ? row.parentId : row.node.parentId);
  }

  /** Empty without an engine, and where another tree has come to be shown meanwhile. */
  async childrenOf(parentId: number): Promise<readonly TopicRow[]> {
    const branches = this.#branches;
    const held = branches.heldChildren(parentId);
    if (held) return held;
    const range = branches.rangeOf(parentId);
    const children = await askForChildren(this.#engine, parentId, range, this.#order);
    if (children === undefined || branches !== this.#branches) return [];
    return branches.setChildren(children);
  }

  /** Under a filter, pinned topics are where they belong, if they match. */
  get pinRows(): readonly PinRow[] {
    return this.#filter === undefined ? this.pins.rows : [];
  }

  /** Brings the rows of pinned topics up to date. */
  async askForPins(): Promise<void> {
    const { topics } = this.pins;
    if (topics.length === 0) return;
    const nodes = await this.#engine.callIfRunning('topicNodes', { topics });
    // Pinned or unpinned meanwhile: that has asked, too.
    if (isSameList(topics, this.pins.topics)) this.pins.setNodes(nodes ?? []);
  }

  setOrder(order: TopicOrder): void {
    this.#order = order;
    this.#branches.forgetChildren();
    this.#wholeTree.forgetChildren();
  }

  /**
   * Shows what contains the text, and all of it when that is empty.
   *
   * @returns false when another filter has come meanwhile, which is waited for elsewhere.
   */
  async setFilter(text: string): Promise<boolean> {
    const filterCount = ++this.#filterCount;
    const result = await this.#engine.callIfRunning('setTopicFilter', { text });
    if (filterCount !== this.#filterCount) return false;
    this.#filter = text === '' ? undefined : { text, matches: result?.matches ?? 0 };
    this.#branches = text === '' ? this.#wholeTree : new TopicBranches(MAX_FILTERED_ROWS);
    this.#branches.forgetChildren();
    return true;
  }

  /** @returns whether that is news. */
  setMatches(matches: number | undefined): boolean {
    if (this.#filter === undefined || matches === undefined || matches === this.#filter.matches) return false;
    this.#filter.matches = matches;
    return true;
  }

  /**
   * Asks for all that leads to a topic; of wide branches, for the page that has it.
   *
   * @returns its row, and whether other children of some branch are shown than before. Undefined for a topic of which
   * nothing was heard, or that the filter hides.
   */
  async find(topic: string): Promise<{ row: TopicNodeRow; isMoved: boolean } | undefined> {
    const path = await this.#engine.callIfRunning('topicPath', { topic });
    let isMoved = false;
    for (const { parentId, id } of path ?? [])
      isMoved = (await this.#bringIntoRange(parentId, id)) || isMoved;
    const target = path?.at(-1);
    const row = target && this.#branches.row(target.id);
    return row && { row, isMoved };
  }

  /** Asks for the children of a branch again. Returns what must be refreshed, if they come in another order. */
  async orderAnew(branchId: number): Promise<TopicNodeRow | 'topLevel' | undefined> {
    const branches = this.#branches;
    const children = await askForChildren(this.#engine, branchId, branches.rangeOf(branchId), this.#order);
    if (children === undefined || branches !== this.#branches || branches.isAsShown(children))
      return undefined;
    branches.setChildren(children);
    return branchId === ROOT_ID ? 'topLevel' : branches.row(branchId);
  }

  /** Of an engine that ended, nothing is known any more. The next one is told of the filter. */
  startOver(): void {
    this.#engineCount++;
    this.#wholeTree = new TopicBranches();
    this.#branches = this.#wholeTree;
    this.pins.setNodes([]);
  }

  /** @returns whether other children of the branch are shown than before. */
  async #bringIntoRange(parentId: number, id: number): Promise<boolean> {
    let isMoved = false;
    for (let attempt = 0; attempt < MAX_FINDING_ATTEMPTS; attempt++) {
      const place = await this.#engine.callIfRunning('topicPlace', { id, order: this.#order });
      if (place === undefined) break;
      isMoved = this.#branches.showPlace(parentId, place) || isMoved;
      const rows = await this.childrenOf(parentId);
      if (rows.some((row) => row.kind === 'node' && row.node.id === id)) break;
      // What was held is older than the place.
      this.#branches.forgetChildren();
      isMoved = true;
    }
    return isMoved;
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((topic, i) => topic === b[i]);
}
