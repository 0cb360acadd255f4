/** How far the engine is with many retained messages, and a way to end it. Not a command itself. */
import type { Services } from '../services.ts';

export function withRetainedProgress<T>(
  { engine, questions, inBackground }: Services,
  title: string,
  work: () => Promise<T>,
): Promise<T> {
  return questions.whileWorking(title, async (progress) => {
    progress.signal.addEventListener('abort', () => inBackground(engine.callIfRunning('cancelRetained', {})));
    const following = engine.on('retainedProgress', ({ done, total }) => progress.report(done, total));
    try {
      return await work();
    } finally {
      following.dispose();
    }
  });
}
