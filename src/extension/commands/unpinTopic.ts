/** Unpin Topic: takes a topic's row from the top of the Topics view. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { topicArgument } from './arguments.ts';

export async function unpinTopic({ questions, topicsView }: Services, argument: unknown): Promise<void> {
  const given = topicArgument(argument);
  if (given !== undefined) {
    await topicsView.unpin(given);
    return;
  }
  const { pinnedTopics } = topicsView;
  if (pinnedTopics.length === 0) {
    await questions.say('information', l10n.t('No topic is pinned.'));
    return;
  }
  const answer = await questions.pick({
    title: l10n.t('Unpin Topic'),
    placeholder: l10n.t('Topic to take from the top of the Topics view'),
    choices: pinnedTopics.map((topic) => ({ value: topic, label: formatName(topic, 300), icon: 'pinned' })),
  });
  if (answer.kind === 'answered') await topicsView.unpin(answer.value);
}
