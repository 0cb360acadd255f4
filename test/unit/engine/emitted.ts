/** Keeps what a service tells, and lets a test wait for it. */
import type { EngineEvents } from '../../../src/contracts/engine.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';

export class Emitted {
  readonly #events: { event: keyof EngineEvents; payload: unknown }[] = [];
  readonly #listeners = new Set<() => void>();

  readonly emit: Emit = (event, payload) => {
    this.#events.push({ event, payload });
    for (const listener of [...this.#listeners]) listener();
  };

  of<K extends keyof EngineEvents>(event: K): EngineEvents[K][] {
    // A payload is that of its event.
    return this.#events
      .filter((each) => each.event === event)
      .map(({ payload }) => payload as EngineEvents[K]);
  }

  /** The first that passes the check, already told or yet to be. */
  first<K extends keyof EngineEvents>(
    event: K,
    check: (payload: EngineEvents[K]) => boolean = () => true,
  ): Promise<EngineEvents[K]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.of(event).find(check);
        if (found === undefined) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }
}
