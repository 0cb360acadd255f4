/**
 * The pings of one connection: how long the broker takes to answer, and whether it still does. MQTT.js sends them when the
 * keep alive asks for it; a check sends one at once.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** How long a check waits for the answer, milliseconds. */
const CHECK_WAIT_MS = 5_000;

export interface PingsOptions {
  clock: Clock;
  send(): void;
  /** A check had no answer. */
  onSilence(): void;
}

export class Pings {
  readonly #options: PingsOptions;
  #sentAtMs: number | undefined;
  #check: Disposable | undefined;
  /** Between a request and its answer, milliseconds. Who else has asked and was answered sets it. */
  latencyMs: number | undefined;

  constructor(options: PingsOptions) {
    this.#options = options;
  }

  sent(): void {
    this.#sentAtMs = this.#options.clock.monotonicMs();
  }

  answered(): void {
    if (this.#sentAtMs !== undefined) this.latencyMs = this.#options.clock.monotonicMs() - this.#sentAtMs;
    this.#sentAtMs = undefined;
    this.#endCheck();
  }

  /** Does not wait for the keep alive. One at a time. */
  check(): void {
    if (this.#check !== undefined) return;
    const { clock, send, onSilence } = this.#options;
    this.#check = clock.setTimeout(() => {
      this.#check = undefined;
      onSilence();
    }, CHECK_WAIT_MS);
    send();
  }

  /** The connection is no more. */
  ended(): void {
    this.#sentAtMs = undefined;
    this.#endCheck();
  }

  #endCheck(): void {
    this.#check?.dispose();
    this.#check = undefined;
  }
}
