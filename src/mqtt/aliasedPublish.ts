/**
 * HOT PATH. A PUBLISH of 5.0 with a Topic Alias, for many subscribers: made of the one without, once, and shared.
 *
 * Beside the packet identifier and the DUP flag, the alias differs between subscribers. Which topic has which is for
 * the sender to know: this only writes it. Section 3.3.2.3.4.
 */
import type { PacketId } from './packets.ts';
import { checkPacketId, checkRange, PacketWriter, variableByteIntegerBytes } from './packetWriter.ts';
import { definitionOfName } from './properties.ts';
import { type ByteSink, DUP, type PublishForm } from './publishForm.ts';

/** An encoded PUBLISH without an alias, and where its fields are. */
export interface PublishParts {
  /** Everything but a large payload, with a packet identifier of 0. */
  readonly template: Uint8Array;
  readonly payload: Uint8Array | undefined;
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly hasPacketId: boolean;
  /** Of the properties, without their Property Length. */
  readonly propertiesBytes: number;
}

const TOPIC_ALIAS = definitionOfName.get('topicAlias')!.id; // a property that the table has
/** Its identifier, and a Two Byte Integer. */
const TOPIC_ALIAS_BYTES = 3;

export class AliasedPublish implements PublishForm {
  readonly packetBytes: number;
  /** With a packet identifier and an alias of 0. */
  readonly #template: Uint8Array;
  readonly #payload: Uint8Array | undefined;
  /** 0 when there is none. */
  readonly #packetIdOffset: number;
  readonly #aliasOffset: number;

  /**
   * @param keepsTopic the packet sets the alias; else the alias stands in place of the topic.
   * @throws RangeError if the packet is too large with the alias to have a form on the wire.
   */
  constructor(plain: PublishParts, keepsTopic: boolean) {
    const { template, payload, topicStart, topicEnd, hasPacketId } = plain;
    const sharedBytes = payload?.length ?? 0;
    const propertiesBytes = plain.propertiesBytes + TOPIC_ALIAS_BYTES;
    const topic = keepsTopic ? template.subarray(topicStart, topicEnd) : EMPTY_TOPIC;
    const packetIdBytes = hasPacketId ? 2 : 0;
    const rest = template.subarray(
      topicEnd + packetIdBytes + variableByteIntegerBytes(plain.propertiesBytes),
    );

    const writer = new PacketWriter(
      template[0]!, // a PUBLISH has a first byte
      topic.length +
        packetIdBytes +
        variableByteIntegerBytes(propertiesBytes) +
        TOPIC_ALIAS_BYTES +
        rest.length +
        sharedBytes,
      sharedBytes,
    );
    writer.raw(topic);
    this.#packetIdOffset = hasPacketId ? writer.offset : 0;
    if (hasPacketId) writer.twoByteInteger(0);
    writer.variableByteInteger(propertiesBytes);
    writer.byte(TOPIC_ALIAS);
    this.#aliasOffset = writer.offset;
    writer.twoByteInteger(0);
    writer.raw(rest);

    this.#template = writer.bytes;
    this.#payload = payload;
    this.packetBytes = writer.bytes.length + sharedBytes;
  }

  /**
   * The packet for one subscriber, in a buffer of its own.
   *
   * @param packetId not looked at for QoS 0.
   * @param alias 1 to 65,535. [MQTT-3.3.2-8]
   * @throws RangeError for an alias or, with QoS 1 and 2, a packet identifier that is out of its range.
   */
  write(sink: ByteSink, packetId: PacketId, dup: boolean, alias: number): void {
    checkRange('topicAlias', alias - 1, 0xfffe);
    if (this.#packetIdOffset !== 0) checkPacketId(packetId);
    const start = sink.copy(this.#template, 0, this.#template.length);
    const { page } = sink;
    const at = this.#packetIdOffset;
    if (at !== 0) {
      if (dup) page[start]! |= DUP; // a PUBLISH has a first byte
      page[start + at] = packetId >>> 8;
      page[start + at + 1] = packetId;
    }
    page[start + this.#aliasOffset] = alias >>> 8;
    page[start + this.#aliasOffset + 1] = alias;
    if (this.#payload !== undefined) sink.write(this.#payload);
  }
}

/** A UTF-8 string of no bytes. */
const EMPTY_TOPIC = Uint8Array.of(0, 0);
