/** Show More Clients: the row at the end of a long list. */
import type { Services } from '../services.ts';

export async function showMoreClients({ clientsView }: Services): Promise<void> {
  clientsView.showMore();
}
