/** Unsubscribe: from a row of the Broker or the Connections view, or from one that is picked. */
import { l10n } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { SubscriptionInfo } from '../../contracts/engine.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { connectionArgument, topicFilterArgument } from './arguments.ts';

export async function unsubscribe(services: Services, argument: unknown): Promise<void> {
  const given = topicFilterArgument(argument);
  const subscription =
    given === undefined
      ? await askForSubscription(services)
      : { topicFilter: given, connection: connectionArgument(argument) ?? LOCAL_BROKER };
  if (subscription === undefined) return;
  const { topicFilter, connection } = subscription;
  await services.engine.callIfRunning('unsubscribe', {
    topicFilter,
    ...(connection !== LOCAL_BROKER && { connection }),
  });
  services.questions.confirm(l10n.t('Unsubscribed from {0}.', formatName(topicFilter)));
}

interface NamedSubscription {
  topicFilter: string;
  connection: ConnectionId;
}

async function askForSubscription({
  broker,
  connections,
  questions,
}: Services): Promise<NamedSubscription | undefined> {
  const choices = [
    ...broker.subscriptions.map((subscription) => choiceOf(subscription, LOCAL_BROKER, undefined)),
    ...connections.brokers.flatMap(({ connection, name, subscriptions }) =>
      subscriptions.map((subscription) => choiceOf(subscription, connection, name)),
    ),
  ];
  if (choices.length === 0) {
    await questions.say('information', l10n.t('The workbench has no subscription.'));
    return undefined;
  }
  const answer = await questions.pick({
    title: l10n.t('Unsubscribe'),
    placeholder: l10n.t('Subscription to end'),
    choices,
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

/** @param name of another broker. */
function choiceOf(
  { topicFilter, messageCount }: SubscriptionInfo,
  connection: ConnectionId,
  name: string | undefined,
): Choice<NamedSubscription> {
  const traits = [formatMessages(messageCount), ...(name === undefined ? [] : [formatName(name)])];
  return {
    value: { topicFilter, connection },
    label: formatName(topicFilter),
    description: traits.join(' · '),
  };
}
