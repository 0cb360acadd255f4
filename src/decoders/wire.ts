/**
 * The wire format of Protocol Buffers, read by a description of the messages: plain tables, made from a person's .proto
 * file or written down for Sparkplug. Knows no .proto syntax.
 *
 * Fields that the description lacks, or describes otherwise than they came, are kept and shown (`$unknown`): they are
 * what a wrong or old schema looks like.
 */
import { type ByteReader, exactInteger, readUtf8 } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import { type DocumentObject, type DocumentValue, dateValue, setField } from './document.ts';
import { readTag, readUnknownField, readVarint, type WireType, wireTypes } from './wireFields.ts';

export type ScalarType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

export type WireFieldType =
  | { kind: 'scalar'; scalar: ScalarType }
  | { kind: 'enum'; names: ReadonlyMap<number, string> }
  /** Made when it is first met: messages may hold themselves. */
  | { kind: 'message'; message: () => WireMessage };

export interface WireField {
  name: string;
  type: WireFieldType;
  isRepeated: boolean;
  /** Repeated numbers are written in one run. Readers take both. */
  isPacked?: boolean;
  /** Of a map. */
  mapKey?: ScalarType;
  /** A value that equals the default is not sent: absence means that. */
  isAbsentDefault: boolean;
}

export interface WireMessage {
  /** With its package: `acme.Reading`. */
  name: string;
  fields: ReadonlyMap<number, WireField>;
}

/** What reading learnt besides the values. */
export interface WireFindings {
  unknownFields: number;
  /** Fields that came otherwise than described. */
  mismatches: Set<string>;
  defaults: Set<string>;
}

const maxFindings = 10;

/** A message that fills the reader's range. Throws a DecodeProblem. */
export function readWireMessage(
  reader: ByteReader,
  message: WireMessage,
  findings: WireFindings,
  depth = 0,
  groupNumber?: number,
): DocumentObject {
  reader.enter(depth);
  const object: DocumentObject = {};
  const unknown: DocumentValue[] = [];
  for (;;) {
    if (reader.isAtEnd) {
      if (groupNumber === undefined) break;
      throw new DecodeProblem(`The group of field ${groupNumber} has no end.`, { atByte: reader.at });
    }
    const start = reader.at;
    const { number, wire } = readTag(reader);
    if (wire === 'groupEnd') {
      if (number === groupNumber) break;
      throw new DecodeProblem(`A group ends at byte ${start} that has not begun.`, { atByte: start });
    }
    const field = message.fields.get(number);
    if (field && fits(field, wire)) readField(reader, { object, field, number, wire, findings, depth });
    else {
      if (field && findings.mismatches.size < maxFindings)
        findings.mismatches.add(
          `${field.name} (${number}) is ${typeName(field)} in the schema and came as ${wire}`,
        );
      else if (!field) findings.unknownFields++;
      unknown.push(readUnknownField(reader, number, wire, depth + 1));
    }
  }
  addDefaults(reader, { object, message, findings, depth });
  if (unknown.length > 0) object.$unknown = unknown;
  return object;
}

interface FieldPlace {
  object: DocumentObject;
  field: WireField;
  number: number;
  wire: WireType;
  findings: WireFindings;
  depth: number;
}

function readField(reader: ByteReader, place: FieldPlace): void {
  const { object, field, wire } = place;
  if (field.mapKey !== undefined) {
    readMapEntry(reader, place, field.mapKey);
    return;
  }
  if (!field.isRepeated) {
    setField(object, field.name, readValue(reader, place));
    return;
  }
  const items = Object.hasOwn(object, field.name) ? (object[field.name] as DocumentValue[]) : [];
  if (items.length === 0) setField(object, field.name, items);
  if (wire === 'length' && scalarWireType(field.type) !== 'length') {
    const packedLength = readLength(reader);
    reader.within(packedLength, () => {
      while (!reader.isAtEnd) {
        reader.enter(place.depth + 1);
        items.push(readScalarValue(reader, field.type));
      }
    });
  } else items.push(readValue(reader, place));
}

/** A message of key (1) and value (2). Of equal keys the last counts, as for every decoder. */
function readMapEntry(reader: ByteReader, place: FieldPlace, keyType: ScalarType): void {
  const { object, field, findings, depth } = place;
  const entryMessage: WireMessage = {
    name: field.name,
    fields: new Map<number, WireField>([
      [
        1,
        { name: 'key', type: { kind: 'scalar', scalar: keyType }, isRepeated: false, isAbsentDefault: true },
      ],
      [
        2,
        {
          name: 'value',
          type: field.type,
          isRepeated: false,
          isAbsentDefault: field.type.kind !== 'message',
        },
      ],
    ]),
  };
  // Key and value that are left out are their defaults, of which nobody needs to hear.
  const entryFindings: WireFindings = { ...findings, defaults: new Set() };
  const entry = reader.within(readLength(reader), () =>
    readWireMessage(reader, entryMessage, entryFindings, depth + 1),
  );
  findings.unknownFields = entryFindings.unknownFields;
  const map = Object.hasOwn(object, field.name) ? (object[field.name] as DocumentObject) : {};
  setField(map, String(entry.key), Object.hasOwn(entry, 'value') ? entry.value : {});
  setField(object, field.name, map);
}

function readValue(reader: ByteReader, { field, number, wire, findings, depth }: FieldPlace): DocumentValue {
  if (field.type.kind !== 'message') {
    reader.enter(depth + 1);
    return readScalarValue(reader, field.type);
  }
  const message = field.type.message();
  const value =
    wire === 'groupStart'
      ? readWireMessage(reader, message, findings, depth + 1, number)
      : reader.within(readLength(reader), () => readWireMessage(reader, message, findings, depth + 1));
  return message.name === 'google.protobuf.Timestamp' ? timestamp(value) : value;
}

function readScalarValue(reader: ByteReader, type: WireFieldType): DocumentValue {
  if (type.kind === 'enum') {
    const number = Number(BigInt.asIntN(32, readVarint(reader)));
    return type.names.get(number) ?? number;
  }
  switch (type.kind === 'scalar' ? type.scalar : 'bytes') {
    case 'double':
      return reader.float64(true);
    case 'float':
      return reader.float32(true);
    case 'fixed32':
      return reader.uint32(true);
    case 'sfixed32':
      return reader.int32(true);
    case 'fixed64':
      return exactInteger(reader.uint64(true));
    case 'sfixed64':
      return exactInteger(reader.int64(true));
    case 'int32':
      return Number(BigInt.asIntN(32, readVarint(reader)));
    case 'uint32':
      return Number(BigInt.asUintN(32, readVarint(reader)));
    case 'int64':
      return exactInteger(BigInt.asIntN(64, readVarint(reader)));
    case 'uint64':
      return exactInteger(readVarint(reader));
    case 'sint32':
      return Number(zigzag(BigInt.asUintN(32, readVarint(reader))));
    case 'sint64':
      return exactInteger(zigzag(readVarint(reader)));
    case 'bool':
      return readVarint(reader) !== 0n;
    case 'bytes':
      return reader.slice(readLength(reader));
    case 'string': {
      const length = readLength(reader);
      const start = reader.at;
      return readUtf8(reader.slice(length), start);
    }
  }
}

function addDefaults(
  reader: ByteReader,
  place: { object: DocumentObject; message: WireMessage; findings: WireFindings; depth: number },
): void {
  const { object, message, findings, depth } = place;
  for (const field of message.fields.values()) {
    if (!field.isAbsentDefault || Object.hasOwn(object, field.name)) continue;
    // A message of two bytes may have a hundred of them.
    reader.enter(depth + 1);
    setField(object, field.name, defaultOf(field.type));
    if (findings.defaults.size < maxFindings) findings.defaults.add(field.name);
  }
}

function defaultOf(type: WireFieldType): DocumentValue {
  if (type.kind === 'enum') return type.names.get(0) ?? 0;
  if (type.kind === 'message') return {};
  switch (type.scalar) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    default:
      return 0;
  }
}

function fits(field: WireField, wire: WireType): boolean {
  if (field.type.kind === 'message')
    return wire === 'length' || (wire === 'groupStart' && field.mapKey === undefined);
  if (field.mapKey !== undefined) return wire === 'length';
  const expected = scalarWireType(field.type);
  // Packed or not: readers take both.
  return wire === expected || (field.isRepeated && wire === 'length');
}

function scalarWireType(type: WireFieldType): WireType {
  if (type.kind === 'enum') return 'varint';
  if (type.kind === 'message') return 'length';
  switch (type.scalar) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return wireTypes[1];
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return wireTypes[5];
    case 'string':
    case 'bytes':
      return 'length';
    default:
      return 'varint';
  }
}

function typeName({ type, mapKey }: WireField): string {
  if (mapKey !== undefined) return 'a map';
  if (type.kind === 'scalar') return type.scalar;
  return type.kind === 'enum' ? 'an enum' : 'a message';
}

function readLength(reader: ByteReader): number {
  const length = readVarint(reader);
  // Longer than anything: the slice will say how much is missing.
  return length > 0xffff_ffffn ? 0xffff_ffff : Number(length);
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

/** google.protobuf.Timestamp, as every time is shown. */
function timestamp(value: DocumentObject): DocumentValue {
  const seconds = value.seconds ?? 0;
  const nanos = value.nanos ?? 0;
  if (typeof seconds !== 'number' || typeof nanos !== 'number' || nanos < 0 || nanos > 999_999_999)
    return value;
  const digits = nanos === 0 ? 0 : nanos % 1_000_000 === 0 ? 3 : nanos % 1000 === 0 ? 6 : 9;
  return dateValue(BigInt(seconds), BigInt(nanos) / 10n ** BigInt(9 - digits), digits) ?? value;
}
