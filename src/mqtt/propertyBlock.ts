/** Properties by themselves, to be kept: as the standard writes them, section 2.2.2, their length before them. */
import { readProperties } from './decodeProperties.ts';
import { propertiesBytes, writeProperties } from './encodeProperties.ts';
import { PacketReader } from './packetReader.ts';
import type { Properties } from './packets.ts';
import { PacketWriter, variableByteIntegerBytes } from './packetWriter.ts';

type Place = 'publish' | 'will';

/**
 * Undefined for none.
 *
 * @throws RangeError for a property that the place may not have, or a value that its type can't hold.
 */
export function encodePropertyBlock(
  properties: Properties | undefined,
  place: Place,
): Uint8Array | undefined {
  const contentBytes = propertiesBytes(properties, place);
  if (contentBytes === 0) return undefined;
  const blockBytes = variableByteIntegerBytes(contentBytes) + contentBytes;
  const writer = new PacketWriter(0, blockBytes);
  writeProperties(writer, properties, contentBytes);
  return writer.bytes.subarray(writer.bytes.length - blockBytes);
}

/** @throws ProtocolError for bytes that are no properties of this place. */
export function decodePropertyBlock(bytes: Uint8Array, place: Place): Properties {
  const reader = new PacketReader(bytes, 0, place === 'will' ? 'connect' : place, 5);
  const properties = readProperties(reader, place);
  reader.expectEnd('properties');
  return properties ?? {};
}
