/**
 * HOT PATH. A PUBLISH for many subscribers: encoded once per (version, QoS, retain, properties).
 *
 * Only the packet identifier and the DUP flag differ between subscribers; the rest is shared. A small payload is one
 * buffer with its header, since a copy costs less than a second write; a large one is shared as it is.
 */

import { AliasedPublish } from './aliasedPublish.ts';
import { propertiesBytes, propertySectionBytes, writeProperties } from './encodeProperties.ts';
import type { PacketId, ProtocolVersion, PublishPacket, QoS } from './packets.ts';
import { checkPacketId, checkRange, PacketWriter, utf8StringBytes } from './packetWriter.ts';
import { type ByteSink, DUP, type PublishForm } from './publishForm.ts';
import { MAX_COPIED_PAYLOAD_BYTES } from './receivedPublish.ts';

export interface PublishToEncode {
  topic: string;
  /** When larger than 4 KiB it is shared, not copied: it must stay as it is until every transport has sent it. */
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  /** For every subscriber, whatever `write` says. */
  dup?: boolean;
  /** Left out in 3.1 and 3.1.1. */
  properties?: PublishPacket['properties'];
}

export class EncodedPublish implements PublishForm {
  readonly topic: string;
  readonly packetBytes: number;
  /** Everything but a large payload, with a packet identifier of 0. */
  readonly #template: Uint8Array;
  readonly #payload: Uint8Array | undefined;
  /** 0 when there is none. */
  readonly #packetIdOffset: number;
  readonly #topicEnd: number;
  readonly #propertiesBytes: number;
  #settingAlias: AliasedPublish | undefined;
  #byAlias: AliasedPublish | undefined;

  /** @throws RangeError for what can't be encoded, as encode does. */
  constructor(message: PublishToEncode, protocolVersion: ProtocolVersion) {
    const { payload, qos, properties } = message;
    const isCopied = payload.length <= MAX_COPIED_PAYLOAD_BYTES;
    const contentBytes = protocolVersion === 5 ? propertiesBytes(properties, 'publish') : 0;
    const bytesAfterTopic =
      (qos === 0 ? 0 : 2) + propertySectionBytes(contentBytes, protocolVersion) + payload.length;
    const sharedBytes = isCopied ? 0 : payload.length;

    const writer = beginPublish(message, message.dup === true, bytesAfterTopic, sharedBytes);
    this.topic = message.topic;
    this.#topicEnd = writer.offset;
    this.#propertiesBytes = contentBytes;
    this.#packetIdOffset = qos === 0 ? 0 : writer.offset;
    if (qos !== 0) writer.twoByteInteger(0);
    if (protocolVersion === 5) writeProperties(writer, properties, contentBytes);
    if (isCopied) writer.raw(payload);

    this.#template = writer.bytes;
    this.#payload = isCopied ? undefined : payload;
    this.packetBytes = writer.bytes.length + sharedBytes;
  }

  /** The same with a Topic Alias beside the topic: what a client gets that is to know the alias. 5.0 only. */
  get settingAlias(): AliasedPublish {
    this.#settingAlias ??= this.#withAlias(true);
    return this.#settingAlias;
  }

  /** The same with a Topic Alias and an empty topic: what a client gets that knows the alias. 5.0 only. */
  get byAlias(): AliasedPublish {
    this.#byAlias ??= this.#withAlias(false);
    return this.#byAlias;
  }

  /**
   * The packet for one subscriber. For QoS 0 the very same buffer each time, and `packetId` and `dup` are not looked
   * at [MQTT-2.3.1-5] [MQTT-3.3.1-2]; for QoS 1 and 2 a buffer with the identifier and the flag.
   *
   * @throws RangeError for QoS 1 and 2 if `packetId` is not 1 to 65,535.
   */
  write(sink: ByteSink, packetId: PacketId, dup: boolean): void {
    const template = this.#template;
    const at = this.#packetIdOffset;
    if (at === 0) {
      sink.write(template);
    } else {
      checkPacketId(packetId);
      const start = sink.copy(template, 0, template.length);
      const { page } = sink;
      if (dup) page[start]! |= DUP; // a PUBLISH has a first byte
      page[start + at] = packetId >>> 8;
      page[start + at + 1] = packetId;
    }
    if (this.#payload !== undefined) sink.write(this.#payload);
  }

  #withAlias(keepsTopic: boolean): AliasedPublish {
    return new AliasedPublish(
      {
        template: this.#template,
        payload: this.#payload,
        topicStart: fixedHeaderBytes(this.#template),
        topicEnd: this.#topicEnd,
        hasPacketId: this.#packetIdOffset !== 0,
        propertiesBytes: this.#propertiesBytes,
      },
      keepsTopic,
    );
  }
}

/** One byte, and the Remaining Length: each byte of it but the last has its top bit set. */
function fixedHeaderBytes(packet: Uint8Array): number {
  let end = 1;
  while (packet[end]! >= 0x80) end++; // the Remaining Length ends within the packet
  return end + 1;
}

/**
 * Fixed header and topic name of a PUBLISH, in a buffer with room for the rest.
 *
 * @param bytesAfterTopic everything that follows the topic name.
 * @param sharedBytes how many of these are sent from elsewhere, and need no room.
 * @throws RangeError if topic or QoS can't be encoded.
 */
export function beginPublish(
  message: { readonly topic: string; readonly qos: QoS; readonly retain: boolean },
  dup: boolean,
  bytesAfterTopic: number,
  sharedBytes: number,
): PacketWriter {
  const { topic, qos } = message;
  checkRange('qos', qos, 2);
  const firstByte = 0x30 | (dup ? DUP : 0) | (qos << 1) | (message.retain ? 0x01 : 0);
  // Nearly every topic is ASCII: sized by its length and written in one pass.
  if (topic.length <= 0xffff) {
    const writer = new PacketWriter(firstByte, 2 + topic.length + bytesAfterTopic, sharedBytes);
    if (writer.asciiString(topic)) return writer;
  }
  const topicBytes = utf8StringBytes('topic', topic);
  const writer = new PacketWriter(firstByte, topicBytes + bytesAfterTopic, sharedBytes);
  writer.utf8String(topic);
  return writer;
}
