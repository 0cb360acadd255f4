/**
 * HOT PATH. PUBLISH, section 3.3: read by index where it lies, without a reader object unless there are properties or
 * a fault.
 */
import { readProperties } from './decodeProperties.ts';
import { protocolError } from './errorCodes.ts';
import { hexByte, quoted } from './faultText.ts';
import { bodyOffsetOf, checkMinimalRemainingLength } from './fixedHeader.ts';
import { PacketReader, packetIdZero } from './packetReader.ts';
import type { ProtocolVersion } from './packets.ts';
import type { ProtocolError } from './protocolError.ts';
import { type ReceivedProperties, ReceivedPublish } from './receivedPublish.ts';
import { NOT_SURE, scanPublishProperties } from './scanPublishProperties.ts';
import { decodeTopicName, type TopicNameCache } from './topicNameCache.ts';
import { checkTopicName } from './topics.ts';

/**
 * The PUBLISH in `bytes[start .. end)`, fixed header included.
 *
 * @param isOwn as OnFrame of frameReader.ts.
 * @throws ProtocolError for what the version does not allow.
 * @throws RangeError if the packet is not as long as its fixed header says: a bug of the caller's framing.
 */
export function decodePublish(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocolVersion: ProtocolVersion,
  topicNames: TopicNameCache | undefined,
  isOwn: boolean,
): ReceivedPublish {
  const bodyOffset = bodyOffsetOf(bytes, start, end);
  const first = bytes[start]!; // bodyOffsetOf saw two bytes at least
  const qos = (first >> 1) & 0b11;
  // 3.1 does not use DUP at QoS 0, and so does not forbid it.
  if (qos === 3 || (qos === 0 && (first & 0x08) !== 0 && protocolVersion !== 3))
    throw flagFault(first, protocolVersion);
  if (protocolVersion === 5) checkMinimalRemainingLength(bytes, start, bodyOffset, 'publish');

  const topicOffset = bodyOffset + 2;
  // Bytes beyond the packet are never taken for its own: the comparison with its end finds that out.
  const topicEnd = topicOffset + ((bytes[bodyOffset]! << 8) | bytes[bodyOffset + 1]!);
  let offset = qos === 0 ? topicEnd : topicEnd + 2;
  if (topicOffset > end || offset > end)
    throw truncationFault(bytes, start, end, bodyOffset, protocolVersion);
  const cachedTopic = topicNames?.topicAt(bytes, topicOffset, topicEnd);
  const topic = topicNames === undefined ? decodeTopicName(bytes, topicOffset, topicEnd) : cachedTopic?.name;
  if (topic === undefined) throw topicFault(bytes, start, end, bodyOffset, protocolVersion);
  if (topic === '' && protocolVersion !== 5) throw emptyTopicFault(bodyOffset - start, protocolVersion);

  let packetId = 0;
  if (qos !== 0) {
    packetId = (bytes[topicEnd]! << 8) | bytes[topicEnd + 1]!; // offset is not beyond the packet
    if (packetId === 0) throw packetIdZero('publish', protocolVersion, topicEnd - start);
  }

  const propertiesStart = offset;
  let properties: ReceivedProperties | undefined;
  let scanned = 0;
  if (protocolVersion === 5) {
    // One byte of length, as nearly all have, and what it spans: anything else is read with names.
    const length = offset < end ? bytes[offset]! : MORE_THAN_ONE_BYTE; // offset is within
    const contentStart = offset + 1;
    const isPlain = length < MORE_THAN_ONE_BYTE && contentStart + length <= end;
    scanned = isPlain ? scanPublishProperties(bytes, contentStart, contentStart + length) : NOT_SURE;
    if (scanned !== NOT_SURE) {
      offset = contentStart + length;
    } else {
      const reader = new PacketReader(bytes, offset, 'publish', protocolVersion, start, end);
      properties = readProperties(reader, 'publish');
      offset = reader.offset;
      scanned = 0;
    }
    if (topic === '' && properties?.topicAlias === undefined)
      throw emptyTopicFault(bodyOffset - start, protocolVersion);
  }
  return new ReceivedPublish(
    bytes,
    start,
    end,
    first,
    protocolVersion,
    topic,
    cachedTopic,
    topicOffset,
    topicEnd,
    packetId,
    propertiesStart,
    offset,
    scanned,
    properties,
    isOwn,
  );
}

/** The top bit of a length's first byte. */
const MORE_THAN_ONE_BYTE = 0x80;

/** [MQTT-3.3.1-4] [MQTT-3.3.1-2] */
function flagFault(first: number, protocolVersion: ProtocolVersion): ProtocolError {
  const isQosInvalid = ((first >> 1) & 0b11) === 3;
  return protocolError(isQosInvalid ? 'qos-invalid' : 'dup-with-qos-0', protocolVersion, {
    packetKind: 'publish',
    byteOffset: 0,
    message: isQosInvalid
      ? `Both QoS bits (1 and 2) of the first byte 0x${hexByte(first)} are set, which makes QoS 3: there are 0, 1 and 2.`
      : `The DUP bit (3) of the first byte 0x${hexByte(first)} is set at QoS 0: a message without an acknowledgement is never sent again, so DUP must be 0.`,
  });
}

/** A topic name or packet identifier that the packet has no room for: read again, with names. */
function truncationFault(
  bytes: Uint8Array,
  start: number,
  end: number,
  bodyOffset: number,
  protocolVersion: ProtocolVersion,
): ProtocolError {
  const reader = new PacketReader(bytes, bodyOffset, 'publish', protocolVersion, start, end);
  reader.utf8String('topic name');
  reader.packetId();
  throw new RangeError('the packet is not truncated');
}

function topicFault(
  bytes: Uint8Array,
  start: number,
  end: number,
  bodyOffset: number,
  protocolVersion: ProtocolVersion,
): ProtocolError {
  const reader = new PacketReader(bytes, bodyOffset, 'publish', protocolVersion, start, end);
  const topic = reader.utf8String('topic name');
  const problem = checkTopicName(topic);
  if (problem === undefined) throw new RangeError('the topic name is valid');
  return reader.fault(
    'topic-name-invalid',
    bodyOffset + 2 + Buffer.byteLength(topic.slice(0, problem.at)),
    `The topic name ${quoted(topic)} can't be published to. ${problem.message}`,
  );
}

function emptyTopicFault(bodyOffset: number, protocolVersion: ProtocolVersion): ProtocolError {
  return protocolError('topic-empty', protocolVersion, {
    packetKind: 'publish',
    byteOffset: bodyOffset,
    message:
      protocolVersion === 5
        ? 'The topic name is empty and there is no Topic Alias to stand for it.'
        : 'The topic name is empty: it needs at least one character. Often a buffer was sent before the topic was put into it.',
  });
}
