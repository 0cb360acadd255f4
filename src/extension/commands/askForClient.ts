/** Which client a command is about: the one of its row, or one that is asked for. Not a command itself. */
import type { ClientDetail, ClientState } from '../../contracts/clients.ts';
import type { Services } from '../services.ts';
import { clientArgument } from './arguments.ts';

const MAX_SUGGESTIONS = 100;

export interface ClientRequest {
  title: string;
  placeholder: string;
  /** Clients in other states are not offered. */
  states: readonly ClientState[];
  nothingToOffer: string;
}

/** Undefined where nobody is named, and where no such client is known any more: the person is told. */
export async function clientOf(
  services: Services,
  argument: unknown,
  request: ClientRequest,
): Promise<ClientDetail | undefined> {
  const clientId = clientArgument(argument) ?? (await askForClient(services, request));
  if (clientId === undefined) return undefined;
  const [client] = (await services.engine.callIfRunning('clientDetails', { clientIds: [clientId] })) ?? [];
  if (client === undefined || !request.states.includes(client.state)) {
    await services.questions.say('information', request.nothingToOffer);
    return undefined;
  }
  return client;
}

async function askForClient(
  { engine, questions }: Services,
  { title, placeholder, states, nothingToOffer }: ClientRequest,
): Promise<string | undefined> {
  const answer = await questions.suggest({
    title,
    placeholder,
    value: '',
    takesAnyText: false,
    problemWith: () => undefined,
    suggest: async (text) => {
      const page = await engine.callIfRunning('listClients', { text, states, limit: MAX_SUGGESTIONS });
      return (page?.clients ?? []).map(({ clientId }) => clientId);
    },
    nothingToOffer,
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
