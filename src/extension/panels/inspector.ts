/** The Inspector: one panel beside the editor, that shows one message in full and steps to its neighbours. */
import type { Uri } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type { ExtensionToInspector, InspectorToExtension } from '../../contracts/messagePages.ts';
import type { MessageId, MessageQuery } from '../../contracts/messages.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatName } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import type { DecoderChoices } from './decoderChoices.ts';
import { MessageCursor } from './messageCursor.ts';
import type { MessageRequests } from './messageRequests.ts';
import { PanelHost } from './panelHost.ts';

export interface InspectorOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  questions: UserQuestions;
  requests: MessageRequests;
  decoderChoices: DecoderChoices;
  inBackground: InBackground;
}

const MAX_TITLE_CHARACTERS = 40;

export class Inspector implements Disposable {
  readonly #options: InspectorOptions;
  readonly #store = new DisposableStore();
  readonly #cursor: MessageCursor;
  #host: PanelHost<InspectorToExtension, ExtensionToInspector> | undefined;

  constructor(options: InspectorOptions) {
    const { engine, broker, decoderChoices, inBackground } = options;
    this.#options = options;
    this.#cursor = this.#store.add(new MessageCursor(engine, inBackground));
    this.#cursor.onDidChange(() => this.#sendInspected());
    this.#store.add(broker.onDidChangeState(() => this.#sendBrokerState()));
    this.#store.add(decoderChoices.onDidChange(() => this.#host?.post({ kind: 'decodersChanged' })));
  }

  /** @param query what its neighbours are. */
  async open(id: MessageId, query: MessageQuery): Promise<void> {
    if (!(await this.#cursor.open(id, query))) {
      const { engine, questions } = this.#options;
      const reason = { kind: engine.isRunning ? 'notHeld' : 'engineStopped' } as const;
      await questions.say('information', explainUnreadable(reason));
      return;
    }
    if (this.#host === undefined) this.#host = this.#createHost();
    else this.#host.reveal(true);
  }

  dispose(): void {
    this.#host?.dispose();
    this.#store.dispose();
  }

  #createHost(): PanelHost<InspectorToExtension, ExtensionToInspector> {
    const host = new PanelHost<InspectorToExtension, ExtensionToInspector>({
      extensionUri: this.#options.extensionUri,
      viewType: panelIds.inspector,
      title: this.#title,
      bundle: 'inspector',
      isBeside: true,
    });
    host.onMessage((message) => this.#options.inBackground(this.#receive(message)));
    host.onHide(() => this.#cursor.pause());
    host.onDispose(() => {
      this.#host = undefined;
      this.#cursor.pause();
    });
    return host;
  }

  async #receive(message: InspectorToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#sendInspected();
        this.#sendBrokerState();
        return this.#cursor.resume();
      case 'step':
        return this.#cursor.step(message.by);
      case 'follow':
        return this.#cursor.follow(message.isOn);
      default:
        return this.#options.requests.answer(message, (answer) => this.#host?.post(answer));
    }
  }

  get #title(): string {
    const topic = this.#cursor.inspected?.summary.topic ?? '';
    return formatName(topic, MAX_TITLE_CHARACTERS);
  }

  #sendInspected(): void {
    const message = this.#cursor.inspected;
    if (this.#host === undefined || message === undefined) return;
    this.#host.title = this.#title;
    this.#host.post({ kind: 'inspected', message });
  }

  #sendBrokerState(): void {
    this.#host?.post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }
}
