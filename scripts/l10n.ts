/**
 * Writes l10n/bundle.l10n.json: every string of the extension and its webviews that a person sees.
 *
 *     node scripts/l10n.ts [--check]
 *
 * Reads the calls `l10n.t('…')` and `t('…')`. Their first argument must be a literal, else nothing can collect it.
 * With `--check` nothing is written; it ends with 1 when the bundle is out of date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const rooms = ['src/extension', 'src/webview'];
export const bundlePath = join(root, 'l10n/bundle.l10n.json');

const call = /(?<!function )\bt\(\s*/g;
const literal = /(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.)*)`)(?=\s*[,)])/y;
const comment = /^\s*(?:\*|\/\*|\/\/)/;

/** The strings of one source, in the order in which they stand. Throws for one that can't be collected. */
export function stringsOf(source: string, file: string): string[] {
  const code = source
    .split('\n')
    .map((line) => (comment.test(line) ? '' : line))
    .join('\n');
  return [...code.matchAll(call)].map((match) => {
    literal.lastIndex = match.index + match[0].length;
    const found = literal.exec(code);
    if (!found) {
      const line = code.slice(0, match.index).split('\n').length;
      throw new Error(`${file}:${line}: the first argument of t(…) is not one literal`);
    }
    return unescapeLiteral(found[1] ?? found[2] ?? found[3] ?? '');
  });
}

/** The bundle as it should be: English to English, sorted, as translators expect it. */
export function collectBundle(): string {
  const strings = new Set<string>();
  for (const room of rooms) {
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const file = join(room, name);
      for (const text of stringsOf(readFileSync(join(root, file), 'utf8'), file)) strings.add(text);
    }
  }
  const sorted = [...strings].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), undefined, 2)}\n`;
}

function unescapeLiteral(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return text.replace(/\\(?:u\{?([0-9a-fA-F]{4,6})\}?|(.))/g, (_all, code?: string, letter?: string) =>
    code === undefined
      ? (letters[letter ?? ''] ?? letter ?? '')
      : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

if (import.meta.main) {
  const bundle = collectBundle();
  if (!process.argv.includes('--check')) {
    writeFileSync(bundlePath, bundle);
  } else if (readFileSync(bundlePath, 'utf8') !== bundle) {
    console.error('l10n/bundle.l10n.json is out of date: run node scripts/l10n.ts');
    process.exitCode = 1;
  }
}
