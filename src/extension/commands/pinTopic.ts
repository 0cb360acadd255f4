/** Pin Topic: a row of its own at the top of the Topics view, in this workspace, whether or not it was heard. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { problemWithTopicName } from '../words/topicWords.ts';
import { topicArgument } from './arguments.ts';
import { suggestTopics } from './publishSteps.ts';
import { refuseOther } from './refuseOther.ts';

const MAX_PINNED_TOPICS = 100;

export async function pinTopic(services: Services, argument: unknown): Promise<void> {
  if (await refuseOther(services, argument)) return;
  const { questions, topicsView } = services;
  const topic = topicArgument(argument) ?? (await askForTopic(services));
  if (topic === undefined) return;
  if (topicsView.pinnedTopics.length >= MAX_PINNED_TOPICS) {
    await questions.say(
      'information',
      l10n.t('{0} topics are pinned, which is as many as can be. Unpin one first.', MAX_PINNED_TOPICS),
    );
    return;
  }
  if (!(await topicsView.pin(topic))) questions.confirm(l10n.t('{0} is pinned already.', formatName(topic)));
}

/** Also one that was never heard: it shows when it is. */
async function askForTopic(services: Services): Promise<string | undefined> {
  const answer = await services.questions.suggest({
    title: l10n.t('Pin Topic'),
    placeholder: l10n.t('Topic to keep at the top of the Topics view'),
    value: '',
    takesAnyText: true,
    problemWith: problemWithTopicName,
    suggest: (text) => suggestTopics(services, text),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
