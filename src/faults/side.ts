/**
 * One direction of a connection over a bad link: its packets, in order, each with its fate, into the line.
 *
 * Owns what waits to be overtaken, and the aliases of topics. What a line lets out, and when a connection ends, is the
 * transport's (faultyTransport.ts).
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { FaultDeed } from '../broker/injectedFault.ts';
import { quoted } from '../mqtt/faultText.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';
import type { ActiveRule } from './activeRule.ts';
import type { FaultDirection } from './faultRule.ts';
import type { Line } from './line.ts';
import { corrupted, factsOf, type PacketFacts, secondTime, withTopic } from './packetFacts.ts';
import { fateOf, type PacketCounts, type PacketFate } from './packetFate.ts';
import type { PacketStream } from './packetStream.ts';
import type { TopicAliases } from './topicAliases.ts';

/** How long a PUBLISH waits for one on another topic. */
const REORDER_WAIT_MS = 1_000;

/** What a connection knows of itself when a packet comes. */
export interface SideContext {
  readonly clientId: string;
  readonly protocolVersion: ProtocolVersion;
  readonly rules: readonly ActiveRule[];
}

export interface SideOptions {
  direction: FaultDirection;
  stream: PacketStream;
  line: Line;
  aliases: TopicAliases;
  clock: Clock;
  /** Something was done that is counted and logged. */
  note(rule: ActiveRule, did: FaultDeed, what: string): void;
  /** Something was done that happens too often for that. */
  touch(rule: ActiveRule): void;
  /** The connection is to end behind what is in the line. */
  closeBehind(): void;
  /** A clock lets bytes go: `release` does it. */
  inOwnTurn(release: () => void): void;
}

/** A PUBLISH that waits to be overtaken. */
interface HeldBack {
  readonly bytes: Uint8Array;
  readonly topic: string | undefined;
  readonly topicAlias: number | undefined;
  readonly fate: PacketFate;
  readonly timer: Disposable;
}

export class Side {
  readonly stream: PacketStream;
  readonly line: Line;
  /** Nothing more goes into the line: the connection is to end here. */
  isOver = false;
  readonly #options: SideOptions;
  readonly #counts: PacketCounts = new Map();
  #heldBack: HeldBack | undefined;

  constructor(options: SideOptions) {
    this.#options = options;
    this.stream = options.stream;
    this.line = options.line;
  }

  get heldBytes(): number {
    return this.line.heldBytes + (this.#heldBack?.bytes.length ?? 0);
  }

  /** @param isOwn whether the bytes do not change any more. */
  pass(frame: Uint8Array, isOwn: boolean, { clientId, protocolVersion, rules }: SideContext): void {
    const { direction, aliases, note, touch, closeBehind } = this.#options;
    const facts = factsOf(frame, protocolVersion);
    const topic = aliases.topicOf(facts);
    const fate = fateOf(rules, this.#counts, clientId, direction, facts, topic, frame.length);
    const packet = describePacket(facts, topic, direction);
    if (fate.slowedBy !== undefined) touch(fate.slowedBy);
    if (fate.droppedBy !== undefined) {
      note(fate.droppedBy, direction === 'toBroker' ? 'silenced' : 'touched', `dropped ${packet}`);
      aliases.dropped(facts);
    } else {
      const changed = this.#changed(frame, facts, topic, fate, packet);
      const isChanged = changed !== frame;
      if (fate.cutBy !== undefined) {
        note(fate.cutBy, 'ended', `cut in the middle of ${packet}`);
        this.letPass();
        this.put(changed.subarray(0, changed.length >> 1), isOwn || isChanged, fate);
        closeBehind();
        return;
      }
      this.#send(changed, isOwn || isChanged, facts, topic, fate, packet);
    }
    if (fate.closedBy === undefined) return;
    note(fate.closedBy, 'ended', `closed behind ${packet}`);
    this.letPass();
    closeBehind();
  }

  /** Bytes into the line, copied where it keeps what is borrowed. */
  put(
    bytes: Uint8Array,
    isOwn: boolean,
    { delayMs, isSplit }: { delayMs: number; isSplit: boolean } = AT_ONCE,
  ): void {
    const goesThrough = this.line.isOpen && delayMs === 0 && !isSplit;
    this.line.push(isOwn || goesThrough ? bytes : new Uint8Array(bytes), delayMs, isSplit);
  }

  /** What waited to be overtaken goes on. */
  letPass(): void {
    const heldBack = this.#heldBack;
    if (heldBack === undefined) return;
    this.dropHeldBack();
    if (!this.isOver) this.put(heldBack.bytes, true, heldBack.fate);
  }

  dropHeldBack(): void {
    this.#heldBack?.timer.dispose();
    this.#heldBack = undefined;
  }

  /** The packet as it goes on; the very one, where nothing is to change. */
  #changed(
    frame: Uint8Array,
    facts: PacketFacts,
    topic: string | undefined,
    { corruption }: PacketFate,
    packet: string,
  ): Uint8Array {
    const { aliases, note } = this.#options;
    const bytes = aliases.isUnlearned(facts) && topic !== undefined ? withTopic(frame, topic) : frame;
    aliases.passed(facts);
    if (corruption === undefined) return bytes;
    const { by, byteOffset, flip } = corruption;
    note(by, 'touched', `changed byte ${byteOffset} of ${packet}`);
    return corrupted(bytes, byteOffset, flip);
  }

  #send(
    bytes: Uint8Array,
    isOwn: boolean,
    facts: PacketFacts,
    topic: string | undefined,
    fate: PacketFate,
    packet: string,
  ): void {
    const { clock, note, inOwnTurn } = this.#options;
    if (fate.heldBackBy !== undefined && this.#heldBack === undefined) {
      note(fate.heldBackBy, 'touched', `holds back ${packet}`);
      this.#heldBack = {
        bytes: isOwn ? bytes : new Uint8Array(bytes),
        topic,
        topicAlias: facts.topicAlias,
        fate,
        timer: clock.setTimeout(() => inOwnTurn(() => this.letPass()), REORDER_WAIT_MS),
      };
    } else {
      if (this.#heldBack !== undefined && !mayOvertake(facts, topic, this.#heldBack)) this.letPass();
      this.put(bytes, isOwn, fate);
      if (facts.kind === 'publish') this.letPass();
    }
    if (fate.duplicatedBy === undefined) return;
    note(fate.duplicatedBy, 'touched', `sent ${packet} twice`);
    this.letPass();
    this.put(secondTime(bytes, facts), true, fate);
  }
}

const AT_ONCE = { delayMs: 0, isSplit: false };

/** Order is promised within a topic [MQTT-4.6.0-6], and an alias must be known before it is used. */
function mayOvertake(facts: PacketFacts, topic: string | undefined, heldBack: HeldBack): boolean {
  if (facts.kind === 'disconnect') return false;
  if (facts.kind !== 'publish') return true;
  const { topicAlias } = heldBack;
  return topic !== heldBack.topic && (topicAlias === undefined || topicAlias !== facts.topicAlias);
}

/** `PUBLISH 7 on "a/b" to it` */
function describePacket(
  { kind, packetId }: PacketFacts,
  topic: string | undefined,
  direction: FaultDirection,
): string {
  const name = kind === undefined ? 'a packet of type 0' : kind.toUpperCase();
  const id = packetId === undefined ? '' : ` ${packetId}`;
  const on = topic === undefined ? '' : ` on ${quoted(topic)}`;
  return `${name}${id}${on} ${direction === 'toClient' ? 'to it' : 'from it'}`;
}
