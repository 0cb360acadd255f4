/** Where in a text something is, as editors count. Pure. */

export interface TextPosition {
  /** Index in the text. */
  at: number;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
}

/** @param at 0 to the text's length. */
export function textPosition(text: string, at: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', lineStart)) {
    line++;
    lineStart = i + 1;
  }
  return { at, line, column: at - lineStart + 1 };
}

/** The character at an index, both halves of a pair; empty at the end of the text. */
export function characterAt(text: string, at: number): string {
  const codePoint = text.codePointAt(at);
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
}
