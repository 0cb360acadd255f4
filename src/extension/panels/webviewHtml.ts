/**
 * The page of a webview: the same bare frame for each, with a policy that allows its own script and style, and pictures
 * that the script makes of bytes.
 *
 * Pure: addresses and nonce are handed in. Everything that is shown is made by the script, from messages. The title
 * alone may hold what a device named, and is escaped.
 */
import type { L10nBundle } from '../../contracts/webview.ts';

export interface WebviewPage {
  /** BCP 47, as VS Code's `env.language`. */
  language: string;
  title: string;
  scriptUri: string;
  styleUri: string;
  /** `webview.cspSource` */
  cspSource: string;
  /** Fresh for each page. */
  nonce: string;
  l10n: L10nBundle;
}

export function webviewHtml(page: WebviewPage): string {
  const { nonce, cspSource } = page;
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}; img-src blob:;`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">
</head>
<body>
<div id="root"></div>
<script type="application/json" id="l10n" nonce="${nonce}">${escapeJson(page.l10n)}</script>
<script nonce="${nonce}" src="${escapeHtml(page.scriptUri)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A script element ends at the first `</script`, JSON or not. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
