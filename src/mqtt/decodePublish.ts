/**
 * HOT PATH. PUBLISH, section 3.3: read by index, without a reader object unless there are properties or a fault.
 */
import { readProperties } from './decodeProperties.ts';
import { protocolError } from './errorCodes.ts';
import { hexByte, quoted } from './faultText.ts';
import { checkMinimalRemainingLength } from './fixedHeader.ts';
import { PacketReader, packetIdZero } from './packetReader.ts';
import type { ProtocolVersion, PublishPacket } from './packets.ts';
import type { ProtocolError } from './protocolError.ts';
import { decodeTopicName, type TopicNameCache } from './topicNameCache.ts';
import { checkTopicName } from './topics.ts';

export function decodePublish(
  frame: Uint8Array,
  bodyOffset: number,
  protocolVersion: ProtocolVersion,
  topicNames: TopicNameCache | undefined,
): PublishPacket {
  const first = frame[0]!; // a frame has two bytes at least
  const qos = (first >> 1) & 0b11;
  const retain = (first & 0x01) !== 0;
  // 3.1 does not use DUP at QoS 0, and so does not forbid it.
  const dup = (first & 0x08) !== 0 && (qos !== 0 || protocolVersion !== 3);
  if (qos === 3 || (qos === 0 && dup)) throw flagFault(first, protocolVersion);
  if (protocolVersion === 5) checkMinimalRemainingLength(frame, bodyOffset, 'publish');

  const topicOffset = bodyOffset + 2;
  // Missing bytes read as undefined, which shifts as 0: the comparison with the end finds that too.
  const topicEnd = topicOffset + ((frame[bodyOffset]! << 8) | frame[bodyOffset + 1]!);
  let offset = qos === 0 ? topicEnd : topicEnd + 2;
  if (offset > frame.length) throw truncationFault(frame, bodyOffset, protocolVersion);
  const topic =
    topicNames === undefined || topicEnd === topicOffset
      ? decodeTopicName(frame, topicOffset, topicEnd)
      : topicNames.topicNameAt(frame, topicOffset, topicEnd);
  if (topic === undefined) throw topicFault(frame, bodyOffset, protocolVersion);
  if (topic === '' && protocolVersion !== 5) throw emptyTopicFault(bodyOffset, protocolVersion);

  let packetId = 0;
  if (qos !== 0) {
    packetId = (frame[topicEnd]! << 8) | frame[topicEnd + 1]!; // offset is not beyond the frame
    if (packetId === 0) throw packetIdZero('publish', protocolVersion, topicEnd);
  }

  let properties: PublishPacket['properties'];
  if (protocolVersion === 5) {
    if (frame[offset] === 0) {
      offset++;
    } else {
      const reader = new PacketReader(frame, offset, 'publish', protocolVersion);
      properties = readProperties(reader, 'publish');
      offset = reader.offset;
    }
    if (topic === '' && properties?.topicAlias === undefined)
      throw emptyTopicFault(bodyOffset, protocolVersion);
  }

  const packet: PublishPacket = {
    kind: 'publish',
    topic,
    payload: frame.subarray(offset),
    qos: qos as 0 | 1 | 2, // 3 was refused above
    retain,
    dup,
  };
  if (qos !== 0) packet.packetId = packetId;
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

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
  frame: Uint8Array,
  bodyOffset: number,
  protocolVersion: ProtocolVersion,
): ProtocolError {
  const reader = new PacketReader(frame, bodyOffset, 'publish', protocolVersion);
  reader.utf8String('topic name');
  reader.packetId();
  throw new RangeError('the packet is not truncated');
}

function topicFault(frame: Uint8Array, bodyOffset: number, protocolVersion: ProtocolVersion): ProtocolError {
  const reader = new PacketReader(frame, bodyOffset, 'publish', protocolVersion);
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
