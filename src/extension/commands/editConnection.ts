/** Edit Connection…: its form, also of one that can't be used, whose faults are shown there. */
import { l10n } from 'vscode';
import type { SettingsEntry } from '../connections/connectionSettings.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { connectionNameArgument } from './arguments.ts';
import { sayUntrusted } from './connect.ts';
import { connectionOfArgument } from './connectionSteps.ts';

export async function editConnection(services: Services, argument: unknown): Promise<void> {
  const connection = connectionOfArgument(services, argument);
  if (connection?.profile?.isTrusted === false) return sayUntrusted(services, connection.profile);
  const name = connection?.name ?? connectionNameArgument(argument);
  const { entries } = services.connectionSettings;
  const place = entries.find((each) => each.name === name || placeName(each) === name);
  const chosen = name === undefined ? await askForEntry(services, entries) : place;
  if (chosen !== undefined) (await services.connectionForms()).open(chosen);
}

/** The only one is not asked for. */
async function askForEntry(
  { questions }: Services,
  entries: readonly SettingsEntry[],
): Promise<SettingsEntry | undefined> {
  if (entries.length === 0) {
    await questions.say('information', l10n.t('There is no connection to edit. Add Connection makes one.'));
    return undefined;
  }
  if (entries.length === 1) return entries[0];
  const answer = await questions.pick({
    title: l10n.t('Edit Connection'),
    placeholder: l10n.t('Connection to edit'),
    choices: entries.map((each) => {
      const { url } = each.entry;
      return {
        value: each,
        icon: 'server',
        label: formatName(each.name ?? placeName(each)),
        description: each.scope === 'user' ? l10n.t('your settings') : l10n.t('settings of the workspace'),
        ...(typeof url === 'string' && { detail: formatName(url) }),
      };
    }),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

/** As the message about its faults calls one without a name. */
function placeName({ index }: SettingsEntry): string {
  return `#${index + 1}`;
}
