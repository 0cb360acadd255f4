/**
 * Where the fields of a packet are: the fixed header, and every kind but CONNECT and CONNACK (walkConnect.ts).
 */
import type { PacketKind, ProtocolVersion } from '../mqtt/packets.ts';
import { packetKindOfType } from '../mqtt/packetTypes.ts';
import type { ExplainedField } from './explainedPacket.ts';
import { countOf, FieldWalk, type Said, WalkEnd } from './fieldWalk.ts';
import { DISCONNECT_IN_GOOD_ORDER, sayReasonCode, saySubackReturnCode } from './reasonMeanings.ts';
import { shownString } from './shownValue.ts';
import { flag, qosMeanings, walkConnack, walkConnect } from './walkConnect.ts';
import { walkProperties } from './walkProperties.ts';

export interface WalkedPacket {
  readonly kind: PacketKind | undefined;
  readonly fields: readonly ExplainedField[];
  /** What the fixed header says, itself included; undefined if it can't be or is not whole. */
  readonly packetBytes: number | undefined;
}

export function walkPacket(bytes: Uint8Array, version: ProtocolVersion): WalkedPacket {
  const kind = kindOf(bytes, version);
  const header = new FieldWalk(bytes, bytes.length);
  let packetBytes: number | undefined;
  const fields: ExplainedField[] = [];
  let stop = attempt(() => {
    walkFirstByte(header, kind, version);
    const remainingLength = header.variableByteInteger('Remaining Length', (value) => ({
      value: String(value),
      meaning: sayRemainingLength(value, header.remaining),
    }));
    packetBytes = header.offset + remainingLength;
  });
  fields.push(...header.fields);
  let offset = header.offset;
  if (packetBytes !== undefined) {
    const body = new FieldWalk(bytes, Math.min(packetBytes, bytes.length));
    body.offset = offset;
    stop = attempt(() => walkBody(body, kind, version));
    fields.push(...body.fields);
    offset = body.offset;
  }
  const packetEnd = Math.min(packetBytes ?? bytes.length, bytes.length);
  if (offset < packetEnd) fields.push(notRead(offset, packetEnd, stop));
  if (packetEnd < bytes.length) fields.push(behindPacket(packetEnd, bytes.length));
  return { kind, fields, packetBytes };
}

function kindOf(bytes: Uint8Array, version: ProtocolVersion): PacketKind | undefined {
  const kind = packetKindOfType((bytes[0] ?? 0) >> 4);
  return kind === 'auth' && version !== 5 ? undefined : kind;
}

/** Returns why the walk ended before its end, if it did. */
function attempt(walk: () => void): string | undefined {
  try {
    walk();
    return undefined;
  } catch (end) {
    if (end instanceof WalkEnd) return end.reason;
    throw end;
  }
}

function notRead(start: number, end: number, stop: string | undefined): ExplainedField {
  const count = countOf(end - start, 'byte');
  const meaning =
    stop === undefined
      ? 'They follow the last field, where the packet should end.'
      : `Not taken apart: ${stop}.`;
  return { name: 'Not read', value: count, meaning, start, end };
}

function behindPacket(start: number, end: number): ExplainedField {
  return {
    name: 'Behind the packet',
    value: countOf(end - start, 'byte'),
    meaning: 'By its Remaining Length the packet ends before them.',
    start,
    end,
  };
}

function sayRemainingLength(value: number, there: number): string {
  if (value > there) return `${countOf(value, 'byte')} follow by this, and ${there} are here.`;
  if (value < there)
    return `${countOf(value, 'byte')} follow by this, and ${there} are here: the rest is not of this packet.`;
  return `${countOf(value, 'byte')} follow.`;
}

function walkFirstByte(walk: FieldWalk, kind: PacketKind | undefined, version: ProtocolVersion): void {
  // Without a reason code it is 0x00: section 3.14.2.1.
  const isGoodbye = kind === 'disconnect' && (version !== 5 || walk.bytes[1] === 0);
  const type = {
    name: 'Packet type',
    mask: 0xf0,
    say: (bits: number): Said => ({
      value: `${bits} (${kind?.toUpperCase() ?? 'reserved'})`,
      meaning: isGoodbye ? DISCONNECT_IN_GOOD_ORDER : undefined,
    }),
  };
  if (kind !== 'publish') {
    const expected = kind === 'pubrel' || kind === 'subscribe' || kind === 'unsubscribe' ? 0b0010 : 0;
    const say = (bits: number): Said => ({
      value: `0b${bits.toString(2).padStart(4, '0')}`,
      meaning:
        bits === expected || kind === undefined
          ? undefined
          : `Must be 0b${expected.toString(2).padStart(4, '0')}.`,
    });
    walk.bits(undefined, [type, { name: 'Flags', mask: 0x0f, say }]);
    return;
  }
  walk.bits(undefined, [
    type,
    flag('DUP', 0x08, 'Sent again: it may have come before.', 'Sent for the first time.'),
    {
      name: 'QoS',
      mask: 0x06,
      say: (qos) => ({ value: String(qos), meaning: qosMeanings[qos] ?? 'There are QoS 0, 1 and 2.' }),
    },
    flag(
      'RETAIN',
      0x01,
      'From a client: kept for who subscribes later. To a client: it was kept, or Retain As Published.',
      'Not kept for who subscribes later.',
    ),
  ]);
}

function walkBody(walk: FieldWalk, kind: PacketKind | undefined, version: ProtocolVersion): void {
  switch (kind) {
    case 'connect':
      walkConnect(walk);
      break;
    case 'connack':
      walkConnack(walk, version);
      break;
    case 'publish':
      walkPublish(walk, version);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      walkPacketId(walk);
      walkReason(walk, kind, version);
      break;
    case 'subscribe':
      walkPacketId(walk);
      if (version === 5) walkProperties(walk, kind);
      while (walk.remaining > 0) walkSubscription(walk, version);
      break;
    case 'unsubscribe':
      walkPacketId(walk);
      if (version === 5) walkProperties(walk, kind);
      while (walk.remaining > 0) walk.utf8String('Topic Filter');
      break;
    case 'suback':
    case 'unsuback':
      walkPacketId(walk);
      if (version === 5) walkProperties(walk, kind);
      // Before 5.0 an UNSUBACK is its packet identifier.
      if (version === 5 || kind === 'suback') walkReasonCodes(walk, kind, version);
      break;
    case 'disconnect':
    case 'auth':
      walkReason(walk, kind, version);
      break;
    case 'pingreq':
    case 'pingresp':
      break;
    case undefined:
      throw new WalkEnd('its packet type is reserved');
  }
}

function walkPublish(walk: FieldWalk, version: ProtocolVersion): void {
  const qos = ((walk.bytes[0] ?? 0) >> 1) & 0b11;
  walk.utf8String('Topic Name');
  // QoS 3 is no QoS. Who sends it mostly means one that is acknowledged.
  if (qos > 0) walkPacketId(walk);
  if (version === 5) walkProperties(walk, 'publish');
  walk.rest('Payload', countOf(walk.remaining, 'byte'));
}

function walkPacketId(walk: FieldWalk): void {
  walk.twoByteInteger('Packet Identifier', (id) => ({
    value: String(id),
    meaning: id === 0 ? 'Must be 1 to 65,535.' : undefined,
  }));
}

type KindWithReason = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' | 'disconnect' | 'auth';

/** In 5.0 both may be left out, from the end. */
function walkReason(walk: FieldWalk, kind: KindWithReason, version: ProtocolVersion): void {
  if (version !== 5) return;
  if (walk.remaining > 0) walk.byte('Reason Code', (code) => sayReasonCode(code, kind));
  if (walk.remaining > 0) walkProperties(walk, kind);
}

function walkReasonCodes(walk: FieldWalk, kind: 'suback' | 'unsuback', version: ProtocolVersion): void {
  for (let number = 1; walk.remaining > 0; number++) {
    walk.byte(version === 5 ? 'Reason Code' : 'Return Code', (code) => {
      const { value, meaning } = version === 5 ? sayReasonCode(code, kind) : saySubackReturnCode(code);
      const answers = `Answers topic filter ${number}.`;
      return { value, meaning: meaning === undefined ? answers : `${answers} ${meaning}` };
    });
  }
}

function walkSubscription(walk: FieldWalk, version: ProtocolVersion): void {
  walk.group('Subscription', () => {
    const filter = walk.utf8String('Topic Filter');
    const qosField = {
      name: version === 5 ? 'Maximum QoS' : 'Requested QoS',
      mask: 0x03,
      say: (qos: number): Said => ({
        value: String(qos),
        meaning: qos === 3 ? 'There are QoS 0, 1 and 2.' : `Messages come with QoS ${qos} at most.`,
      }),
    };
    const mustBe0 = (bits: number): Said => ({
      value: String(bits),
      meaning: bits === 0 ? undefined : 'Must be 0.',
    });
    const options =
      version === 5
        ? walk.bits('Subscription Options', [
            { name: 'Reserved', mask: 0xc0, say: mustBe0 },
            { name: 'Retain Handling', mask: 0x30, say: sayRetainHandling },
            flag(
              'Retain As Published',
              0x08,
              'RETAIN stays as it was published.',
              'RETAIN is set only on messages that were kept before.',
            ),
            flag('No Local', 0x04, 'What this client publishes is not sent back to it.', undefined),
            qosField,
          ])
        : walk.bits('Requested QoS', [{ name: 'Reserved', mask: 0xfc, say: mustBe0 }, qosField]);
    return { value: `${shownString(filter)} · QoS ${options & 0x03}` };
  });
}

function sayRetainHandling(bits: number): Said {
  const meanings = [
    'Retained messages are sent at once.',
    'Retained messages are sent if the subscription is new.',
    'No retained messages are sent.',
  ];
  return { value: String(bits), meaning: meanings[bits] ?? 'There are 0, 1 and 2.' };
}
