/**
 * Text and bytes as words of a POSIX shell. Pure.
 *
 * What is pasted at a prompt is typed, as far as the terminal knows: a tab completes, a control character edits the line or
 * ends it. So quotes are for what can be seen, and everything else goes through `printf`, in octal: `\x41` is not in POSIX,
 * and Debian's sh has no such escape. Line feeds are what a shell takes inside of quotes.
 */

const PLAIN_WORD = /^[\w./:,@%+-]+$/;
/** All but the line feed. */
const CONTROL = /(?!\n)\p{Cc}/u;
const PRINTABLE_BYTES = /^[\x20-\x7e]$/;

/** True for text that can stand between quotes at a prompt. */
export function canBeQuoted(text: string): boolean {
  return !CONTROL.test(text);
}

/** One word that is this text. It must not hold U+0000, which no argument of a program can. */
export function shellWord(text: string): string {
  if (canBeQuoted(text)) return PLAIN_WORD.test(text) ? text : quoted(text);
  return bytesWord(new TextEncoder().encode(text));
}

/** One word that is these bytes, of which none may be 0. */
export function bytesWord(bytes: Uint8Array): string {
  // A command substitution loses the line feeds at its end.
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0x0a) end--;
  const lineFeeds = bytes.length - end;
  return `"$(${printfOf(bytes.subarray(0, end))})"${lineFeeds === 0 ? '' : quoted('\n'.repeat(lineFeeds))}`;
}

/** A command that prints these bytes, 0 among them, and no more. */
export function printfOf(bytes: Uint8Array): string {
  const format = Array.from(bytes, (byte, i) => printfCharacter(byte, i === 0)).join('');
  return `printf ${quoted(format)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function printfCharacter(byte: number, isFirst: boolean): string {
  const character = String.fromCharCode(byte);
  if (character === '%') return '%%';
  // A hyphen in front would be an option; bash looks for `!` of its history in a substitution's quotes too.
  const isSpecial = character === '\\' || character === '!' || (isFirst && character === '-');
  const isPlain = PRINTABLE_BYTES.test(character) && !isSpecial;
  return isPlain ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}
