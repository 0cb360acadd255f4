/** Properties as bytes in a row: as the standard writes them, section 2.2.2, their length before them. */
import { readProperties } from '../mqtt/decodeProperties.ts';
import { propertiesBytes, writeProperties } from '../mqtt/encodeProperties.ts';
import { PacketReader } from '../mqtt/packetReader.ts';
import type { Properties } from '../mqtt/packets.ts';
import { PacketWriter, variableByteIntegerBytes } from '../mqtt/packetWriter.ts';

type Place = 'publish' | 'will';

/** Null for none. */
export function encodeStoredProperties(properties: Properties | undefined, place: Place): Uint8Array | null {
  const contentBytes = propertiesBytes(properties, place);
  if (contentBytes === 0) return null;
  const sectionBytes = variableByteIntegerBytes(contentBytes) + contentBytes;
  const writer = new PacketWriter(0, sectionBytes);
  writeProperties(writer, properties, contentBytes);
  return writer.bytes.subarray(writer.bytes.length - sectionBytes);
}

/** @throws ProtocolError for bytes that are no properties of this place. */
export function decodeStoredProperties(bytes: Uint8Array, place: Place): Properties {
  const reader = new PacketReader(bytes, 0, place === 'will' ? 'connect' : place, 5);
  const properties = readProperties(reader, place);
  reader.expectEnd('properties');
  return properties ?? {};
}
