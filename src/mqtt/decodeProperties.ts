/**
 * HOT PATH for PUBLISH with properties. Reads properties as the table of properties.ts says.
 */
import { hexByte, quoted } from './faultText.ts';
import type { PacketReader } from './packetReader.ts';
import type { Properties } from './packets.ts';
import {
  type AnyProperties,
  definitionOfId,
  describePlace,
  type PropertyDefinition,
  type PropertyPlace,
  type SingleValue,
} from './properties.ts';
import { checkTopicName } from './topics.ts';

/**
 * Reads the Property Length and what it spans. Undefined when there are none.
 *
 * @throws ProtocolError with a `property-…` code, or that of the value at fault.
 */
export function readProperties(reader: PacketReader, place: PropertyPlace): Properties | undefined {
  const lengthAt = reader.offset;
  const length = reader.variableByteInteger('Property Length');
  if (length === 0) return undefined;
  if (length > reader.remaining) {
    throw reader.fault(
      'property-length-invalid',
      lengthAt,
      `The Property Length is ${length} bytes, and the packet has only ${reader.remaining} left. A packet without properties still has a Property Length, of 0: often that byte was left out.`,
    );
  }
  reader.enterProperties(length);
  const properties: AnyProperties = {};
  while (reader.remaining > 0) readProperty(reader, place, properties);
  reader.leaveProperties();
  return properties as Properties; // each row's type is the property's
}

function readProperty(reader: PacketReader, place: PropertyPlace, properties: AnyProperties): void {
  const at = reader.offset;
  const id = reader.variableByteInteger('property identifier');
  const definition = definitionOfId[id];
  if (definition === undefined) {
    throw reader.fault(
      'property-unknown',
      at,
      `There is no property 0x${hexByte(id)}. Often the property before it was longer or shorter than its type says.`,
    );
  }
  const { name, title } = definition;
  if (!definition.places.includes(place)) {
    throw reader.fault(
      'property-not-allowed',
      at,
      `The property ${title} (0x${hexByte(id)}) may not be in ${describePlace(place)}.`,
    );
  }
  const before = properties[name];
  if (before !== undefined && definition.repeatsIn?.includes(place) !== true) {
    throw reader.fault(
      'property-duplicate',
      at,
      `The property ${title} (0x${hexByte(id)}) comes twice in ${describePlace(place)}, and may come once.`,
      definition.section,
    );
  }
  const value = readValue(reader, definition);
  if (definition.repeatsIn === undefined) properties[name] = value;
  else if (before === undefined) properties[name] = [value];
  else (before as SingleValue[]).push(value); // made by the line above
}

function readValue(reader: PacketReader, definition: PropertyDefinition): SingleValue {
  const { title } = definition;
  const at = reader.offset;
  switch (definition.type) {
    case 'byte':
      return checkInteger(reader, at, definition, reader.byte(title));
    case 'twoByteInteger':
      return checkInteger(reader, at, definition, reader.twoByteInteger(title));
    case 'fourByteInteger':
      return checkInteger(reader, at, definition, reader.fourByteInteger(title));
    case 'variableByteInteger':
      return checkInteger(reader, at, definition, reader.variableByteInteger(title));
    case 'utf8String':
      return checkString(reader, at, definition, reader.utf8String(title));
    case 'utf8StringPair':
      return [reader.utf8String('name of a User Property'), reader.utf8String('value of a User Property')];
    case 'binaryData':
      return reader.binaryData(title);
  }
}

function checkInteger(
  reader: PacketReader,
  at: number,
  definition: PropertyDefinition,
  value: number,
): number {
  if (value === 0 && definition.zeroFault !== undefined) {
    throw reader.fault(
      definition.zeroFault,
      at,
      `The property ${definition.title} is 0, and must be 1 or more.`,
    );
  }
  if (definition.maximum !== undefined && value > definition.maximum) {
    throw reader.fault(
      'property-value-invalid',
      at,
      `The property ${definition.title} is ${value}, and may only be 0 or 1.`,
      definition.section,
    );
  }
  return value;
}

/** [MQTT-3.3.2-14] */
function checkString(
  reader: PacketReader,
  at: number,
  definition: PropertyDefinition,
  value: string,
): string {
  if (definition.isTopicName === true) {
    const problem = checkTopicName(value);
    if (problem !== undefined) {
      throw reader.fault(
        'response-topic-invalid',
        at,
        `The Response Topic ${quoted(value)} can't be published to. ${problem.message}`,
        problem.kind === 'empty' ? problem.clause : undefined,
      );
    }
  }
  return value;
}
