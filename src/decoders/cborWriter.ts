/**
 * A document as CBOR (RFC 8949), each item in its shortest form, of definite length. Numbers with a fraction take four bytes
 * where that loses nothing, and else eight.
 */
import { ByteWriter } from './byteWriter.ts';
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
import { WrittenFloat, type WrittenSpecial, type WrittenValue } from './documentText.ts';
import { EncodeProblem } from './encodeProblem.ts';

/** Major type 7, RFC 8949 section 3.3. */
const majorSimple = 7;
const max64 = 0xffff_ffff_ffff_ffffn;

/** Throws an EncodeProblem. */
export function writeCbor(value: WrittenValue): Uint8Array {
  const writer = new ByteWriter();
  write(writer, value);
  return writer.bytes;
}

function write(writer: ByteWriter, value: WrittenValue): void {
  if (value === null) writer.uint8(0xf6);
  else if (value === undefined) writer.uint8(0xf7);
  else if (typeof value === 'boolean') writer.uint8(value ? 0xf5 : 0xf4);
  else if (typeof value === 'bigint') writeInteger(writer, value);
  else if (typeof value === 'string') writeChunk(writer, majorText, new TextEncoder().encode(value));
  else if (value instanceof WrittenFloat) writeFloat(writer, value.value);
  else if (value instanceof Uint8Array) writeChunk(writer, majorBytes, value);
  else if ('kind' in value) {
    if (value.kind === 'map') {
      writeHead(writer, majorMap, BigInt(value.entries.length));
      for (const [key, each] of value.entries) {
        write(writer, key);
        write(writer, each);
      }
    } else writeSpecial(writer, value);
  } else {
    writeHead(writer, majorArray, BigInt(value.length));
    for (const item of value) write(writer, item);
  }
}

function writeSpecial(writer: ByteWriter, value: WrittenSpecial): void {
  switch (value.kind) {
    case 'date':
      writeHead(writer, majorTag, tagDateText);
      writeChunk(writer, majorText, new TextEncoder().encode(value.text));
      return;
    case 'tag':
      writeHead(writer, majorTag, value.tag);
      write(writer, value.value);
      return;
    case 'simple':
      // 24 to 31 are reserved, RFC 8949 section 3.3.
      if (value.simple >= 24 && value.simple < 32)
        throw new EncodeProblem(`CBOR has no simple value ${value.simple}`, '');
      writeHead(writer, majorSimple, BigInt(value.simple));
      return;
    case 'extension':
      throw new EncodeProblem(
        'CBOR has no extensions, which are MessagePack’s: use {"$tag": …, "$value": …}',
        '',
      );
  }
}

function writeInteger(writer: ByteWriter, value: bigint): void {
  const isNegative = value < 0n;
  const argument = isNegative ? -1n - value : value;
  if (argument <= max64) {
    writeHead(writer, isNegative ? majorNegative : majorUnsigned, argument);
    return;
  }
  writeHead(writer, majorTag, isNegative ? tagNegativeBignum : tagPositiveBignum);
  const hex = argument.toString(16);
  writeChunk(writer, majorBytes, new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')));
}

function writeFloat(writer: ByteWriter, value: number): void {
  if (Object.is(Math.fround(value), value)) {
    writer.uint8(0xfa);
    writer.float32(value);
  } else {
    writer.uint8(0xfb);
    writer.float64(value);
  }
}

function writeChunk(writer: ByteWriter, major: number, bytes: Uint8Array): void {
  writeHead(writer, major, BigInt(bytes.length));
  writer.append(bytes);
}

function writeHead(writer: ByteWriter, major: number, argument: bigint): void {
  const initial = major << 5;
  if (argument < 24n) writer.uint8(initial | Number(argument));
  else if (argument <= 0xffn) {
    writer.uint8(initial | 24);
    writer.uint8(Number(argument));
  } else if (argument <= 0xffffn) {
    writer.uint8(initial | 25);
    writer.uint16(Number(argument));
  } else if (argument <= 0xffff_ffffn) {
    writer.uint8(initial | 26);
    writer.uint32(Number(argument));
  } else {
    writer.uint8(initial | 27);
    writer.uint64(argument);
  }
}
