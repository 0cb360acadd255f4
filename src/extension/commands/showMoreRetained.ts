/** Show More Retained Messages: the rows at the ends of a long list. */
import type { Services } from '../services.ts';

export async function showMoreRetained({ retainedView }: Services, argument: unknown): Promise<void> {
  await retainedView.showMore(argument);
}
