/**
 * Strings of levels as a tree, one node a level: what subscriptions and retained messages are both kept in.
 *
 * Owns the two walks that MQTT needs, each the other's mirror: from a topic name to the filters that match it, and
 * from a filter to the names that it matches. Knows nothing of what a node's value is. Both walks go level by level
 * and never call themselves, since a topic may have 65,535 levels.
 */

/**
 * What a node costs: itself, and the map of its children. Measured as 240 bytes for one with a single child, 130 for
 * a leaf; its level is part of a string that is counted elsewhere.
 */
export const NODE_BYTES = 256;

export class TopicNode<Value> {
  readonly parent: TopicNode<Value> | undefined;
  readonly level: string;
  /** Absent in leaves, which most nodes are. */
  children: Map<string, TopicNode<Value>> | undefined;
  value: Value | undefined;

  constructor(parent: TopicNode<Value> | undefined, level: string) {
    this.parent = parent;
    this.level = level;
  }
}

export class TopicTree<Value> {
  readonly #root = new TopicNode<Value>(undefined, '');
  #nodeCount = 0;

  /** Nodes in use. */
  get nodeCount(): number {
    return this.#nodeCount;
  }

  find(path: string): TopicNode<Value> | undefined {
    let node: TopicNode<Value> | undefined = this.#root;
    for (const level of path.split('/')) {
      node = node.children?.get(level);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** How many nodes `create` would make for the path. */
  missingNodes(path: string): number {
    let node: TopicNode<Value> | undefined = this.#root;
    let missing = 0;
    for (const level of path.split('/')) {
      node = node?.children?.get(level);
      if (node === undefined) missing++;
    }
    return missing;
  }

  /** Whether there is any path that starts with this level. */
  hasUnder(level: string): boolean {
    return this.#root.children?.has(level) === true;
  }

  /** The node of the path, made if need be. Who leaves it without a value calls `prune`. */
  create(path: string): TopicNode<Value> {
    let node = this.#root;
    for (const level of path.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (child === undefined) {
        child = new TopicNode(node, level);
        node.children.set(level, child);
        this.#nodeCount++;
      }
      node = child;
    }
    return node;
  }

  /** Takes out the node, and each above it, that has neither value nor children. */
  prune(node: TopicNode<Value>): void {
    let bare = node;
    while (bare.value === undefined && bare.children === undefined && bare.parent !== undefined) {
      const parent = bare.parent;
      parent.children?.delete(bare.level);
      this.#nodeCount--;
      if (parent.children?.size === 0) parent.children = undefined;
      bare = parent;
    }
  }

  /** The values of all paths that, read as topic filters, match the topic name. In no particular order. */
  valuesOfFiltersMatching(topic: string): Value[] {
    const found: Value[] = [];
    let nodes: TopicNode<Value>[] = [this.#root];
    // [MQTT-4.7.2-1] A wildcard at the start does not match $SYS and the like.
    let mayBeWildcard = !topic.startsWith('$');
    for (const level of topic.split('/')) {
      const next: TopicNode<Value>[] = [];
      for (const node of nodes) {
        const children = node.children;
        if (children === undefined) continue;
        const same = children.get(level);
        if (same !== undefined) next.push(same);
        if (!mayBeWildcard) continue;
        const single = children.get('+');
        if (single !== undefined) next.push(single);
        addValue(children.get('#'), found);
      }
      if (next.length === 0) return found;
      nodes = next;
      mayBeWildcard = true;
    }
    for (const node of nodes) {
      addValue(node, found);
      // `sport/#` matches `sport` too. Section 4.7.1.2.
      addValue(node.children?.get('#'), found);
    }
    return found;
  }

  /** The values of all paths that, read as topic names, the filter matches. Parents come before their children. */
  valuesOfNamesMatching(topicFilter: string): Value[] {
    const found: Value[] = [];
    let nodes: TopicNode<Value>[] = [this.#root];
    for (const level of topicFilter.split('/')) {
      if (level === '#') {
        this.#addSubtrees(nodes, found);
        return found;
      }
      const next: TopicNode<Value>[] = [];
      for (const node of nodes) {
        if (level === '+') this.#addChildren(node, next);
        else {
          const same = node.children?.get(level);
          if (same !== undefined) next.push(same);
        }
      }
      nodes = next;
    }
    for (const node of nodes) addValue(node, found);
    return found;
  }

  /**
   * As `valuesOfNamesMatching`, one by one, for who takes them over a time; without a filter every value. What is set or
   * pruned meanwhile may or may not be among them. Parents come before their children.
   */
  *eachOfNamesMatching(topicFilter: string | undefined): Generator<Value, void> {
    const levels = topicFilter === undefined ? ['#'] : topicFilter.split('/');
    // One of nodes at the same depth for each level gone down.
    const stack: NodesAtDepth<Value>[] = [{ nodes: [this.#root].values(), depth: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.nodes.next();
      if (next.done === true) {
        stack.pop();
        continue;
      }
      const node = next.value;
      const { depth } = top;
      const level = levels[depth];
      if ((level === undefined || level === '#') && node.value !== undefined) yield node.value;
      if (level === undefined || node.children === undefined) continue;
      if (level !== '#' && level !== '+') {
        const same = node.children.get(level);
        if (same !== undefined) stack.push({ nodes: [same].values(), depth: depth + 1 });
        continue;
      }
      const nodes =
        node === this.#root && topicFilter !== undefined ? plain(node.children) : node.children.values();
      stack.push({ nodes, depth: level === '#' ? depth : depth + 1 });
    }
  }

  /** Every value. Parents come before their children. */
  values(): Value[] {
    const found: Value[] = [];
    const nodes = [this.#root];
    for (const node of nodes) {
      addValue(node, found);
      if (node.children !== undefined) for (const child of node.children.values()) nodes.push(child);
    }
    return found;
  }

  /** The values of the nodes and of all below them. Grows `nodes`. */
  #addSubtrees(nodes: TopicNode<Value>[], found: Value[]): void {
    for (const node of nodes) {
      addValue(node, found);
      this.#addChildren(node, nodes);
    }
  }

  /** The children that a wildcard stands for: at the top, not those that start with `$`. [MQTT-4.7.2-1] */
  #addChildren(node: TopicNode<Value>, nodes: TopicNode<Value>[]): void {
    if (node.children === undefined) return;
    for (const child of node.children.values()) {
      if (node !== this.#root || !child.level.startsWith('$')) nodes.push(child);
    }
  }
}

/** Nodes that match the levels of a filter before this one; at a `#`, those below it as well. */
interface NodesAtDepth<Value> {
  readonly nodes: Iterator<TopicNode<Value>>;
  readonly depth: number;
}

/** What a wildcard at the top stands for. [MQTT-4.7.2-1] */
function* plain<Value>(
  children: ReadonlyMap<string, TopicNode<Value>>,
): Generator<TopicNode<Value>, undefined> {
  for (const child of children.values()) if (!child.level.startsWith('$')) yield child;
}

function addValue<Value>(node: TopicNode<Value> | undefined, found: Value[]): void {
  if (node?.value !== undefined) found.push(node.value);
}
