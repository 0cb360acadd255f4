/**
 * Disconnect Client…: with a reason code that is chosen, where the client's version of MQTT has one.
 *
 * Before 5.0 a server has no DISCONNECT: then nothing is asked, and the person is told that it was the socket alone.
 */
import { l10n } from 'vscode';
import type { ClientInfo } from '../../contracts/clients.ts';
import type { Services } from '../services.ts';
import { formatProtocol, formatReason } from '../words/clientWords.ts';
import { formatName } from '../words/formats.ts';
import { clientOf } from './askForClient.ts';

const ADMINISTRATIVE_ACTION = 0x98;
/** Use another server, and server moved: they say where. Section 4.11. */
const REDIRECTIONS: readonly number[] = [0x9c, 0x9d];

interface Farewell {
  reasonCode: number;
  serverReference?: string;
}

export async function disconnectClient(services: Services, argument: unknown): Promise<void> {
  const client = await clientOf(services, argument, {
    title: titleOf(),
    placeholder: l10n.t('Client to disconnect'),
    states: ['connected'],
    nothingToOffer: l10n.t('No such client is connected.'),
  });
  if (client === undefined) return;
  const farewell = await askForFarewell(services, client);
  if (farewell === undefined) return;
  const { clientId } = client;
  const result = await services.engine.call('disconnectClient', { clientId, ...farewell });
  const name = formatName(clientId);
  if (result.kind !== 'disconnected')
    await services.questions.say('information', l10n.t('{0} is not connected any more.', name));
  else if (result.isTold) services.questions.confirm(l10n.t('{0} disconnected.', name));
  else
    await services.questions.say(
      'information',
      l10n.t(
        'The connection of {0} is closed. It was not told why: in {1} a server has no DISCONNECT.',
        name,
        formatProtocol(client.protocolVersion ?? 4),
      ),
    );
}

function titleOf(): string {
  return l10n.t('Disconnect Client');
}

async function askForFarewell(services: Services, client: ClientInfo): Promise<Farewell | undefined> {
  if (client.protocolVersion !== 5) return { reasonCode: ADMINISTRATIVE_ACTION };
  const { engine, questions } = services;
  const reasons = await engine.call('disconnectReasons', {});
  const answer = await questions.pick({
    title: titleOf(),
    placeholder: l10n.t('What to tell {0}: the reason code of its DISCONNECT', formatName(client.clientId)),
    choices: reasons.map(({ reasonCode, name }) => ({
      value: reasonCode,
      label: formatReason(reasonCode, name),
    })),
    preferred: ADMINISTRATIVE_ACTION,
  });
  if (answer.kind !== 'answered') return undefined;
  if (!REDIRECTIONS.includes(answer.value)) return { reasonCode: answer.value };
  const server = await questions.text({
    title: titleOf(),
    prompt: l10n.t('Where it is to go instead, as in broker.example:1883. Empty says nothing.'),
    value: '',
  });
  if (server.kind !== 'answered') return undefined;
  return { reasonCode: answer.value, ...(server.value !== '' && { serverReference: server.value }) };
}
