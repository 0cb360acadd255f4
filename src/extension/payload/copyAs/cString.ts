/**
 * A payload as a string literal in C, byte for byte, whatever the character set of the source. Pure.
 *
 * `sizeof` of it is the payload's length and one more, for the NUL that C adds. Three things make such literals go wrong,
 * and are seen to: a hexadecimal escape takes every digit that follows it, two question marks may begin a trigraph, and a
 * payload may hold a NUL, so that `strlen` does not tell its length: the comment does.
 */
import { cComment } from './cComment.ts';

/** Between the quotes. */
const MAX_LINE_CHARACTERS = 76;

const ESCAPES = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const LINE_FEED = 0x0a;
const QUESTION_MARK = 0x3f;
const HEX_DIGIT = /^[0-9A-Fa-f]/;

export function cString(topic: string, payload: Uint8Array): string {
  return `${cComment(topic, payload.length)}\n${cLiterals(payload).join('\n')}\n`;
}

/** Literals, quotes and all, that the compiler joins to these bytes: one for each line, none of them long. */
export function cLiterals(bytes: Uint8Array): string[] {
  return literalLines(bytes).map((line) => `"${line}"`);
}

/** A line ends after a line feed of the payload, or when it is long enough. */
function literalLines(payload: Uint8Array): string[] {
  const lines: string[] = [];
  let line = '';
  let lineCharacters = 0;
  let isAfterHexEscape = false;
  for (const [i, byte] of payload.entries()) {
    const character = characterFor(byte, payload[i - 1]);
    // Ends the literal and begins another: the compiler joins them when escapes are read.
    const parts = isAfterHexEscape && HEX_DIGIT.test(character) ? `" "${character}` : character;
    if (
      lineCharacters > 0 &&
      (lineCharacters + parts.length > MAX_LINE_CHARACTERS || payload[i - 1] === LINE_FEED)
    ) {
      lines.push(line);
      line = character;
      lineCharacters = character.length;
    } else {
      line += parts;
      lineCharacters += parts.length;
    }
    isAfterHexEscape = character.startsWith('\\x');
  }
  lines.push(line);
  return lines;
}

function characterFor(byte: number, previous: number | undefined): string {
  const named = ESCAPES.get(byte);
  if (named !== undefined) return named;
  if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`;
  if (byte === QUESTION_MARK && previous === QUESTION_MARK) return '\\?';
  return String.fromCharCode(byte);
}
