/**
 * The open views of the log, and which of them have news.
 *
 * A message costs nothing here: views catch up when they are told to (`advance`), all together for as long as their
 * owner gives them.
 */
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { MessageLog } from './messageLog.ts';
import type { MessageQuery } from './messageQuery.ts';
import { MessageView } from './messageView.ts';

interface OpenView {
  readonly view: MessageView;
  /** What its owner was told last. */
  told: string;
}

export class MessageViews implements Disposable {
  readonly #log: MessageLog;
  readonly #views = new Map<number, OpenView>();
  readonly #didChange = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  #nextId: number;

  /** Fires when there may be something to `advance`, after nothing was. */
  readonly onDidChange = this.#didChange.event;

  /** @param firstId of the views. */
  constructor(log: MessageLog, firstId = 1) {
    this.#log = log;
    this.#nextId = firstId;
    this.#subscriptions = [
      log.onDidAppend(() => {
        if (this.#views.size > 0) this.#didChange.fire();
      }),
      log.topics.onDidFree((ref) => {
        for (const { view } of this.#views.values()) view.forgetTopic(ref);
      }),
    ];
  }

  /** Nothing of it is found before `advance`. */
  open(query: MessageQuery): MessageView {
    const view = new MessageView(this.#nextId++, query, this.#log);
    this.#views.set(view.id, { view, told: '' });
    this.#didChange.fire();
    return view;
  }

  /** Does nothing for an id that is not open. */
  close(viewId: number): void {
    this.#views.delete(viewId);
  }

  view(viewId: number): MessageView | undefined {
    return this.#views.get(viewId)?.view;
  }

  /**
   * Lets every view look at what it has not seen, until the time is up. True when some of it is left.
   *
   * @param isTimeUp asked about every hundred microseconds.
   */
  advance(isTimeUp: () => boolean): boolean {
    // Before: what comes from here on is announced.
    this.#log.awaitAppend();
    let isBehind = false;
    for (const { view } of this.#views.values()) {
      view.advance(isTimeUp);
      isBehind ||= view.isBehind;
    }
    return isBehind;
  }

  /** The views that changed since the last call. */
  takeChanged(): MessageView[] {
    const changed: MessageView[] = [];
    for (const open of this.#views.values()) {
      const { view } = open;
      const { first, end, generation, isBehind, progress } = view;
      const state = [first, end, generation, isBehind, Math.floor(progress * 100)].join();
      if (state === open.told) continue;
      open.told = state;
      changed.push(view);
    }
    return changed;
  }

  dispose(): void {
    this.#views.clear();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#didChange.dispose();
  }
}
