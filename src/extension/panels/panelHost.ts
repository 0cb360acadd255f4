/**
 * A webview panel of this extension: its page, its folders, its messages in and out. No content of its own.
 *
 * A hidden webview loses its page and every message to it; when it is shown again its script says `ready`, and who
 * owns the panel sends what it holds. So nothing is retained, and nothing is sent while hidden.
 */
import { Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { fillWebview, type WebviewPageOptions } from './webviewPage.ts';

export interface PanelHostOptions extends WebviewPageOptions {
  viewType: string;
  /** Beside the editor that is in use, which keeps the focus; in its place otherwise. */
  isBeside?: boolean;
}

export class PanelHost<FromPage, ToPage> implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #received = new Emitter<FromPage>();
  readonly #disposed = new Emitter<void>();
  readonly #hidden = new Emitter<void>();
  readonly #store = new DisposableStore();
  readonly #changedViewState = new Emitter<void>();
  #isClosed = false;

  readonly onMessage: Event<FromPage> = this.#received.event;
  /** The page is gone until the panel shows again: then it says that it is ready. */
  readonly onHide: Event<void> = this.#hidden.event;
  /** The person closed the panel. */
  readonly onDispose: Event<void> = this.#disposed.event;

  /** The panel came into sight or went out of it, or became the active one or ceased to be. */
  readonly onDidChangeViewState: Event<void> = this.#changedViewState.event;

  constructor(options: PanelHostOptions) {
    const { extensionUri, title, isBeside } = options;
    const place = isBeside ? { viewColumn: ViewColumn.Beside, preserveFocus: true } : ViewColumn.Active;
    this.#panel = window.createWebviewPanel(options.viewType, title, place);
    const media = Uri.joinPath(extensionUri, 'media');
    this.#panel.iconPath = {
      light: Uri.joinPath(media, 'panel-light.svg'),
      dark: Uri.joinPath(media, 'panel-dark.svg'),
    };
    this.#store.add(this.#panel.onDidChangeViewState(() => this.#changedViewState.fire()));
    const { webview } = this.#panel;
    this.#store.add(webview.onDidReceiveMessage((message: FromPage) => this.#received.fire(message)));
    this.#store.add(
      this.#panel.onDidChangeViewState(({ webviewPanel }) => {
        if (!webviewPanel.visible) this.#hidden.fire();
      }),
    );
    this.#store.add(this.#panel.onDidDispose(() => this.#end()));
    fillWebview(webview, options);
  }

  /** What the tab says. */
  set title(title: string) {
    if (!this.#isClosed) this.#panel.title = title;
  }

  get isVisible(): boolean {
    return !this.#isClosed && this.#panel.visible;
  }

  get isActive(): boolean {
    return !this.#isClosed && this.#panel.active;
  }

  /** @param preserveFocus what has the focus keeps it. */
  reveal(preserveFocus = false): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  post(message: ToPage): void {
    // Undelivered means hidden or closed: `ready` comes again, or never. A closed panel throws when it is asked.
    if (this.isVisible) void this.#panel.webview.postMessage(message);
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
