/** Which topic a command is about: the one of its row, or one that is asked for. Not a command itself. */
import { l10n } from 'vscode';
import type { MessageSummary } from '../../contracts/messages.ts';
import type { Services } from '../services.ts';
import { problemWithTopicName } from '../words/topicWords.ts';
import { topicArgument } from './arguments.ts';
import { suggestTopics } from './publishSteps.ts';

export interface TopicRequest {
  title: string;
  placeholder: string;
  retainedOnly?: boolean;
}

export async function topicOf(
  services: Services,
  argument: unknown,
  { title, placeholder, retainedOnly = false }: TopicRequest,
): Promise<string | undefined> {
  const given = topicArgument(argument);
  if (given !== undefined) return given;
  const answer = await services.questions.suggest({
    title,
    placeholder,
    value: '',
    takesAnyText: false,
    problemWith: problemWithTopicName,
    suggest: (text) => suggestTopics(services, text, { retainedOnly }),
    nothingToOffer: retainedOnly
      ? l10n.t('No retained message was seen on such a topic.')
      : l10n.t('No message was seen on such a topic.'),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

/** The newest message on a topic, if any was seen. */
export async function lastMessageOf(
  { engine }: Services,
  topic: string,
): Promise<MessageSummary | undefined> {
  return (await engine.callIfRunning('topicPath', { topic }))?.at(-1)?.last;
}
