/**
 * Filter Topics…: narrows the Topics view while one types, by name and by text in the last payload.
 *
 * Enter keeps the filter, Escape brings back the one before. With an argument, a text or `{text}`, nothing is asked.
 */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatTopics } from '../words/formats.ts';
import { textArgument } from './arguments.ts';

export async function filterTopics({ questions, topicsView }: Services, argument: unknown): Promise<void> {
  const given = textArgument(argument);
  if (given !== undefined) return topicsView.setFilter(given);
  const before = topicsView.filter?.text ?? '';
  const prompt = l10n.t(
    'Topics are shown that contain this, or whose last payload does. Empty: all of them.',
  );
  const answer = await questions.text({
    title: l10n.t('Filter Topics'),
    prompt,
    value: before,
    placeholder: l10n.t('Part of a topic or of its last payload'),
    whileTyping: async (text) => {
      await topicsView.setFilter(text);
      const { filter } = topicsView;
      if (filter === undefined) return prompt;
      if (filter.matches === 0) return l10n.t('No topic matches.');
      return l10n.t('{0} match.', formatTopics(filter.matches));
    },
  });
  // Enter may be quicker than the pause after the last key.
  await topicsView.setFilter(answer.kind === 'answered' ? answer.value : before);
}
