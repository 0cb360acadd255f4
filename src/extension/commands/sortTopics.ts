/** Sort Topics: by name, or by what happens, which then is looked at again every two seconds. */
import { l10n } from 'vscode';
import type { TopicOrder } from '../../contracts/topics.ts';
import type { Services } from '../services.ts';

export async function sortTopics({ questions, topicsView }: Services): Promise<void> {
  const answer = await questions.pick<TopicOrder>({
    title: l10n.t('Sort Topics'),
    placeholder: l10n.t('What comes first?'),
    choices: [
      { value: 'name', label: l10n.t('By Name'), icon: 'sort-precedence' },
      {
        value: 'activity',
        label: l10n.t('By Last Activity'),
        icon: 'history',
        description: l10n.t('the newest message first'),
      },
      {
        value: 'rate',
        label: l10n.t('By Rate'),
        icon: 'pulse',
        description: l10n.t('the most messages a second first'),
      },
    ],
    preferred: topicsView.order,
  });
  if (answer.kind === 'answered') await topicsView.setOrder(answer.value);
}
