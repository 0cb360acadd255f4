/**
 * HOT PATH. Which payloads a file shows as text: well-formed UTF-8 without control characters, except tabs and line
 * ends. Stricter than base/binaryText.ts, which is about a screen: an escape or a bell in a file is for nobody's eyes.
 */
import { findUtf8Problem } from '../mqtt/utf8.ts';

const BEYOND_ASCII = 1;
const CONTROL = 2;
/** What each byte is to a text: plain (0), one of the above, or the letter that follows a backslash for it in JSON. */
const kinds = new Uint8Array(256).fill(CONTROL, 0, 0x20).fill(BEYOND_ASCII, 0x80);
kinds[0x7f] = CONTROL;
for (const [byte, letter] of ['\tt', '\nn', '\rr', '""', '\\\\'])
  kinds[byte!.charCodeAt(0)] = letter!.charCodeAt(0); // each has both

const BACKSLASH = 0x5c;
/** The first byte of U+0080 to U+00BF in UTF-8; those up to U+009F are control characters. */
const LEAD_OF_C1 = 0xc2;
const LAST_OF_C1 = 0x9f;

/**
 * Writes the bytes as what is between the quotes of a text in JSON. Returns where it ends, or -1 for what is no
 * readable text: what is written then is worth nothing. Room for twice the bytes must be there.
 */
export function writeReadableText(bytes: Uint8Array, target: Uint8Array, start: number): number {
  let at = start;
  let isAscii = true;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!; // i < length
    const kind = kinds[byte]!; // of every byte
    if (kind > CONTROL) {
      target[at] = BACKSLASH;
      target[at + 1] = kind;
      at += 2;
      continue;
    }
    if (kind === CONTROL) return -1;
    if (kind === BEYOND_ASCII) isAscii = false;
    target[at++] = byte;
  }
  return isAscii || isTextBeyondAscii(bytes) ? at : -1;
}

export function isReadableText(bytes: Uint8Array): boolean {
  let isAscii = true;
  for (let i = 0; i < bytes.length; i++) {
    const kind = kinds[bytes[i]!]!; // i < length, and of every byte
    if (kind === CONTROL) return false;
    if (kind === BEYOND_ASCII) isAscii = false;
  }
  return isAscii || isTextBeyondAscii(bytes);
}

function isTextBeyondAscii(bytes: Uint8Array): boolean {
  if (findUtf8Problem(bytes, 0, bytes.length) !== undefined) return false;
  for (let i = bytes.indexOf(LEAD_OF_C1); i !== -1; i = bytes.indexOf(LEAD_OF_C1, i + 1)) {
    if (bytes[i + 1]! <= LAST_OF_C1) return false; // no lead is the last byte of well-formed UTF-8
  }
  return true;
}
