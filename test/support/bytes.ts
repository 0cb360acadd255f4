/** Packets written down field by field, for tests in which bytes are what is tested. Does not use src/mqtt. */
import { framed, hex as hexOf } from './packetBytes.ts';

/** As in packetBytes.ts, and comparable with what a RawClient reads. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(hexOf(text));
}

/** A UTF-8 Encoded String: two bytes of length, then the text. Section 1.5.4 (1.5.3 in 3.1.1). */
export function utf8(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...uint16(bytes.length), ...bytes];
}

export function uint16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

export function uint32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Fixed header, with the Remaining Length that the body has, and body. */
export function frame(firstByte: number, ...body: readonly (number | readonly number[])[]): Uint8Array {
  return new Uint8Array(framed(firstByte, Uint8Array.from(body.flat())));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
