/** Copy Payload: of the newest message on a topic. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { lastMessageOf, topicOf } from './askForTopic.ts';

export async function copyPayload(services: Services, argument: unknown): Promise<void> {
  const topic = await topicOf(services, argument, {
    title: l10n.t('Copy Payload'),
    placeholder: l10n.t('Topic whose last payload to copy'),
  });
  if (topic === undefined) return;
  const message = await lastMessageOf(services, topic);
  if (message === undefined) {
    await services.questions.say('information', l10n.t('No message was seen on {0}.', formatName(topic)));
    return;
  }
  await services.payloads.copy(message.id);
}
