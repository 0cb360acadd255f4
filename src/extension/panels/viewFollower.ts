/**
 * One view of the engine's messages, or of its packets, kept open for a query: opened, followed, and opened anew after the
 * engine was.
 *
 * Holds no message and no packet. Knows nothing of VS Code.
 */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { MessageQuery, MessagesView } from '../../contracts/messages.ts';
import type { PacketQuery, PacketsView } from '../../contracts/trace.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';

/** How views of one kind are opened, closed and heard of. */
interface ViewCalls<Query, View> {
  open(query: Query): Promise<View | undefined>;
  close(viewId: number): Promise<unknown>;
  onChanged: Event<View>;
}

export type MessagesFollower = ViewFollower<MessageQuery, MessagesView>;

export function followMessages(engine: EngineClient, inBackground: InBackground): MessagesFollower {
  return new ViewFollower(engine, inBackground, {
    open: (query: MessageQuery) => engine.callIfRunning('openMessages', { query }),
    close: (viewId) => engine.callIfRunning('closeMessages', { viewId }),
    onChanged: (listener) => engine.on('messagesChanged', listener),
  });
}

export function followPackets(
  engine: EngineClient,
  inBackground: InBackground,
): ViewFollower<PacketQuery, PacketsView> {
  return new ViewFollower(engine, inBackground, {
    open: (query: PacketQuery) => engine.callIfRunning('openPackets', { query }),
    close: (viewId) => engine.callIfRunning('closePackets', { viewId }),
    onChanged: (listener) => engine.on('packetsChanged', listener),
  });
}

export class ViewFollower<Query, View extends { viewId: number }> implements Disposable {
  readonly #calls: ViewCalls<Query, View>;
  readonly #inBackground: InBackground;
  readonly #store = new DisposableStore();
  readonly #changed = new Emitter<View>();
  readonly #lost = new Emitter<void>();
  #query: Query | undefined;
  #view: View | undefined;
  /** Counts up: an answer to an older request is too late. */
  #request = 0;

  /** A view was opened, or has changed. */
  readonly onDidChange: Event<View> = this.#changed.event;
  /** The engine ended, and the view with it; or there is no engine to open one. */
  readonly onDidLose: Event<void> = this.#lost.event;

  constructor(engine: EngineClient, inBackground: InBackground, calls: ViewCalls<Query, View>) {
    this.#calls = calls;
    this.#inBackground = inBackground;
    this.#store.add(
      calls.onChanged((view) => {
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

  get query(): Query | undefined {
    return this.#query;
  }

  get view(): View | undefined {
    return this.#view;
  }

  /** Of this query from here on. The view before is closed when this one is there. */
  async open(query: Query): Promise<void> {
    this.#query = query;
    const request = ++this.#request;
    const view = await this.#calls.open(query);
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

  #set(view: View): void {
    this.#view = view;
    this.#changed.fire(view);
  }

  #closeView({ viewId }: View): void {
    this.#inBackground(this.#calls.close(viewId));
  }
}
