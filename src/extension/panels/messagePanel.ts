/**
 * The host side of one message panel: its watch in the engine, and what its page is sent.
 *
 * Holds the newest summaries, so that a page that was hidden is filled again when it asks (`ready`). Payloads stay in
 * the engine until the page or the person wants one.
 */
import { env, l10n } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { MessageId, MessageSource, MessageSummary, MessagesChange } from '../../contracts/engine.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type { ExtensionToMessagePanel, MessagePanelToExtension } from '../../contracts/webview.ts';
import { WHOLE_PAYLOAD_BYTES } from '../payload/payloads.ts';
import { formatName } from '../words/formats.ts';
import type { MessagePanelsOptions } from './messagePanels.ts';
import { PanelHost } from './panelHost.ts';

/** Messages that a panel lists. */
const CAPACITY = 100;
/** What the page gets of a payload unasked: a screenful many times over, and quick to lay out. */
const FIRST_PAYLOAD_BYTES = 262_144;
const MAX_TITLE_CHARACTERS = 40;

export class MessagePanel implements Disposable {
  readonly #source: MessageSource;
  readonly #options: MessagePanelsOptions;
  readonly #host: PanelHost<MessagePanelToExtension, ExtensionToMessagePanel>;
  readonly onDispose: Event<void>;
  #watchId: number | undefined;
  #lastRequest = 0;
  #messages: MessageSummary[] = [];
  #total = 0;
  #dropped = 0;

  constructor(source: MessageSource, options: MessagePanelsOptions) {
    this.#source = source;
    this.#options = options;
    const name = source.kind === 'topic' ? source.topic : source.topicFilter;
    this.#host = new PanelHost({
      extensionUri: options.extensionUri,
      viewType: panelIds.messages,
      title: formatName(name, MAX_TITLE_CHARACTERS),
      bundle: 'messages',
    });
    this.onDispose = this.#host.onDispose;
    this.#host.onMessage((message) => options.inBackground(this.#receive(message)));
    this.#host.onDispose(() => {
      this.#lastRequest++;
      this.#unwatch();
    });
  }

  /** Starts the watch, or starts it again, and fills the page. */
  async watch(): Promise<void> {
    this.#unwatch();
    const request = ++this.#lastRequest;
    const held = await this.#options.engine.callIfRunning('watchMessages', {
      source: this.#source,
      capacity: CAPACITY,
    });
    if (held === undefined) return;
    // Closed, or asked again, while the engine answered.
    if (request !== this.#lastRequest) return this.#endWatch(held.watchId);
    this.#watchId = held.watchId;
    this.#messages = [...held.added];
    this.#total = held.total;
    this.#dropped = held.dropped;
    this.#sendInit();
  }

  async watchIfLost(): Promise<void> {
    if (this.#watchId === undefined) await this.watch();
  }

  /** The engine died, and its watches with it. What is shown stays. */
  loseWatch(): void {
    this.#watchId = undefined;
  }

  add(change: MessagesChange): void {
    if (change.watchId !== this.#watchId) return;
    const { added, skipped, total, dropped } = change;
    // Counts go back when the topics are cleared: what is shown goes with them.
    const wasCleared = total < this.#total;
    const before = wasCleared ? [] : this.#messages;
    this.#messages = [...before, ...added].slice(-CAPACITY);
    this.#total = total;
    this.#dropped = dropped;
    if (wasCleared) this.#sendInit();
    else this.#host.post({ kind: 'added', messages: added, skipped, total, dropped });
  }

  tellBrokerState(): void {
    this.#host.post({ kind: 'brokerState', running: this.#options.broker.state.kind === 'running' });
  }

  reveal(): void {
    this.#host.reveal();
  }

  dispose(): void {
    this.#host.dispose();
  }

  async #receive(message: MessagePanelToExtension): Promise<void> {
    const { payloads, publishAgain, questions } = this.#options;
    switch (message.kind) {
      case 'ready':
        return this.#sendInit();
      case 'requestDetail':
        return this.#sendDetail(message.id, message.whole);
      case 'copyPayload':
        return payloads.copy(message.id);
      case 'copyTopic':
        await env.clipboard.writeText(message.topic);
        return questions.confirm(l10n.t('Topic copied.'));
      case 'openInEditor':
        return payloads.openInEditor(message.id);
      case 'publishAgain':
        return publishAgain(message.topic, message.id);
    }
  }

  #sendInit(): void {
    this.#host.post({
      kind: 'init',
      source: this.#source,
      messages: this.#messages,
      total: this.#total,
      dropped: this.#dropped,
    });
    this.tellBrokerState();
  }

  async #sendDetail(id: MessageId, whole: boolean): Promise<void> {
    const maxPayloadBytes = whole ? WHOLE_PAYLOAD_BYTES : FIRST_PAYLOAD_BYTES;
    const detail = await this.#options.engine.callIfRunning('message', { id, maxPayloadBytes });
    this.#host.post(detail ? { kind: 'detail', detail } : { kind: 'detailGone', id });
  }

  #unwatch(): void {
    if (this.#watchId !== undefined) this.#endWatch(this.#watchId);
    this.#watchId = undefined;
  }

  #endWatch(watchId: number): void {
    this.#options.inBackground(this.#options.engine.callIfRunning('unwatchMessages', { watchId }));
  }
}
