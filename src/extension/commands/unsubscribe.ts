/** Unsubscribe: from a row of the Broker view, or from one that is picked. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { topicFilterArgument } from './arguments.ts';

export async function unsubscribe(services: Services, argument: unknown): Promise<void> {
  const topicFilter = topicFilterArgument(argument) ?? (await askForSubscription(services));
  if (topicFilter === undefined) return;
  await services.engine.callIfRunning('unsubscribe', { topicFilter });
  services.questions.confirm(l10n.t('Unsubscribed from {0}.', formatName(topicFilter)));
}

async function askForSubscription({ broker, questions }: Services): Promise<string | undefined> {
  if (broker.subscriptions.length === 0) {
    await questions.say('information', l10n.t('The workbench has no subscription.'));
    return undefined;
  }
  const answer = await questions.pick({
    title: l10n.t('Unsubscribe'),
    placeholder: l10n.t('Subscription to end'),
    choices: broker.subscriptions.map(({ topicFilter, messageCount }) => ({
      value: topicFilter,
      label: formatName(topicFilter),
      description: formatMessages(messageCount),
    })),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
