/**
 * A webview panel of this extension: its page, its folders, its messages in and out. No content of its own.
 *
 * A hidden webview loses its page and every message to it; when it is shown again its script says `ready`, and who
 * owns the panel sends what it holds. So nothing is retained, and nothing is sent while hidden.
 */
import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { webviewHtml } from './webviewHtml.ts';

export interface PanelHostOptions {
  extensionUri: Uri;
  viewType: string;
  title: string;
  /** Of dist/webview/NAME.js and media/NAME.css. */
  bundle: 'messages' | 'publish';
}

const NONCE_BYTES = 16;

export class PanelHost<FromPage, ToPage> implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #received = new Emitter<FromPage>();
  readonly #disposed = new Emitter<void>();
  readonly #store = new DisposableStore();
  #isClosed = false;

  readonly onMessage: Event<FromPage> = this.#received.event;
  /** The person closed the panel. */
  readonly onDispose: Event<void> = this.#disposed.event;

  constructor(options: PanelHostOptions) {
    const { extensionUri, bundle, title } = options;
    const scripts = Uri.joinPath(extensionUri, 'dist', 'webview');
    const media = Uri.joinPath(extensionUri, 'media');
    this.#panel = window.createWebviewPanel(options.viewType, title, ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [scripts, media],
    });
    this.#panel.iconPath = {
      light: Uri.joinPath(media, 'panel-light.svg'),
      dark: Uri.joinPath(media, 'panel-dark.svg'),
    };
    const { webview } = this.#panel;
    this.#store.add(webview.onDidReceiveMessage((message: FromPage) => this.#received.fire(message)));
    this.#store.add(this.#panel.onDidDispose(() => this.#end()));
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

  reveal(): void {
    this.#panel.reveal();
  }

  post(message: ToPage): void {
    // Undelivered means hidden or closed: `ready` comes again, or never. A closed panel throws when it is asked.
    if (!this.#isClosed && this.#panel.visible) void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #end(): void {
    this.#isClosed = true;
    this.#disposed.fire();
    this.#store.dispose();
  }
}
