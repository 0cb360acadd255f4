/** Cut Client Off: closes its socket without a word, as a network that fails does. Its will goes out. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { clientOf } from './askForClient.ts';

export async function cutClient(services: Services, argument: unknown): Promise<void> {
  const client = await clientOf(services, argument, {
    title: l10n.t('Cut Client Off'),
    placeholder: l10n.t('Client whose socket to close without a DISCONNECT, so that its will goes out'),
    states: ['connected'],
    nothingToOffer: l10n.t('No such client is connected.'),
  });
  if (client === undefined) return;
  const { kind } = await services.engine.call('cutClient', { clientId: client.clientId });
  const name = formatName(client.clientId);
  if (kind === 'cut') services.questions.confirm(l10n.t('{0} is cut off.', name));
  else await services.questions.say('information', l10n.t('{0} is not connected any more.', name));
}
