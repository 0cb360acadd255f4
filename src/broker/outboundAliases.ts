/**
 * HOT PATH. Which topics the broker has given an alias, over one connection. Section 3.3.2.3.4.
 *
 * Owns the numbers: 1 up to what client and broker allow, and when all are taken the topic that was used longest ago
 * gives way. Knows nothing of packets: who asks for an alias sends the packet that tells the client of it.
 */
export class OutboundAliases {
  readonly #maximum: number;
  /** In the order of use, the topic used longest ago first. */
  readonly #aliases = new Map<string, number>();
  /** A device that publishes the same topic again and again must not move it in the map each time. */
  #latestTopic: string | undefined;

  /** @param maximum 1 to 65,535. */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  has(topic: string): boolean {
    return this.#aliases.has(topic);
  }

  /** The alias that the client knows for the topic, which from here on is the one used last; undefined without one. */
  use(topic: string): number | undefined {
    const alias = this.#aliases.get(topic);
    if (alias === undefined || topic === this.#latestTopic) return alias;
    this.#aliases.delete(topic);
    this.#put(topic, alias);
    return alias;
  }

  /** An alias for a topic that has none. The client is told of it before anything else. */
  assign(topic: string): number {
    let alias = this.#aliases.size + 1;
    if (alias > this.#maximum) {
      const [oldest] = this.#aliases;
      const [oldestTopic, oldestAlias] = oldest!; // all aliases are taken, and there is one at least
      this.#aliases.delete(oldestTopic);
      alias = oldestAlias;
    }
    this.#put(topic, alias);
    return alias;
  }

  /** The topic that the client knows by the alias. Looks at all of them: for who asks rarely. */
  topicOf(alias: number): string | undefined {
    for (const [topic, known] of this.#aliases) if (known === alias) return topic;
    return undefined;
  }

  #put(topic: string, alias: number): void {
    this.#aliases.set(topic, alias);
    this.#latestTopic = topic;
  }
}
