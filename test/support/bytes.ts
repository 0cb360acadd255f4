/** Packets written down byte by byte, for tests in which bytes are what is tested. Does not use src/mqtt. */

/** `hex('10 0C 00 04')`. Anything but hexadecimal digits is for the reader. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/[^0-9a-fA-F]/g, '');
  if (digits.length % 2 !== 0) throw new RangeError(`an odd number of hexadecimal digits: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
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
  const content = body.flat();
  const header = [firstByte];
  let rest = content.length;
  do {
    header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Uint8Array.from([...header, ...content]);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
