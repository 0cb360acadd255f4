/**
 * Rows of the Topics view. A row keeps its identity while its numbers change, as a tree needs it.
 *
 * Pure. Owns what a row remembers of before: where its number goes, and whether it has been quiet.
 */
import type { TopicNode, TopicNodeId } from '../../contracts/topics.ts';
import { type Trend, trendOf } from '../payload/topicValue.ts';

export interface TopicNodeRow {
  readonly kind: 'node';
  readonly topic: string;
  node: TopicNode;
  trend: Trend | undefined;
  isDim: boolean;
  /** Goes up when the tree must take its state anew: see TopicBranches. */
  generation: number;
}

/** A topic that a person pinned to the top. Heard or not. */
export interface PinRow {
  readonly kind: 'pin';
  readonly topic: string;
  node: TopicNode | undefined;
  trend: Trend | undefined;
  isDim: boolean;
}

/** Stands for the children that are not shown, on either side of those that are. */
export interface MoreRow {
  readonly kind: 'more';
  readonly side: 'before' | 'after';
  readonly parentId: TopicNodeId;
  readonly hidden: number;
}

export type TopicRow = TopicNodeRow | PinRow | MoreRow;

/** What a tree must refresh, where it looks different. */
export interface Touched {
  /** Everything: the top level has changed. */
  root: boolean;
  /** With what is below them. */
  branches: readonly TopicNodeRow[];
  /** Their numbers, last message or marks have changed: which does not always show. */
  rows: readonly (TopicNodeRow | PinRow)[];
}

/** Where the number goes, from the row's node to the one that takes its place. A new rate of the same message leaves it. */
export function nextTrend(row: TopicNodeRow | PinRow, node: TopicNode | undefined): Trend | undefined {
  const before = row.node?.last;
  const after = node?.last;
  if (before === undefined || after === undefined) return undefined;
  return before.id === after.id ? row.trend : trendOf(before, after);
}

/**
 * @param dimAfterMs 0: never.
 * @returns whether the row looks different from now on.
 */
export function dimWhenQuiet(row: TopicNodeRow | PinRow, nowMs: number, dimAfterMs: number): boolean {
  // A recording is of another time.
  const isLive = row.node?.connectionKind !== 'recording';
  const isQuiet = isLive && dimAfterMs > 0 && nowMs - (row.node?.branchNewestAtMs ?? 0) > dimAfterMs;
  if (row.isDim === isQuiet) return false;
  row.isDim = isQuiet;
  return true;
}
