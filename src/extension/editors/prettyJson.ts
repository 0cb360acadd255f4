/**
 * JSON laid out for reading: white space between its tokens changes, and nothing else. Pure.
 *
 * Never through values: a 64-bit number keeps its digits, `1.0` its zero, and a key that is there twice stays twice. What is
 * not JSON comes out with the same characters too. One pass, no recursion.
 */

/** Of more, laying it out would stall the extension host. */
export const MAX_LAID_OUT_BYTES = 2_000_000;

const INDENT = '  ';
/** Deeper levels stay at this one: a million brackets would else be a terabyte of spaces. */
const MAX_INDENTED_LEVELS = 64;

const PUNCTUATION = '[]{},:';
const WHITE_SPACE = ' \t\n\r';
const ENDS_RUN = `"${PUNCTUATION}${WHITE_SPACE}`;

export function prettyJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  const newLine = (): void => {
    parts.push('\n', INDENT.repeat(Math.min(Math.max(depth, 0), MAX_INDENTED_LEVELS)));
  };
  for (const token of tokensOf(text)) {
    const isClosing = token === '}' || token === ']';
    const isAfterOpening = previous === '{' || previous === '[';
    if (isClosing) depth--;
    if (isClosing ? !isAfterOpening : isAfterOpening || previous === ',') newLine();
    // Two values with nothing between are no JSON, and stay apart.
    else if (previous === ':' || (isValue(token) && isValue(previous))) parts.push(' ');
    parts.push(token);
    if (token === '{' || token === '[') depth++;
    previous = token;
  }
  return `${parts.join('')}\n`;
}

function isValue(token: string): boolean {
  return token !== '' && !PUNCTUATION.includes(token);
}

/** A string with its quotes, also one that does not end; a bracket, comma or colon; a run of anything else but white space. */
function* tokensOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (WHITE_SPACE.includes(character)) {
      at++;
      continue;
    }
    const start = at;
    if (character === '"') at = stringEnd(text, at);
    else if (PUNCTUATION.includes(character)) at++;
    else at = runEnd(text, at);
    yield text.slice(start, at);
  }
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function runEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !ENDS_RUN.includes(text.charAt(at))) at++;
  return at;
}
