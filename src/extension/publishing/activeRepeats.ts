/**
 * The messages that are published again and again, as the extension knows them.
 *
 * Follows the engine's events, and forgets with an engine that died. Knows nothing of VS Code, and says nothing in words.
 */
import { Emitter, type Event } from '../../base/event.ts';
import type { RepeatEnd, RepeatInfo } from '../../contracts/publishing.ts';
import type { EngineClient } from '../engineClient.ts';

export class ActiveRepeats {
  readonly #didChange = new Emitter<readonly RepeatInfo[]>();
  readonly #didEnd = new Emitter<RepeatEnd>();
  #repeats: readonly RepeatInfo[] = [];

  readonly onDidChange: Event<readonly RepeatInfo[]> = this.#didChange.event;
  readonly onDidEnd: Event<RepeatEnd> = this.#didEnd.event;

  constructor(engine: EngineClient) {
    engine.on('repeatsChanged', (repeats) => this.#set(repeats));
    engine.on('repeatEnded', (end) => this.#didEnd.fire(end));
    engine.onDied(() => this.#set([]));
  }

  /** In the order in which they were started. */
  get all(): readonly RepeatInfo[] {
    return this.#repeats;
  }

  #set(repeats: readonly RepeatInfo[]): void {
    if (repeats.length === 0 && this.#repeats.length === 0) return;
    this.#repeats = repeats;
    this.#didChange.fire(repeats);
  }
}
