/**
 * HOT PATH. A PUBLISH as it lies in the bytes that came: decoded where it decides something, and else left there.
 *
 * Borrowed like its bytes, for the time of one call. Its payload becomes a view, and its properties values, when
 * somebody asks: most messages go on as they came, and nobody does. Knows whether they can (`isForwardable`), not to
 * whom.
 */
import { readProperties } from './decodeProperties.ts';
import { PacketReader } from './packetReader.ts';
import type {
  MessageProperties,
  PacketId,
  Properties,
  ProtocolVersion,
  PublishPacket,
  QoS,
} from './packets.ts';
import { HAS_EXPIRY } from './scanPublishProperties.ts';
import type { CachedTopic } from './topicNameCache.ts';

/** Above this a payload is shared by all who receive it rather than copied to each. */
export const MAX_COPIED_PAYLOAD_BYTES = 4096;

export type ReceivedProperties = MessageProperties &
  Pick<Properties, 'topicAlias' | 'subscriptionIdentifiers'>;

/** Where the parts of a PUBLISH are in its bytes, and what was found out about it on the way there. */
export interface PublishParts {
  readonly start: number;
  readonly end: number;
  /** Of the topic name, behind its length. */
  readonly topicStart: number;
  /** The packet identifier, where there is one. */
  readonly topicEnd: number;
  /** The Property Length; before 5.0 the same as `payloadStart`. */
  readonly propertiesStart: number;
  readonly payloadStart: number;
  readonly topic: string;
  /** What is remembered of the topic, where names are. */
  readonly cachedTopic: CachedTopic<unknown> | undefined;
  /** 0 for QoS 0. */
  readonly packetId: PacketId;
  /** What scanPublishProperties said, where it was sure: the properties are made when somebody asks. Else 0. */
  readonly scanned: number;
  /** Those that were made at once; undefined where there are none, or they were scanned. */
  readonly properties: ReceivedProperties | undefined;
}

export class ReceivedPublish {
  readonly kind = 'publish';
  readonly topic: string;
  readonly cachedTopic: CachedTopic<unknown> | undefined;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 for QoS 0. */
  readonly packetId: PacketId;
  readonly protocolVersion: ProtocolVersion;
  /** The packet is `bytes[start .. end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly propertiesStart: number;
  readonly payloadStart: number;
  /** The bytes are the packet's own, and may be kept: nobody writes to them any more. */
  readonly isOwn: boolean;
  readonly #scanned: number;
  #properties: ReceivedProperties | undefined;
  #payload: Uint8Array | undefined;

  constructor(bytes: Uint8Array, parts: PublishParts, protocolVersion: ProtocolVersion, isOwn: boolean) {
    const { start } = parts;
    const first = bytes[start]!; // a packet has a first byte
    this.topic = parts.topic;
    this.cachedTopic = parts.cachedTopic;
    this.qos = ((first >> 1) & 0b11) as QoS; // 3 was refused
    this.retain = (first & 0x01) !== 0;
    // 3.1 does not use DUP at QoS 0.
    this.dup = (first & 0x08) !== 0 && this.qos !== 0;
    this.packetId = parts.packetId;
    this.protocolVersion = protocolVersion;
    this.bytes = bytes;
    this.start = start;
    this.end = parts.end;
    this.topicStart = parts.topicStart;
    this.topicEnd = parts.topicEnd;
    this.propertiesStart = parts.propertiesStart;
    this.payloadStart = parts.payloadStart;
    this.isOwn = isOwn;
    this.#scanned = parts.scanned;
    this.#properties = parts.properties;
  }

  get packetBytes(): number {
    return this.end - this.start;
  }

  /** Whether its first byte says more than that it is a PUBLISH of QoS 0. */
  get hasFlags(): boolean {
    return (this.bytes[this.start]! & 0x0f) !== 0; // a packet has a first byte
  }

  get payloadBytes(): number {
    return this.end - this.payloadStart;
  }

  get payload(): Uint8Array {
    this.#payload ??= this.bytes.subarray(this.payloadStart, this.end);
    return this.#payload;
  }

  /** Made when first asked for. */
  get properties(): ReceivedProperties | undefined {
    if (this.#properties === undefined && this.#scanned !== 0) this.#properties = this.#readProperties();
    return this.#properties;
  }

  /** This and the next two without making the properties: those that were scanned have neither of the two. */
  get topicAlias(): number | undefined {
    return this.#properties?.topicAlias;
  }

  get hasSubscriptionIdentifiers(): boolean {
    return this.#properties?.subscriptionIdentifiers !== undefined;
  }

  get expires(): boolean {
    return (this.#scanned & HAS_EXPIRY) !== 0 || this.#properties?.messageExpiryInterval !== undefined;
  }

  /**
   * Whether its bytes, but for the first and the packet identifier, are what another client of its version gets of it:
   * a Topic Alias and a Subscription Identifier are between two only, and a Remaining Length that is longer than need be
   * is passed on to nobody. The versions before 5.0 write alike.
   */
  get isForwardable(): boolean {
    return this.topicAlias === undefined && !this.hasSubscriptionIdentifiers && this.#isHeaderMinimal();
  }

  /** The packet by itself, as a plain value. */
  toPacket(): PublishPacket {
    const { topic, payload, qos, retain, dup, packetId, properties } = this;
    const packet: PublishPacket = { kind: 'publish', topic, payload, qos, retain, dup };
    if (qos !== 0) packet.packetId = packetId;
    if (properties !== undefined) packet.properties = properties;
    return packet;
  }

  #readProperties(): ReceivedProperties | undefined {
    const { bytes, propertiesStart, protocolVersion, start, end } = this;
    const reader = new PacketReader(bytes, propertiesStart, 'publish', protocolVersion, start, end);
    return readProperties(reader, 'publish');
  }

  #isHeaderMinimal(): boolean {
    const { bytes, start } = this;
    let last = start + 1;
    while (bytes[last]! >= 0x80) last++; // the Remaining Length ends within the packet
    return last === start + 1 || bytes[last] !== 0;
  }
}
