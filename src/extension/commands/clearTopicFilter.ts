/** Clear Topic Filter: shows every topic again, with the branches open as they were. */
import type { Services } from '../services.ts';

export async function clearTopicFilter({ topicsView }: Services): Promise<void> {
  await topicsView.setFilter('');
}
