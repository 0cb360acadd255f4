/**
 * The Packets view in VS Code's panel area: what its page is sent, and what it asks for.
 *
 * Owns what is shown (the filter). Holds no packet: the page asks for the rows in sight, and they pass through. A hidden
 * view has no page; then nothing of the engine is followed for it. Whether the trace is on is the switch's.
 */
import { commands, env, l10n, type Uri, type WebviewView, window } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import {
  type ExtensionToPacketsPage,
  everyPacket,
  type PacketsFilter,
  type PacketsPageToExtension,
} from '../../contracts/packetsPage.ts';
import type { PacketQuery, PacketRows } from '../../contracts/trace.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import { openErrorPage } from '../openErrorPage.ts';
import { followPackets, type PacketsFollower } from '../panels/viewFollower.ts';
import { fillWebview } from '../panels/webviewPage.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import type { TraceSwitch } from '../trace/traceSwitch.ts';

export interface PacketsViewOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  questions: UserQuestions;
  traceSwitch: TraceSwitch;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

const MAX_SUGGESTIONS = 50;
/** What a page may put on the clipboard: the bytes of a packet as hexadecimal digits. */
const MAX_COPIED_CHARACTERS = 3 * 64 * 1024;
/** As errors.ts of the broker writes them. */
const ERROR_CODE = /^[a-z0-9-]+$/;

export class PacketsViewHost implements Disposable {
  readonly #options: PacketsViewOptions;
  readonly #store = new DisposableStore();
  readonly #follower: PacketsFollower;
  #webviewView: WebviewView | undefined;
  #filter: PacketsFilter = everyPacket;
  /** How many filters a command has set. */
  #filterRevision = 0;

  constructor(options: PacketsViewOptions) {
    const { engine, broker, traceSwitch, inBackground } = options;
    this.#options = options;
    this.#follower = this.#store.add(followPackets(engine, inBackground));
    this.#follower.onDidChange((view) => this.#post({ kind: 'view', view }));
    this.#follower.onDidLose(() => this.#post({ kind: 'viewLost' }));
    this.#store.add(broker.onDidChangeState(() => this.#sendBrokerState()));
    this.#store.add(traceSwitch.onDidChange(() => this.#sendTrace()));
    this.#store.add(
      window.registerWebviewViewProvider(viewIds.packets, {
        resolveWebviewView: (webviewView) => this.#resolve(webviewView),
      }),
    );
  }

  /** What is shown, as the engine is asked for it. */
  get query(): PacketQuery {
    return queryOf(this.#filter);
  }

  /** Shows the view with this filter; what is not given stands for all. */
  async open(filter: Partial<PacketsFilter>): Promise<void> {
    this.#filter = { ...everyPacket, ...filter };
    this.#filterRevision++;
    this.#sendFilter();
    if (this.#webviewView?.visible) this.#options.inBackground(this.#openView());
    await this.show();
  }

  /** As it is. */
  async show(): Promise<void> {
    await commands.executeCommand(`${viewIds.packets}.focus`, { preserveFocus: true });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #resolve(webviewView: WebviewView): void {
    this.#webviewView = webviewView;
    const { webview } = webviewView;
    webview.onDidReceiveMessage((message: PacketsPageToExtension) =>
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
    fillWebview(webview, { extensionUri, title: webviewView.title ?? '', bundle: 'packets' });
  }

  #sendFilter(): void {
    this.#post({ kind: 'filter', filter: this.#filter, revision: this.#filterRevision });
  }

  async #receive(message: PacketsPageToExtension): Promise<void> {
    const { engine, traceSwitch, questions, extensionUri } = this.#options;
    switch (message.kind) {
      case 'ready':
        this.#sendBrokerState();
        this.#sendTrace();
        this.#sendFilter();
        return this.#openView();
      case 'filterChanged':
        // Typed before a command set another one.
        if (message.revision !== this.#filterRevision) return;
        this.#filter = message.filter;
        return this.#openView();
      case 'requestRows':
        return this.#sendRows(message);
      case 'findPlace': {
        const { request, viewId, at } = message;
        const place = await engine.callIfRunning('packetPlace', { viewId, at });
        return this.#post({ kind: 'place', request, place });
      }
      case 'requestPacket': {
        const { id } = message;
        const packet = await engine.callIfRunning('packet', { id });
        return this.#post(packet === undefined ? { kind: 'packetGone', id } : { kind: 'packet', packet });
      }
      case 'findTopics': {
        const { text } = message;
        const topics = await engine.callIfRunning('findTopics', { text, limit: MAX_SUGGESTIONS });
        return this.#post({ kind: 'topics', text, topics: topics ?? [] });
      }
      case 'findClients':
        return this.#sendClients(message.text);
      case 'setTrace':
        return message.isOn ? traceSwitch.start() : traceSwitch.stop();
      case 'openErrorPage':
        if (ERROR_CODE.test(message.code)) await openErrorPage(extensionUri, message.code);
        return;
      case 'copy':
        await env.clipboard.writeText(message.text.slice(0, MAX_COPIED_CHARACTERS));
        return questions.confirm(l10n.t('Copied.'));
      case 'copyDiagram': {
        const diagram = await engine.callIfRunning('packetDiagram', { id: message.id });
        if (diagram === undefined) {
          await questions.say(
            'information',
            l10n.t('The packet is no longer held, or belongs to no message.'),
          );
          return;
        }
        await env.clipboard.writeText(diagram);
        return questions.confirm(l10n.t('Sequence diagram copied, as Mermaid.'));
      }
      case 'startBroker':
        return this.#options.startBroker();
    }
  }

  #openView(): Promise<void> {
    return this.#follower.open(this.query);
  }

  async #sendRows({
    viewId,
    from,
    count,
  }: Extract<PacketsPageToExtension, { kind: 'requestRows' }>): Promise<void> {
    const generation = this.#follower.view?.generation ?? 0;
    let rows: PacketRows = { from, rows: [] };
    try {
      rows = (await this.#options.engine.callIfRunning('packetRows', { viewId, from, count })) ?? rows;
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

  #sendTrace(): void {
    this.#post({ kind: 'trace', state: this.#options.traceSwitch.state });
  }

  #sendBrokerState(): void {
    this.#post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }

  #post(message: ExtensionToPacketsPage): void {
    if (this.#webviewView?.visible) void this.#webviewView.webview.postMessage(message);
  }
}

function queryOf({ kinds, topicFilter, client, errorsOnly }: PacketsFilter): PacketQuery {
  return {
    ...(kinds.length > 0 && { kinds }),
    ...(topicFilter !== '' && { topicFilter }),
    ...(client !== '' && { client }),
    ...(errorsOnly && { errorsOnly }),
  };
}
