/**
 * Payload bytes as text for a row, a tooltip or an editor. Whatever a device sends is shown, never interpreted.
 *
 * Pure, and without words: sizes and bytes only. Control characters are made visible, and so are those that change
 * the direction of what follows: a payload must not be able to dress up as something else.
 */
import { hasBinaryControls } from '../../base/binaryText.ts';

export type PayloadPreview =
  | { kind: 'empty' }
  /** Safe to show on one line. `isCut`: there is more. */
  | { kind: 'text'; text: string; isCut: boolean }
  /** The first bytes in hex, `01 02 0A`. */
  | { kind: 'binary'; hex: string; isCut: boolean };

export type PayloadContent =
  | { kind: 'json'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'binary' };

/** A character of UTF-8 takes four bytes at most: three may be left of one that a cut went through. */
const MAX_CUT_BYTES = 3;
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';
/** Control and format characters, line separators. Joiners stay: emoji and several scripts are made with them. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * @param bytes the payload from its start.
 * @param payloadBytes how long the payload is in all.
 * @param maxCharacters of text; in hex, a third as many bytes.
 */
export function previewPayload(
  bytes: Uint8Array,
  payloadBytes: number,
  maxCharacters: number,
): PayloadPreview {
  if (payloadBytes === 0) return { kind: 'empty' };
  const text = decodeText(bytes, payloadBytes > bytes.length);
  if (text === undefined) {
    const shown = bytes.subarray(0, Math.max(1, Math.floor(maxCharacters / 3)));
    return { kind: 'binary', hex: toHex(shown, ' '), isCut: shown.length < payloadBytes };
  }
  const visible = makeVisible(text);
  const characters = Array.from(visible);
  const isCut = characters.length > maxCharacters || payloadBytes > bytes.length;
  return { kind: 'text', text: characters.slice(0, maxCharacters).join(''), isCut };
}

/** What a whole payload is, for an editor's language or for the clipboard. */
export function classifyPayload(payload: Uint8Array): PayloadContent {
  const text = decodeText(payload, false);
  if (text === undefined) return { kind: 'binary' };
  return { kind: isJsonDocument(text) ? 'json' : 'text', text };
}

/** Undefined for what is not UTF-8, or is binary that happens to be. `isCut`: a character may end after the bytes. */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const attempts = isCut ? MAX_CUT_BYTES : 0;
  for (let left = 0; left <= attempts; left++) {
    try {
      const text = decoder.decode(bytes.subarray(0, bytes.length - left));
      return hasBinaryControls(text) ? undefined : text;
    } catch (error) {
      // The decoder's way to say that it is not UTF-8; anything else is a bug.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return undefined;
}

/** Line feeds, escapes and the like as their pictures (`␊`), what turns or hides text as its code point. */
export function makeVisible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    if (code === 0x7f) return DELETE_PICTURE;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** Cut with an ellipsis, by code points. */
export function cutText(text: string, maxCharacters: number): string {
  // Cheap for the common case, and for a topic of 65,535 bytes no more than its start is looked at.
  if (text.length <= maxCharacters) return text;
  const characters = Array.from(text.slice(0, (maxCharacters + 1) * 2));
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

export function toHex(bytes: Uint8Array, separator = ''): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
  return separator === '' ? hex : hex.replace(/..(?!$)/g, `$&${separator}`);
}

/** Objects and arrays: a number alone is valid JSON too, and of no use as a document. */
function isJsonDocument(text: string): boolean {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return false;
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}
