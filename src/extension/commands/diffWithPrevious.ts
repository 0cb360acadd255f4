/** Compare with Previous: what changed on the topic. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { messageOf } from './askForMessage.ts';

export async function diffWithPrevious(services: Services, argument: unknown): Promise<void> {
  const name = await messageOf(services, argument, {
    title: l10n.t('Compare with Previous'),
    placeholder: l10n.t('Topic whose two newest messages to compare'),
  });
  if (name !== undefined) await services.messageEditors.diffWithPrevious(name);
}
