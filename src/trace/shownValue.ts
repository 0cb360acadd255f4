/** Bytes of a peer as a person may see them: on one line, nothing invisible, and never as long as a packet. */
import { hasBinaryControls } from '../base/binaryText.ts';
import { hexByte } from '../mqtt/faultText.ts';
import { findUtf8Problem } from '../mqtt/utf8.ts';

/** Characters of a value; then comes how long it is. */
const MAX_SHOWN = 160;
/** Written as two digits and a space. */
const MAX_HEX_BYTES = 48;

/** Controls, marks that turn the line around, and what looks like nothing at all. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** A string's bytes; those that are not UTF-8 come out as U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

export function shownText(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return '(empty)';
  // Four bytes a character at most: a long text need not be decoded to be cut.
  const text = textOf(bytes, start, Math.min(end, start + 4 * MAX_SHOWN));
  return shorten(text, end - start > 4 * MAX_SHOWN || text.length > MAX_SHOWN ? end - start : undefined);
}

/** Of a text that is a string already. */
export function shownString(text: string): string {
  if (text === '') return '(empty)';
  return shorten(text, text.length > MAX_SHOWN ? Buffer.byteLength(text) : undefined);
}

/** As text where it is text, else in hex. */
export function shownBytes(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return '(empty)';
  const sampleEnd = Math.min(end, start + 4 * MAX_SHOWN);
  const problem = findUtf8Problem(bytes, start, sampleEnd, { mayHaveNull: true });
  // The sample may cut a character in two.
  const isText = problem === undefined || (problem.kind === 'truncated' && sampleEnd < end);
  if (isText && !hasBinaryControls(textOf(bytes, start, sampleEnd))) return shownText(bytes, start, end);
  const hexEnd = Math.min(end, start + MAX_HEX_BYTES);
  const digits = Array.from(bytes.subarray(start, hexEnd), hexByte).join(' ');
  return hexEnd < end ? `${digits} … (${end - start} bytes)` : digits;
}

export function inBinary(byte: number): string {
  return `0b${byte.toString(2).padStart(8, '0')} (0x${hexByte(byte)})`;
}

/** @param cutBytes how many bytes there are in all, when not all are shown. */
function shorten(text: string, cutBytes: number | undefined): string {
  let shown = cutBytes === undefined ? text : text.slice(0, MAX_SHOWN);
  if (/[\ud800-\udbff]$/.test(shown)) shown = shown.slice(0, -1);
  const visible = shown.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return cutBytes === undefined ? visible : `${visible}… (${cutBytes} bytes)`;
}
