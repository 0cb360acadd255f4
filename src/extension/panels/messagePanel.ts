/**
 * The host side of one message panel: its view of the engine's messages, and what its page is sent.
 *
 * Holds the newest summaries, so that a page that was hidden is filled again when it asks (`ready`). Payloads stay in
 * the engine until the page or the person wants one.
 */
import { env, l10n } from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import { panelIds } from '../../contracts/manifest.ts';
import type { MessageId, MessageQuery, MessageSummary, MessagesView } from '../../contracts/messages.ts';
import type {
  ExtensionToMessagePanel,
  MessagePanelToExtension,
  MessageSource,
} from '../../contracts/webview.ts';
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
  #view: MessagesView | undefined;
  #lastRequest = 0;
  #isFetching = false;
  /** Of the newest that the page was sent, one more. */
  #sentEnd = 0;
  #messages: MessageSummary[] = [];

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
      this.#close();
    });
  }

  /** Opens the view, or opens it again, and fills the page when it has found what is held. */
  async open(): Promise<void> {
    this.#close();
    const request = ++this.#lastRequest;
    const view = await this.#options.engine.callIfRunning('openMessages', { query: queryOf(this.#source) });
    if (view === undefined) return;
    // Closed, or asked again, while the engine answered.
    if (request !== this.#lastRequest) return this.#closeView(view.viewId);
    this.#startOver(view);
    await this.#fetch();
  }

  async openIfLost(): Promise<void> {
    if (this.#view === undefined) await this.open();
  }

  /** The engine died, and its views with it. What is shown stays. */
  loseView(): void {
    this.#view = undefined;
  }

  follow(view: MessagesView): void {
    if (view.viewId !== this.#view?.viewId) return;
    if (view.generation === this.#view.generation) this.#view = view;
    else this.#startOver(view);
    this.#options.inBackground(this.#fetch());
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

  #startOver(view: MessagesView): void {
    this.#view = view;
    this.#messages = [];
    this.#sentEnd = 0;
    this.#sendInit();
  }

  /** The newest that the page has not been sent; one request at a time, the next for all that came meanwhile. */
  async #fetch(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.#view !== undefined && this.#view.progress === 1 && this.#view.end > this.#sentEnd)
        await this.#fetchNewest(this.#view);
    } finally {
      this.#isFetching = false;
    }
  }

  async #fetchNewest({ viewId, generation, end }: MessagesView): Promise<void> {
    const from = Math.max(this.#sentEnd, end - CAPACITY);
    const answer = await this.#options.engine.callIfRunning('messageRows', { viewId, from, count: CAPACITY });
    if (answer === undefined) return this.loseView();
    if (this.#view?.viewId !== viewId || this.#view.generation !== generation) return;
    const isFirst = this.#sentEnd === 0;
    const skipped = isFirst ? 0 : answer.from - this.#sentEnd;
    this.#sentEnd = Math.max(end, answer.from + answer.rows.length);
    this.#messages = [...this.#messages, ...answer.rows].slice(-CAPACITY);
    if (isFirst) this.#sendInit();
    else this.#host.post({ kind: 'added', messages: answer.rows, skipped, ...this.#counts() });
  }

  #sendInit(): void {
    this.#host.post({ kind: 'init', source: this.#source, messages: this.#messages, ...this.#counts() });
    this.tellBrokerState();
  }

  #counts(): { total: number; dropped: number } {
    return { total: this.#sentEnd, dropped: this.#view?.first ?? 0 };
  }

  async #sendDetail(id: MessageId, whole: boolean): Promise<void> {
    const maxPayloadBytes = whole ? WHOLE_PAYLOAD_BYTES : FIRST_PAYLOAD_BYTES;
    const detail = await this.#options.engine.callIfRunning('message', { id, maxPayloadBytes });
    this.#host.post(detail ? { kind: 'detail', detail } : { kind: 'detailGone', id });
  }

  #close(): void {
    if (this.#view !== undefined) this.#closeView(this.#view.viewId);
    this.#view = undefined;
  }

  #closeView(viewId: number): void {
    this.#options.inBackground(this.#options.engine.callIfRunning('closeMessages', { viewId }));
  }
}

function queryOf(source: MessageSource): MessageQuery {
  return source.kind === 'topic' ? { source: { kind: 'broker' }, topicFilter: source.topic } : { source };
}
