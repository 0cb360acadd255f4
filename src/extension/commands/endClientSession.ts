/** End Session of Client: disconnects it, and has the broker forget what it keeps for it. Asks before messages are lost. */
import { l10n } from 'vscode';
import type { ClientDetail } from '../../contracts/clients.ts';
import type { Services } from '../services.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { clientOf } from './askForClient.ts';

export async function endClientSession(services: Services, argument: unknown): Promise<void> {
  const client = await clientOf(services, argument, {
    title: l10n.t('End Session of Client'),
    placeholder: l10n.t('Client whose session to end'),
    states: ['connected', 'stored'],
    nothingToOffer: l10n.t('The broker has no session of such a client.'),
  });
  if (client === undefined || !(await mayEnd(services, client))) return;
  const { kind } = await services.engine.call('endClientSession', { clientId: client.clientId });
  const name = formatName(client.clientId);
  if (kind === 'ended') services.questions.confirm(l10n.t('The session of {0} is ended.', name));
  else await services.questions.say('information', l10n.t('{0} has no session any more.', name));
}

async function mayEnd({ questions }: Services, { clientId, session }: ClientDetail): Promise<boolean> {
  const { inflightMessages = 0, queuedMessages = 0 } = session ?? {};
  const waiting = inflightMessages + queuedMessages;
  if (waiting === 0) return true;
  return questions.mayLose({
    message: l10n.t('End the session of {0}?', formatName(clientId)),
    detail:
      waiting === 1
        ? l10n.t('A message that waits for it is lost.')
        : l10n.t('{0} that wait for it are lost.', formatMessages(waiting)),
    button: l10n.t('End Session'),
  });
}
