/**
 * HOT PATH. Bytes to strings and back, with MQTT's rules: well-formed UTF-8 without U+0000, the byte order mark kept.
 *
 * Hand-written rather than TextDecoder: most strings are short ASCII, where a call out of JavaScript costs more than
 * the work, and a fault needs its exact byte.
 */

export interface Utf8Problem {
  kind: 'nullCharacter' | 'surrogate' | 'overlong' | 'beyondUnicode' | 'truncated' | 'notUtf8';
  /** Index in the bytes of the first byte of the character at fault. */
  at: number;
}

const latin1Slice = Buffer.prototype.latin1Slice;
const utf8Slice = Buffer.prototype.utf8Slice;
const utf8Write = Buffer.prototype.utf8Write;

/** The string in `bytes[start .. end)`; undefined if it breaks the rules: findUtf8Problem says how. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!; // i < end
    if (byte === 0) return undefined;
    if (byte >= 0x80) {
      if (findUtf8Problem(bytes, i, end) !== undefined) return undefined;
      // Keeps a leading U+FEFF. [MQTT-1.5.3-3] [MQTT-1.5.4-3]
      return utf8Slice.call(bytes, start, end);
    }
  }
  return latin1Slice.call(bytes, start, end);
}

/**
 * The first character that may not be in a string. [MQTT-1.5.3-1] [MQTT-1.5.3-2] [MQTT-1.5.4-1] [MQTT-1.5.4-2]
 *
 * @param mayHaveNull for text that is no string of MQTT: U+0000 is a character like any other there.
 */
export function findUtf8Problem(
  bytes: Uint8Array,
  start: number,
  end: number,
  { mayHaveNull = false }: { mayHaveNull?: boolean } = {},
): Utf8Problem | undefined {
  let i = start;
  while (i < end) {
    const lead = bytes[i]!; // i < end
    if (lead === 0 && !mayHaveNull) return { kind: 'nullCharacter', at: i };
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = sequenceBytes(lead);
    if (length === 0) return { kind: lead > 0xf4 && lead < 0xf8 ? 'beyondUnicode' : 'notUtf8', at: i };
    if (lead === 0xc0 || lead === 0xc1) return { kind: 'overlong', at: i };
    for (let k = 1; k < length; k++) {
      if (i + k >= end) return { kind: 'truncated', at: i };
      if ((bytes[i + k]! & 0xc0) !== 0x80) return { kind: 'notUtf8', at: i }; // i + k < end
    }
    const second = bytes[i + 1]!; // length is 2 or more
    if ((lead === 0xe0 && second < 0xa0) || (lead === 0xf0 && second < 0x90))
      return { kind: 'overlong', at: i };
    if (lead === 0xed && second > 0x9f) return { kind: 'surrogate', at: i };
    if (lead === 0xf4 && second > 0x8f) return { kind: 'beyondUnicode', at: i };
    i += length;
  }
  return undefined;
}

/** Bytes of the character that starts with this byte, which is 0x80 or above; 0 if none does. */
function sequenceBytes(lead: number): number {
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/**
 * Bytes that the string takes in UTF-8.
 *
 * @throws RangeError for what has no place in an MQTT string: U+0000, or half of a surrogate pair.
 */
export function utf8Bytes(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0) throw new RangeError('a string contains U+0000');
    if (unit < 0x80) continue;
    size += unit < 0x800 ? 1 : 2;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) {
      throw new RangeError('a string contains half of a surrogate pair');
    }
    // Two units make four bytes: one counted for each unit, two more for the pair.
    i++;
  }
  return size;
}

/** Writes the string's UTF-8 at `offset`; returns where it ends. The room must be there: see utf8Bytes. */
export function writeUtf8(bytes: Uint8Array, offset: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80)
      return (
        offset +
        i +
        utf8Write.call(bytes, i === 0 ? text : text.slice(i), offset + i, bytes.length - offset - i)
      );
    bytes[offset + i] = unit;
  }
  return offset + text.length;
}
