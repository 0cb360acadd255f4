/** Show What a Board Needs for TLS: the page that Set Up TLS opens, once more. */
import type { Services } from '../services.ts';
import { askForCa } from './exportCaCertificate.ts';
import { withSecrets } from './withSecrets.ts';

export async function showTlsNotes(services: Services): Promise<void> {
  await withSecrets(services, async () => {
    if ((await askForCa(services)) !== undefined) await services.tlsNotesPage.show();
  });
}
