/**
 * The exchanges of a trace: a PUBLISH and all that acknowledges it, over the connections of one session.
 *
 * Section 4.3. The two sides of a connection number their messages on their own, and a session goes on over several
 * connections; so an exchange is known by its client, by who publishes, and by its packet identifier.
 */
import { LooseReader } from '../mqtt/looseReader.ts';
import type { PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';
import { type PublishedMessage, publishedMessageOf, type TopicAliases } from './publishedMessage.ts';

/** As the broker sees it: `in` comes from the client. */
export type TraceDirection = 'in' | 'out';

export interface TracedPacket {
  readonly atMs: number;
  readonly direction: TraceDirection;
  /** Empty while it is not known. */
  readonly clientId: string;
  readonly connectionId: number;
  readonly protocolVersion: ProtocolVersion;
  /** As far as they were kept. */
  readonly bytes: Uint8Array;
}

export interface Exchange {
  readonly clientId: string;
  readonly connectionId: number;
  /** Of its PUBLISH. */
  readonly direction: TraceDirection;
  /** Undefined where the trace begins in the middle. */
  readonly message: PublishedMessage | undefined;
  /** Indexes of its packets, in order. */
  readonly packets: readonly number[];
}

interface OpenExchange extends Exchange {
  readonly packets: number[];
}

/** All of them, in the order of their first packets. @param packets in the order of time. */
export function exchangesOf(packets: readonly TracedPacket[]): Exchange[] {
  const finder = new ExchangeFinder();
  for (const [index, packet] of packets.entries()) finder.take(packet, index);
  return finder.exchanges;
}

class ExchangeFinder {
  readonly exchanges: Exchange[] = [];
  /** By client, then by who publishes and packet identifier. */
  readonly #open = new Map<string, Map<string, OpenExchange>>();
  readonly #aliases = new Map<string, TopicAliases>();

  take(packet: TracedPacket, index: number): void {
    const { bytes, direction } = packet;
    const kind = packetKindOfType((bytes[0] ?? 0) >> 4);
    switch (kind) {
      case 'publish':
        this.#takePublish(packet, index);
        break;
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        this.#takeAcknowledgement(packet, index, kind, direction === 'in' ? 'out' : 'in');
        break;
      case 'pubrel':
        this.#takeAcknowledgement(packet, index, kind, direction);
        break;
      case 'connack':
        // Without Session Present nothing goes on: what was open is lost.
        if (isNewSession(bytes)) this.#open.delete(sessionOf(packet));
        break;
    }
  }

  #takePublish(packet: TracedPacket, index: number): void {
    const { direction } = packet;
    const message = publishedMessageOf(packet.bytes, packet.protocolVersion, this.#aliasesOf(packet));
    if (message === undefined) return;
    const open = this.#openOf(packet);
    const key = `${direction} ${message.packetId}`;
    const before = message.isDuplicate ? open.get(key) : undefined;
    if (before !== undefined) {
      before.packets.push(index);
      return;
    }
    const exchange = this.#begin(packet, index, direction, message);
    if (message.packetId !== undefined) open.set(key, exchange);
  }

  #takeAcknowledgement(
    packet: TracedPacket,
    index: number,
    kind: PacketKind,
    direction: TraceDirection,
  ): void {
    const { bytes } = packet;
    const bodyOffset = bodyOffsetOf(bytes);
    const packetId = (bytes[bodyOffset] ?? 0) * 256 + (bytes[bodyOffset + 1] ?? 0);
    const open = this.#openOf(packet);
    const key = `${direction} ${packetId}`;
    let exchange = open.get(key);
    if (exchange === undefined) {
      exchange = this.#begin(packet, index, direction, undefined);
      open.set(key, exchange);
    } else exchange.packets.push(index);
    // Before 5.0 there is no reason code, and nothing is refused. [MQTT-4.3.3-4]
    const isRefusal =
      kind === 'pubrec' && packet.protocolVersion === 5 && (bytes[bodyOffset + 2] ?? 0) >= 0x80;
    if (kind === 'puback' || kind === 'pubcomp' || isRefusal) open.delete(key);
  }

  #begin(
    { clientId, connectionId }: TracedPacket,
    index: number,
    direction: TraceDirection,
    message: PublishedMessage | undefined,
  ): OpenExchange {
    const exchange = { clientId, connectionId, direction, message, packets: [index] };
    this.exchanges.push(exchange);
    return exchange;
  }

  #openOf(packet: TracedPacket): Map<string, OpenExchange> {
    return entryOf(this.#open, sessionOf(packet));
  }

  #aliasesOf({ connectionId, direction }: TracedPacket): TopicAliases {
    return entryOf(this.#aliases, `${connectionId} ${direction}`);
  }
}

/** A client without an id is its connection. */
export function sessionOf({
  clientId,
  connectionId,
}: Pick<TracedPacket, 'clientId' | 'connectionId'>): string {
  return clientId === '' ? `connection ${connectionId}` : `client ${clientId}`;
}

/** A CONNACK that accepts, and has no session. */
function isNewSession(bytes: Uint8Array): boolean {
  const bodyOffset = bodyOffsetOf(bytes);
  return bytes[bodyOffset + 1] === 0 && ((bytes[bodyOffset] ?? 0) & 1) === 0;
}

/** Behind the Remaining Length. */
function bodyOffsetOf(bytes: Uint8Array): number {
  return new LooseReader(bytes).at;
}

function entryOf<Key, Value>(maps: Map<string, Map<Key, Value>>, name: string): Map<Key, Value> {
  let map = maps.get(name);
  if (map === undefined) {
    map = new Map();
    maps.set(name, map);
  }
  return map;
}
