/**
 * HOT PATH. The fixed header of a whole packet: where the body starts, and whether the flags are as the standard lists.
 */
import { protocolError } from './errorCodes.ts';
import type { PacketKind, ProtocolVersion } from './packets.ts';

/**
 * Bytes of the fixed header, which is where the body starts.
 *
 * @throws RangeError if the frame is not as long as its header says: frames are cut by FrameReader.
 */
export function fixedHeaderBytes(frame: Uint8Array): number {
  const first = frame.length < 2 ? 0x80 : frame[1]!; // there are two bytes
  if (first < 0x80) {
    if (frame.length === 2 + first) return 2;
  } else {
    let remainingLength = first & 0x7f;
    for (let i = 2; i < 5 && i < frame.length; i++) {
      const byte = frame[i]!; // i < frame.length
      remainingLength += (byte & 0x7f) << (7 * (i - 1));
      if (byte < 0x80) {
        if (frame.length === i + 1 + remainingLength) return i + 1;
        break;
      }
    }
  }
  throw new RangeError(`a frame of ${frame.length} bytes is not what its fixed header says`);
}

/** [MQTT-1.5.5-1] 3.1 and 3.1.1 do not ask for it. */
export function checkMinimalRemainingLength(
  frame: Uint8Array,
  bodyOffset: number,
  packetKind: PacketKind,
): void {
  if (bodyOffset === 2 || frame[bodyOffset - 1] !== 0) return;
  throw protocolError('remaining-length-not-minimal', 5, {
    packetKind,
    byteOffset: 1,
    message: `The Remaining Length ${frame.length - bodyOffset} is written in ${bodyOffset - 1} bytes, and fits in fewer: MQTT 5.0 asks for the fewest. Often the length is always written in a fixed number of bytes.`,
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
