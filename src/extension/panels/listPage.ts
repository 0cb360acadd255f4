/**
 * A view in VS Code's panel area whose page lists what a filter lets through: the page, the filter in force, and the view
 * of the engine that is followed for it.
 *
 * Holds no row: the page asks for those in sight, and they pass through. A hidden view has no page; then nothing of the
 * engine is followed for it. What else is said to the page and by it is its owner's.
 */
import { commands, type Uri, type WebviewView, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { ConnectionId } from '../../contracts/connections.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { ViewFollower } from './viewFollower.ts';
import { fillWebview, type WebviewPageOptions } from './webviewPage.ts';

const MAX_SUGGESTIONS = 50;

interface RowsRequest {
  viewId: number;
  from: number;
  count: number;
}

interface FollowedView {
  viewId: number;
  generation: number;
}

/** What every such page is sent. */
type ListPageMessage<Filter, View, Row> =
  | { kind: 'filter'; filter: Filter; revision: number }
  | { kind: 'view'; view: View }
  | { kind: 'viewLost' }
  | { kind: 'rows'; viewId: number; generation: number; asked: number; rows: Rows<Row> }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  | { kind: 'clients'; text: string; clientIds: readonly string[] };

interface Rows<Row> {
  from: number;
  rows: readonly Row[];
}

export interface ListPageOptions<Filter, Query, View extends FollowedView, Row, FromPage> {
  viewId: string;
  bundle: WebviewPageOptions['bundle'];
  extensionUri: Uri;
  engine: EngineClient;
  inBackground: InBackground;
  /** Disposed of with this. */
  follower: ViewFollower<Query, View>;
  /** The filter to begin with. */
  filter: Filter;
  queryOf(filter: Filter): Query;
  rowsOf(request: RowsRequest): Promise<Rows<Row> | undefined>;
  receive(message: FromPage): Promise<void>;
}

export class ListPage<Filter, Query, View extends FollowedView, Row, FromPage, ToPage> implements Disposable {
  readonly #options: ListPageOptions<Filter, Query, View, Row, FromPage>;
  readonly #store = new DisposableStore();
  #webviewView: WebviewView | undefined;
  #filter: Filter;
  /** How many filters a command has set. */
  #revision = 0;

  constructor(options: ListPageOptions<Filter, Query, View, Row, FromPage>) {
    const { follower, viewId } = options;
    this.#options = options;
    this.#filter = options.filter;
    this.#store.add(follower);
    follower.onDidChange((view) => this.post({ kind: 'view', view }));
    follower.onDidLose(() => this.post({ kind: 'viewLost' }));
    this.#store.add(
      window.registerWebviewViewProvider(viewId, {
        resolveWebviewView: (webviewView) => this.#resolve(webviewView),
      }),
    );
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** What is shown, as the engine is asked for it. */
  get query(): Query {
    return this.#options.queryOf(this.#filter);
  }

  /** Shows the view with this filter. */
  async open(filter: Filter): Promise<void> {
    this.#filter = filter;
    this.#revision++;
    this.sendFilter();
    if (this.#webviewView?.visible) this.#options.inBackground(this.follow());
    await this.show();
  }

  /** As it is. The focus stays where it is, in the tree say: arrow keys go on from row to row. */
  async show(): Promise<void> {
    await commands.executeCommand(`${this.#options.viewId}.focus`, { preserveFocus: true });
  }

  /** The engine's view of what is shown. */
  follow(): Promise<void> {
    return this.#options.follower.open(this.query);
  }

  sendFilter(): void {
    this.post({ kind: 'filter', filter: this.#filter, revision: this.#revision });
  }

  /** The fields have another filter. One that was typed before a command set its own is left. */
  async typed({ filter, revision }: { filter: Filter; revision: number }): Promise<void> {
    if (revision !== this.#revision) return;
    const before = JSON.stringify(this.query);
    this.#filter = filter;
    // What is not asked of the engine is the page's own matter, as a text that is only marked.
    if (JSON.stringify(this.query) !== before) await this.follow();
  }

  async sendRows(request: RowsRequest): Promise<void> {
    const { viewId, from } = request;
    const generation = this.#options.follower.view?.generation ?? 0;
    let rows: Rows<Row> = { from, rows: [] };
    try {
      rows = (await this.#options.rowsOf(request)) ?? rows;
    } finally {
      // Also when the engine fails: the page asks for no other rows before these have come.
      this.post({ kind: 'rows', viewId, generation, asked: from, rows });
    }
  }

  /** For completion. @param connection of the local broker unless told. */
  async sendTopics(text: string, connection?: ConnectionId): Promise<void> {
    const topics = await this.#options.engine.callIfRunning('findTopics', {
      text,
      limit: MAX_SUGGESTIONS,
      ...(connection !== undefined && { connection }),
    });
    this.post({ kind: 'topics', text, topics: topics ?? [] });
  }

  /** For completion: clients of the local broker. */
  async sendClients(text: string): Promise<void> {
    const params = { text, limit: MAX_SUGGESTIONS };
    const page = await this.#options.engine.callIfRunning('listClients', params);
    const clientIds = (page?.clients ?? []).map(({ clientId }) => clientId);
    this.post({ kind: 'clients', text, clientIds });
  }

  /** To nobody while the view is hidden: its page says that it is ready when it shows again. */
  post(message: ToPage | ListPageMessage<Filter, View, Row>): void {
    if (this.#webviewView?.visible) void this.#webviewView.webview.postMessage(message);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #resolve(webviewView: WebviewView): void {
    const { extensionUri, bundle, follower, inBackground, receive } = this.#options;
    this.#webviewView = webviewView;
    const { webview } = webviewView;
    webview.onDidReceiveMessage((message: FromPage) => inBackground(receive(message)));
    webviewView.onDidChangeVisibility(() => {
      if (!webviewView.visible) follower.close();
    });
    webviewView.onDidDispose(() => {
      this.#webviewView = undefined;
      follower.close();
    });
    fillWebview(webview, { extensionUri, title: webviewView.title ?? '', bundle });
  }
}
