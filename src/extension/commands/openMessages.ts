/** Open Messages: the panel of a topic, or of a subscription when called from its row. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { topicFilterArgument } from './arguments.ts';
import { topicOf } from './askForTopic.ts';

export async function openMessages(services: Services, argument: unknown): Promise<void> {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) return services.messagePanels.open({ kind: 'subscription', topicFilter });
  const topic = await topicOf(services, argument, {
    title: l10n.t('Open Messages'),
    placeholder: l10n.t('Topic whose messages to open'),
  });
  if (topic !== undefined) await services.messagePanels.open({ kind: 'topic', topic });
}
