/** Filter Retained Messages…: what the view shows. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';

export async function filterRetained({ questions, retainedView }: Services): Promise<void> {
  const answer = await questions.text({
    title: l10n.t('Filter Retained Messages'),
    prompt: l10n.t('A part of the topic, or a topic filter as sensors/# or +/status. Empty shows all.'),
    value: retainedView.typedFilter,
  });
  if (answer.kind === 'answered') retainedView.setFilter(answer.value);
}
