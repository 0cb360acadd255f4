/**
 * CBOR (RFC 8949) into document values: one pass over the bytes, each fault with its offset.
 *
 * Read here and not by a library: the offers must know at once, without loading anything, whether bytes are exactly one
 * item, and a person needs the byte at which a device's encoder went wrong. Tags 0 to 3 (times, big integers) get their
 * meaning; the others are shown as tags.
 */
import { type ByteReader, exactInteger, readUtf8 } from './byteReader.ts';
import {
  majorArray,
  majorBytes,
  majorMap,
  majorNegative,
  majorTag,
  majorText,
  majorUnsigned,
  tagDateText,
  tagNegativeBignum,
  tagPositiveBignum,
} from './cborTypes.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import { type DocumentValue, dateValue, mapValue } from './document.ts';
import { hexOf } from './hexText.ts';

const indefinite = 31;
const breakByte = 0xff;

const tagEpoch = 1n;
/** "This is CBOR": has no meaning beyond that, RFC 8949 section 3.4.6. */
const tagSelfDescribed = 55799n;

/** One item. Throws a DecodeProblem. */
export function readCborItem(reader: ByteReader, depth = 0): DocumentValue {
  reader.enter(depth);
  const start = reader.at;
  const initial = reader.uint8();
  const major = initial >> 5;
  const info = initial & 0x1f;
  switch (major) {
    case majorUnsigned:
      return exactInteger(readArgument(reader, info, start));
    case majorNegative:
      return exactInteger(-1n - readArgument(reader, info, start));
    case majorBytes:
      return readBytes(reader, info, start);
    case majorText:
      return readText(reader, info, start);
    case majorArray:
      return readArray(reader, info, start, depth);
    case majorMap:
      return readMap(reader, info, start, depth);
    case majorTag:
      return readTagged(reader, readArgument(reader, info, start), depth);
    default:
      return readSimple(reader, info, start);
  }
}

function readArgument(reader: ByteReader, info: number, start: number): bigint {
  if (info < 24) return BigInt(info);
  if (info === 24) return BigInt(reader.uint8());
  if (info === 25) return BigInt(reader.uint16());
  if (info === 26) return BigInt(reader.uint32());
  if (info === 27) return reader.uint64();
  throw notWellFormed(reader, start);
}

/** How many items or bytes follow, each of at least `bytesEach`: checked before anything is made of it. */
function readLength(reader: ByteReader, info: number, start: number, bytesEach: number): number {
  const length = readArgument(reader, info, start);
  const needed = length * BigInt(bytesEach);
  if (needed > BigInt(reader.left))
    throw new UnexpectedEnd(
      `The bytes end too early: what begins at byte ${start} takes ${needed} more or longer, and ${reader.left} follow.`,
      { atByte: start },
    );
  return Number(length);
}

function readBytes(reader: ByteReader, info: number, start: number): Uint8Array {
  if (info !== indefinite) return reader.slice(readLength(reader, info, start, 1));
  const chunks = readChunks(reader, majorBytes);
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function readText(reader: ByteReader, info: number, start: number): string {
  if (info !== indefinite) return readUtf8(reader.slice(readLength(reader, info, start, 1)), start);
  // Each chunk is valid by itself, RFC 8949 section 3.2.3.
  return readChunks(reader, majorText)
    .map((chunk) => readUtf8(chunk, start))
    .join('');
}

function readChunks(reader: ByteReader, major: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (;;) {
    reader.enter(0);
    const start = reader.at;
    const initial = reader.uint8();
    if (initial === breakByte) return chunks;
    if (initial >> 5 !== major || (initial & 0x1f) === indefinite) throw notWellFormed(reader, start);
    chunks.push(reader.slice(readLength(reader, initial & 0x1f, start, 1)));
  }
}

function readArray(reader: ByteReader, info: number, start: number, depth: number): DocumentValue {
  const items: DocumentValue[] = [];
  if (info === indefinite) while (!takeBreak(reader)) items.push(readCborItem(reader, depth + 1));
  else {
    const length = readLength(reader, info, start, 1);
    for (let i = 0; i < length; i++) items.push(readCborItem(reader, depth + 1));
  }
  return items;
}

function readMap(reader: ByteReader, info: number, start: number, depth: number): DocumentValue {
  const entries: [DocumentValue, DocumentValue][] = [];
  const readEntry = (): void => {
    const key = readCborItem(reader, depth + 1);
    entries.push([key, readCborItem(reader, depth + 1)]);
  };
  if (info === indefinite) while (!takeBreak(reader)) readEntry();
  else {
    const length = readLength(reader, info, start, 2);
    for (let i = 0; i < length; i++) readEntry();
  }
  return mapValue(entries);
}

function takeBreak(reader: ByteReader): boolean {
  if (reader.isAtEnd || reader.bytes[reader.at] !== breakByte) return false;
  reader.at++;
  return true;
}

function readTagged(reader: ByteReader, tag: bigint, depth: number): DocumentValue {
  const content = readCborItem(reader, depth + 1);
  if (tag === tagSelfDescribed) return content;
  const isBignum = tag === tagPositiveBignum || tag === tagNegativeBignum;
  // Up to 1,024 bytes: a longer one's digits would take seconds.
  if (isBignum && content instanceof Uint8Array && content.length <= 1024) {
    const magnitude = content.length === 0 ? 0n : BigInt(`0x${hexOf(content)}`);
    return exactInteger(tag === tagPositiveBignum ? magnitude : -1n - magnitude);
  }
  if (tag === tagDateText && typeof content === 'string') return { $date: content };
  const date = tag === tagEpoch ? epochDate(content) : undefined;
  return date ?? { $tag: exactInteger(tag), $value: content };
}

/** Seconds since 1970: whole ones, or a float of which a double keeps microseconds. */
function epochDate(content: DocumentValue): DocumentValue {
  // Not a number is no time either.
  if (typeof content !== 'number' || !(Math.abs(content) <= 8.64e12)) return undefined;
  if (Number.isInteger(content)) return dateValue(BigInt(content), 0n, 0);
  const microseconds = BigInt(Math.round(content * 1e6));
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return dateValue((microseconds - fraction) / 1_000_000n, fraction, 6);
}

function readSimple(reader: ByteReader, info: number, start: number): DocumentValue {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return undefined;
    case 24: {
      const simple = reader.uint8();
      // Below 32 it has a shorter form, and this one is not well-formed: RFC 8949 section 3.3.
      if (simple < 32) throw notWellFormed(reader, start);
      return { $simple: simple };
    }
    case 25:
      return float16(reader.uint16());
    case 26:
      return reader.float32();
    case 27:
      return reader.float64();
    default:
      if (info < 20) return { $simple: info };
      throw notWellFormed(reader, start);
  }
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

function notWellFormed(reader: ByteReader, start: number): DecodeProblem {
  const byte = hexOf(reader.bytes.subarray(start, start + 1));
  return new DecodeProblem(
    `This is not CBOR: no item can begin with the byte 0x${byte} at offset ${start}.`,
    {
      atByte: start,
    },
  );
}
