/** Pause Topics: the Topics view stands still, and counts what comes meanwhile. */
import type { Services } from '../services.ts';

export async function pauseTopics({ topicsView }: Services): Promise<void> {
  topicsView.pause();
}
