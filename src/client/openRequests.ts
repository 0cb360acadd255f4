/** Requests that wait for their answers: MQTT.js may forget to answer when its connection ends, and these never do. */
import type { Failure } from './clientTypes.ts';

export class OpenRequests {
  /** Calls off a wait, with the reason: one for each request without an answer. */
  readonly #waiting = new Set<(reason: string) => void>();

  wait<T extends { kind: string }>(
    run: (settle: (outcome: T | Failure) => void) => void,
  ): Promise<T | Failure> {
    return new Promise((resolve) => {
      const callOff = (reason: string): void => settle({ kind: 'failed', message: reason });
      const settle = (outcome: T | Failure): void => {
        this.#waiting.delete(callOff);
        resolve(outcome);
      };
      this.#waiting.add(callOff);
      run(settle);
    });
  }

  /** All of them fail. */
  callOff(reason: string): void {
    for (const callOff of [...this.#waiting]) callOff(reason);
  }
}
