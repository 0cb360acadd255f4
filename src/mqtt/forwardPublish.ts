/**
 * HOT PATH. A PUBLISH that came, written for one receiver of the same kind of version: its own bytes, but for what is
 * between broker and receiver. That is the first byte, the packet identifier, and in 5.0 the Subscription Identifiers.
 */
import type { PacketId, QoS } from './packets.ts';
import { variableByteIntegerBytes, writeVariableByteInteger } from './packetWriter.ts';
import { definitionOfName } from './properties.ts';
import type { ByteSink } from './publishForm.ts';
import type { ReceivedPublish } from './receivedPublish.ts';

/** Where a received packet can go on without a copy of its own. */
export interface ForwardSink extends ByteSink {
  /** `bytes[start .. end)` as they are, borrowed unless they are `isOwn`. */
  forward(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void;
  /** Room for so many bytes, which the caller writes into `page` before the next call; returns where. */
  room(bytes: number): number;
}

const PUBLISH = 0x30;
const RETAIN = 0x01;
const SUBSCRIPTION_IDENTIFIER = definitionOfName.get('subscriptionIdentifiers')!.id; // a property that the table has

/** @returns bytes of the packet. */
export function forwardAsIs(
  sink: ForwardSink,
  publish: ReceivedPublish,
  qos: QoS,
  retain: boolean,
  packetId: PacketId,
): number {
  const { bytes, start, end } = publish;
  const first = firstByteOf(qos, retain);
  if (qos === 0 && bytes[start] === first) {
    sink.forward(bytes, start, end, publish.isOwn);
  } else {
    const at = sink.copy(bytes, start, end);
    const { page } = sink;
    page[at] = first;
    if (qos > 0) writePacketId(page, at + publish.topicEnd - start, packetId);
  }
  return end - start;
}

/** At least what identifiers add to a packet: to know cheaply that it stays within a size. */
export function mostIdentifierBytes(identifiers: readonly number[]): number {
  // An identifier of the property and four of its value each; lengths that take more bytes than before.
  return 5 * identifiers.length + 6;
}

/**
 * With the identifiers before the other properties, so that all that follows them is copied in one piece.
 *
 * @returns bytes of the packet.
 */
export function forwardIdentified(
  sink: ForwardSink,
  publish: ReceivedPublish,
  qos: QoS,
  retain: boolean,
  identifiers: readonly number[],
  packetId: PacketId,
): number {
  const { bytes, propertiesStart, payloadStart, topicEnd, end } = publish;
  const bodyStart = publish.topicStart - 2;
  const contentStart = propertiesStart + variableByteIntegerBytesAt(bytes, propertiesStart);
  let contentBytes = payloadStart - contentStart;
  for (const identifier of identifiers) contentBytes += 1 + variableByteIntegerBytes(identifier);
  const headBytes = propertiesStart - bodyStart;
  const propertyBytes = variableByteIntegerBytes(contentBytes) + contentBytes;
  const remainingLength = headBytes + propertyBytes + end - payloadStart;

  const packetBytes = 1 + variableByteIntegerBytes(remainingLength) + remainingLength;
  const start = sink.room(packetBytes);
  const { page } = sink;
  page[start] = firstByteOf(qos, retain);
  let at = writeVariableByteInteger(page, start + 1, remainingLength);
  page.set(bytes.subarray(bodyStart, propertiesStart), at);
  if (qos > 0) writePacketId(page, at + topicEnd - bodyStart, packetId);
  at = writeVariableByteInteger(page, at + headBytes, contentBytes);
  for (const identifier of identifiers) {
    page[at] = SUBSCRIPTION_IDENTIFIER;
    at = writeVariableByteInteger(page, at + 1, identifier);
  }
  page.set(bytes.subarray(contentStart, end), at);
  return packetBytes;
}

function firstByteOf(qos: QoS, retain: boolean): number {
  return PUBLISH | (qos << 1) | (retain ? RETAIN : 0);
}

function writePacketId(page: Uint8Array, at: number, packetId: PacketId): void {
  page[at] = packetId >>> 8;
  page[at + 1] = packetId;
}

/** How long the one at `at` is. It was read before: it ends. */
function variableByteIntegerBytesAt(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end]! >= 0x80) end++; // see above
  return end + 1 - at;
}
