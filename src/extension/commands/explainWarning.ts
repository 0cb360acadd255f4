/** Explain Warning…: what was seen of a client, why it matters and what to change; and the page that says more. */
import { l10n } from 'vscode';
import type { ClientWarning } from '../../contracts/clients.ts';
import { openDocsPage } from '../openDocsPage.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { formatSightings, formatWarning } from '../words/warningWords.ts';
import { warningArgument } from './arguments.ts';

export async function explainWarning(services: Services, argument: unknown): Promise<void> {
  const known = (await services.engine.callIfRunning('listWarnings', {})) ?? [];
  const named = warningArgument(argument);
  const given =
    named && known.find(({ clientId, facts }) => clientId === named.clientId && facts.kind === named.kind);
  const warning = given ?? (await askForWarning(services, known));
  if (warning === undefined) return;
  const { title, seen, why, change } = formatWarning(warning);
  const more = l10n.t('Learn More');
  const name = formatName(warning.clientId);
  const button = await services.questions.say(
    'information',
    l10n.t('{0}: {1}. {2} {3} {4} {5}', name, title, seen, formatSightings(warning), why, change),
    more,
  );
  if (button === more)
    await openDocsPage(services.extensionUri, 'warnings', warning.facts.kind.toLowerCase());
}

async function askForWarning(
  { questions }: Services,
  warnings: readonly ClientWarning[],
): Promise<ClientWarning | undefined> {
  if (warnings.length === 0) {
    await questions.say('information', l10n.t('There is no warning about a client.'));
    return undefined;
  }
  const answer = await questions.pick({
    title: l10n.t('Explain Warning'),
    placeholder: l10n.t('Warning to explain'),
    choices: [...warnings].reverse().map((warning) => {
      const { title, seen } = formatWarning(warning);
      return {
        value: warning,
        icon: 'warning',
        label: title,
        description: formatName(warning.clientId),
        detail: seen,
      };
    }),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
