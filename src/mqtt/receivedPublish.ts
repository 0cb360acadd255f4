/**
 * HOT PATH. A PUBLISH as it lies in the bytes that came: decoded where it decides something, and else left there.
 *
 * Borrowed like its bytes, for the time of one call. Its payload becomes a view when somebody asks: most messages go on
 * as they came, and nobody does. Knows whether they can (`isForwardable`), not to whom.
 */
import type {
  MessageProperties,
  PacketId,
  Properties,
  ProtocolVersion,
  PublishPacket,
  QoS,
} from './packets.ts';

/** Above this a payload is shared by all who receive it rather than copied to each. */
export const MAX_COPIED_PAYLOAD_BYTES = 4096;

export type ReceivedProperties = MessageProperties &
  Pick<Properties, 'topicAlias' | 'subscriptionIdentifiers'>;

/** Where the parts of a PUBLISH are, from the start of its bytes. */
export interface PublishPlaces {
  readonly start: number;
  readonly end: number;
  /** Behind the topic name: the packet identifier, where there is one. */
  readonly topicEnd: number;
  readonly payloadStart: number;
}

export class ReceivedPublish {
  readonly kind = 'publish';
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 for QoS 0. */
  readonly packetId: PacketId;
  readonly properties: ReceivedProperties | undefined;
  readonly protocolVersion: ProtocolVersion;
  /** The packet is `bytes[start .. end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly topicEnd: number;
  readonly payloadStart: number;
  /** The bytes are the packet's own, and may be kept: nobody writes to them any more. */
  readonly isOwn: boolean;
  #payload: Uint8Array | undefined;

  constructor(
    bytes: Uint8Array,
    places: PublishPlaces,
    protocolVersion: ProtocolVersion,
    topic: string,
    packetId: PacketId,
    properties: ReceivedProperties | undefined,
    isOwn: boolean,
  ) {
    const { start } = places;
    const first = bytes[start]!; // a packet has a first byte
    this.topic = topic;
    this.qos = ((first >> 1) & 0b11) as QoS; // 3 was refused
    this.retain = (first & 0x01) !== 0;
    // 3.1 does not use DUP at QoS 0.
    this.dup = (first & 0x08) !== 0 && this.qos !== 0;
    this.packetId = packetId;
    this.properties = properties;
    this.protocolVersion = protocolVersion;
    this.bytes = bytes;
    this.start = start;
    this.end = places.end;
    this.topicEnd = places.topicEnd;
    this.payloadStart = places.payloadStart;
    this.isOwn = isOwn;
  }

  get packetBytes(): number {
    return this.end - this.start;
  }

  get payloadBytes(): number {
    return this.end - this.payloadStart;
  }

  get payload(): Uint8Array {
    this.#payload ??= this.bytes.subarray(this.payloadStart, this.end);
    return this.#payload;
  }

  /**
   * Whether its bytes, but for the first and the packet identifier, are what another client of its version gets of it:
   * a Topic Alias and a Subscription Identifier are between two only, and a Remaining Length that is longer than need be
   * is passed on to nobody. The versions before 5.0 write alike.
   */
  get isForwardable(): boolean {
    const { properties } = this;
    if (properties !== undefined) {
      if (properties.topicAlias !== undefined || properties.subscriptionIdentifiers !== undefined)
        return false;
    }
    return this.#isHeaderMinimal();
  }

  /** The packet by itself, as a plain value. */
  toPacket(): PublishPacket {
    const { topic, payload, qos, retain, dup, packetId, properties } = this;
    const packet: PublishPacket = { kind: 'publish', topic, payload, qos, retain, dup };
    if (qos !== 0) packet.packetId = packetId;
    if (properties !== undefined) packet.properties = properties;
    return packet;
  }

  #isHeaderMinimal(): boolean {
    const { bytes, start } = this;
    let last = start + 1;
    while (bytes[last]! >= 0x80) last++; // the Remaining Length ends within the packet
    return last === start + 1 || bytes[last] !== 0;
  }
}
