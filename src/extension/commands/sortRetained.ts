/** Sort Retained Messages…: the order of the view. */
import { l10n } from 'vscode';
import type { RetainedOrder } from '../../contracts/retained.ts';
import type { Services } from '../services.ts';

export async function sortRetained({ questions, retainedView }: Services): Promise<void> {
  const answer = await questions.pick<RetainedOrder>({
    title: l10n.t('Sort Retained Messages'),
    placeholder: l10n.t('Which come first'),
    choices: [
      { value: 'topic', label: l10n.t('By Topic'), icon: 'list-tree' },
      { value: 'size', label: l10n.t('Largest First'), icon: 'file-binary' },
      { value: 'newest', label: l10n.t('Newest First'), icon: 'clock' },
      { value: 'oldest', label: l10n.t('Oldest First'), icon: 'history' },
    ],
    preferred: retainedView.order,
  });
  if (answer.kind === 'answered') retainedView.sortBy(answer.value);
}
