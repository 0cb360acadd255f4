/**
 * Words in the person's language, from the bundle that the extension puts in the page. English where it has none.
 *
 * `t('…')` takes literals only, so that a script can collect them.
 */
import type { L10nBundle } from '../../contracts/webview.ts';
import { formatCount, formatDateAndTime } from './format.ts';

let bundle: L10nBundle | undefined;

/** `t('{0} of {1}', 'a', 'b')`: the English text is the key. */
export function t(english: string, ...values: readonly string[]): string {
  bundle ??= readBundle();
  const text = bundle[english] ?? english;
  return text.replace(/\{(\d+)\}/g, (placeholder, index: string) => values[Number(index)] ?? placeholder);
}

/** A count with the separators of the display language. */
export function count(value: number): string {
  return formatCount(value, displayLanguage());
}

/** A time with its day, in the order of the display language. */
export function dateAndTime(atMs: number): string {
  return formatDateAndTime(atMs, displayLanguage());
}

/** BCP 47; undefined where the page doesn't say. */
export function displayLanguage(): string | undefined {
  return document.documentElement.lang || undefined;
}

function readBundle(): L10nBundle {
  const text = document.getElementById('l10n')?.textContent;
  // Made by the extension from its own bundle file.
  return text ? (JSON.parse(text) as L10nBundle) : {};
}
