/** Copy Client ID. */
import { env, l10n } from 'vscode';
import type { Services } from '../services.ts';
import { clientOf } from './askForClient.ts';

export async function copyClientId(services: Services, argument: unknown): Promise<void> {
  const client = await clientOf(services, argument, {
    title: l10n.t('Copy Client ID'),
    placeholder: l10n.t('Client whose id to copy'),
    states: ['connected', 'stored', 'gone'],
    nothingToOffer: l10n.t('The broker knows no such client.'),
  });
  if (client === undefined) return;
  await env.clipboard.writeText(client.clientId);
  services.questions.confirm(l10n.t('Client id copied.'));
}
