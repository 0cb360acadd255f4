import type { Services } from '../services.ts';

/** What was kept stays. */
export async function stopTrace({ traceSwitch }: Services): Promise<void> {
  await traceSwitch.stop();
}
