/** Reveal Topic…: finds a topic by name and selects it in the Topics view, however deep or far down it is. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { topicOf } from './askForTopic.ts';

export async function revealTopic(services: Services, argument: unknown): Promise<void> {
  const topic = await topicOf(services, argument, {
    title: l10n.t('Reveal Topic'),
    placeholder: l10n.t('Topic to show in the Topics view'),
  });
  if (topic === undefined || (await services.topicsView.reveal(topic))) return;
  await services.questions.say('information', l10n.t('No message was seen on {0}.', formatName(topic)));
}
