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

/** One for each message that comes: its fields are no private names, which cost several times as much to set. */
export class ReceivedPublish {
  readonly kind = 'publish';
  readonly topic: string;
  /** What is remembered of the topic, where names are. */
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
  /** Of the topic name, behind its length. */
  readonly topicStart: number;
  /** Behind the topic name: the packet identifier, where there is one. */
  readonly topicEnd: number;
  /** The Property Length; before 5.0 the same as `payloadStart`. */
  readonly propertiesStart: number;
  readonly payloadStart: number;
  /** The bytes are the packet's own, and may be kept: nobody writes to them any more. */
  readonly isOwn: boolean;
  /** What scanPublishProperties said, where it was sure: the properties are made when somebody asks. Else 0. */
  private readonly scanned: number;
  /** Those that were made; undefined where there are none, or nobody asked. */
  private made: ReceivedProperties | undefined;
  private payloadView: Uint8Array | undefined;

  /** @param first the packet's first byte, whose QoS is valid. */
  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    first: number,
    protocolVersion: ProtocolVersion,
    topic: string,
    cachedTopic: CachedTopic<unknown> | undefined,
    topicStart: number,
    topicEnd: number,
    packetId: PacketId,
    propertiesStart: number,
    payloadStart: number,
    scanned: number,
    properties: ReceivedProperties | undefined,
    isOwn: boolean,
  ) {
    this.topic = topic;
    this.cachedTopic = cachedTopic;
    this.qos = ((first >> 1) & 0b11) as QoS; // 3 was refused
    this.retain = (first & 0x01) !== 0;
    // 3.1 does not use DUP at QoS 0.
    this.dup = (first & 0x08) !== 0 && this.qos !== 0;
    this.packetId = packetId;
    this.protocolVersion = protocolVersion;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.topicStart = topicStart;
    this.topicEnd = topicEnd;
    this.propertiesStart = propertiesStart;
    this.payloadStart = payloadStart;
    this.isOwn = isOwn;
    this.scanned = scanned;
    this.made = properties;
    this.payloadView = undefined;
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
    this.payloadView ??= this.bytes.subarray(this.payloadStart, this.end);
    return this.payloadView;
  }

  /** Made when first asked for. */
  get properties(): ReceivedProperties | undefined {
    if (this.made === undefined && this.scanned !== 0) this.made = this.readProperties();
    return this.made;
  }

  /** This and the next two without making the properties: those that were scanned have neither of the two. */
  get topicAlias(): number | undefined {
    return this.made?.topicAlias;
  }

  get hasSubscriptionIdentifiers(): boolean {
    return this.made?.subscriptionIdentifiers !== undefined;
  }

  get expires(): boolean {
    return (this.scanned & HAS_EXPIRY) !== 0 || this.made?.messageExpiryInterval !== undefined;
  }

  /**
   * Whether its bytes, but for the first and the packet identifier, are what another client of its version gets of it:
   * a Topic Alias and a Subscription Identifier are between two only, and a Remaining Length that is longer than need be
   * is passed on to nobody. The versions before 5.0 write alike.
   */
  get isForwardable(): boolean {
    return this.topicAlias === undefined && !this.hasSubscriptionIdentifiers && this.isHeaderMinimal();
  }

  /** The packet by itself, as a plain value. */
  toPacket(): PublishPacket {
    const { topic, payload, qos, retain, dup, packetId, properties } = this;
    const packet: PublishPacket = { kind: 'publish', topic, payload, qos, retain, dup };
    if (qos !== 0) packet.packetId = packetId;
    if (properties !== undefined) packet.properties = properties;
    return packet;
  }

  private readProperties(): ReceivedProperties | undefined {
    const { bytes, propertiesStart, protocolVersion, start, end } = this;
    const reader = new PacketReader(bytes, propertiesStart, 'publish', protocolVersion, start, end);
    return readProperties(reader, 'publish');
  }

  private isHeaderMinimal(): boolean {
    const { bytes, start } = this;
    let last = start + 1;
    while (bytes[last]! >= 0x80) last++; // the Remaining Length ends within the packet
    return last === start + 1 || bytes[last] !== 0;
  }
}
