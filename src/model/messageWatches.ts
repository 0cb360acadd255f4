/**
 * Who looks at which messages, and what each has not been told yet.
 *
 * A watch costs nothing per message but a mark: at its turn, it is told the newest messages that fit its capacity and
 * how many came besides. Watches take turns, so that a flood on one topic does not silence the others.
 */
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { MessageHistory } from './messageHistory.ts';
import type { MessageSource } from './messageSource.ts';
import type { StoredMessage } from './storedMessage.ts';

/** What happened in a source since its watch was last asked. */
export interface MessagesDelta {
  watchId: number;
  /** Newest last; at most the watch's capacity. */
  added: readonly StoredMessage[];
  /** Messages that came and are not in `added`. */
  skipped: number;
  total: number;
  dropped: number;
}

interface Watch {
  readonly id: number;
  readonly source: MessageSource;
  readonly capacity: number;
  readonly listener: () => void;
  /** `source.total` when the watch was last told. */
  toldTotal: number;
  toldGeneration: number;
}

export class MessageWatches implements Disposable {
  readonly #history: MessageHistory;
  readonly #watches = new Map<number, Watch>();
  /** In the order in which they changed: whose turn is next. */
  readonly #changed = new Set<Watch>();
  readonly #didChange = new Emitter<void>();
  #nextId = 1;

  constructor(history: MessageHistory) {
    this.#history = history;
  }

  /** Fires when `takeDelta` has something to give, after having had nothing. */
  readonly onDidChange = this.#didChange.event;

  get hasDeltas(): boolean {
    return this.#changed.size > 0;
  }

  /** @param capacity 1 or more: how many messages the watcher shows. Answers with what is held now. */
  open(kind: MessageSource['kind'], name: string, capacity: number): MessagesDelta {
    const source = kind === 'topic' ? this.#history.topic(name) : this.#history.subscription(name);
    const listener = (): void => this.#mark(watch);
    const watch: Watch = {
      id: this.#nextId++,
      source,
      capacity,
      listener,
      toldTotal: source.total,
      toldGeneration: source.generation,
    };
    source.listeners ??= new Set();
    source.listeners.add(listener);
    this.#watches.set(watch.id, watch);
    return {
      watchId: watch.id,
      added: source.newestMessages(capacity),
      skipped: 0,
      total: source.total,
      dropped: source.dropped,
    };
  }

  /** Does nothing for an id that is not open. */
  close(watchId: number): void {
    const watch = this.#watches.get(watchId);
    if (watch === undefined) return;
    this.#watches.delete(watchId);
    this.#changed.delete(watch);
    const { source } = watch;
    source.listeners?.delete(watch.listener);
    if (source.listeners?.size !== 0) return;
    source.listeners = undefined;
    // A source that was asked for and never heard of goes too.
    if (source.forgotten || source.total === 0) this.#history.forget(source.kind, source.name);
  }

  /** The news of the watch whose turn it is. Undefined when there is none. */
  takeDelta(): MessagesDelta | undefined {
    for (const watch of this.#changed) {
      this.#changed.delete(watch);
      const { source } = watch;
      if (watch.toldGeneration !== source.generation) return this.#tellCleared(watch);
      const came = source.total - watch.toldTotal;
      watch.toldTotal = source.total;
      const added = came === 0 ? [] : source.newestMessages(Math.min(came, watch.capacity));
      const { total, dropped } = source;
      return { watchId: watch.id, added, skipped: came - added.length, total, dropped };
    }
    return undefined;
  }

  dispose(): void {
    for (const id of [...this.#watches.keys()]) this.close(id);
    this.#didChange.dispose();
  }

  /** By itself, before what came since: a total that has grown again would hide that everything before it is gone. */
  #tellCleared(watch: Watch): MessagesDelta {
    watch.toldGeneration = watch.source.generation;
    watch.toldTotal = 0;
    if (watch.source.total > 0) this.#changed.add(watch);
    return { watchId: watch.id, added: [], skipped: 0, total: 0, dropped: 0 };
  }

  #mark(watch: Watch): void {
    const wasIdle = this.#changed.size === 0;
    this.#changed.add(watch);
    if (wasIdle) this.#didChange.fire();
  }
}
