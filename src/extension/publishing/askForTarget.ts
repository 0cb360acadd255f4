/** Which of the places to publish to: the local broker, and the brokers of the profiles, connected or not. */
import { l10n } from 'vscode';
import { localBrokerChoice } from '../commands/connectionSteps.ts';
import type { Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Answer, Choice, UserQuestions } from '../questions/userQuestions.ts';
import { describeState } from '../words/connectionStateWords.ts';
import { formatName } from '../words/formats.ts';

/** Of all of them. */
export function askForPublishTarget(
  questions: UserQuestions,
  { broker, connections }: { broker: LocalBroker; connections: Connections },
  preferred: string,
): Promise<Answer<string>> {
  const local = localBrokerChoice(broker, '');
  const others = connections.all.map(({ name, profile, state }): Choice<string> => {
    const traits = [describeState(state), ...(profile?.readOnly ? [l10n.t('read-only')] : [])];
    return {
      value: name,
      label: formatName(name),
      icon: profile?.icon ?? 'server',
      description: traits.join(' · '),
    };
  });
  return questions.pick({
    title: l10n.t('Publish'),
    placeholder: l10n.t('Broker to publish to'),
    choices: [local, ...others],
    preferred,
  });
}
