import type { Services } from '../services.ts';

/** Forgets the packets that were kept; goes on if it is on. */
export async function clearTrace({ traceSwitch }: Services): Promise<void> {
  await traceSwitch.clear();
}
