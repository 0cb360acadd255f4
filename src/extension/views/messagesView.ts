/**
 * The Messages view in VS Code's panel area: what its page is sent, and what it asks for.
 *
 * Owns what is shown (the filter). Holds no message: the page asks for the rows in sight, and they pass through. A hidden
 * view has no page; then nothing of the engine is followed for it.
 */
import { basename } from 'node:path';
import { commands, type Uri, type WebviewView, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import {
  type ExtensionToMessagesView,
  everyMessage,
  type MessagesFilter,
  type MessagesViewToExtension,
  type NamedConnection,
} from '../../contracts/messagePages.ts';
import type { MessageId, MessageQuery, MessageRows } from '../../contracts/messages.ts';
import type { InBackground } from '../background.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { DecoderChoices } from '../panels/decoderChoices.ts';
import type { Inspector } from '../panels/inspector.ts';
import type { MessageRequests } from '../panels/messageRequests.ts';
import { followMessages, type MessagesFollower } from '../panels/viewFollower.ts';
import { fillWebview } from '../panels/webviewPage.ts';
import type { Recordings } from '../recording/recordings.ts';

export interface MessagesViewOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  recordings: Recordings;
  connections: Connections;
  requests: MessageRequests;
  decoderChoices: DecoderChoices;
  inspector: Inspector;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

const MAX_SUGGESTIONS = 50;

export class MessagesViewHost implements Disposable {
  readonly #options: MessagesViewOptions;
  readonly #store = new DisposableStore();
  readonly #follower: MessagesFollower;
  #webviewView: WebviewView | undefined;
  #filter: MessagesFilter = everyMessage;
  /** How many filters a command has set. */
  #filterRevision = 0;
  #selectedId: MessageId | undefined;
  #sentSources = '';

  constructor(options: MessagesViewOptions) {
    const { engine, broker, recordings, connections, decoderChoices, inBackground } = options;
    this.#options = options;
    this.#follower = this.#store.add(followMessages(engine, inBackground));
    this.#follower.onDidChange((view) => this.#post({ kind: 'view', view }));
    this.#follower.onDidLose(() => this.#post({ kind: 'viewLost' }));
    this.#store.add(
      engine.onDied(() => {
        // Its id is another message's with the next engine.
        this.#selectedId = undefined;
      }),
    );
    this.#store.add(broker.onDidChangeState(() => this.#sendBrokerState()));
    this.#store.add(broker.onDidChangeSubscriptions(() => this.#sendSources()));
    this.#store.add(recordings.onDidChangeOpen(() => this.#sendSources()));
    this.#store.add(connections.onDidChange(() => this.#sendOtherSources()));
    this.#store.add(decoderChoices.onDidChange(() => this.#post({ kind: 'decodersChanged' })));
    this.#store.add(
      window.registerWebviewViewProvider(viewIds.messages, {
        resolveWebviewView: (webviewView) => this.#resolve(webviewView),
      }),
    );
  }

  /** What the Inspector's Compare with Selected takes. */
  get selectedId(): MessageId | undefined {
    return this.#selectedId;
  }

  /** What is shown, as the engine is asked for it. */
  get query(): MessageQuery {
    return queryOf(this.#filter);
  }

  /** Shows the view with this filter; what is not given stands for all. */
  async open(filter: Partial<MessagesFilter>): Promise<void> {
    this.#filter = { ...everyMessage, textMode: this.#filter.textMode, ...filter };
    this.#filterRevision++;
    this.#sendFilter();
    if (this.#webviewView?.visible) this.#options.inBackground(this.#openView());
    await this.show();
  }

  /** As it is. */
  async show(): Promise<void> {
    // The focus stays where it is, in the tree say: arrow keys go on from topic to topic.
    await commands.executeCommand(`${viewIds.messages}.focus`, { preserveFocus: true });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #resolve(webviewView: WebviewView): void {
    this.#webviewView = webviewView;
    const { webview } = webviewView;
    webview.onDidReceiveMessage((message: MessagesViewToExtension) =>
      this.#options.inBackground(this.#receive(message)),
    );
    webviewView.onDidChangeVisibility(() => {
      // Its page says that it is ready when it shows again.
      if (!webviewView.visible) this.#follower.close();
    });
    webviewView.onDidDispose(() => {
      this.#webviewView = undefined;
      this.#follower.close();
    });
    const { extensionUri } = this.#options;
    fillWebview(webview, { extensionUri, title: webviewView.title ?? '', bundle: 'messages' });
  }

  #sendFilter(): void {
    this.#post({ kind: 'filter', filter: this.#filter, revision: this.#filterRevision });
  }

  async #receive(message: MessagesViewToExtension): Promise<void> {
    const { engine, inspector, requests } = this.#options;
    switch (message.kind) {
      case 'ready':
        // Before the filter: whether its source is there is known when it is shown.
        this.#sendSources();
        this.#sendBrokerState();
        this.#sendFilter();
        return this.#openView();
      case 'filterChanged': {
        // Typed before a command set another one.
        if (message.revision !== this.#filterRevision) return;
        const before = queryOf(this.#filter);
        this.#filter = message.filter;
        // A text that is only marked is the page's own matter.
        if (JSON.stringify(before) !== JSON.stringify(queryOf(message.filter))) await this.#openView();
        return;
      }
      case 'requestRows':
        return this.#sendRows(message);
      case 'findPlace': {
        const { request, viewId, at } = message;
        const place = await engine.callIfRunning('messagePlace', { viewId, at });
        return this.#post({ kind: 'place', request, place });
      }
      case 'findText': {
        const { kind: _, request, ...search } = message;
        const found = await engine.callIfRunning('findMessage', search);
        return this.#post({ kind: 'found', request, found: found ?? { kind: 'notFound' } });
      }
      case 'findTopics': {
        const { text } = message;
        const { source } = this.#filter;
        const connection = source.kind === 'broker' ? source.connection : undefined;
        const topics = await engine.callIfRunning('findTopics', {
          text,
          limit: MAX_SUGGESTIONS,
          ...(connection !== undefined && { connection }),
        });
        return this.#post({ kind: 'topics', text, topics: topics ?? [] });
      }
      case 'findClients':
        return this.#sendClients(message.text);
      case 'selected':
        this.#selectedId = message.id;
        return;
      case 'openInspector':
        return inspector.open(message.id, this.query);
      case 'startBroker':
        return this.#options.startBroker();
      default:
        return requests.answer(message, (answer) => this.#post(answer));
    }
  }

  #openView(): Promise<void> {
    return this.#follower.open(this.query);
  }

  async #sendRows({
    viewId,
    from,
    count,
  }: Extract<MessagesViewToExtension, { kind: 'requestRows' }>): Promise<void> {
    const generation = this.#follower.view?.generation ?? 0;
    let rows: MessageRows = { from, rows: [] };
    try {
      rows = (await this.#options.engine.callIfRunning('messageRows', { viewId, from, count })) ?? rows;
    } finally {
      // Also when the engine fails: the page asks for no other rows before these have come.
      this.#post({ kind: 'rows', viewId, generation, asked: from, rows });
    }
  }

  async #sendClients(text: string): Promise<void> {
    const params = { text, offset: 0, limit: MAX_SUGGESTIONS };
    const page = await this.#options.engine.callIfRunning('listClients', params);
    const clientIds = (page?.clients ?? []).map(({ clientId }) => clientId);
    this.#post({ kind: 'clients', text, clientIds });
  }

  #sendSources(): void {
    const { broker } = this.#options;
    const connections = this.#otherSources();
    this.#sentSources = JSON.stringify(connections);
    this.#post({
      kind: 'sources',
      subscriptions: broker.subscriptions.map(({ topicFilter }) => topicFilter),
      connections,
    });
  }

  /** What connections have to tell changes several times a second; their names do not. */
  #sendOtherSources(): void {
    if (JSON.stringify(this.#otherSources()) !== this.#sentSources) this.#sendSources();
  }

  #otherSources(): NamedConnection[] {
    const { recordings, connections } = this.#options;
    return [
      ...connections.brokers.map(({ connection, name }) => ({
        ...{ connection, name },
        kind: 'remoteBroker' as const,
      })),
      ...recordings.open.map(({ connection, file }) => ({
        ...{ connection, name: basename(file) },
        kind: 'recording' as const,
      })),
    ];
  }

  #sendBrokerState(): void {
    this.#post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }

  #post(message: ExtensionToMessagesView): void {
    if (this.#webviewView?.visible) void this.#webviewView.webview.postMessage(message);
  }
}

function queryOf({ source, topicFilter, publisher, text, textMode }: MessagesFilter): MessageQuery {
  return {
    source,
    ...(topicFilter !== '' && { topicFilter }),
    ...(publisher !== '' && { publisher }),
    ...(text !== '' && textMode === 'filter' && { text }),
  };
}
