/**
 * A decoded payload (base/utf8.ts) as a view shows it: what is no UTF-8, and what would be invisible, becomes a marker.
 * Pure.
 */
export { type DecodedText, decodeUtf8 } from '../../base/utf8.ts';

/** A stretch of a decoded text, as a view shows it. */
export type TextSegment =
  | { kind: 'text'; text: string }
  /** Shown as a marker: the bytes in hex, or a control character's name. */
  | { kind: 'invalidBytes' | 'control'; text: string };

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
