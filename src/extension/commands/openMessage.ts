/** Open Message in Editor: as it came, or as lines of hex where no editor is for it. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { messageOf } from './askForMessage.ts';

export async function openMessage(services: Services, argument: unknown): Promise<void> {
  const name = await messageOf(services, argument, {
    title: l10n.t('Open Message in Editor'),
    placeholder: l10n.t('Topic whose newest message to open'),
  });
  if (name !== undefined) await services.messageEditors.open(name);
}
