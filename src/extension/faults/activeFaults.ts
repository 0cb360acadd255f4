/**
 * The faults that are on, as the extension knows them.
 *
 * Follows the engine's event, and forgets with an engine that died. Knows nothing of VS Code, and says nothing in words.
 */
import { Emitter, type Event } from '../../base/event.ts';
import type { FaultInjection } from '../../contracts/faults.ts';
import type { EngineClient } from '../engineClient.ts';

export class ActiveFaults {
  readonly #didChange = new Emitter<readonly FaultInjection[]>();
  #injections: readonly FaultInjection[] = [];

  readonly onDidChange: Event<readonly FaultInjection[]> = this.#didChange.event;

  constructor(engine: EngineClient) {
    engine.on('faultsChanged', (injections) => this.#set(injections));
    engine.onDied(() => this.#set([]));
  }

  /** In the order in which they were switched on. */
  get injections(): readonly FaultInjection[] {
    return this.#injections;
  }

  #set(injections: readonly FaultInjection[]): void {
    if (injections.length === 0 && this.#injections.length === 0) return;
    this.#injections = injections;
    this.#didChange.fire(injections);
  }
}
