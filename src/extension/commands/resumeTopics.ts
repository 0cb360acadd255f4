/** Resume Topics: the Topics view shows what is, and follows it again. */
import type { Services } from '../services.ts';

export async function resumeTopics({ topicsView }: Services): Promise<void> {
  topicsView.resume();
}
