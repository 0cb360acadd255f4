/** Which subscription a command is about: of its row, or asked for. Not a command itself. */
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { SubscriptionInfo } from '../../contracts/engine.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { connectionArgument, topicFilterArgument } from './arguments.ts';

export interface NamedSubscription {
  connection: ConnectionId;
  subscription: SubscriptionInfo;
}

interface SubscriptionQuestion {
  title: string;
  placeholder: string;
  /** Said where there is none to choose. */
  nothing: string;
  isMeant(subscription: NamedSubscription): boolean;
}

/** Undefined where there is none, or the person chose none. */
export async function askForSubscription(
  services: Services,
  argument: unknown,
  { title, placeholder, nothing, isMeant }: SubscriptionQuestion,
): Promise<NamedSubscription | undefined> {
  const given = topicFilterArgument(argument);
  const all = allSubscriptions(services);
  if (given !== undefined) {
    const connection = connectionArgument(argument) ?? LOCAL_BROKER;
    return all.find((each) => each.connection === connection && each.subscription.topicFilter === given);
  }
  const meant = all.filter(isMeant);
  if (meant.length === 0) {
    await services.questions.say('information', nothing);
    return undefined;
  }
  const answer = await services.questions.pick({
    title,
    placeholder,
    choices: meant.map((each) => choiceOf(services, each)),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

function allSubscriptions({ broker, connections }: Services): NamedSubscription[] {
  return [
    ...broker.subscriptions.map((subscription) => ({ connection: LOCAL_BROKER, subscription })),
    ...connections.brokers.flatMap(({ connection, subscriptions }) =>
      subscriptions.map((subscription) => ({ connection, subscription })),
    ),
  ];
}

function choiceOf({ connections }: Services, value: NamedSubscription): Choice<NamedSubscription> {
  const { topicFilter, messageCount } = value.subscription;
  const name = connections.with(value.connection)?.name;
  return {
    value,
    label: formatName(topicFilter),
    description: [formatMessages(messageCount), ...(name === undefined ? [] : [formatName(name)])].join(
      ' · ',
    ),
  };
}
