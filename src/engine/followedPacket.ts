/**
 * What belongs to the packet that is looked at, followed while more of it comes: a late acknowledgement, a redelivery,
 * another subscriber.
 *
 * The whole is looked for anew only when a packet came that may be part of it: most of a flood is not.
 */
import type { PacketSteps } from '../contracts/trace.ts';
import { exchangeOf } from '../model/packetExchange.ts';
import { PUBCOMP, PUBLISH, packetIdOf, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import type { TracedPacket } from '../model/tracedPacket.ts';
import { LANE_PACKETS_AROUND, packetConversationOf } from './packetConversation.ts';
import { stepOf } from './packetSnapshots.ts';

export class FollowedPacket {
  readonly id: number;
  readonly #trace: PacketTrace;
  /** The packets before this id are known. */
  #lookedAtTo: number;
  #steps: PacketSteps;

  /** Undefined for a packet that is not held. */
  static of(trace: PacketTrace, id: number): FollowedPacket | undefined {
    const packet = trace.packet(id);
    return packet && new FollowedPacket(trace, packet);
  }

  private constructor(trace: PacketTrace, packet: TracedPacket) {
    this.id = packet.id;
    this.#trace = trace;
    this.#lookedAtTo = trace.nextId;
    this.#steps = stepsOf(trace, packet);
  }

  /** As they were when they were looked for last. */
  get steps(): PacketSteps {
    return this.#steps;
  }

  /** Packets came that were not looked at. */
  get isBehind(): boolean {
    return this.#lookedAtTo < this.#trace.nextId;
  }

  /** Looks at what came since. Undefined where nothing of it is new. */
  lookOn(): PacketSteps | undefined {
    const packet = this.#trace.packet(this.id);
    const from = Math.max(this.#lookedAtTo, this.#trace.firstId);
    this.#lookedAtTo = this.#trace.nextId;
    if (packet === undefined || !this.#mayBelong(packet, from)) return undefined;
    const steps = stepsOf(this.#trace, packet);
    if (JSON.stringify(steps) === JSON.stringify(this.#steps)) return undefined;
    this.#steps = steps;
    return steps;
  }

  /** One of the packets from this id on: of a message near by, or with the packet identifier over the client's connections. */
  #mayBelong(packet: TracedPacket, from: number): boolean {
    const packetId = packetIdOf(packet.bytes);
    const nearEnd = isOfMessage(packet) ? packet.id + LANE_PACKETS_AROUND : 0;
    for (let id = from; id < this.#lookedAtTo; id++) {
      const next = this.#trace.packet(id);
      if (next === undefined) continue;
      if (id < nearEnd && isOfMessage(next)) return true;
      if (
        !this.#trace.isSameClient(packet.connectionRef, next.connectionRef) ||
        packetIdOf(next.bytes) !== packetId
      )
        continue;
      if (packetId !== 0 || isOfRequest(packet, next)) return true;
    }
    return false;
  }
}

/** Without a packet identifier, only what is no message has an answer: a CONNECT, say. A flood of QoS 0 is none. */
function isOfRequest(packet: TracedPacket, next: TracedPacket): boolean {
  return !isOfMessage(packet) && !isOfMessage(next);
}

function stepsOf(trace: PacketTrace, packet: TracedPacket): PacketSteps {
  const exchange = exchangeOf(trace, packet).map(stepOf);
  const conversation = isOfMessage(packet) ? packetConversationOf(trace, packet.id) : undefined;
  return { exchange, ...(conversation !== undefined && { conversation }) };
}

function isOfMessage({ bytes, isRejected }: TracedPacket): boolean {
  const type = packetTypeOf(bytes);
  return !isRejected && type >= PUBLISH && type <= PUBCOMP;
}
