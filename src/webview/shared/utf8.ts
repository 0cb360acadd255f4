/**
 * Payload bytes as text that hides nothing: what is no UTF-8, and what would be invisible, becomes a marker.
 *
 * A byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte (U+DC80 to U+DCFF), which valid UTF-8 never
 * decodes to: one string then carries both, with the text's own indexes, and rows can be cut from it. Pure.
 */

export interface DecodedText {
  /** With a lone surrogate for each invalid byte. */
  text: string;
  invalidByteCount: number;
}

/** A stretch of a decoded text, as a view shows it. */
export type TextSegment =
  | { kind: 'text'; text: string }
  /** Shown as a marker: the bytes in hex, or a control character's name. */
  | { kind: 'invalidBytes' | 'control'; text: string };

const chunkUnits = 8192;

/** @param isCut The bytes end early: an unfinished character at the end is left out, not called invalid. */
export function decodeUtf8(bytes: Uint8Array, isCut: boolean): DecodedText {
  const whole = isCut ? bytes.subarray(0, completeLength(bytes)) : bytes;
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
  for (let i = 0; i < bytes.length; ) {
    const sequenceLength = validSequenceLength(bytes, i);
    const codePoint =
      sequenceLength === 0 ? 0xdc00 + byteAt(bytes, i) : codePointAt(bytes, i, sequenceLength);
    if (sequenceLength === 0) invalidByteCount++;
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
  return { text: text + String.fromCharCode(...units.subarray(0, length)), invalidByteCount };
}

/** Bytes up to an unfinished character at the end. */
function completeLength(bytes: Uint8Array): number {
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

/** `ESC[0;32m`, by which logs are coloured on a terminal. */
const terminalSequence = '\u001b\\[[\\d;]*[A-Za-z]';

/**
 * Invalid bytes; terminal sequences; control characters but tab and line ends; marks that reorder or hide text, such as
 * U+202E. Joiners (U+200D) stay: emoji and several scripts need them.
 */
const markedPattern = new RegExp(
  [
    '[\\u{DC80}-\\u{DCFF}]+',
    terminalSequence,
    '(?!\\t|\\n|\\r\\n)\\p{Cc}',
    '[\\p{Bidi_Control}\\u{200B}\\u{2028}\\u{2029}\\u{2060}\\u{FEFF}\\u{D800}-\\u{DC7F}\\u{DD00}-\\u{DFFF}]',
  ].join('|'),
  'gu',
);

const terminalSequences = new RegExp(terminalSequence, 'g');

/** For a glance at a coloured log line. */
export function withoutTerminalSequences(text: string): string {
  return text.replace(terminalSequences, '');
}

/** Splits a decoded text into what is shown as it is and what is shown as a marker. */
export function textSegments(text: string): TextSegment[] {
  const segments: TextSegment[] = [];
  let end = 0;
  for (const match of text.matchAll(markedPattern)) {
    if (match.index > end) segments.push({ kind: 'text', text: text.slice(end, match.index) });
    segments.push(markerOf(match[0]));
    end = match.index + match[0].length;
  }
  if (end < text.length) segments.push({ kind: 'text', text: text.slice(end) });
  return segments;
}

function markerOf(marked: string): TextSegment {
  const unit = marked.charCodeAt(0);
  if (unit >= 0xdc80 && unit <= 0xdcff) {
    let text = '';
    for (let i = 0; i < marked.length; i++) text += `\\x${hexByte(marked.charCodeAt(i) - 0xdc00)}`;
    return { kind: 'invalidBytes', text };
  }
  return { kind: 'control', text: controlName(unit) + marked.slice(1) };
}

const controlNames =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/** `ESC` for U+001B, `U+202E` for what has no short name. */
function controlName(unit: number): string {
  if (unit === 0x7f) return 'DEL';
  return controlNames[unit] ?? `U+${unit.toString(16).toUpperCase().padStart(4, '0')}`;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
