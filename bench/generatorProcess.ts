/** The load generator in its own process, as the bench talks to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { inRepository } from '../test/support/repository.ts';
import type { LoadAnswer, LoadRequest } from './load/generator.ts';
import type { Load, Measurement, Target } from './load/loads.ts';

export class GeneratorProcess {
  readonly #child: ChildProcess = fork(inRepository('bench/load/generator.ts'), { stdio: 'inherit' });

  /** Rejects when the load could not be put on the broker. One at a time. */
  async put(target: Target, load: Load): Promise<Measurement> {
    const request: LoadRequest = { target: { pid: target.pid, ports: target.ports }, load };
    const answer = await new Promise<LoadAnswer>((resolve, reject) => {
      const onExit = (): void => reject(new Error('the load generator ended'));
      this.#child.once('exit', onExit);
      this.#child.once('message', (message) => {
        this.#child.off('exit', onExit);
        resolve(message as LoadAnswer); // generator.ts sends nothing else
      });
      this.#child.send(request);
    });
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.measurement;
  }

  end(): void {
    this.#child.disconnect();
  }
}
