/**
 * HOT PATH for PUBLISH with properties. Sizes and writes properties as the table of properties.ts says.
 *
 * Goes through the properties that are there, in the order in which they were set, rather than through the table:
 * most packets have one or two of the 27.
 */
import type { Properties, ProtocolVersion, UserProperty } from './packets.ts';
import {
  binaryDataBytes,
  checkRange,
  type PacketWriter,
  utf8StringBytes,
  variableByteIntegerBytes,
} from './packetWriter.ts';
import {
  type AnyProperties,
  definitionOfName,
  describePlace,
  type PropertyDefinition,
  type PropertyPlace,
  type SingleValue,
} from './properties.ts';

/**
 * Bytes of the properties without their Property Length.
 *
 * @throws RangeError for a property that the place may not have, or a value that its type can't hold.
 */
export function propertiesBytes(properties: Properties | undefined, place: PropertyPlace): number {
  if (properties === undefined) return 0;
  let size = 0;
  for (const name in properties) {
    const value = (properties as AnyProperties)[name as keyof Properties];
    if (value === undefined) continue;
    const definition = definitionOfName.get(name);
    if (definition === undefined || !definition.places.includes(place)) {
      throw new RangeError(`${name} may not be in ${describePlace(place)}`);
    }
    if (definition.repeatsIn === undefined) size += 1 + valueBytes(definition, value as SingleValue);
    else for (const single of value as readonly SingleValue[]) size += 1 + valueBytes(definition, single);
  }
  return size;
}

function valueBytes(definition: PropertyDefinition, value: SingleValue): number {
  switch (definition.type) {
    case 'byte':
      checkRange(definition.title, value as number, definition.maximum ?? 0xff);
      return 1;
    case 'twoByteInteger':
      checkRange(definition.title, value as number, 0xffff);
      return 2;
    case 'fourByteInteger':
      checkRange(definition.title, value as number, 0xffff_ffff);
      return 4;
    case 'variableByteInteger':
      return variableByteIntegerBytes(value as number);
    case 'utf8String':
      return utf8StringBytes(definition.title, value as string);
    case 'utf8StringPair': {
      const [name, text] = value as UserProperty;
      return utf8StringBytes('User Property', name) + utf8StringBytes('User Property', text);
    }
    case 'binaryData':
      return binaryDataBytes(definition.title, value as Uint8Array);
  }
}

/** Bytes of the Property Length and what it spans; 0 in versions without properties. */
export function propertySectionBytes(contentBytes: number, protocolVersion: ProtocolVersion): number {
  return protocolVersion === 5 ? variableByteIntegerBytes(contentBytes) + contentBytes : 0;
}

/** Writes the Property Length and the properties. `size` is what propertiesBytes said, which also checked them. */
export function writeProperties(
  writer: PacketWriter,
  properties: Properties | undefined,
  size: number,
): void {
  writer.variableByteInteger(size);
  if (size === 0) return;
  for (const name in properties) {
    const value = (properties as AnyProperties)[name as keyof Properties];
    if (value === undefined) continue;
    const definition = definitionOfName.get(name)!; // propertiesBytes refuses names that the table does not have
    if (definition.repeatsIn === undefined) writeProperty(writer, definition, value as SingleValue);
    else for (const single of value as readonly SingleValue[]) writeProperty(writer, definition, single);
  }
}

function writeProperty(writer: PacketWriter, definition: PropertyDefinition, value: SingleValue): void {
  writer.byte(definition.id);
  switch (definition.type) {
    case 'byte':
      writer.byte(value as number);
      break;
    case 'twoByteInteger':
      writer.twoByteInteger(value as number);
      break;
    case 'fourByteInteger':
      writer.fourByteInteger(value as number);
      break;
    case 'variableByteInteger':
      writer.variableByteInteger(value as number);
      break;
    case 'utf8String':
      writer.utf8String(value as string);
      break;
    case 'utf8StringPair': {
      const [name, text] = value as UserProperty;
      writer.utf8String(name);
      writer.utf8String(text);
      break;
    }
    case 'binaryData':
      writer.binaryData(value as Uint8Array);
      break;
  }
}
