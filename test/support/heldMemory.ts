/** How much memory this process holds, garbage aside. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes: the heap, and buffers outside of it. Takes some milliseconds, as all garbage is collected first. */
export async function heldMemory(): Promise<number> {
  // What was freed in this turn may still be in the hands of its finalizers: in the next it is not.
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
