/** Show More Retained Messages: the row at the end of a long list. */
import type { Services } from '../services.ts';

export async function showMoreRetained({ retainedView }: Services): Promise<void> {
  retainedView.showMore();
}
