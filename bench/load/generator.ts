/**
 * The load generator's process: does what it is told, one load after the other, and answers what it measured.
 *
 * One process for all brokers, so that none of them is measured by a colder generator than another.
 */
import { flow } from './flow.ts';
import type { Load, Measurement, Target } from './loads.ts';
import { connections, idle, offline, resume, retained, roundTrip } from './others.ts';

export interface LoadRequest {
  readonly target: Target;
  readonly load: Load;
}

export type LoadAnswer = { readonly measurement: Measurement } | { readonly failure: string };

process.on('message', (request: LoadRequest) => {
  put(request).then(
    (measurement) => answer({ measurement }),
    (error: unknown) =>
      answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The bench is gone, and so is the reason to be here.
process.on('disconnect', () => process.exit());

function put({ target, load }: LoadRequest): Promise<Measurement> {
  switch (load.kind) {
    case 'flow':
      return flow(target, load);
    case 'roundTrip':
      return roundTrip(target, load);
    case 'connections':
      return connections(target, load);
    case 'idle':
      return idle(target, load);
    case 'retained':
      return retained(target, load);
    case 'offline':
      return offline(target, load);
    case 'resume':
      return resume(target, load);
  }
}

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
