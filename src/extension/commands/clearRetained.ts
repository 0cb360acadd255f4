/** Clear Retained Message: publishes an empty retained message, which makes the broker forget its own. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { explainPublish } from '../words/publishWords.ts';
import { topicOf } from './askForTopic.ts';
import { ensureRunning } from './launch.ts';

export async function clearRetained(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Clear Retained Message');
  if (!(await ensureRunning(services, title))) return;
  const topic = await topicOf(services, argument, {
    title,
    placeholder: l10n.t('Topic whose retained message to clear'),
    retainedOnly: true,
  });
  if (topic === undefined) return;
  const outcome = explainPublish(await services.engine.call('clearRetained', { topic }), topic);
  if (outcome.ok) services.questions.confirm(l10n.t('Retained message of {0} cleared.', formatName(topic)));
  else await services.questions.say('error', outcome.message);
}
