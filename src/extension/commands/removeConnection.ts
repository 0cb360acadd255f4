/** Remove Connection: its profile, what it kept secret, and its topics in the views. */
import { l10n } from 'vscode';
import type { Connection } from '../connections/connections.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { askForConnection, connectionOfArgument } from './connectionSteps.ts';

export async function removeConnection(services: Services, argument: unknown): Promise<void> {
  const connection =
    connectionOfArgument(services, argument) ??
    (await askForConnection(services, {
      title: l10n.t('Remove Connection'),
      placeholder: l10n.t('Connection to remove'),
      nothing: l10n.t('There is no connection to remove.'),
      isMeant: () => true,
    }));
  if (connection === undefined || !(await mayRemove(services, connection))) return;
  const { name, profile } = connection;
  await services.connections.forget(name);
  if (profile !== undefined) {
    await services.profileSecrets.forget(profile);
    await services.connectionSettings.remove(profile);
  }
  services.questions.confirm(l10n.t('Removed the connection {0}.', formatName(name)));
}

async function mayRemove({ questions }: Services, { name, profile }: Connection): Promise<boolean> {
  const answer = await questions.pick({
    title: l10n.t('Remove Connection'),
    placeholder:
      profile?.scope === 'workspace'
        ? l10n.t('It is removed from the settings of this workspace, its secrets and its topics with it.')
        : l10n.t('It is removed from your settings, its secrets and its topics with it.'),
    choices: [{ value: true, icon: 'trash', label: l10n.t('Remove {0}', formatName(name)) }],
  });
  return answer.kind === 'answered';
}
