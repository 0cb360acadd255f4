/** Test Connection…: its form, with a test of it beside. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { sayUntrusted } from './connect.ts';
import { askForConnection, connectionOfArgument } from './connectionSteps.ts';

export async function testConnection(services: Services, argument: unknown): Promise<void> {
  const connection =
    connectionOfArgument(services, argument) ??
    (await askForConnection(services, {
      title: l10n.t('Test Connection'),
      placeholder: l10n.t('Connection to test'),
      nothing: l10n.t('There is no other broker to connect to. Add Connection makes one.'),
      isMeant: ({ profile }) => profile !== undefined,
    }));
  const profile = connection?.profile;
  if (profile === undefined) return;
  if (!profile.isTrusted) return sayUntrusted(services, profile);
  const form = (await services.connectionForms()).openProfile(profile);
  await form?.test();
}
