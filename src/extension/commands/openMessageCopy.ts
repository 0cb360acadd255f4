/** Edit a Copy of Message: an untitled document, that can be changed and published. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { messageOf } from './askForMessage.ts';

export async function openMessageCopy(services: Services, argument: unknown): Promise<void> {
  const name = await messageOf(services, argument, {
    title: l10n.t('Edit a Copy of Message'),
    placeholder: l10n.t('Topic whose newest message to copy'),
  });
  if (name !== undefined) await services.payloads.openCopy(name.id, name.receivedAtMs);
}
