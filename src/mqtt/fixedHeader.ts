/**
 * HOT PATH. The fixed header of a whole packet: where the body starts, and whether the flags are as the standard lists.
 */
import { protocolError } from './errorCodes.ts';
import type { PacketKind, ProtocolVersion } from './packets.ts';

/**
 * Where the body of the packet in `bytes[start .. end)` begins: behind its fixed header.
 *
 * @throws RangeError if the packet is not as long as its header says: frames are cut by FrameReader.
 */
export function bodyOffsetOf(bytes: Uint8Array, start: number, end: number): number {
  let remainingLength = 0;
  for (let i = start + 1, shift = 0; i < end && shift < 28; i++, shift += 7) {
    const byte = bytes[i]!; // i < end
    remainingLength += (byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (end === i + 1 + remainingLength) return i + 1;
    break;
  }
  throw new RangeError(`a frame of ${end - start} bytes is not what its fixed header says`);
}

/** [MQTT-1.5.5-1] 3.1 and 3.1.1 do not ask for it. */
export function checkMinimalRemainingLength(
  bytes: Uint8Array,
  start: number,
  bodyOffset: number,
  packetKind: PacketKind,
): void {
  if (bodyOffset - start === 2 || bytes[bodyOffset - 1] !== 0) return;
  let remainingLength = 0;
  for (let i = start + 1; i < bodyOffset; i++) remainingLength += (bytes[i]! & 0x7f) << (7 * (i - start - 1)); // in the header
  throw protocolError('remaining-length-not-minimal', 5, {
    packetKind,
    byteOffset: 1,
    message: `The Remaining Length ${remainingLength} is written in ${bodyOffset - start - 1} bytes, and fits in fewer: MQTT 5.0 asks for the fewest. Often the length is always written in a fixed number of bytes.`,
  });
}

/**
 * The four flags of every packet but PUBLISH. [MQTT-2.2.2-1] [MQTT-2.2.2-2] [MQTT-2.1.3-1]
 *
 * 3.1 has the DUP, QoS and RETAIN bits in every packet: there DUP may be set where packets are sent again, QoS must
 * be 1 where it is 0b0010 in the later versions, and what is not used is not looked at. Section 2.1 of 3.1.
 */
export function checkFlags(
  first: number,
  packetKind: PacketKind,
  protocolVersion: ProtocolVersion | undefined,
): void {
  const flags = first & 0x0f;
  const expected = isRequest(packetKind) ? 0b0010 : 0;
  if (flags === expected) return;
  if (protocolVersion === 3 && (expected === 0 || (flags & 0b0110) === expected)) return;
  const cause =
    expected === 0 ? '' : ' The three that ask for an answer, PUBREL, SUBSCRIBE and UNSUBSCRIBE, are 0b0010.';
  throw protocolError('fixed-header-flags', protocolVersion, {
    packetKind,
    byteOffset: 0,
    clause: protocolVersion === 5 ? flagClauses[packetKind] : flagClauses311[packetKind],
    message: `The flags in the first byte of ${packetKind.toUpperCase()} are ${binary(flags)}, and must be ${binary(expected)}: the byte is 0x${first.toString(16).toUpperCase()}, should be 0x${((first & 0xf0) | expected).toString(16).toUpperCase()}.${cause}`,
  });
}

function isRequest(kind: PacketKind): boolean {
  return kind === 'pubrel' || kind === 'subscribe' || kind === 'unsubscribe';
}

/** Packets with a statement of their own, before 5.0. */
const flagClauses311: { readonly [kind in PacketKind]?: string } = {
  pubrel: 'MQTT-3.6.1-1',
  subscribe: 'MQTT-3.8.1-1',
  unsubscribe: 'MQTT-3.10.1-1',
};

/** The same in 5.0. */
const flagClauses: { readonly [kind in PacketKind]?: string } = {
  pubrel: 'MQTT-3.6.1-1',
  subscribe: 'MQTT-3.8.1-1',
  unsubscribe: 'MQTT-3.10.1-1',
  disconnect: 'MQTT-3.14.1-1',
  auth: 'MQTT-3.15.1-1',
};

function binary(flags: number): string {
  return `0b${flags.toString(2).padStart(4, '0')}`;
}
