/** A page of this extension in a webview, wherever VS Code shows it: its folders, its script, its policy. */
import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, type Webview } from 'vscode';
import { webviewHtml } from './webviewHtml.ts';

export interface WebviewPageOptions {
  extensionUri: Uri;
  title: string;
  /** Of dist/webview/NAME.js and media/NAME.css. */
  bundle: 'messages' | 'packets' | 'inspector' | 'plot' | 'publish' | 'connection';
}

const NONCE_BYTES = 16;

/** The script runs, and says `ready`, whenever the webview is shown after it was hidden. */
export function fillWebview(webview: Webview, { extensionUri, title, bundle }: WebviewPageOptions): void {
  const scripts = Uri.joinPath(extensionUri, 'dist', 'webview');
  const media = Uri.joinPath(extensionUri, 'media');
  webview.options = { enableScripts: true, localResourceRoots: [scripts, media] };
  webview.html = webviewHtml({
    language: env.language,
    title,
    scriptUri: webview.asWebviewUri(Uri.joinPath(scripts, `${bundle}.js`)).toString(),
    styleUri: webview.asWebviewUri(Uri.joinPath(media, `${bundle}.css`)).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    l10n: l10n.bundle ?? {},
  });
}
