/**
 * Avro's binary encoding into document values, by a compiled schema. A union is shown as the value that it holds: the
 * schema says which type that is. Logical times become dates, decimals the text of their digits.
 */
import type { AvroPrimitive, AvroType } from './avroSchema.ts';
import { type ByteReader, exactInteger, readUtf8 } from './byteReader.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import { type DocumentObject, type DocumentValue, dateValue, setField } from './document.ts';
import { hexOf } from './hexText.ts';

/** Throws a DecodeProblem with the byte and the field. */
export function readAvro(reader: ByteReader, type: AvroType, depth = 0): DocumentValue {
  reader.enter(depth);
  return logicalValue(type, readPlain(reader, type, depth));
}

function readPlain(reader: ByteReader, type: AvroType, depth: number): DocumentValue {
  switch (type.kind) {
    case 'primitive':
      return readPrimitive(reader, type.primitive);
    case 'record': {
      const record: DocumentObject = {};
      for (const field of type.fields)
        setField(record, field.name, readField(reader, type.name, field, depth));
      return record;
    }
    case 'enum': {
      const start = reader.at;
      const symbol = type.symbols[readIndex(reader)];
      if (symbol === undefined)
        throw new DecodeProblem(`The enum ${type.name} has no symbol for the number at byte ${start}.`, {
          atByte: start,
        });
      return symbol;
    }
    case 'fixed':
      return reader.slice(type.size);
    case 'array': {
      const items: DocumentValue[] = [];
      readBlocks(reader, () => items.push(readAvro(reader, type.items, depth + 1)));
      return items;
    }
    case 'map': {
      const map: DocumentObject = {};
      readBlocks(reader, () => setField(map, readString(reader), readAvro(reader, type.values, depth + 1)));
      return map;
    }
    case 'union': {
      const start = reader.at;
      const branch = type.branches[readIndex(reader)];
      if (branch === undefined)
        throw new DecodeProblem(
          `A union at byte ${start} has ${type.branches.length} types, and its number is none of them.`,
          {
            atByte: start,
          },
        );
      return readAvro(reader, branch, depth + 1);
    }
  }
}

/** A fault says which field it is in: the innermost one. */
function readField(
  reader: ByteReader,
  recordName: string,
  field: { name: string; type: AvroType },
  depth: number,
): DocumentValue {
  try {
    return readAvro(reader, field.type, depth + 1);
  } catch (error) {
    if (!(error instanceof DecodeProblem) || error.message.startsWith('In ')) throw error;
    const message = `In ${recordName}, field ${field.name}: ${error.message}`;
    throw error instanceof UnexpectedEnd
      ? new UnexpectedEnd(message, error.place)
      : new DecodeProblem(message, error.place);
  }
}

function readPrimitive(reader: ByteReader, primitive: AvroPrimitive): DocumentValue {
  switch (primitive) {
    case 'null':
      return null;
    case 'boolean': {
      const byte = reader.uint8();
      if (byte > 1)
        throw new DecodeProblem(`A boolean is the byte 0 or 1, and at byte ${reader.at - 1} it is ${byte}.`, {
          atByte: reader.at - 1,
        });
      return byte === 1;
    }
    case 'int': {
      const start = reader.at;
      const value = readAvroLong(reader);
      if (BigInt.asIntN(32, value) !== value)
        throw new DecodeProblem(`An int at byte ${start} is larger than 32 bits.`, { atByte: start });
      return Number(value);
    }
    case 'long':
      return exactInteger(readAvroLong(reader));
    case 'float':
      return reader.float32(true);
    case 'double':
      return reader.float64(true);
    case 'bytes':
      return readAvroBytes(reader);
    case 'string':
      return readString(reader);
  }
}

/** Zigzag, seven bits a byte, ten bytes at most. */
export function readAvroLong(reader: ByteReader): bigint {
  const start = reader.at;
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.uint8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) {
      const bits = BigInt.asUintN(64, value);
      return (bits >> 1n) ^ -(bits & 1n);
    }
  }
  throw new DecodeProblem(`A number takes ten bytes at most, and the one at byte ${start} goes on.`, {
    atByte: start,
  });
}

export function readAvroBytes(reader: ByteReader): Uint8Array {
  const start = reader.at;
  const length = readAvroLong(reader);
  if (length < 0n)
    throw new DecodeProblem(`The length at byte ${start} is negative (${length}).`, { atByte: start });
  // Longer than anything: the slice says how much is missing.
  return reader.slice(length > 0xffff_ffffn ? 0xffff_ffff : Number(length));
}

/** Blocks of items, each with its count (and, when that is negative, its size), to the block of none. */
export function readBlocks(reader: ByteReader, readItem: () => void): void {
  for (;;) {
    reader.enter(0);
    const count = readAvroLong(reader);
    if (count === 0n) return;
    if (count < 0n) readAvroLong(reader);
    // Items may take no bytes: what they may be in number, the reader's budget bounds.
    for (let left = count < 0n ? -count : count; left > 0n; left--) readItem();
  }
}

function readString(reader: ByteReader): string {
  const start = reader.at;
  return readUtf8(readAvroBytes(reader), start);
}

/** Of a symbol or a branch; -1 for what can be none. */
function readIndex(reader: ByteReader): number {
  const index = readAvroLong(reader);
  return index >= 0n && index < 1_000_000n ? Number(index) : -1;
}

function logicalValue({ logicalType, scale = 0 }: AvroType, value: DocumentValue): DocumentValue {
  if (value instanceof Uint8Array)
    return logicalType === 'decimal' ? (decimalText(value, scale) ?? value) : value;
  if (typeof value !== 'number' && typeof value !== 'bigint') return value;
  if (logicalType === undefined || !Number.isInteger(Number(value))) return value;
  const count = BigInt(value);
  switch (logicalType.replace(/^local-/, '')) {
    case 'timestamp-millis':
      return timeValue(count, 3, value);
    case 'timestamp-micros':
      return timeValue(count, 6, value);
    case 'timestamp-nanos':
      return timeValue(count, 9, value);
    case 'date': {
      const date = new Date(Number(count) * 86_400_000);
      return Number.isNaN(date.getTime()) ? value : { $date: date.toISOString().slice(0, -14) };
    }
    default:
      return value;
  }
}

function timeValue(count: bigint, digits: 3 | 6 | 9, plain: DocumentValue): DocumentValue {
  const unit = 10n ** BigInt(digits);
  const fraction = ((count % unit) + unit) % unit;
  return dateValue((count - fraction) / unit, fraction, digits) ?? plain;
}

/** Two's complement, big-endian; as text, since a double would round it. */
function decimalText(bytes: Uint8Array, scale: number): string | undefined {
  if (bytes.length === 0 || bytes.length > 256 || scale < 0 || scale > 1000) return undefined;
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hexOf(bytes)}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return sign + digits.slice(0, digits.length - scale) + (scale > 0 ? `.${digits.slice(-scale)}` : '');
}
