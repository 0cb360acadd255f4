/**
 * The message panels: one per topic or subscription, each a window on what the engine holds of it.
 *
 * Owns which are open. A panel (messagePanel.ts) owns its view of the messages and its page.
 */
import type { Uri } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type { MessageSource } from '../../contracts/webview.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Payloads } from '../payload/payloads.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { MessagePanel } from './messagePanel.ts';

export interface MessagePanelsOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  payloads: Payloads;
  questions: UserQuestions;
  inBackground: InBackground;
  /** Opens the publish form with a message's values, or with its topic alone. */
  publishAgain: (topic: string, id: MessageId | undefined) => Promise<void>;
}

export class MessagePanels implements Disposable {
  readonly #options: MessagePanelsOptions;
  readonly #store = new DisposableStore();
  readonly #panels = new Map<string, MessagePanel>();

  constructor(options: MessagePanelsOptions) {
    const { engine, broker, inBackground } = options;
    this.#options = options;
    this.#store.add(
      engine.on('messagesChanged', (change) => {
        for (const panel of this.#panels.values()) panel.follow(change);
      }),
    );
    this.#store.add(
      broker.onDidChangeState((state) => {
        for (const panel of this.#panels.values()) {
          panel.tellBrokerState();
          // A new engine knows nothing of the views of the one before.
          if (state.kind === 'running') inBackground(panel.openIfLost());
        }
      }),
    );
    this.#store.add(
      engine.onDied(() => {
        for (const panel of this.#panels.values()) panel.loseView();
      }),
    );
  }

  async open(source: MessageSource): Promise<void> {
    const key = keyOf(source);
    const open = this.#panels.get(key);
    if (open) {
      open.reveal();
      return;
    }
    const panel = new MessagePanel(source, this.#options);
    this.#panels.set(key, panel);
    panel.onDispose(() => this.#panels.delete(key));
    await panel.open();
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
    this.#store.dispose();
  }
}

function keyOf(source: MessageSource): string {
  return source.kind === 'topic' ? `topic:${source.topic}` : `subscription:${source.topicFilter}`;
}
