/**
 * Bytes as text that hides nothing: a byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte (U+DC80 to
 * U+DCFF), which valid UTF-8 never decodes to. One string then carries both, with the text's own indexes, and rows can
 * be cut from it. Pure.
 */

export interface DecodedText {
  /** With a lone surrogate for each invalid byte. */
  text: string;
  invalidByteCount: number;
  /** Offset in the bytes. */
  firstInvalidByte?: number;
}

const chunkUnits = 8192;

/** @param isCut The bytes end early: an unfinished character at the end is left out, not called invalid. */
export function decodeUtf8(bytes: Uint8Array, isCut: boolean): DecodedText {
  const whole = isCut ? bytes.subarray(0, completeUtf8Length(bytes)) : bytes;
  try {
    // ignoreBOM keeps a byte order mark in the text.
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(whole),
      invalidByteCount: 0,
    };
  } catch {
    // Not UTF-8 somewhere: the loop below finds where.
    return decodeByteByByte(whole);
  }
}

function decodeByteByByte(bytes: Uint8Array): DecodedText {
  const units = new Uint16Array(chunkUnits);
  let text = '';
  let length = 0;
  let invalidByteCount = 0;
  let firstInvalidByte: number | undefined;
  for (let i = 0; i < bytes.length; ) {
    const sequenceLength = validSequenceLength(bytes, i);
    const codePoint =
      sequenceLength === 0 ? 0xdc00 + byteAt(bytes, i) : codePointAt(bytes, i, sequenceLength);
    if (sequenceLength === 0) {
      invalidByteCount++;
      firstInvalidByte ??= i;
    }
    i += sequenceLength || 1;
    if (codePoint > 0xffff) {
      units[length++] = 0xd800 + ((codePoint - 0x10000) >> 10);
      units[length++] = 0xdc00 + (codePoint & 0x3ff);
    } else units[length++] = codePoint;
    if (length > chunkUnits - 2) {
      text += String.fromCharCode(...units.subarray(0, length));
      length = 0;
    }
  }
  return {
    text: text + String.fromCharCode(...units.subarray(0, length)),
    invalidByteCount,
    ...(firstInvalidByte !== undefined && { firstInvalidByte }),
  };
}

/** Of the bytes up to an unfinished character at the end: where bytes were cut, that one is not invalid. */
export function completeUtf8Length(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const start = bytes.length - back;
    const expected = sequenceLengthOf(byteAt(bytes, start));
    if (expected > 1) return expected > back ? start : bytes.length;
    if (expected === 1) return bytes.length;
  }
  return bytes.length;
}

/** Of the character at `i`, 1 to 4; 0 when the byte there begins none. Refuses overlong forms and surrogates. */
function validSequenceLength(bytes: Uint8Array, i: number): number {
  const lead = byteAt(bytes, i);
  const length = sequenceLengthOf(lead);
  if (length <= 1) return length;
  const second = byteAt(bytes, i + 1);
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) if ((byteAt(bytes, i + k) & 0xc0) !== 0x80) return 0;
  return length;
}

/** What the first byte of a character says of its length; 0 for a byte that can't be first. */
function sequenceLengthOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

function codePointAt(bytes: Uint8Array, i: number, length: number): number {
  if (length === 1) return byteAt(bytes, i);
  let codePoint = byteAt(bytes, i) & (0xff >> (length + 1));
  for (let k = 1; k < length; k++) codePoint = (codePoint << 6) | (byteAt(bytes, i + k) & 0x3f);
  return codePoint;
}

/** 0 past the end, which continues no character. */
function byteAt(bytes: Uint8Array, i: number): number {
  return bytes[i] ?? 0;
}
