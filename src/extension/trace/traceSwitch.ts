/**
 * The packet trace, switched on and off from the extension: whether it is on, as the engine says.
 *
 * Off with every engine that starts: a trace that somebody forgot must not cost a broker that is started the next day.
 * Knows nothing of VS Code.
 */
import { Emitter, type Event } from '../../base/event.ts';
import type { TraceState } from '../../contracts/trace.ts';
import type { EngineClient } from '../engineClient.ts';

export class TraceSwitch {
  readonly #engine: EngineClient;
  readonly #budgetBytes: () => number;
  readonly #changed = new Emitter<void>();
  #state: TraceState | undefined;

  /** It was switched on or off, or cleared; or it ended with its engine. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** @param budgetBytes as the settings have it now. */
  constructor(engine: EngineClient, budgetBytes: () => number) {
    this.#engine = engine;
    this.#budgetBytes = budgetBytes;
    engine.on('traceChanged', (state) => this.#set(state));
    engine.onDied(() => this.#set(undefined));
  }

  /** Undefined until an engine has told of it. */
  get state(): TraceState | undefined {
    return this.#state;
  }

  get isOn(): boolean {
    return this.#state?.isOn === true;
  }

  /** Starts the engine if need be: then it is on for the first packet of a broker. */
  async start(): Promise<void> {
    await this.#engine.call('startTrace', { budgetBytes: this.#budgetBytes() });
  }

  async stop(): Promise<void> {
    await this.#engine.callIfRunning('stopTrace', {});
  }

  async clear(): Promise<void> {
    await this.#engine.callIfRunning('clearTrace', {});
  }

  async applyBudget(): Promise<void> {
    await this.#engine.callIfRunning('setTraceBudget', { budgetBytes: this.#budgetBytes() });
  }

  #set(state: TraceState | undefined): void {
    this.#state = state;
    this.#changed.fire();
  }
}
