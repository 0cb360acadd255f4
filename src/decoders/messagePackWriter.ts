/** A document as MessagePack, each value in its shortest form. Times become the timestamp extension. */
import { ByteWriter } from './byteWriter.ts';
import { WrittenFloat, type WrittenSpecial, type WrittenValue } from './documentText.ts';
import { EncodeProblem, pathOf } from './encodeProblem.ts';

const timestampExtension = -1;

/** Throws an EncodeProblem. */
export function writeMessagePack(value: WrittenValue): Uint8Array {
  const writer = new ByteWriter();
  write(writer, value, '');
  return writer.bytes;
}

function write(writer: ByteWriter, value: WrittenValue, path: string): void {
  if (value === null) writer.uint8(0xc0);
  else if (value === undefined) throw new EncodeProblem('MessagePack has no undefined: use null', path);
  else if (typeof value === 'boolean') writer.uint8(value ? 0xc3 : 0xc2);
  else if (typeof value === 'bigint') writeInteger(writer, value, path);
  else if (typeof value === 'string') writeText(writer, value);
  else if (value instanceof WrittenFloat) writeFloat(writer, value.value);
  else if (value instanceof Uint8Array) {
    writeLength(writer, value.length, [0xc4, 0xc5, 0xc6]);
    writer.append(value);
  } else if ('kind' in value) {
    if (value.kind === 'map') {
      const { entries } = value;
      if (entries.length < 16) writer.uint8(0x80 | entries.length);
      else writeLength(writer, entries.length, [undefined, 0xde, 0xdf]);
      for (const [i, [key, each]] of entries.entries()) {
        const place = typeof key === 'string' ? pathOf(path, key) : pathOf(path, i);
        write(writer, key, place);
        write(writer, each, place);
      }
    } else writeSpecial(writer, value, path);
  } else {
    if (value.length < 16) writer.uint8(0x90 | value.length);
    else writeLength(writer, value.length, [undefined, 0xdc, 0xdd]);
    for (const [i, item] of value.entries()) write(writer, item, pathOf(path, i));
  }
}

function writeSpecial(writer: ByteWriter, value: WrittenSpecial, path: string): void {
  switch (value.kind) {
    case 'date':
      writeTimestamp(writer, value.seconds, value.nanoseconds);
      return;
    case 'extension':
      writeExtension(writer, value.type, value.bytes);
      return;
    case 'tag':
    case 'simple':
      throw new EncodeProblem('MessagePack has no tags and no simple values, which are CBOR’s', path);
  }
}

function writeInteger(writer: ByteWriter, value: bigint, path: string): void {
  if (value < -(2n ** 63n) || value >= 2n ** 64n)
    throw new EncodeProblem('whole numbers of MessagePack take 64 bits at most', path);
  const number = Number(value);
  if (value >= 0n) {
    if (value < 0x80n) writer.uint8(number);
    else if (value <= 0xffn) {
      writer.uint8(0xcc);
      writer.uint8(number);
    } else if (value <= 0xffffn) {
      writer.uint8(0xcd);
      writer.uint16(number);
    } else if (value <= 0xffff_ffffn) {
      writer.uint8(0xce);
      writer.uint32(number);
    } else {
      writer.uint8(0xcf);
      writer.uint64(value);
    }
  } else if (value >= -32n) writer.uint8(number + 0x100);
  else if (value >= -0x80n) {
    writer.uint8(0xd0);
    writer.uint8(number + 0x100);
  } else if (value >= -0x8000n) {
    writer.uint8(0xd1);
    writer.uint16(number + 0x1_0000);
  } else if (value >= -0x8000_0000n) {
    writer.uint8(0xd2);
    writer.uint32(number + 0x1_0000_0000);
  } else {
    writer.uint8(0xd3);
    writer.uint64(value);
  }
}

function writeFloat(writer: ByteWriter, value: number): void {
  if (Object.is(Math.fround(value), value)) {
    writer.uint8(0xca);
    writer.float32(value);
  } else {
    writer.uint8(0xcb);
    writer.float64(value);
  }
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < 32) writer.uint8(0xa0 | bytes.length);
  else writeLength(writer, bytes.length, [0xd9, 0xda, 0xdb]);
  writer.append(bytes);
}

/** @param first for a length of one, two and four bytes */
function writeLength(
  writer: ByteWriter,
  length: number,
  [of8, of16, of32]: readonly [number | undefined, number, number],
): void {
  if (length <= 0xff && of8 !== undefined) {
    writer.uint8(of8);
    writer.uint8(length);
  } else if (length <= 0xffff) {
    writer.uint8(of16);
    writer.uint16(length);
  } else {
    writer.uint8(of32);
    writer.uint32(length);
  }
}

/** Seconds in 32 bits, nanoseconds and seconds in 30 and 34 bits, or nanoseconds in 32 and seconds in 64. */
function writeTimestamp(writer: ByteWriter, seconds: bigint, nanoseconds: number): void {
  const inner = new ByteWriter();
  if (seconds < 0n || seconds >= 2n ** 34n) {
    inner.uint32(nanoseconds);
    inner.uint64(seconds);
  } else if (nanoseconds === 0 && seconds < 2n ** 32n) inner.uint32(Number(seconds));
  else inner.uint64((BigInt(nanoseconds) << 34n) | seconds);
  writeExtension(writer, timestampExtension, inner.bytes);
}

const fixedExtensions: ReadonlyMap<number, number> = new Map([
  [1, 0xd4],
  [2, 0xd5],
  [4, 0xd6],
  [8, 0xd7],
  [16, 0xd8],
]);

function writeExtension(writer: ByteWriter, type: number, bytes: Uint8Array): void {
  const fixed = fixedExtensions.get(bytes.length);
  if (fixed !== undefined) writer.uint8(fixed);
  else writeLength(writer, bytes.length, [0xc7, 0xc8, 0xc9]);
  writer.uint8(type & 0xff);
  writer.append(bytes);
}
