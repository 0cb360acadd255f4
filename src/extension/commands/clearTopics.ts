/** Clear Topics: empties the Topics view and the panels. Retained messages stay with the broker. */
import type { Services } from '../services.ts';

export async function clearTopics({ engine }: Services): Promise<void> {
  await engine.callIfRunning('clearTopics', {});
}
