/** Disconnect: from another broker, with a DISCONNECT. What was heard of it stays in the views. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { askForConnection, connectionOfArgument } from './connectionSteps.ts';

export async function disconnect(services: Services, argument: unknown): Promise<void> {
  const connection =
    connectionOfArgument(services, argument) ??
    (await askForConnection(services, {
      title: l10n.t('Disconnect'),
      placeholder: l10n.t('Broker to disconnect from'),
      nothing: l10n.t('No other broker is connected.'),
      isMeant: ({ state }) => ['connected', 'connecting', 'waiting'].includes(state.kind),
    }));
  if (connection === undefined) return;
  await services.connections.disconnect(connection.name);
  services.questions.confirm(l10n.t('Disconnected from {0}.', formatName(connection.name)));
}
