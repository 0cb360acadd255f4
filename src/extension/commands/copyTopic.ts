/** Copy Topic. */
import { env, l10n } from 'vscode';
import type { Services } from '../services.ts';
import { topicOf } from './askForTopic.ts';

export async function copyTopic(services: Services, argument: unknown): Promise<void> {
  const topic = await topicOf(services, argument, {
    title: l10n.t('Copy Topic'),
    placeholder: l10n.t('Topic to copy'),
  });
  if (topic === undefined) return;
  await env.clipboard.writeText(topic);
  services.questions.confirm(l10n.t('Topic copied.'));
}
