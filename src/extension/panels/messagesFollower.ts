/**
 * One view of the engine's messages, kept open for a query: opened, followed, and opened anew after the engine was.
 *
 * Holds no message. Knows nothing of VS Code.
 */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { MessageQuery, MessagesView } from '../../contracts/messages.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';

export class MessagesFollower implements Disposable {
  readonly #engine: EngineClient;
  readonly #inBackground: InBackground;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<MessagesView>();
  readonly #lost = new Emitter<void>();
  #query: MessageQuery | undefined;
  #view: MessagesView | undefined;
  /** Counts up: an answer to an older request is too late. */
  #request = 0;

  /** A view was opened, or has changed. */
  readonly onDidChange: Event<MessagesView> = this.#changed.event;
  /** The engine ended, and the view with it; or there is no engine to open one. */
  readonly onDidLose: Event<void> = this.#lost.event;

  constructor(engine: EngineClient, inBackground: InBackground) {
    this.#engine = engine;
    this.#inBackground = inBackground;
    this.#store.add(
      engine.on('messagesChanged', (view) => {
        if (view.viewId === this.#view?.viewId) this.#set(view);
      }),
    );
    this.#store.add(
      engine.onStarted(() => {
        if (this.#query !== undefined) inBackground(this.open(this.#query));
      }),
    );
    this.#store.add(
      engine.onDied(() => {
        this.#request++;
        this.#view = undefined;
        if (this.#query !== undefined) this.#lost.fire();
      }),
    );
  }

  get query(): MessageQuery | undefined {
    return this.#query;
  }

  get view(): MessagesView | undefined {
    return this.#view;
  }

  /** Of this query from here on. The view before is closed when this one is there. */
  async open(query: MessageQuery): Promise<void> {
    this.#query = query;
    const request = ++this.#request;
    const view = await this.#engine.callIfRunning('openMessages', { query });
    // Closed, or asked again, while the engine answered.
    if (request !== this.#request) {
      if (view !== undefined) this.#closeView(view);
      return;
    }
    if (view === undefined) {
      this.#lost.fire();
      return;
    }
    if (this.#view !== undefined) this.#closeView(this.#view);
    this.#set(view);
  }

  /** The engine no longer follows anything for it. */
  close(): void {
    this.#request++;
    this.#query = undefined;
    if (this.#view !== undefined) this.#closeView(this.#view);
    this.#view = undefined;
  }

  dispose(): void {
    this.close();
    this.#store.dispose();
  }

  #set(view: MessagesView): void {
    this.#view = view;
    this.#changed.fire(view);
  }

  #closeView({ viewId }: MessagesView): void {
    this.#inBackground(this.#engine.callIfRunning('closeMessages', { viewId }));
  }
}
