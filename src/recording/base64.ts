/**
 * HOT PATH. Base64 of RFC 4648, section 4, between buffers: strictly its alphabet and padding, where Node's own decoder
 * skips what it does not know.
 *
 * Large payloads go slice by slice, so that 256 MiB make no string of 358 million characters on the heap.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const codes = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const PADDING = 0x3d;

/** The value of each character code; `NONE` for one outside the alphabet. */
const values = new Uint8Array(256).fill(0xff);
for (const [value, code] of codes.entries()) values[code] = value;
const NONE = 0xff;

/** Up to here byte by byte is faster than Node's encoder, and the string that it makes. Measured. */
const FEW_BYTES = 400;
/** Of a payload, a multiple of 3: each slice is encoded by itself, and has no padding before the last. */
const SLICE_BYTES = 48 * 1024;
const SLICE_CHARACTERS = (SLICE_BYTES / 3) * 4;

const { base64Slice, base64Write, latin1Slice, latin1Write } = Buffer.prototype;

export function base64Bytes(payloadBytes: number): number {
  return Math.ceil(payloadBytes / 3) * 4;
}

/** Returns where it ends. The room must be there: see `base64Bytes`. */
export function writeBase64(payload: Uint8Array, target: Uint8Array, at: number): number {
  if (payload.length <= FEW_BYTES) return writeFew(payload, target, at);
  let end = at;
  for (let i = 0; i < payload.length; i += SLICE_BYTES) {
    const text = base64Slice.call(payload, i, Math.min(i + SLICE_BYTES, payload.length));
    end += latin1Write.call(target, text, end, text.length);
  }
  return end;
}

function writeFew(payload: Uint8Array, target: Uint8Array, at: number): number {
  const wholeBytes = payload.length - (payload.length % 3);
  let end = at;
  // Indices are below the lengths, and table indices below 64.
  for (let i = 0; i < wholeBytes; i += 3) {
    const group = (payload[i]! << 16) | (payload[i + 1]! << 8) | payload[i + 2]!;
    target[end] = codes[group >> 18]!;
    target[end + 1] = codes[(group >> 12) & 63]!;
    target[end + 2] = codes[(group >> 6) & 63]!;
    target[end + 3] = codes[group & 63]!;
    end += 4;
  }
  const rest = payload.length - wholeBytes;
  if (rest === 0) return end;
  const group = (payload[wholeBytes]! << 16) | (rest === 2 ? payload[wholeBytes + 1]! << 8 : 0);
  target[end] = codes[group >> 18]!;
  target[end + 1] = codes[(group >> 12) & 63]!;
  target[end + 2] = rest === 2 ? codes[(group >> 6) & 63]! : PADDING;
  target[end + 3] = PADDING;
  return end + 4;
}

export type DecodedBase64 =
  | { kind: 'decoded'; bytes: Uint8Array }
  /** `at`: index of the first character at fault; the length for an end that comes too soon. */
  | { kind: 'fault'; at: number };

/** What the characters `bytes[start .. end)` stand for, in memory of its own. */
export function decodeBase64(bytes: Uint8Array, start: number, end: number): DecodedBase64 {
  const length = end - start;
  const padding = paddingOf(bytes, start, end);
  const digits = length - padding;
  for (let i = 0; i < digits; i++) {
    if (values[bytes[start + i]!] === NONE) return { kind: 'fault', at: i }; // start + i < end
  }
  if (length % 4 !== 0) return { kind: 'fault', at: length };
  // Bits that no byte has must be 0, or two texts would stand for the same bytes.
  const spareBits = padding === 0 ? 0 : padding === 1 ? 0b11 : 0b1111;
  if (padding > 0 && (values[bytes[start + digits - 1]!]! & spareBits) !== 0)
    return { kind: 'fault', at: digits - 1 };

  const decoded = new Uint8Array((length / 4) * 3 - padding);
  let at = 0;
  for (let i = start; i < end; i += SLICE_CHARACTERS) {
    const text = latin1Slice.call(bytes, i, Math.min(i + SLICE_CHARACTERS, end));
    at += base64Write.call(decoded, text, at, decoded.length - at);
  }
  return { kind: 'decoded', bytes: decoded };
}

/** 0, 1 or 2. A third one is a character at fault. */
function paddingOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2 || bytes[end - 1] !== PADDING) return 0;
  return bytes[end - 2] === PADDING ? 2 : 1;
}
