/**
 * The host side of the publish form: one panel, its draft, and what became of a publish.
 *
 * The page checks and encodes the payload; here the topic is checked once more by the engine, as for any publish. The
 * draft outlives the panel.
 */

import { l10n, type Uri } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { messageOf } from '../../base/messageOf.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type { MessageId, MessagePropertiesInfo } from '../../contracts/messages.ts';
import type {
  ExtensionToPublishForm,
  PublishDraft,
  PublishFormToExtension,
} from '../../contracts/webview.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Memory } from '../memory.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatBytes } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import { explainPublish } from '../words/publishWords.ts';
import { PanelHost } from './panelHost.ts';
import { draftOf } from './publishDraft.ts';

export interface PublishFormOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  memory: Memory;
  questions: UserQuestions;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

type Host = PanelHost<PublishFormToExtension, ExtensionToPublishForm>;

const MAX_SUGGESTIONS = 50;
/** A text field holds no more without stalling. */
const MAX_FORM_PAYLOAD_BYTES = 1_048_576;

export class PublishForm implements Disposable {
  readonly #options: PublishFormOptions;
  readonly #store = new DisposableStore();
  #host: Host | undefined;
  #draft: PublishDraft;

  constructor(options: PublishFormOptions) {
    this.#options = options;
    this.#draft = options.memory.draft;
    this.#store.add(options.broker.onDidChangeState(() => this.#sendBrokerState()));
  }

  /** With the draft as it was, and `seed` over it. */
  async open(seed: Partial<PublishDraft> = {}): Promise<void> {
    await this.#keep({ ...this.#draft, ...seed });
    if (this.#host === undefined) this.#host = this.#createHost();
    else this.#host.reveal();
    this.#sendInit();
  }

  /** With a message as it came, to be changed and sent again. */
  async openWith(topic: string, id: MessageId | undefined): Promise<void> {
    if (id === undefined) return this.open({ topic });
    const { engine, questions } = this.#options;
    const detail = await engine.callIfRunning('message', { id, maxPayloadBytes: MAX_FORM_PAYLOAD_BYTES });
    if (detail === undefined) {
      const reason = { kind: engine.isRunning ? 'notHeld' : 'engineStopped' } as const;
      await questions.say('information', explainUnreadable(reason));
      return;
    }
    if (detail.truncated) {
      const size = formatBytes(detail.payloadBytes);
      await this.open({ topic });
      await questions.say(
        'information',
        l10n.t(
          'The payload of {0} is too long for the form. Open it in an editor and publish it from there.',
          size,
        ),
      );
      return;
    }
    await this.open(draftOf(detail));
  }

  dispose(): void {
    this.#host?.dispose();
    this.#store.dispose();
  }

  #createHost(): Host {
    const host: Host = new PanelHost({
      extensionUri: this.#options.extensionUri,
      viewType: panelIds.publish,
      title: l10n.t('Publish'),
      bundle: 'publish',
    });
    host.onMessage((message) => this.#options.inBackground(this.#receive(message)));
    host.onDispose(() => {
      this.#host = undefined;
    });
    return host;
  }

  async #receive(message: PublishFormToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.#sendInit();
      case 'draftChanged':
        return this.#keep(message.draft);
      case 'findTopics':
        return this.#sendTopics(message.text);
      case 'startBroker':
        return this.#options.startBroker();
      case 'publish':
        return this.#publish(message);
    }
  }

  async #publish({ draft, payload, correlationData }: Extract<PublishFormToExtension, { kind: 'publish' }>) {
    await this.#keep(draft);
    const { correlationDataHex: _typed, ...typedProperties } = draft.properties;
    const properties: MessagePropertiesInfo = {
      ...typedProperties,
      ...(correlationData && { correlationData }),
    };
    const { topic, qos, retain } = draft;
    try {
      const result = await this.#options.broker.publish({ topic, payload, qos, retain, properties });
      this.#host?.post({ kind: 'outcome', ...explainPublish(result, topic) });
    } catch (error) {
      // The page waits for an outcome, whatever it is. The log has the cause, from whoever runs this.
      const message = messageOf(error);
      this.#host?.post({ kind: 'outcome', ok: false, message: l10n.t('The command failed: {0}', message) });
      throw error;
    }
  }

  async #keep(draft: PublishDraft): Promise<void> {
    this.#draft = draft;
    await this.#options.memory.rememberDraft(draft);
  }

  async #sendTopics(text: string): Promise<void> {
    const topics = await this.#options.engine.callIfRunning('findTopics', { text, limit: MAX_SUGGESTIONS });
    this.#host?.post({ kind: 'topics', text, topics: topics ?? [] });
  }

  #sendInit(): void {
    this.#host?.post({ kind: 'init', draft: this.#draft, broker: this.#options.broker.state.kind });
  }

  #sendBrokerState(): void {
    this.#host?.post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }
}
