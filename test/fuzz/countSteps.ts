/**
 * How much work a piece of code does, in steps rather than in time: how often each block of src ran, as V8 counts it for
 * code coverage. The same on every machine.
 */
import { Session } from 'node:inspector/promises';
import { inRepository } from '../support/repository.ts';

const sources = `file://${inRepository('src')}/`;

export class StepCounter {
  readonly #session = new Session();

  static async start(): Promise<StepCounter> {
    const counter = new StepCounter();
    counter.#session.connect();
    await counter.#session.post('Profiler.enable');
    await counter.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return counter;
  }

  /** Steps that `work` takes. */
  async count(work: () => void | Promise<void>): Promise<number> {
    // What was counted so far is taken, and so begins anew.
    await this.#session.post('Profiler.takePreciseCoverage');
    await work();
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    let steps = 0;
    for (const { url, functions } of result) {
      if (!url.startsWith(sources)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) steps += count;
    }
    return steps;
  }

  stop(): void {
    this.#session.disconnect();
  }
}
