/**
 * Text in the languages of the targets: literals that hold any text, comments, and lines.
 *
 * What a person typed or a device is called is data: it stands in literals alone, and never in a comment. Literals are of
 * ASCII, so that no editor, no compiler's character set and no direction of writing changes what they say.
 */
import { cLiterals } from '../payload/copyAs/cString.ts';

const COMMENT_COLUMNS = 100;

/** Lines, without those that are not there, and a line feed at the end. */
export function sourceOf(...lines: readonly (string | readonly string[] | undefined | false)[]): string {
  return `${lines
    .filter((line) => line !== undefined && line !== false)
    .flat()
    .join('\n')}\n`;
}

/** A paragraph as lines of a comment, wrapped; `prefix` begins each. */
export function commentLines(prefix: string, text: string): string[] {
  const lines: string[] = [];
  let line = prefix;
  for (const word of text.split(' ')) {
    if (line.length > prefix.length && line.length + 1 + word.length > COMMENT_COLUMNS) {
      lines.push(line);
      line = prefix;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A block comment of C of one or more paragraphs. */
export function blockComment(...paragraphs: readonly string[]): string[] {
  const [first = '', ...others] = paragraphs;
  if (others.length === 0 && first.length + '/*  */'.length <= COMMENT_COLUMNS) return [`/* ${first} */`];
  const lines = paragraphs.flatMap((text, i) => [...(i > 0 ? [' *'] : []), ...commentLines(' *', text)]);
  return ['/*', ...lines, ' */'];
}

/** C and C++: a literal, or several that the compiler joins, in one line. */
export function cText(text: string): string {
  return cLiterals(new TextEncoder().encode(text)).join(' ');
}

/** C and C++: as `cText`, a line of the text a line, indented. */
export function cTextLines(text: string, indent: string): string[] {
  return cLiterals(new TextEncoder().encode(text)).map((literal) => `${indent}${literal}`);
}

/** Python and MicroPython. */
export function pythonText(text: string): string {
  return quoted(text, (codePoint) =>
    codePoint > 0xffff
      ? `\\U${codePoint.toString(16).padStart(8, '0')}`
      : `\\u${codePoint.toString(16).padStart(4, '0')}`,
  );
}

export function rustText(text: string): string {
  return quoted(text, (codePoint) => `\\u{${codePoint.toString(16)}}`);
}

function quoted(text: string, escapeOf: (codePoint: number) => string): string {
  const signs = Array.from(text, (sign) => {
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    return /^[\x20-\x7e]$/.test(sign) ? sign : escapeOf(sign.codePointAt(0) ?? 0);
  });
  return `"${signs.join('')}"`;
}
