/**
 * The load generator in its own process, as the bench talks to it.
 *
 * Behind a load that failed, the next one gets a new process: what is left of it, clients and timers, would disturb.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { inRepository } from '../test/support/repository.ts';
import type { LoadAnswer, LoadRequest } from './load/generator.ts';
import type { Load, Measurement, Target } from './load/loads.ts';

/** More than the longest load takes. */
const LONGEST_SECONDS = 180;

export class GeneratorProcess {
  #child: ChildProcess | undefined;

  /** Rejects when the load could not be put on the broker. One at a time. */
  async put(target: Target, load: Load): Promise<Measurement> {
    this.#child ??= fork(inRepository('bench/load/generator.ts'), { stdio: 'inherit' });
    const request: LoadRequest = { target: { pid: target.pid, ports: target.ports }, load };
    const answer = await ask(this.#child, request);
    if ('measurement' in answer) return answer.measurement;
    this.end();
    throw new Error(answer.failure);
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function ask(child: ChildProcess, request: LoadRequest): Promise<LoadAnswer> {
  return new Promise((resolve) => {
    const answer = (message: LoadAnswer): void => {
      clearTimeout(timer);
      child.off('exit', onExit).off('message', answer);
      resolve(message); // generator.ts sends nothing else
    };
    const onExit = (): void => answer({ failure: 'the load generator ended' });
    const timer = setTimeout(
      () => answer({ failure: `the load did not end within ${LONGEST_SECONDS} s` }),
      LONGEST_SECONDS * 1000,
    );
    child.once('exit', onExit).once('message', answer);
    child.send(request);
  });
}
