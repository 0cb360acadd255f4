/**
 * A document as a Protobuf message, by the description that wire.ts reads by. A field that the schema lacks, or has otherwise,
 * is a problem: nothing is left out, and nothing is guessed.
 */
import { nearMiss } from '../base/nearMiss.ts';
import { ByteWriter } from './byteWriter.ts';
import { WrittenFloat, type WrittenMap, type WrittenValue } from './documentText.ts';
import { EncodeProblem, pathOf } from './encodeProblem.ts';
import type { ScalarType, WireField, WireFieldType, WireMessage } from './wire.ts';

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

const whole: Readonly<Partial<Record<ScalarType, readonly [bigint, bigint]>>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/** Throws an EncodeProblem. */
export function writeWireMessage(value: WrittenValue, message: WireMessage): Uint8Array {
  const writer = new ByteWriter();
  writeMessage(writer, value, message, '');
  return writer.bytes;
}

function writeMessage(writer: ByteWriter, value: WrittenValue, message: WireMessage, path: string): void {
  const object = messageObject(value, message, path);
  const byName = new Map([...message.fields].map(([number, field]) => [field.name, { number, field }]));
  const given = new Map<string, WrittenValue>();
  for (const [key, each] of object.entries) {
    const name = String(key);
    if (!byName.has(name)) {
      const near = nearMiss(name, [...byName.keys()]);
      const hint = near === undefined ? '' : `: did you mean “${near}”?`;
      throw new EncodeProblem(`${message.name} has no such field${hint}`, pathOf(path, name));
    }
    given.set(name, each);
  }
  // In the order of their numbers, as other encoders write them.
  for (const { number, field } of [...byName.values()].sort((a, b) => a.number - b.number)) {
    const each = given.get(field.name);
    if (each !== undefined && each !== null)
      writeField(writer, number, field, each, pathOf(path, field.name));
  }
}

/** A time stands for google.protobuf.Timestamp, as it is shown. */
function messageObject(value: WrittenValue, message: WireMessage, path: string): WrittenMap {
  if (isKind(value, 'map')) return value;
  if (message.name === 'google.protobuf.Timestamp' && isKind(value, 'date'))
    return {
      kind: 'map',
      entries: [
        ['seconds', value.seconds],
        ['nanos', BigInt(value.nanoseconds)],
      ],
    };
  throw new EncodeProblem(`an object is wanted, a ${message.name}`, path);
}

function writeField(
  writer: ByteWriter,
  number: number,
  field: WireField,
  value: WrittenValue,
  path: string,
): void {
  if (field.mapKey !== undefined) {
    writeMapField(writer, number, field, field.mapKey, value, path);
    return;
  }
  if (!field.isRepeated) {
    writeTagged(writer, number, field.type, value, path);
    return;
  }
  if (!Array.isArray(value)) throw new EncodeProblem('a list is wanted', path);
  const items = value as readonly WrittenValue[]; // narrowed to any[] by isArray
  if (!field.isPacked) {
    for (const [i, item] of items.entries()) writeTagged(writer, number, field.type, item, pathOf(path, i));
    return;
  }
  if (items.length === 0) return;
  const packed = new ByteWriter();
  for (const [i, item] of items.entries()) writeValue(packed, field.type, item, pathOf(path, i));
  writeTag(writer, number, lengthDelimited);
  writeBytes(writer, packed.bytes);
}

function writeMapField(
  writer: ByteWriter,
  number: number,
  field: WireField,
  keyType: ScalarType,
  value: WrittenValue,
  path: string,
): void {
  if (!isKind(value, 'map')) throw new EncodeProblem('an object is wanted', path);
  for (const [key, each] of value.entries) {
    const place = pathOf(path, String(key));
    const entry = new ByteWriter();
    writeTagged(entry, 1, { kind: 'scalar', scalar: keyType }, keyValue(key, keyType), place);
    writeTagged(entry, 2, field.type, each, place);
    writeTag(writer, number, lengthDelimited);
    writeBytes(writer, entry.bytes);
  }
}

/** JSON's keys are texts. */
function keyValue(key: WrittenValue, keyType: ScalarType): WrittenValue {
  if (typeof key !== 'string' || keyType === 'string') return key;
  if (keyType === 'bool') return key === 'true' ? true : key === 'false' ? false : key;
  return /^-?\d{1,20}$/.test(key) ? BigInt(key) : key;
}

function writeTagged(
  writer: ByteWriter,
  number: number,
  type: WireFieldType,
  value: WrittenValue,
  path: string,
): void {
  writeTag(writer, number, wireTypeOf(type));
  writeValue(writer, type, value, path);
}

function writeValue(writer: ByteWriter, type: WireFieldType, value: WrittenValue, path: string): void {
  switch (type.kind) {
    case 'message': {
      const inner = new ByteWriter();
      writeMessage(inner, value, type.message(), path);
      writeBytes(writer, inner.bytes);
      return;
    }
    case 'enum':
      writeVarint(writer, enumNumber(type.names, value, path));
      return;
    case 'scalar':
      writeScalar(writer, type.scalar, value, path);
  }
}

function enumNumber(names: ReadonlyMap<number, string>, value: WrittenValue, path: string): bigint {
  if (typeof value === 'bigint' && value >= -(2n ** 31n) && value < 2n ** 31n) return value;
  for (const [number, name] of names) if (name === value) return BigInt(number);
  const near = typeof value === 'string' ? nearMiss(value, [...names.values()]) : undefined;
  const known = near ?? [...names.values()].slice(0, 8).join(', ');
  throw new EncodeProblem(
    near === undefined ? `one of ${known} is wanted` : `did you mean “${known}”?`,
    path,
  );
}

function writeScalar(writer: ByteWriter, scalar: ScalarType, value: WrittenValue, path: string): void {
  switch (scalar) {
    case 'double':
      writer.float64(numberOf(value, scalar, path), true);
      return;
    case 'float':
      writer.float32(numberOf(value, scalar, path), true);
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new EncodeProblem('true or false is wanted', path);
      writer.uint8(value ? 1 : 0);
      return;
    case 'string':
      if (typeof value !== 'string') throw new EncodeProblem('a text is wanted', path);
      writeBytes(writer, new TextEncoder().encode(value));
      return;
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw new EncodeProblem('{"$bytes": "…"} is wanted', path);
      writeBytes(writer, value);
      return;
    default:
      writeWhole(writer, scalar, value, path);
  }
}

function writeWhole(writer: ByteWriter, scalar: ScalarType, value: WrittenValue, path: string): void {
  const [low, high] = whole[scalar] ?? [0n, 0n];
  if (typeof value !== 'bigint' || value < low || value > high)
    throw new EncodeProblem(`a whole number from ${low} to ${high} is wanted, as ${scalar}`, path);
  switch (scalar) {
    case 'fixed32':
    case 'sfixed32':
      writer.uint32(Number(BigInt.asUintN(32, value)), true);
      return;
    case 'fixed64':
    case 'sfixed64':
      writer.uint64(value, true);
      return;
    case 'sint32':
    case 'sint64':
      writeVarint(writer, value < 0n ? -2n * value - 1n : 2n * value);
      return;
    default:
      writeVarint(writer, value);
  }
}

function numberOf(value: WrittenValue, scalar: ScalarType, path: string): number {
  if (value instanceof WrittenFloat) return value.value;
  if (typeof value === 'bigint') return Number(value);
  throw new EncodeProblem(`a number is wanted, as ${scalar}`, path);
}

function wireTypeOf(type: WireFieldType): number {
  if (type.kind === 'enum') return varint;
  if (type.kind === 'message') return lengthDelimited;
  switch (type.scalar) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return fixed64;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return fixed32;
    case 'string':
    case 'bytes':
      return lengthDelimited;
    default:
      return varint;
  }
}

function writeTag(writer: ByteWriter, number: number, wireType: number): void {
  writeVarint(writer, (BigInt(number) << 3n) | BigInt(wireType));
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  writeVarint(writer, BigInt(bytes.length));
  writer.append(bytes);
}

/** A negative number takes ten bytes, as if it had 64 bits. */
function writeVarint(writer: ByteWriter, value: bigint): void {
  let left = BigInt.asUintN(64, value);
  while (left > 0x7fn) {
    writer.uint8(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  writer.uint8(Number(left));
}

function isKind<Kind extends 'map' | 'date'>(
  value: WrittenValue,
  kind: Kind,
): value is Extract<WrittenValue, { kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
