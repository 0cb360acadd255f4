/** Topics that a person pinned to the top of the view: a row each, heard or not. Pure. */
import type { TopicNode } from '../../contracts/topics.ts';
import { dimWhenQuiet, nextTrend, type PinRow } from './topicRows.ts';

export class TopicPins {
  #rows: PinRow[];

  constructor(topics: readonly string[]) {
    this.#rows = topics.map(rowOf);
  }

  /** In the order in which they were pinned. */
  get topics(): readonly string[] {
    return this.#rows.map(({ topic }) => topic);
  }

  get rows(): readonly PinRow[] {
    return this.#rows;
  }

  /** False for a topic that is pinned already. */
  pin(topic: string): boolean {
    if (this.topics.includes(topic)) return false;
    this.#rows = [...this.#rows, rowOf(topic)];
    return true;
  }

  /** False for a topic that is not pinned. */
  unpin(topic: string): boolean {
    const rows = this.#rows.filter((row) => row.topic !== topic);
    if (rows.length === this.#rows.length) return false;
    this.#rows = rows;
    return true;
  }

  /** @param nodes of the topics, in their order; undefined for one that is not heard. */
  setNodes(nodes: readonly (TopicNode | undefined)[]): void {
    this.#rows.forEach((row, i) => {
      setNode(row, nodes[i]);
    });
  }

  /** The rows that changed. */
  apply(changed: readonly TopicNode[]): PinRow[] {
    if (this.#rows.length === 0) return [];
    const byTopic = new Map(changed.map((node) => [node.topic, node]));
    return this.#rows.filter((row) => {
      const node = byTopic.get(row.topic);
      if (node !== undefined) setNode(row, node);
      return node !== undefined;
    });
  }

  dimQuiet(nowMs: number, dimAfterMs: number): PinRow[] {
    return this.#rows.filter((row) => dimWhenQuiet(row, nowMs, dimAfterMs));
  }
}

function rowOf(topic: string): PinRow {
  return { kind: 'pin', topic, node: undefined, trend: undefined, isDim: false };
}

function setNode(row: PinRow, node: TopicNode | undefined): void {
  row.trend = nextTrend(row, node);
  row.node = node;
}
