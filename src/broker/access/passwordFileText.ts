/**
 * The text of a users file, changed for one user: every other line, comments and line ends too, stays as it is.
 *
 * Knows of a line only whose it is; what may stand in it is passwordFile.ts's.
 */

/** Sets a user's lines, one for each hash, where the first of them was or at the end. */
export function withUser(text: string, username: string, hashes: readonly string[]): string {
  const lines = linesOf(text);
  const lineEnd = lines.find((line) => line.endsWith('\n'))?.endsWith('\r\n') ? '\r\n' : '\n';
  const own = hashes.map((hash) => `${username}:${hash}${lineEnd}`);
  const at = lines.findIndex((line) => userOf(line) === username);
  const others = lines.filter((line) => userOf(line) !== username);
  const last = others.at(-1);
  // A last line without an end must not run into the new one.
  if (last !== undefined && !last.endsWith('\n')) others[others.length - 1] = last + lineEnd;
  others.splice(at === -1 ? others.length : at, 0, ...own);
  return others.join('');
}

export function withoutUser(text: string, username: string): string {
  return linesOf(text)
    .filter((line) => userOf(line) !== username)
    .join('');
}

/** What stands behind the colon in each of a user's lines. */
export function hashesOf(text: string, username: string): string[] {
  return linesOf(text)
    .filter((line) => userOf(line) === username)
    .map((line) => line.slice(line.indexOf(':') + 1).trim());
}

/** With their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Undefined for comments and empty lines. */
function userOf(line: string): string | undefined {
  const content = line.replace(/^\ufeff/, '');
  const colon = content.indexOf(':');
  return content.startsWith('#') || colon === -1 ? undefined : content.slice(0, colon).trim();
}
