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
