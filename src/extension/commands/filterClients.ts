/**
 * Filter Clients…: narrows the Clients view while one types, by a part of the client id.
 *
 * Enter keeps the filter, Escape brings back the one before. With an argument, a text or `{text}`, nothing is asked.
 */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { formatClients } from '../words/clientWords.ts';
import { textArgument } from './arguments.ts';

export async function filterClients({ questions, clientsView }: Services, argument: unknown): Promise<void> {
  const given = textArgument(argument);
  if (given !== undefined) {
    await clientsView.setFilter(given);
    return;
  }
  const before = clientsView.typedFilter;
  const prompt = l10n.t('A part of the client id. Empty shows all.');
  const answer = await questions.text({
    title: l10n.t('Filter Clients'),
    prompt,
    value: before,
    whileTyping: async (text) => {
      const matches = await clientsView.setFilter(text);
      if (text === '') return prompt;
      return matches === 0 ? l10n.t('No client matches.') : l10n.t('{0} match.', formatClients(matches));
    },
  });
  // Enter may be quicker than the pause after the last key.
  await clientsView.setFilter(answer.kind === 'answered' ? answer.value : before);
}
