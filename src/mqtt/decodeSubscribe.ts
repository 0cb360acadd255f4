/**
 * SUBSCRIBE and UNSUBSCRIBE, sections 3.8 and 3.10.
 */
import { readProperties } from './decodeProperties.ts';
import { hexByte, quoted } from './faultText.ts';
import type { PacketReader } from './packetReader.ts';
import type {
  QoS,
  RetainHandling,
  SubscribePacket,
  SubscriptionRequest,
  UnsubscribePacket,
} from './packets.ts';
import type { ProtocolError } from './protocolError.ts';
import { topicClause } from './topicClause.ts';
import { checkPlainTopicFilter, checkTopicFilter, parseSharedFilter } from './topics.ts';

const QOS_BITS = 0x03;
const NO_LOCAL_BIT = 0x04;
const RETAIN_AS_PUBLISHED_BIT = 0x08;
const RETAIN_HANDLING_BITS = 0x30;
const RESERVED_BITS = 0xc0;
/** All but the QoS, before 5.0. */
const RESERVED_BITS_311 = 0xfc;

export function decodeSubscribe(reader: PacketReader): SubscribePacket {
  const packetId = reader.packetId();
  const properties = reader.protocolVersion === 5 ? readProperties(reader, 'subscribe') : undefined;
  if (reader.remaining === 0) throw noTopicFilters(reader);
  const subscriptions: SubscriptionRequest[] = [];
  while (reader.remaining > 0) subscriptions.push(readSubscription(reader));
  const packet: SubscribePacket = { kind: 'subscribe', packetId, subscriptions };
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

export function decodeUnsubscribe(reader: PacketReader): UnsubscribePacket {
  const packetId = reader.packetId();
  const properties = reader.protocolVersion === 5 ? readProperties(reader, 'unsubscribe') : undefined;
  if (reader.remaining === 0) throw noTopicFilters(reader);
  const topicFilters: string[] = [];
  while (reader.remaining > 0) topicFilters.push(readTopicFilter(reader));
  const packet: UnsubscribePacket = { kind: 'unsubscribe', packetId, topicFilters };
  if (properties !== undefined) packet.properties = properties;
  return packet;
}

function readSubscription(reader: PacketReader): SubscriptionRequest {
  const topicFilter = readTopicFilter(reader);
  const at = reader.offset;
  const isVersion5 = reader.protocolVersion === 5;
  const options = reader.byte(isVersion5 ? 'subscription options' : 'requested QoS');
  const qos = options & QOS_BITS;
  if (qos === 3) {
    throw reader.fault(
      'subscription-qos-invalid',
      at,
      `The QoS requested for ${quoted(topicFilter)} is 3 (byte 0x${hexByte(options)}): there are 0, 1 and 2.`,
    );
  }
  if (isVersion5) checkOptions(reader, at, options, topicFilter);
  // 3.1 calls the other bits reserved without asking for a value.
  else if (reader.protocolVersion === 4 && (options & RESERVED_BITS_311) !== 0) {
    throw reader.fault(
      'subscription-options-reserved',
      at,
      `The byte after ${quoted(topicFilter)} is 0x${hexByte(options)}: in MQTT 3.1.1 it is the QoS alone, 0, 1 or 2. No Local and the other options came with MQTT 5.0.`,
    );
  }
  return {
    topicFilter,
    qos: qos as QoS, // 3 was refused above
    noLocal: isVersion5 && (options & NO_LOCAL_BIT) !== 0,
    retainAsPublished: isVersion5 && (options & RETAIN_AS_PUBLISHED_BIT) !== 0,
    retainHandling: (isVersion5 ? (options & RETAIN_HANDLING_BITS) >> 4 : 0) as RetainHandling, // checkOptions refused 3
  };
}

/** Section 3.8.3.1 of 5.0. */
function checkOptions(reader: PacketReader, at: number, options: number, topicFilter: string): void {
  // [MQTT-3.8.3-5]
  if ((options & RESERVED_BITS) !== 0) {
    throw reader.fault(
      'subscription-options-reserved',
      at,
      `Bits 6 and 7 of the subscription options of ${quoted(topicFilter)} (0x${hexByte(options)}) are reserved and must be 0.`,
    );
  }
  if ((options & RETAIN_HANDLING_BITS) === RETAIN_HANDLING_BITS) {
    throw reader.fault(
      'retain-handling-invalid',
      at,
      `Retain Handling of ${quoted(topicFilter)} is 3 (subscription options 0x${hexByte(options)}): there are 0, 1 and 2.`,
    );
  }
  // [MQTT-3.8.3-4]
  if ((options & NO_LOCAL_BIT) !== 0 && parseSharedFilter(topicFilter) !== undefined) {
    throw reader.fault(
      'no-local-on-shared-subscription',
      at,
      `No Local is set (subscription options 0x${hexByte(options)}) on the shared subscription ${quoted(topicFilter)}, where it is not allowed.`,
    );
  }
}

function readTopicFilter(reader: PacketReader): string {
  const at = reader.offset;
  const topicFilter = reader.utf8String('topic filter');
  const problem =
    reader.protocolVersion === 5 ? checkTopicFilter(topicFilter) : checkPlainTopicFilter(topicFilter);
  if (problem !== undefined) {
    throw reader.fault(
      'topic-filter-invalid',
      at + 2 + Buffer.byteLength(topicFilter.slice(0, problem.at)),
      `The topic filter ${quoted(topicFilter)} can't be subscribed to. ${problem.message}`,
      topicClause(problem, reader.protocolVersion),
    );
  }
  return topicFilter;
}

/** [MQTT-3.8.3-2] and in 3.1.1 [MQTT-3.8.3-3]; [MQTT-3.10.3-2] */
function noTopicFilters(reader: PacketReader): ProtocolError {
  return reader.fault(
    'no-topic-filters',
    reader.offset,
    `${reader.kind.toUpperCase()} has no topic filter, and needs one at least.`,
    reader.kind === 'unsubscribe' ? 'MQTT-3.10.3-2' : undefined,
  );
}
