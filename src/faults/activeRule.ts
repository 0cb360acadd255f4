/**
 * One rule that is on: which packets it hits, and its own chance for each client and direction.
 *
 * Owns the draws and the counts. Knows nothing of connections: a client's luck goes on over its next one.
 */

import type { FaultDeed, InjectedFault } from '../broker/injectedFault.ts';
import type { FaultBehaviour, FaultDirection, FaultRule } from './faultRule.ts';
import { mayMean, meansPacket } from './faultScope.ts';
import type { PacketFacts } from './packetFacts.ts';
import { SeededRandom, streamSeed } from './seededRandom.ts';

/** Clients of which a rule remembers how far their draws are. Beyond, the one that came first begins anew. */
const MAX_STREAMS = 10_000;

/** The draws of one client in one direction. */
export interface FaultStream {
  readonly random: SeededRandom;
  /** Packets that were hit. */
  hits: number;
}

export class ActiveRule {
  /** `2.1`: the first rule of the second injection. For the log. */
  readonly name: string;
  readonly rule: FaultRule;
  readonly #preset: string | undefined;
  readonly #seed: number;
  readonly #index: number;
  readonly #streams = new Map<string, FaultStream>();
  /** Of a gap: whether nothing passes now. */
  isInGap = false;
  /** How often it did something that is counted, to anyone. */
  applied = 0;

  /**
   * @param index of the rule in its list: two of the same kind have luck of their own.
   * @param preset that it is a part of.
   */
  constructor(name: string, rule: FaultRule, seed: number, index: number, preset?: string) {
    this.name = name;
    this.rule = rule;
    this.#seed = seed;
    this.#index = index;
    this.#preset = preset;
  }

  get behaviour(): FaultBehaviour {
    return this.rule.behaviour;
  }

  /** What is told of it to a connection that it did something to. */
  deed(did: FaultDeed): InjectedFault {
    return { rule: this.name, name: this.#preset ?? this.behaviour.kind, did };
  }

  mayMean(clientId: string): boolean {
    return mayMean(this.rule.who, clientId);
  }

  /** @param topic of a PUBLISH, with its alias resolved. */
  picks(direction: FaultDirection, { kind }: PacketFacts, topic: string | undefined): boolean {
    const { who, packets } = this.rule;
    if (!this.isFor(direction)) return false;
    if (packets !== undefined && (kind === undefined || !packets.includes(kind))) return false;
    return meansPacket(who, topic);
  }

  isFor(direction: FaultDirection): boolean {
    return this.rule.direction === undefined || this.rule.direction === direction;
  }

  stream(clientId: string, direction: FaultDirection): FaultStream {
    const key = `${direction} ${clientId}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const [oldest] = this.#streams.keys();
      if (this.#streams.size >= MAX_STREAMS && oldest !== undefined) this.#streams.delete(oldest);
      stream = { random: new SeededRandom(streamSeed(this.#seed, `${this.#index} ${key}`)), hits: 0 };
      this.#streams.set(key, stream);
    }
    return stream;
  }

  /** Draws whether the next of a client's packets is hit. One draw a packet, also where the answer is known. */
  hits(stream: FaultStream, percent: number, times: number | undefined): boolean {
    const isHit = stream.random.next() * 100 < percent;
    if (!isHit || stream.hits >= (times ?? Number.POSITIVE_INFINITY)) return false;
    stream.hits++;
    return true;
  }
}
