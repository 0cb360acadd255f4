/** Sort Busiest Topics by Messages, or by Bytes. */
import type { Services } from '../services.ts';

export async function sortBusiestByMessages({ busiestView }: Services): Promise<void> {
  busiestView.sortBy('messages');
}

export async function sortBusiestByBytes({ busiestView }: Services): Promise<void> {
  busiestView.sortBy('bytes');
}
