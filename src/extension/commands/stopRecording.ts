/** Stop Recording: what has come is written, and how it ended is said by followRecordings.ts. */
import type { Services } from '../services.ts';

export async function stopRecording({ engine }: Services): Promise<void> {
  await engine.callIfRunning('stopRecording', {});
}
