/**
 * JSON text laid out in rows, one for each line of a pretty print, without ever making values of it.
 *
 * Owns what a row holds and what is wrong with a text that is not JSON. A row is a range of the text itself: numbers,
 * strings and their escapes appear as they came, so that a 64-bit integer keeps every digit and 1.0 stays 1.0.
 * One pass, no recursion, twelve bytes a row: ten megabytes or a million nested brackets are only slower. Tokens of a
 * row are made when it is shown. Knows nothing of screens; words for problems are in jsonWords.ts.
 */

import { characterAt, type TextPosition, textPosition } from '../../base/textPosition.ts';
import { IntList } from './intList.ts';

export type JsonProblemKind =
  | 'unexpectedEnd'
  | 'unexpected'
  | 'textAfterEnd'
  | 'trailingComma'
  | 'unterminatedString'
  | 'controlCharacter'
  | 'badEscape'
  | 'badNumber';

/** Its position is the text's length at an unexpected end. */
export interface JsonProblem extends TextPosition {
  kind: JsonProblemKind;
  /** The character or word at fault; empty at an unexpected end. */
  found: string;
}

export interface JsonLayout {
  text: string;
  rowCount: number;
  rowStart(row: number): number;
  rowEnd(row: number): number;
  /** Nesting of the row, 0 for the outermost. */
  rowDepth(row: number): number;
  /** Undefined when the text is JSON. Rows before the problem are laid out all the same. */
  problem?: JsonProblem;
}

export interface JsonToken {
  kind: 'key' | 'string' | 'number' | 'literal' | 'punctuation';
  text: string;
}

/** An array of plain values stays in one row when it is no longer than this, characters. */
const maxFlatArrayLength = 72;

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literalPattern = /true|false|null/y;
const wordPattern = /[\p{L}\p{N}_$]{1,20}/uy;
/** A number that more characters could complete. */
const unfinishedNumberPattern = /^-?(?:0|[1-9]\d*)?(?:\.\d*)?(?:[eE][+-]?)?$/;
const unfinishedEscapePattern = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

export function layOutJson(text: string): JsonLayout {
  const scanner = new Scanner(text);
  const problem = scanner.run();
  const { starts, ends, depths } = scanner;
  return {
    text,
    rowCount: starts.length,
    rowStart: (row) => starts.at(row),
    rowEnd: (row) => ends.at(row),
    rowDepth: (row) => depths.at(row),
    ...(problem && { problem }),
  };
}

/** What comes next, after any white space. */
type Expecting = 'value' | 'valueOrClose' | 'key' | 'keyOrClose' | 'colon' | 'commaOrClose' | 'end';

class Scanner {
  readonly starts = new IntList();
  readonly ends = new IntList();
  readonly depths = new IntList();
  readonly #text: string;
  /** For each open container: the row of its bracket, doubled, plus 1 for an object. */
  readonly #open = new IntList();
  #at = 0;
  #expecting: Expecting = 'value';
  /** The next token starts a row. */
  #newRow = true;
  /** Where the innermost array began, and what its values take, while it holds nothing but plain values. */
  #flatArrayStart = -1;
  #flatLength = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonProblem | undefined {
    for (;;) {
      this.#skipWhiteSpace();
      if (this.#at === this.#text.length) {
        return this.#expecting === 'end' ? undefined : this.#problem('unexpectedEnd', this.#at);
      }
      const problem = this.#step();
      if (problem !== undefined) return problem;
    }
  }

  #step(): JsonProblem | undefined {
    const character = this.#text[this.#at];
    switch (this.#expecting) {
      case 'end':
        return this.#problem('textAfterEnd', this.#at);
      case 'colon':
        if (character !== ':') return this.#unexpected();
        this.#take(this.#at + 1);
        this.#expecting = 'value';
        return undefined;
      case 'commaOrClose':
        if (character === ',') return this.#comma();
        return this.#isClosing(character) ? this.#close() : this.#unexpected();
      case 'key':
      case 'keyOrClose':
        if (character === '"') return this.#string('colon');
        if (!this.#isClosing(character)) return this.#unexpected();
        return this.#expecting === 'key' ? this.#problem('trailingComma', this.#at) : this.#close();
      case 'value':
      case 'valueOrClose':
        if (!this.#isClosing(character)) return this.#value();
        if (this.#expecting === 'valueOrClose') return this.#close();
        return this.#problemOfMissingValue();
    }
  }

  #value(): JsonProblem | undefined {
    const character = this.#text[this.#at];
    if (character === '{' || character === '[') return this.#openContainer(character === '{');
    if (character === '"') return this.#string(this.#afterValue());
    const end = matchEnd(literalPattern, this.#text, this.#at);
    // `nullable` is a word of its own.
    if (end !== -1 && matchEnd(wordPattern, this.#text, end) === -1) return this.#plainValue(end);
    const rest = this.#rest(5);
    if (rest !== '' && ['true', 'false', 'null'].some((word) => word.startsWith(rest)))
      return this.#endInToken();
    if (character === '-' || isDigit(character)) return this.#number();
    return this.#unexpected();
  }

  #number(): JsonProblem | undefined {
    const end = matchEnd(numberPattern, this.#text, this.#at);
    const next = this.#text[end];
    if (end === -1 || isDigit(next) || next === '.' || next === 'e' || next === 'E' || next === '+') {
      if (unfinishedNumberPattern.test(this.#rest(400))) return this.#endInToken();
      return this.#problem('badNumber', this.#at);
    }
    return this.#plainValue(end);
  }

  #plainValue(end: number): undefined {
    this.#take(end);
    this.#expecting = this.#afterValue();
  }

  #string(next: Expecting): JsonProblem | undefined {
    const text = this.#text;
    let i = this.#at + 1;
    for (; ; i++) {
      const unit = text.charCodeAt(i); // NaN at the end
      if (unit === 0x22) break;
      if (unit === 0x5c) {
        const end = matchEnd(escapePattern, text, i);
        if (end === -1) {
          const isCut = text.length - i < 6 && unfinishedEscapePattern.test(text.slice(i));
          return isCut ? this.#endInToken() : this.#problem('badEscape', i);
        }
        i = end - 1;
      } else if (unit < 0x20) {
        const isLineEnd = unit === 0x0a || unit === 0x0d;
        return this.#problem(isLineEnd ? 'unterminatedString' : 'controlCharacter', isLineEnd ? this.#at : i);
      } else if (Number.isNaN(unit)) return this.#endInToken();
    }
    this.#take(i + 1);
    this.#expecting = next;
    return undefined;
  }

  /** What is left of the text; empty when that is `limit` characters or more. */
  #rest(limit: number): string {
    return this.#text.length - this.#at < limit ? this.#text.slice(this.#at) : '';
  }

  /** The text ends inside a token, as when it was cut: the row shows what there is of it. */
  #endInToken(): JsonProblem {
    this.#take(this.#text.length);
    return this.#problem('unexpectedEnd', this.#text.length);
  }

  #openContainer(isObject: boolean): undefined {
    const start = this.#at;
    this.#take(start + 1);
    this.#open.push((this.starts.length - 1) * 2 + (isObject ? 1 : 0));
    this.#expecting = isObject ? 'keyOrClose' : 'valueOrClose';
    this.#newRow = true;
    this.#flatArrayStart = isObject ? -1 : start;
    this.#flatLength = 0;
  }

  #close(): undefined {
    const isEmpty = this.#expecting === 'keyOrClose' || this.#expecting === 'valueOrClose';
    const openRow = this.#open.at(this.#open.length - 1) >> 1;
    this.#open.truncate(this.#open.length - 1);
    if (isEmpty) this.#newRow = false;
    else if (this.#flatArrayStart !== -1 && this.#flatLength <= maxFlatArrayLength) {
      for (const rows of [this.starts, this.ends, this.depths]) rows.truncate(openRow + 1);
      this.#newRow = false;
    } else this.#newRow = true;
    this.#take(this.#at + 1);
    // What is around it now holds a container, or is none.
    this.#flatArrayStart = -1;
    this.#expecting = this.#afterValue();
  }

  #comma(): undefined {
    this.#take(this.#at + 1);
    this.#newRow = true;
    this.#expecting = this.#isInObject() ? 'key' : 'value';
  }

  /** Moves to `end`; what was passed belongs to the row. */
  #take(end: number): void {
    if (this.#newRow) {
      this.starts.push(this.#at);
      this.ends.push(end);
      this.depths.push(this.#open.length);
      this.#newRow = false;
    } else this.ends.set(this.ends.length - 1, end);
    this.#flatLength += end - this.#at;
    this.#at = end;
  }

  #afterValue(): Expecting {
    return this.#open.length === 0 ? 'end' : 'commaOrClose';
  }

  #isInObject(): boolean {
    return this.#open.length > 0 && this.#open.at(this.#open.length - 1) % 2 === 1;
  }

  #isClosing(character: string | undefined): boolean {
    return this.#open.length > 0 && character === (this.#isInObject() ? '}' : ']');
  }

  #skipWhiteSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  /** A closing bracket where a value must be: after a comma, or after a colon. */
  #problemOfMissingValue(): JsonProblem {
    return this.#problem(this.#isInObject() ? 'unexpected' : 'trailingComma', this.#at);
  }

  #unexpected(): JsonProblem {
    return this.#problem('unexpected', this.#at);
  }

  #problem(kind: JsonProblemKind, at: number): JsonProblem {
    const wordEnd = matchEnd(wordPattern, this.#text, at);
    const found = wordEnd === -1 ? characterAt(this.#text, at) : this.#text.slice(at, wordEnd);
    return { kind, ...textPosition(this.#text, at), found };
  }
}

/**
 * The tokens of one row, and no white space: the view spaces them.
 * @param maxCharacters of the row's own text, from its start; a token may end there.
 */
export function jsonRowTokens(layout: JsonLayout, row: number, maxCharacters = Infinity): JsonToken[] {
  const start = layout.rowStart(row);
  const text = layout.text.slice(start, Math.min(layout.rowEnd(row), start + maxCharacters));
  const tokens: JsonToken[] = [];
  for (let i = 0; i < text.length; ) {
    const end = tokenEnd(text, i);
    const token = text.slice(i, end);
    const first = text[i];
    i = end;
    if (first === '"') tokens.push({ kind: 'string', text: token });
    else if (first === '-' || isDigit(first)) tokens.push({ kind: 'number', text: token });
    else if ('{}[]:,'.includes(token)) {
      const before = tokens.at(-1);
      if (token === ':' && before?.kind === 'string') before.kind = 'key';
      tokens.push({ kind: 'punctuation', text: token });
    } else if (token.trim() !== '') tokens.push({ kind: 'literal', text: token });
  }
  return tokens;
}

/** A loop and no pattern: a string of megabytes would exhaust a pattern's stack. */
function tokenEnd(text: string, start: number): number {
  let i = start;
  if (text[i] === '"') {
    for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    return Math.min(i + 1, text.length);
  }
  while (i < text.length && !' \n\r\t"{}[]:,'.includes(text.charAt(i))) i++;
  return Math.max(i, start + 1);
}

/** Whether a space belongs after this token, when another follows it in its row. */
export function isSpacedAfter(token: JsonToken): boolean {
  return token.text === ':' || token.text === ',';
}

/** The whole text, pretty, two spaces a level. The text must be JSON. */
export function formatJson(layout: JsonLayout): string {
  const lines: string[] = [];
  for (let row = 0; row < layout.rowCount; row++) {
    let line = '  '.repeat(layout.rowDepth(row));
    const tokens = jsonRowTokens(layout, row);
    tokens.forEach((token, i) => {
      line += token.text + (isSpacedAfter(token) && i < tokens.length - 1 ? ' ' : '');
    });
    lines.push(line);
  }
  return lines.join('\n');
}

/** Where a match of the sticky pattern at `at` ends; -1 when there is none. */
function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
