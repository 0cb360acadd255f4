/**
 * HOT PATH of a search. The conversation that a packet is part of, looked for through the whole trace in slices, and on
 * through what comes.
 *
 * Twice through it, as a delivery may be anywhere behind its PUBLISH: by the packets of the client alone up to the packet
 * that is asked about, where its message is not in itself; then by all, for the exchanges of that message. Those are all
 * that is kept, and of a message that comes again and again no more than the nearest.
 *
 * A million packets take some 20 ms where they are of 3.1.1, 0.3 s where they are of 5.0 or an exchange is open to the end,
 * and half a second where they are all the same message.
 */
import { CONNACK, PUBACK, PUBCOMP, PUBLISH, packetTypeOf } from '../model/packetFacts.ts';
import type { PacketTrace } from '../model/packetTrace.ts';
import { segmentIndexOf } from '../model/segments.ts';
import { TracedPacket } from '../model/tracedPacket.ts';
import type { TraceSegment } from '../model/traceSegment.ts';
import { type Conversation, conversationOf } from '../trace/conversation.ts';
import { type Exchange, ExchangeFinder, type TracedPacket as PlainPacket } from '../trace/exchanges.ts';
import { type PublishedMessage, publishedMessageOf } from '../trace/publishedMessage.ts';

/** How often a search looks at the clock: a tenth of a millisecond. */
export const PACKETS_PER_LOOK = 256;
/** Of one message, before the exchange that is asked about and behind it: some megabytes, and milliseconds. */
export const MAX_ALIKE = 10_000;
/** By its last bytes, a payload is told from most others. */
const COMPARED_BYTES = 8;

export class ConversationSearch {
  readonly id: number;
  readonly #trace: PacketTrace;
  readonly #connectionRef: number;
  #finder = new ExchangeFinder();
  /** Undefined on the first way, and where the trace does not have the PUBLISH. */
  #message: PublishedMessage | undefined;
  /** The exchange of the packet, where its message is not known. */
  #own: Exchange | undefined;
  /** Exchanges of the message, in order; that of the packet is among them, and begins at `#ownId`. */
  readonly #alike: Exchange[] = [];
  #ownId: number;
  #alikeBehind = 0;
  #isCut = false;
  #hasNews = false;
  #at: number;

  /** @param packet of a message. */
  constructor(trace: PacketTrace, packet: TracedPacket) {
    this.id = packet.id;
    this.#trace = trace;
    this.#connectionRef = packet.connectionRef;
    this.#ownId = packet.id;
    this.#at = trace.firstId;
    const message = messageIn(packet);
    if (message !== undefined) this.#lookFor(message);
  }

  /** The packets before this id were looked at. */
  get lookedAtTo(): number {
    return Math.max(this.#at, this.#trace.firstId);
  }

  /** Of the message there is more than what is looked at. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Looks on, to the end or until the time is up. */
  advance(isTimeUp: () => boolean): void {
    const { segments, nextId } = this.#trace;
    for (let from = this.lookedAtTo; from < nextId; from = this.#at) {
      const segment = segments[segmentIndexOf(segments, from)]!; // it is held
      this.#at = this.#look(segment, from, Math.min(segment.endId, from + PACKETS_PER_LOOK));
      if (isTimeUp()) return;
    }
  }

  /** Whether something was found since this was asked last. */
  takeNews(): boolean {
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    return hasNews;
  }

  /** As far as it was found, and is held. Undefined until the packet itself was, and for one of no message. */
  conversation(): Conversation | undefined {
    const { firstId } = this.#trace;
    const own =
      this.#message === undefined ? this.#own : this.#alike.find(({ packets }) => packets.includes(this.id));
    const heldOwn = own && heldOf(own, firstId);
    if (own === undefined || heldOwn === undefined) return undefined;
    const alike = this.#alike.flatMap((each) => (each === own ? heldOwn : (heldOf(each, firstId) ?? [])));
    return conversationOf(heldOwn, alike);
  }

  /** @returns from where to look on. */
  #look(segment: TraceSegment, from: number, end: number): number {
    for (let id = from; id < end; id++) {
      const index = id - segment.firstId;
      if (this.#message !== undefined) {
        if (this.#mayBelong(segment, index, this.#message)) this.#takeAlike(segment, index);
      } else if (this.#trace.isSameClient(segment.connection(index), this.#connectionRef)) {
        const exchange = this.#take(segment, index);
        if (id === this.id) {
          if (exchange?.message !== undefined) {
            this.#ownId = exchange.packets[0] ?? id;
            this.#lookFor(exchange.message);
            return this.#trace.firstId;
          }
          this.#own = exchange;
          this.#hasNews = exchange !== undefined;
        } else if (exchange !== undefined && exchange === this.#own) this.#hasNews = true;
      }
    }
    return end;
  }

  #take(segment: TraceSegment, index: number): Exchange | undefined {
    const packet = new TracedPacket(this.#trace, segment, index);
    return this.#finder.take(plainPacketOf(packet), packet.id);
  }

  /** The second way begins. */
  #lookFor(message: PublishedMessage): void {
    // Copy: the memory of a packet that has gone is another one's.
    this.#message = { ...message, payload: new Uint8Array(message.payload) };
    this.#finder = new ExchangeFinder(this.#message);
  }

  /** Most packets are of other messages: told without reading them. */
  #mayBelong(segment: TraceSegment, index: number, message: PublishedMessage): boolean {
    const type = segment.bytes[segment.start(index)]! >> 4; // a packet has a first byte
    if (type !== PUBLISH)
      return this.#finder.hasOpen && (type === CONNACK || (type >= PUBACK && type <= PUBCOMP));
    // Of 5.0: it may say what an alias stands for.
    return this.#finder.hasOpen || segment.version(index) === 5 || mayEndLike(segment, index, message);
  }

  #takeAlike(segment: TraceSegment, index: number): void {
    const exchange = this.#take(segment, index);
    if (exchange === undefined) return;
    if (exchange.packets.length === 1 && !this.#keep(exchange, segment.firstId + index)) return;
    this.#hasNews = true;
  }

  /** The oldest makes room for one that is nearer. False for one that is too far behind. */
  #keep(exchange: Exchange, id: number): boolean {
    if (id > this.#ownId) {
      if (this.#alikeBehind === MAX_ALIKE) {
        this.#isCut = true;
        return false;
      }
      this.#alikeBehind++;
    } else if (this.#alike.length > MAX_ALIKE) {
      this.#alike.shift();
      this.#isCut = true;
    }
    this.#alike.push(exchange);
    return true;
  }
}

/** As src/trace takes it. */
export function plainPacketOf(packet: TracedPacket): PlainPacket {
  return {
    atMs: packet.timeMs,
    direction: packet.isOut ? 'out' : 'in',
    clientId: packet.connection?.clientId ?? '',
    connectionId: packet.connectionRef,
    protocolVersion: packet.protocolVersion,
    bytes: packet.bytes,
  };
}

/** What a PUBLISH says in itself. Not one that is sent again, which belongs to what was sent first, nor one with an alias alone. */
function messageIn({ bytes, protocolVersion }: TracedPacket): PublishedMessage | undefined {
  if (packetTypeOf(bytes) !== PUBLISH) return undefined;
  const message = publishedMessageOf(bytes, protocolVersion, new Map());
  return message === undefined || message.isDuplicate || message.topic === '' ? undefined : message;
}

/** Its packets that the trace still has. Undefined for none. */
function heldOf(exchange: Exchange, firstId: number): Exchange | undefined {
  const packets = exchange.packets.filter((id) => id >= firstId);
  return packets.length === 0 ? undefined : { ...exchange, packets };
}

function mayEndLike(
  segment: TraceSegment,
  index: number,
  { payload, payloadBytes }: PublishedMessage,
): boolean {
  const wholeBytes = segment.wholeBytes(index);
  if (wholeBytes < payloadBytes) return false;
  // One of the two was kept in part.
  if (wholeBytes > segment.maxKeptBytes || payload.length < payloadBytes) return true;
  const end = segment.end(index);
  for (let back = 1; back <= COMPARED_BYTES && back <= payloadBytes; back++)
    if (segment.bytes[end - back] !== payload[payloadBytes - back]) return false;
  return true;
}
