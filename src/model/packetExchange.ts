/**
 * Which packets belong together: what an acknowledgement is for, what a topic alias stands for, and all that a message
 * or a request led to between one client and the broker. Section 4.3.
 *
 * Goes back over a connection from packet to packet, and not further than a bound: what is asked for is near, and what
 * is not there must not cost a search through everything.
 */

import {
  AUTH,
  CONNACK,
  CONNECT,
  isRefusal,
  PINGREQ,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  packetIdOf,
  packetTypeOf,
  publishTopicOf,
  SUBACK,
  SUBSCRIBE,
  UNSUBACK,
  UNSUBSCRIBE,
} from './packetFacts.ts';
import type { PacketTrace } from './packetTrace.ts';
import { segmentIndexOf } from './segments.ts';
import { TracedPacket } from './tracedPacket.ts';
import { OUT_FLAG } from './traceSegment.ts';

/** Packets of one connection, and of the trace. */
const MAX_STEPS_BACK = 16_384;
const MAX_STEPS_ON = 262_144;
/** Of one conversation: redeliveries go on as long as nobody answers. */
const MAX_PACKETS = 100;

/** By type: what is acknowledged by it. */
const requestTypes: readonly (readonly number[])[] = Array.from({ length: 16 }, (_, type) => {
  switch (type) {
    case CONNACK:
      return [CONNECT, AUTH];
    case PUBACK:
    case PUBREC:
      return [PUBLISH];
    case PUBREL:
      return [PUBREC];
    case PUBCOMP:
      return [PUBREL];
    case SUBACK:
      return [SUBSCRIBE];
    case UNSUBACK:
      return [UNSUBSCRIBE];
    case PINGRESP:
      return [PINGREQ];
    default:
      return [];
  }
});

/** The packet that this one acknowledges. Undefined for none, and for one that is far away or no longer held. */
export function requestOf(packet: TracedPacket): TracedPacket | undefined {
  const type = packetTypeOf(packet.bytes);
  const wanted = requestTypes[type] ?? [];
  if (wanted.length === 0 || packet.isRejected) return undefined;
  const packetId = packetIdOf(packet.bytes);
  let before = packet.previous;
  for (let steps = 0; before !== undefined && steps < MAX_STEPS_BACK; steps++, before = before.previous) {
    const { bytes } = before;
    const typeBefore = packetTypeOf(bytes);
    if (before.isOut !== packet.isOut) {
      if (wanted.includes(typeBefore) && packetIdOf(bytes) === packetId) return before;
    } else if (typeBefore === type && packetIdOf(bytes) === packetId) {
      // The same answer was given before, and nothing was asked since.
      return undefined;
    }
  }
  return undefined;
}

/** The topic of a PUBLISH, or what its alias was last set to over the connection. Undefined where that is not held. */
export function topicOf(packet: TracedPacket): string | undefined {
  const { topic, alias } = publishTopicOf(packet.bytes, packet.protocolVersion);
  if (topic !== '' || alias === 0) return topic;
  let before = packet.previous;
  for (let steps = 0; before !== undefined && steps < MAX_STEPS_BACK; steps++, before = before.previous) {
    if (before.isOut !== packet.isOut || packetTypeOf(before.bytes) !== PUBLISH) continue;
    const set = publishTopicOf(before.bytes, before.protocolVersion);
    if (set.alias === alias && set.topic !== '') return set.topic;
  }
  return undefined;
}

/**
 * All packets of the conversation that this one is part of, in their order: of a message its PUBLISH, acknowledgements
 * and redeliveries, also over later connections of the client; of a request its answer. The packet itself is among them.
 */
export function exchangeOf(trace: PacketTrace, packet: TracedPacket): readonly TracedPacket[] {
  let start = packet;
  for (let before = requestOf(start); before !== undefined; before = requestOf(start)) start = before;
  const type = packetTypeOf(start.bytes);
  const packetId = packetIdOf(start.bytes);
  const members = [start];
  if (start.isRejected || !isAnswered(start)) return members;
  const isPublish = type === PUBLISH;
  const last = Math.min(trace.nextId, start.id + MAX_STEPS_ON);
  for (const [segment, first, end] of stretches(trace, start.id + 1, last)) {
    for (let index = first; index < end && members.length < MAX_PACKETS; index++) {
      const ref = segment.connection(index);
      const isSame = ref === start.connectionRef;
      if (!isSame && !(isPublish && trace.isSameClient(ref, start.connectionRef))) continue;
      const next = new TracedPacket(trace, segment, index);
      const isOut = (segment.flags(index) & OUT_FLAG) !== 0;
      const { bytes } = next;
      const typeNext = packetTypeOf(bytes);
      if (packetIdOf(bytes) !== packetId || next.isRejected) continue;
      const isSent = isOut === start.isOut;
      if (isPublish) {
        // The identifier is used for another message.
        if (typeNext === PUBLISH && isSent && (bytes[0]! & 0x08) === 0) return members;
        if (!belongs(typeNext, isSent)) continue;
        members.push(next);
        if (typeNext === PUBACK || typeNext === PUBCOMP || isRefused(next)) return members;
      } else if (!isSent && requestTypes[typeNext]?.includes(type)) {
        members.push(next);
        return members;
      } else if (isSent && typeNext === type) return members;
    }
  }
  return members;
}

/** Something comes back for it. */
function isAnswered({ bytes }: TracedPacket): boolean {
  const type = packetTypeOf(bytes);
  if (type === PUBLISH) return (bytes[0]! & 0b0110) !== 0; // it has a type
  return requestTypes.some((types) => types.includes(type));
}

/** @param isSent by the side that published. */
function belongs(type: number, isSent: boolean): boolean {
  return isSent
    ? type === PUBLISH || type === PUBREL
    : type === PUBACK || type === PUBREC || type === PUBCOMP;
}

/** A PUBREC that says no: nothing follows, and the identifier is free. [MQTT-4.3.3-4] */
function isRefused({ bytes, protocolVersion }: TracedPacket): boolean {
  return packetTypeOf(bytes) === PUBREC && isRefusal(bytes, protocolVersion);
}

/** The packets from `from` up to but not including `to`, segment by segment. */
function* stretches(trace: PacketTrace, from: number, to: number) {
  for (let id = from; id < to; ) {
    const segment = trace.segments[segmentIndexOf(trace.segments, id)]!; // it is held
    const end = Math.min(segment.endId, to);
    yield [segment, id - segment.firstId, end - segment.firstId] as const;
    id = end;
  }
}
