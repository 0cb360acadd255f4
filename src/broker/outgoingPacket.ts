/** Packets to a client within the size that it takes: what may be left out is left out before the packet itself. */
import { encode } from '../mqtt/encode.ts';
import type { Packet, ProtocolVersion } from '../mqtt/packets.ts';

/**
 * The packet in bytes. Without its reason string and user properties if it would be too large with them
 * [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.4.2-2] [MQTT-3.14.2-3]; undefined if it is too large even so [MQTT-3.1.2-24].
 */
export function encodeWithin(
  packet: Packet,
  protocolVersion: ProtocolVersion,
  maximumPacketSize: number,
): Uint8Array | undefined {
  const bytes = encode(packet, protocolVersion);
  if (bytes.length <= maximumPacketSize) return bytes;
  if (!('properties' in packet) || packet.properties === undefined || packet.kind === 'publish')
    return undefined;
  const { reasonString: _, userProperties: __, ...properties } = packet.properties as ReasonProperties;
  const smaller = encode({ ...packet, properties } as Packet, protocolVersion); // two optional properties fewer
  return smaller.length <= maximumPacketSize ? smaller : undefined;
}

/** The two that are for people, and so may go; whatever else a packet's properties are stays. */
interface ReasonProperties {
  reasonString?: unknown;
  userProperties?: unknown;
}

/** Characters. A client identifier or a message of the broker's owner may be longer than a string of MQTT can be. */
const MAX_REASON_LENGTH = 512;

/** A reason for people, as properties of a packet: cut where it gets long, between two characters. */
export function reasonProperties(reason: string): { reasonString: string } {
  if (reason.length <= MAX_REASON_LENGTH) return { reasonString: reason };
  const isPairCut = (reason.charCodeAt(MAX_REASON_LENGTH - 1) & 0xfc00) === 0xd800;
  return { reasonString: `${reason.slice(0, isPairCut ? MAX_REASON_LENGTH - 1 : MAX_REASON_LENGTH)}…` };
}
