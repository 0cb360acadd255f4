/**
 * The exchanges of a trace: a PUBLISH and all that acknowledges it, over the connections of one session.
 *
 * Section 4.3. The two sides of a connection number their messages on their own, and a session goes on over several
 * connections; so an exchange is known by its client, by who publishes, and by its packet identifier.
 *
 * Nothing is kept of an exchange that is over, so that a trace of any length can be gone through.
 */
import { LooseReader } from '../mqtt/looseReader.ts';
import type { PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';
import {
  isSameMessage,
  type PublishedMessage,
  publishedMessageOf,
  type TopicAliases,
} from './publishedMessage.ts';

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
  /** Ids of its packets, in order. Grows while it is open. */
  readonly packets: readonly number[];
}

interface OpenExchange extends Exchange {
  readonly packets: number[];
}

/** Takes packets one by one, in the order of time, and says which exchange each is part of. */
export class ExchangeFinder {
  readonly #wanted: PublishedMessage | undefined;
  /** By client, then by who publishes and packet identifier. */
  readonly #open = new Map<string, Map<string, OpenExchange>>();
  readonly #aliases = new Map<string, TopicAliases>();

  /** @param wanted exchanges of other messages are passed over. Its bytes are held. */
  constructor(wanted?: PublishedMessage) {
    this.#wanted = wanted;
  }

  /** An exchange waits for more: only then, what is no PUBLISH may be part of one that is known. */
  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Undefined for what is part of none, or of one that is passed over. The first packet of an exchange begins it. */
  take(packet: TracedPacket, id: number): Exchange | undefined {
    const { bytes, direction } = packet;
    const kind = packetKindOfType((bytes[0] ?? 0) >> 4);
    switch (kind) {
      case 'publish':
        return this.#takePublish(packet, id);
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return this.#takeAcknowledgement(packet, id, kind, direction === 'in' ? 'out' : 'in');
      case 'pubrel':
        return this.#takeAcknowledgement(packet, id, kind, direction);
      case 'connack':
        // Without Session Present nothing goes on: what was open is lost.
        if (isNewSession(bytes)) this.#open.delete(sessionOf(packet));
        return undefined;
      default:
        return undefined;
    }
  }

  #takePublish(packet: TracedPacket, id: number): Exchange | undefined {
    const { direction } = packet;
    const message = publishedMessageOf(packet.bytes, packet.protocolVersion, this.#aliasesOf(packet));
    if (message === undefined) return undefined;
    const session = sessionOf(packet);
    const key = `${direction} ${message.packetId}`;
    const before = message.isDuplicate ? this.#open.get(session)?.get(key) : undefined;
    if (before !== undefined) {
      before.packets.push(id);
      return before;
    }
    if (this.#wanted !== undefined && !isSameMessage(this.#wanted, message)) {
      // The identifier is used for another message.
      this.#close(session, key);
      return undefined;
    }
    const exchange = exchangeWith(packet, id, direction, this.#wanted ?? message);
    if (message.packetId !== undefined) entryOf(this.#open, session).set(key, exchange);
    return exchange;
  }

  #takeAcknowledgement(
    packet: TracedPacket,
    id: number,
    kind: PacketKind,
    direction: TraceDirection,
  ): Exchange | undefined {
    const { bytes } = packet;
    const bodyOffset = bodyOffsetOf(bytes);
    const packetId = (bytes[bodyOffset] ?? 0) * 256 + (bytes[bodyOffset + 1] ?? 0);
    const session = sessionOf(packet);
    const key = `${direction} ${packetId}`;
    let exchange = this.#open.get(session)?.get(key);
    if (exchange === undefined) {
      // Of which message it is, is not known.
      if (this.#wanted !== undefined) return undefined;
      exchange = exchangeWith(packet, id, direction, undefined);
      entryOf(this.#open, session).set(key, exchange);
    } else exchange.packets.push(id);
    // Before 5.0 there is no reason code, and nothing is refused. [MQTT-4.3.3-4]
    const isRefusal =
      kind === 'pubrec' && packet.protocolVersion === 5 && (bytes[bodyOffset + 2] ?? 0) >= 0x80;
    if (kind === 'puback' || kind === 'pubcomp' || isRefusal) this.#close(session, key);
    return exchange;
  }

  #close(session: string, key: string): void {
    const open = this.#open.get(session);
    if (open?.delete(key) === true && open.size === 0) this.#open.delete(session);
  }

  #aliasesOf({ connectionId, direction }: TracedPacket): TopicAliases {
    return entryOf(this.#aliases, `${connectionId} ${direction}`);
  }
}

function exchangeWith(
  { clientId, connectionId }: TracedPacket,
  id: number,
  direction: TraceDirection,
  message: PublishedMessage | undefined,
): OpenExchange {
  return { clientId, connectionId, direction, message, packets: [id] };
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
