/** The page of tlsNotes.ts in VS Code: a document that can be read and not changed, shown as the Markdown that it is. */
import { networkInterfaces } from 'node:os';
import {
  commands,
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { addressesOf, isExposed, networkListeners, ownTlsPort } from '../brokerAddress.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Settings } from '../settings.ts';
import type { DevelopmentCa } from './developmentCa.ts';
import { tlsNotes } from './tlsNotes.ts';

const SCHEME = 'mqtt-tls';

export interface TlsNotesPageOptions {
  ca: DevelopmentCa;
  broker: LocalBroker;
  settings: () => Settings;
}

export class TlsNotesPage implements TextDocumentContentProvider, Disposable {
  readonly #options: TlsNotesPageOptions;
  readonly #store = new DisposableStore();
  readonly #changed = new EventEmitter<Uri>();
  readonly #uri = Uri.from({ scheme: SCHEME, path: '/TLS for your board.md' });

  readonly onDidChange = this.#changed.event;

  constructor(options: TlsNotesPageOptions) {
    this.#options = options;
    this.#store.add(this.#changed);
    this.#store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(options.broker.onDidChangeState(() => this.#changed.fire(this.#uri)));
    this.#store.add(options.ca.onDidChange(() => this.#changed.fire(this.#uri)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async show(): Promise<void> {
    this.#changed.fire(this.#uri);
    try {
      await commands.executeCommand('markdown.showPreview', this.#uri);
    } catch {
      // VS Code's own extension for Markdown is off: the text says the same.
      await window.showTextDocument(this.#uri);
    }
  }

  async provideTextDocumentContent(): Promise<string> {
    const { ca, broker, settings } = this.#options;
    const server = await ca.server();
    if (server === undefined) return '';
    const { state } = broker;
    const interfaces = networkInterfaces();
    const ownPort = ownTlsPort(state);
    const addresses = networkListeners(state)
      .filter(({ kind, port }) => kind === 'mqtts' && port === ownPort)
      .flatMap((listener) => {
        const { local, lan } = addressesOf(listener, interfaces);
        return [
          ...lan.filter(({ isVirtual }) => !isVirtual).map(({ url }) => url),
          ...(local ? [local] : []),
        ];
      });
    return tlsNotes({
      authority: server.authority,
      names: server.names,
      addresses,
      isExposed: isExposed(state),
      clientCertificate: settings().tls.clientCertificate,
    });
  }
}
