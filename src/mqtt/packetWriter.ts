/**
 * HOT PATH. The standard's data types (section 1.5) into a buffer of exactly the packet's size.
 *
 * Sizes are computed first, by the functions here that end in `Bytes`, which also refuse what can't be written: so
 * the writer itself neither grows nor checks.
 */
import { utf8Bytes, writeUtf8 } from './utf8.ts';

const MAX_VARIABLE_BYTE_INTEGER = 268_435_455;

export class PacketWriter {
  readonly bytes: Uint8Array;
  offset = 0;

  /**
   * Writes the fixed header.
   *
   * @param firstByte packet type and flags.
   * @param remainingLength bytes that follow the fixed header.
   * @param elsewhereBytes how many of these are not written here: a payload that is sent from where it is.
   * @throws RangeError for a remaining length above 268,435,455.
   */
  constructor(firstByte: number, remainingLength: number, elsewhereBytes = 0) {
    const headerBytes = 1 + variableByteIntegerBytes(remainingLength);
    this.bytes = Buffer.allocUnsafe(headerBytes + remainingLength - elsewhereBytes);
    this.byte(firstByte);
    this.variableByteInteger(remainingLength);
  }

  byte(value: number): void {
    this.bytes[this.offset++] = value;
  }

  twoByteInteger(value: number): void {
    this.bytes[this.offset++] = value >>> 8;
    this.bytes[this.offset++] = value;
  }

  fourByteInteger(value: number): void {
    this.twoByteInteger(value >>> 16);
    this.twoByteInteger(value & 0xffff);
  }

  variableByteInteger(value: number): void {
    this.offset = writeVariableByteInteger(this.bytes, this.offset, value);
  }

  utf8String(text: string): void {
    const start = this.offset + 2;
    const end = writeUtf8(this.bytes, start, text);
    this.twoByteInteger(end - start);
    this.offset = end;
  }

  /** As utf8String if all of it is ASCII; else false, and what is written then is worth nothing. */
  asciiString(text: string): boolean {
    const { bytes } = this;
    this.twoByteInteger(text.length);
    let offset = this.offset;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === 0 || unit >= 0x80) return false;
      bytes[offset++] = unit;
    }
    this.offset = offset;
    return true;
  }

  binaryData(data: Uint8Array): void {
    this.twoByteInteger(data.length);
    this.raw(data);
  }

  raw(data: Uint8Array): void {
    this.bytes.set(data, this.offset);
    this.offset += data.length;
  }
}

/** Writes the value at `offset`; returns where it ends. The room must be there: see variableByteIntegerBytes. */
export function writeVariableByteInteger(bytes: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let end = offset;
  while (rest > 0x7f) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}

/** @throws RangeError above 268,435,455. */
export function variableByteIntegerBytes(value: number): number {
  checkRange('variable byte integer', value, MAX_VARIABLE_BYTE_INTEGER);
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

/** With its two bytes of length. @throws RangeError if it is ill-formed or longer than 65,535 bytes. */
export function utf8StringBytes(field: string, text: string): number {
  const size = utf8Bytes(text);
  if (size > 0xffff) throw new RangeError(`${field} takes ${size} bytes, at most 65,535 fit`);
  return 2 + size;
}

/** With its two bytes of length. @throws RangeError if it is longer than 65,535 bytes. */
export function binaryDataBytes(field: string, data: Uint8Array): number {
  if (data.length > 0xffff) throw new RangeError(`${field} takes ${data.length} bytes, at most 65,535 fit`);
  return 2 + data.length;
}

/** @throws RangeError unless the value is an integer from 0 to `maximum`. */
export function checkRange(field: string, value: number, maximum: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return;
  throw new RangeError(`${field} is ${value}, must be an integer from 0 to ${maximum}`);
}

/** @throws RangeError unless it is an integer from 1 to 65,535. */
export function checkPacketId(packetId: number): void {
  checkRange('packetId', packetId, 0xffff);
  if (packetId === 0) throw new RangeError('packetId is 0, must be 1 or more');
}
