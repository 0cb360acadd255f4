/**
 * What belongs to the packet that is looked at, followed while more of it comes: a late acknowledgement, a redelivery,
 * another subscriber.
 *
 * Each packet of the trace is looked at once, and the whole is put together anew only when one came that is part of it:
 * most of a flood is not.
 */
import type { PacketSteps } from '../contracts/trace.ts';
import { exchangeOf } from '../model/packetExchange.ts';
import { PUBCOMP, PUBLISH, packetIdOf, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import type { TracedPacket } from '../model/tracedPacket.ts';
import { ConversationSearch, PACKETS_PER_LOOK } from './conversationSearch.ts';
import { packetConversationOf } from './packetConversation.ts';
import { stepOf } from './packetSnapshots.ts';

export class FollowedPacket {
  readonly id: number;
  readonly #trace: PacketTrace;
  readonly #search: ConversationSearch | RequestSearch;
  #steps: PacketSteps;

  /** Undefined for a packet that is not held. */
  static of(trace: PacketTrace, id: number): FollowedPacket | undefined {
    const packet = trace.packet(id);
    return packet && new FollowedPacket(trace, packet);
  }

  private constructor(trace: PacketTrace, packet: TracedPacket) {
    this.id = packet.id;
    this.#trace = trace;
    this.#search = isOfMessage(packet)
      ? new ConversationSearch(trace, packet)
      : new RequestSearch(trace, packet);
    this.#steps = this.#stepsOf(packet);
  }

  /** As they were when they were put together last. */
  get steps(): PacketSteps {
    return this.#steps;
  }

  /** The packets before this id were looked at. */
  get lookedAtTo(): number {
    return this.#search.lookedAtTo;
  }

  /** Looks on, to the end or until the time is up. */
  advance(isTimeUp: () => boolean): void {
    this.#search.advance(isTimeUp);
  }

  /** Puts together what was found. Undefined where nothing of it is new. */
  takeNews(): PacketSteps | undefined {
    const packet = this.#trace.packet(this.id);
    if (packet === undefined || !this.#search.takeNews()) return undefined;
    const steps = this.#stepsOf(packet);
    if (JSON.stringify(steps) === JSON.stringify(this.#steps)) return undefined;
    this.#steps = steps;
    return steps;
  }

  #stepsOf(packet: TracedPacket): PacketSteps {
    const exchange = exchangeOf(this.#trace, packet).map(stepOf);
    const conversation =
      this.#search instanceof ConversationSearch
        ? packetConversationOf(this.#trace, this.#search)
        : undefined;
    return { exchange, ...(conversation !== undefined && { conversation }) };
  }
}

/** What may answer a request, or be one like it, over the client's connections: a CONNACK, a SUBACK. */
class RequestSearch {
  readonly #trace: PacketTrace;
  readonly #connectionRef: number;
  readonly #packetId: number;
  #hasNews = false;
  #at: number;

  constructor(trace: PacketTrace, packet: TracedPacket) {
    this.#trace = trace;
    this.#connectionRef = packet.connectionRef;
    this.#packetId = packetIdOf(packet.bytes);
    this.#at = trace.nextId;
  }

  get lookedAtTo(): number {
    return Math.max(this.#at, this.#trace.firstId);
  }

  advance(isTimeUp: () => boolean): void {
    const { nextId } = this.#trace;
    for (let from = this.lookedAtTo; from < nextId; from = this.#at) {
      this.#at = Math.min(nextId, from + PACKETS_PER_LOOK);
      for (let id = from; id < this.#at; id++) this.#look(id);
      if (isTimeUp()) return;
    }
  }

  takeNews(): boolean {
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    return hasNews;
  }

  #look(id: number): void {
    const next = this.#trace.packet(id)!; // it is held
    if (!this.#trace.isSameClient(this.#connectionRef, next.connectionRef)) return;
    this.#hasNews ||= !isOfMessage(next) && packetIdOf(next.bytes) === this.#packetId;
  }
}

function isOfMessage({ bytes, isRejected }: TracedPacket): boolean {
  const type = packetTypeOf(bytes);
  return !isRejected && type >= PUBLISH && type <= PUBCOMP;
}
