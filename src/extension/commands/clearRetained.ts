/** Clear Retained Message: the broker forgets the one of a topic, and its subscribers get an empty one. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { explainCleared } from '../words/retainedWords.ts';
import { topicOf } from './askForTopic.ts';
import { ensureRunning } from './launch.ts';
import { refuseOther } from './refuseOther.ts';

export async function clearRetained(services: Services, argument: unknown): Promise<void> {
  if (await refuseOther(services, argument)) return;
  const title = l10n.t('Clear Retained Message');
  if (!(await ensureRunning(services, title))) return;
  const topic = await topicOf(services, argument, {
    title,
    placeholder: l10n.t('Topic whose retained message to clear'),
    retainedOnly: true,
  });
  if (topic === undefined) return;
  const { engine, questions } = services;
  const filter = { topicFilter: topic };
  const result = await engine.call('clearRetained', filter);
  const name = formatName(topic);
  if (result.kind !== 'cleared') await questions.say('error', explainCleared(result, filter, 1).message);
  else if (result.cleared === 0)
    await questions.say('information', l10n.t('The broker holds no retained message of {0}.', name));
  else questions.confirm(l10n.t('Retained message of {0} cleared.', name));
}
