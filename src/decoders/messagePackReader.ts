/**
 * MessagePack into document values: one pass over the bytes, each fault with its offset. Read here for the reasons that
 * cborReader.ts gives. Extension -1, the timestamp, gets its meaning; others are shown as extensions.
 */
import { ByteReader, exactInteger, readUtf8 } from './byteReader.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import { type DocumentValue, dateValue, mapValue } from './document.ts';

const timestampExtension = -1;

/** One value. Throws a DecodeProblem. */
export function readMessagePackValue(reader: ByteReader, depth = 0): DocumentValue {
  reader.enter(depth);
  const start = reader.at;
  const first = reader.uint8();
  if (first < 0x80) return first;
  if (first < 0x90) return readMap(reader, first & 0x0f, depth);
  if (first < 0xa0) return readArray(reader, first & 0x0f, depth);
  if (first < 0xc0) return readUtf8(reader.slice(first & 0x1f), start);
  if (first >= 0xe0) return first - 0x100;
  switch (first) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return reader.slice(reader.uint8());
    case 0xc5:
      return reader.slice(reader.uint16());
    case 0xc6:
      return reader.slice(reader.uint32());
    case 0xc7:
      return readExtension(reader, reader.uint8());
    case 0xc8:
      return readExtension(reader, reader.uint16());
    case 0xc9:
      return readExtension(reader, reader.uint32());
    case 0xca:
      return reader.float32();
    case 0xcb:
      return reader.float64();
    case 0xcc:
      return reader.uint8();
    case 0xcd:
      return reader.uint16();
    case 0xce:
      return reader.uint32();
    case 0xcf:
      return exactInteger(reader.uint64());
    case 0xd0:
      return reader.int8();
    case 0xd1:
      return reader.int16();
    case 0xd2:
      return reader.int32();
    case 0xd3:
      return exactInteger(reader.int64());
    case 0xd4:
      return readExtension(reader, 1);
    case 0xd5:
      return readExtension(reader, 2);
    case 0xd6:
      return readExtension(reader, 4);
    case 0xd7:
      return readExtension(reader, 8);
    case 0xd8:
      return readExtension(reader, 16);
    case 0xd9:
      return readUtf8(reader.slice(reader.uint8()), start);
    case 0xda:
      return readUtf8(reader.slice(reader.uint16()), start);
    case 0xdb:
      return readUtf8(reader.slice(reader.uint32()), start);
    case 0xdc:
      return readArray(reader, reader.uint16(), depth);
    case 0xdd:
      return readArray(reader, reader.uint32(), depth);
    case 0xde:
      return readMap(reader, reader.uint16(), depth);
    case 0xdf:
      return readMap(reader, reader.uint32(), depth);
    default:
      throw new DecodeProblem(
        `This is not MessagePack: no value can begin with the byte 0x${first.toString(16)} at offset ${start}.`,
        { atByte: start },
      );
  }
}

function readArray(reader: ByteReader, length: number, depth: number): DocumentValue {
  needItems(reader, length);
  const items: DocumentValue[] = [];
  for (let i = 0; i < length; i++) items.push(readMessagePackValue(reader, depth + 1));
  return items;
}

function readMap(reader: ByteReader, length: number, depth: number): DocumentValue {
  needItems(reader, length * 2);
  const entries: [DocumentValue, DocumentValue][] = [];
  for (let i = 0; i < length; i++) {
    const key = readMessagePackValue(reader, depth + 1);
    entries.push([key, readMessagePackValue(reader, depth + 1)]);
  }
  return mapValue(entries);
}

/** Every value takes a byte or more. */
function needItems(reader: ByteReader, count: number): void {
  if (count > reader.left)
    throw new UnexpectedEnd(
      `The bytes end too early: ${count} values are announced, and ${reader.left} bytes follow.`,
      { atByte: reader.at },
    );
}

function readExtension(reader: ByteReader, length: number): DocumentValue {
  const type = reader.int8();
  const bytes = reader.slice(length);
  const timestamp = type === timestampExtension ? readTimestamp(bytes) : undefined;
  return timestamp ?? { $extension: type, $value: bytes };
}

/** Seconds in 32 bits, nanoseconds and seconds in 30 and 34 bits, or nanoseconds in 32 and seconds in 64. */
function readTimestamp(bytes: Uint8Array): DocumentValue {
  const reader = new ByteReader(bytes);
  if (bytes.length === 4) return dateValue(BigInt(reader.uint32()), 0n, 0);
  if (bytes.length !== 8 && bytes.length !== 12) return undefined;
  if (bytes.length === 12) return nanosecondDate(BigInt(reader.uint32()), reader.int64());
  const packed = reader.uint64();
  return nanosecondDate(packed >> 34n, packed & 0x3_ffff_ffffn);
}

function nanosecondDate(nanoseconds: bigint, seconds: bigint): DocumentValue {
  return nanoseconds > 999_999_999n ? undefined : dateValue(seconds, nanoseconds, 9);
}
