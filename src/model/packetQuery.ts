/**
 * HOT PATH of a search. Which packets of the trace a view is about, asked packet by packet, in their order.
 *
 * A topic asks for the packets of its messages: the acknowledgements of a PUBLISH too, and who subscribes to it. What a
 * topic alias stands for is learned on the way.
 */
import type { ProtocolVersion } from '../mqtt/packets.ts';
import { topicMatches } from '../mqtt/topics.ts';
import { requestOf, topicOf } from './packetExchange.ts';
import {
  isRefusal,
  PUBLISH,
  packetTypeOf,
  publishTopicOf,
  SUBSCRIBE,
  topicFiltersOf,
  UNSUBSCRIBE,
} from './packetFacts.ts';
import type { PacketTrace } from './packetTrace.ts';
import { TracedPacket } from './tracedPacket.ts';
import { FAULTY_FLAG, OUT_FLAG, REJECTED_FLAG, type TraceSegment } from './traceSegment.ts';

/** All that is set must hold. */
export interface PacketQuery {
  /** Packet types of section 2.1.2, 1 to 15. */
  types?: readonly number[] | undefined;
  topicFilter?: string | undefined;
  /** Client id; or the address of a connection, for those that never said who they are. */
  client?: string | undefined;
  /** Those that broke a rule, could not be read, or say no. */
  errorsOnly?: boolean | undefined;
}

export class PacketMatcher {
  readonly #query: PacketQuery;
  readonly #trace: PacketTrace;
  /** A bit for each type. */
  readonly #types: number;
  /** Of 5.0: by connection and direction, what each alias was last set to. */
  readonly #aliases = new Map<number, Map<number, string>>();

  constructor(query: PacketQuery, trace: PacketTrace) {
    this.#query = query;
    this.#trace = trace;
    this.#types = (query.types ?? []).reduce((bits, type) => bits | (1 << type), 0);
  }

  /** Whether one packet may ask for thousands of those before it. */
  get looksBack(): boolean {
    return this.#query.topicFilter !== undefined;
  }

  /** @param index below `segment.count`. */
  matches(segment: TraceSegment, index: number): boolean {
    const { topicFilter, client, errorsOnly } = this.#query;
    const ref = segment.connection(index);
    if (client !== undefined && !this.#isOf(ref, client)) return false;
    const first = segment.bytes[segment.start(index)]!; // a packet has one
    const type = first >> 4;
    if (topicFilter !== undefined && type === PUBLISH) this.#learnAlias(segment, index);
    if (this.#types !== 0 && ((this.#types >> type) & 1) === 0) return false;
    if (errorsOnly === true && !isError(segment, index)) return false;
    return (
      topicFilter === undefined || this.#isAbout(new TracedPacket(this.#trace, segment, index), topicFilter)
    );
  }

  /** Forgets what it learned of connections that are no longer known. */
  forgetConnections(): void {
    for (const key of this.#aliases.keys())
      if (this.#trace.connection(key >> 1) === undefined) this.#aliases.delete(key);
  }

  #isOf(ref: number, client: string): boolean {
    const connection = this.#trace.connection(ref);
    return (
      connection !== undefined &&
      (connection.clientId === client || connection.facts.remoteAddress === client)
    );
  }

  #learnAlias(segment: TraceSegment, index: number): void {
    if (segment.version(index) !== 5) return;
    const { topic, alias } = publishTopicOf(
      segment.bytes.subarray(segment.start(index), segment.end(index)),
      5,
    );
    if (alias === 0 || topic === '') return;
    const key = aliasesKey(segment.connection(index), (segment.flags(index) & OUT_FLAG) !== 0);
    const known = this.#aliases.get(key) ?? new Map<number, string>();
    this.#aliases.set(key, known.set(alias, topic));
  }

  #isAbout(packet: TracedPacket, topicFilter: string): boolean {
    const request = requestOf(packet);
    // PUBREL is for PUBREC, and that for a PUBLISH.
    if (request !== undefined) return this.#isAbout(request, topicFilter);
    const { bytes, protocolVersion } = packet;
    switch (packetTypeOf(bytes)) {
      case PUBLISH: {
        const topic = this.#topicOf(packet);
        return topic !== undefined && (topic === topicFilter || topicMatches(topicFilter, topic));
      }
      case SUBSCRIBE:
      case UNSUBSCRIBE:
        return topicFiltersOf(bytes, protocolVersion).some(
          (each) =>
            each === topicFilter || topicMatches(topicFilter, each) || topicMatches(each, topicFilter),
        );
      default:
        return false;
    }
  }

  #topicOf(packet: TracedPacket): string | undefined {
    const { topic, alias } = publishTopicOf(packet.bytes, packet.protocolVersion);
    if (topic !== '' || alias === 0) return topic;
    const key = aliasesKey(packet.connectionRef, packet.isOut);
    return this.#aliases.get(key)?.get(alias) ?? topicOf(packet);
  }
}

/** It broke a rule, could not be read, or says no. */
function isError(segment: TraceSegment, index: number): boolean {
  if ((segment.flags(index) & (FAULTY_FLAG | REJECTED_FLAG)) !== 0) return true;
  const bytes = segment.bytes.subarray(segment.start(index), segment.end(index));
  return isRefusal(bytes, segment.version(index) as ProtocolVersion); // as it was appended
}

function aliasesKey(connectionRef: number, isOut: boolean): number {
  return (connectionRef << 1) | (isOut ? 1 : 0);
}
