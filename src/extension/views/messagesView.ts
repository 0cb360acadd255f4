/**
 * The Messages view in VS Code's panel area: what its page is sent, and what it asks for.
 *
 * The filter, and the list under it, are the ListPage's. Owns which message is selected there.
 */
import { basename } from 'node:path';
import type { Uri } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import {
  type ExtensionToMessagesView,
  everyMessage,
  type MessagesFilter,
  type MessagesViewToExtension,
  type NamedConnection,
} from '../../contracts/messagePages.ts';
import type { MessageId, MessageQuery, MessageSummary, MessagesView } from '../../contracts/messages.ts';
import type { InBackground } from '../background.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { DecoderChoices } from '../panels/decoderChoices.ts';
import type { Inspector } from '../panels/inspector.ts';
import { ListPage } from '../panels/listPage.ts';
import type { MessageRequests } from '../panels/messageRequests.ts';
import { followMessages } from '../panels/viewFollower.ts';
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

export class MessagesViewHost implements Disposable {
  readonly #options: MessagesViewOptions;
  readonly #store = new DisposableStore();
  readonly #page: ListPage<
    MessagesFilter,
    MessageQuery,
    MessagesView,
    MessageSummary,
    MessagesViewToExtension,
    ExtensionToMessagesView
  >;
  #selectedId: MessageId | undefined;
  #sentSources = '';

  constructor(options: MessagesViewOptions) {
    const { extensionUri, engine, broker, recordings, connections, decoderChoices, inBackground } = options;
    this.#options = options;
    this.#page = this.#store.add(
      new ListPage({
        ...{ extensionUri, engine, inBackground, queryOf },
        viewId: viewIds.messages,
        bundle: 'messages',
        filter: everyMessage,
        follower: followMessages(engine, inBackground),
        rowsOf: (request) => engine.callIfRunning('messageRows', request),
        receive: (message) => this.#receive(message),
      }),
    );
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
    this.#store.add(decoderChoices.onDidChange(() => this.#page.post({ kind: 'decodersChanged' })));
  }

  /** What the Inspector's Compare with Selected takes. */
  get selectedId(): MessageId | undefined {
    return this.#selectedId;
  }

  /** What is shown, as the engine is asked for it. */
  get query(): MessageQuery {
    return this.#page.query;
  }

  /** Shows the view with this filter; what is not given stands for all. */
  open(filter: Partial<MessagesFilter>): Promise<void> {
    return this.#page.open({ ...everyMessage, textMode: this.#page.filter.textMode, ...filter });
  }

  /** As it is. */
  show(): Promise<void> {
    return this.#page.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #receive(message: MessagesViewToExtension): Promise<void> {
    const { engine, inspector, requests } = this.#options;
    switch (message.kind) {
      case 'ready':
        // Before the filter: whether its source is there is known when it is shown.
        this.#sendSources();
        this.#sendBrokerState();
        this.#page.sendFilter();
        return this.#page.follow();
      case 'filterChanged':
        return this.#page.typed(message);
      case 'requestRows':
        return this.#page.sendRows(message);
      case 'findPlace': {
        const { request, viewId, at } = message;
        const place = await engine.callIfRunning('messagePlace', { viewId, at });
        return this.#page.post({ kind: 'place', request, place });
      }
      case 'findText': {
        const { kind: _, request, ...search } = message;
        const found = await engine.callIfRunning('findMessage', search);
        return this.#page.post({ kind: 'found', request, found: found ?? { kind: 'notFound' } });
      }
      case 'findTopics': {
        const { source } = this.#page.filter;
        return this.#page.sendTopics(message.text, source.kind === 'broker' ? source.connection : undefined);
      }
      case 'findClients':
        return this.#page.sendClients(message.text);
      case 'selected':
        this.#selectedId = message.id;
        return;
      case 'openInspector':
        return inspector.open(message.id, this.query);
      case 'startBroker':
        return this.#options.startBroker();
      default:
        return requests.answer(message, (answer) => this.#page.post(answer));
    }
  }

  #sendSources(): void {
    const { broker } = this.#options;
    const connections = this.#otherSources();
    this.#sentSources = JSON.stringify(connections);
    this.#page.post({
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
    this.#page.post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
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
