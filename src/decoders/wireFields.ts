/**
 * Fields of the protobuf wire format without a description: number, wire type, and every reading that fits. The guess
 * behind a length is a text, a message or bytes, in that order of likeliness.
 */
import { isUtf8 } from 'node:buffer';
import { type ByteReader, exactInteger } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import type { DocumentObject, DocumentValue } from './document.ts';

/** By their number on the wire. */
export const wireTypes = ['varint', 'fixed64', 'length', 'groupStart', 'groupEnd', 'fixed32'] as const;
export type WireType = (typeof wireTypes)[number];

/** Guesses within guesses: each level tries the bytes of the one below once more. */
const maxGuessedDepth = 8;

export function readTag(reader: ByteReader): { number: number; wire: WireType } {
  const start = reader.at;
  const tag = readVarint(reader);
  const wire = wireTypes[Number(tag & 7n)];
  const number = Number(tag >> 3n);
  if (wire === undefined || number === 0 || number > 0x1fff_ffff)
    throw new DecodeProblem(`This is not protobuf: no field can begin with the bytes at offset ${start}.`, {
      atByte: start,
    });
  return { number, wire };
}

/** 64 bits, without a sign. */
export function readVarint(reader: ByteReader): bigint {
  const start = reader.at;
  let low = 0;
  for (let i = 0; i < 4; i++) {
    const byte = reader.uint8();
    low += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return BigInt(low);
  }
  let value = BigInt(low);
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = reader.uint8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new DecodeProblem(`A varint takes ten bytes at most, and the one at byte ${start} goes on.`, {
    atByte: start,
  });
}

/** All fields to the end of the reader's range. Throws where the bytes are no message. */
export function readUnknownFields(reader: ByteReader, depth = 0): DocumentValue[] {
  const fields: DocumentValue[] = [];
  while (!reader.isAtEnd) {
    const start = reader.at;
    const { number, wire } = readTag(reader);
    if (wire === 'groupEnd')
      throw new DecodeProblem(`A group ends at byte ${start} that has not begun.`, { atByte: start });
    fields.push(readUnknownField(reader, number, wire, depth + 1));
  }
  return fields;
}

/** The field whose tag has been read. */
export function readUnknownField(
  reader: ByteReader,
  number: number,
  wire: WireType,
  depth: number,
): DocumentObject {
  reader.enter(depth);
  switch (wire) {
    case 'varint': {
      const value = readVarint(reader);
      const signed = BigInt.asIntN(64, value);
      const zigzag = (value >> 1n) ^ -(value & 1n);
      return {
        field: number,
        wire: 'varint',
        value: exactInteger(value),
        ...(signed < 0n && { int64: exactInteger(signed) }),
        ...(value > 0n && { sint64: exactInteger(zigzag) }),
      };
    }
    case 'fixed32': {
      const float = reader.float32(true);
      reader.at -= 4;
      const signed = reader.int32(true);
      const value = signed >>> 0;
      return { field: number, wire: 'fixed32', value, ...(signed < 0 && { sfixed32: signed }), float };
    }
    case 'fixed64': {
      const double = reader.float64(true);
      reader.at -= 8;
      const signed = reader.int64(true);
      const value = exactInteger(BigInt.asUintN(64, signed));
      return {
        field: number,
        wire: 'fixed64',
        value,
        ...(signed < 0n && { sfixed64: exactInteger(signed) }),
        double,
      };
    }
    case 'length': {
      const length = readVarint(reader);
      const bytes = reader.slice(length > 0xffff_ffffn ? 0xffff_ffff : Number(length));
      return { field: number, wire: 'length', value: guess(reader, bytes, depth) };
    }
    case 'groupStart':
      return { field: number, wire: 'group', value: readGroup(reader, number, depth) };
    case 'groupEnd':
      throw new DecodeProblem('A group ends that has not begun.', { atByte: reader.at });
  }
}

function readGroup(reader: ByteReader, groupNumber: number, depth: number): DocumentValue[] {
  const fields: DocumentValue[] = [];
  for (;;) {
    const { number, wire } = readTag(reader);
    if (wire !== 'groupEnd') fields.push(readUnknownField(reader, number, wire, depth + 1));
    else if (number === groupNumber) return fields;
    else
      throw new DecodeProblem(`A group ends that is not the one of field ${groupNumber}.`, {
        atByte: reader.at,
      });
  }
}

/** The bytes have just been read. */
function guess(reader: ByteReader, bytes: Uint8Array, depth: number): DocumentValue {
  if (bytes.length === 0) return '';
  const text = plainText(bytes);
  // A line feed is also the tag of a first field: such a text may be a message after all.
  if (text !== undefined && !/[\n\r\t]/.test(text)) return text;
  const message = depth < maxGuessedDepth ? tryMessage(reader, bytes.length, depth) : undefined;
  return message ?? text ?? bytes;
}

function tryMessage(reader: ByteReader, length: number, depth: number): DocumentValue[] | undefined {
  const end = reader.at;
  reader.at = end - length;
  try {
    return reader.within(length, () => readUnknownFields(reader, depth));
  } catch (error) {
    if (error instanceof DecodeProblem) return undefined;
    throw error;
  } finally {
    reader.at = end;
  }
}

function plainText(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return /[^\P{Cc}\n\r\t]/u.test(text) ? undefined : text;
}
