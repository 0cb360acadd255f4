/** Show More Topics: the row at the end of a branch that has more children than are shown. */
import type { Services } from '../services.ts';

export async function showMoreTopics({ topicsView }: Services, argument: unknown): Promise<void> {
  topicsView.showMore(argument);
}
