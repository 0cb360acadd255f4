/** Show Faults: those that are on, each to be stopped by itself; what the status bar item opens. */
import { commands, l10n } from 'vscode';
import { type CommandId, commandIds } from '../../contracts/manifest.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { faultsOnLabel, injectionDetail, injectionLabel } from '../words/faultWords.ts';

type Action = { readonly command: CommandId } | { readonly stop: number };

export async function showFaults({ engine, faults, questions }: Services): Promise<void> {
  const { injections } = faults;
  const stops = injections.map(
    (injection): Choice<Action> => ({
      value: { stop: injection.id },
      label: l10n.t('Stop {0}', injectionLabel(injection)),
      icon: 'debug-stop',
      detail: injectionDetail(injection),
    }),
  );
  const stopAll: Choice<Action> = {
    value: { command: commandIds.stopAllFaults },
    label: l10n.t('Stop All Faults'),
    icon: 'debug-stop',
  };
  const answer = await questions.pick<Action>({
    title: l10n.t('MQTT Faults'),
    placeholder: injections.length === 0 ? l10n.t('No fault is on.') : faultsOnLabel(injections.length),
    choices: [
      ...(injections.length > 0 ? [stopAll] : []),
      ...stops,
      { value: { command: commandIds.injectFault }, label: l10n.t('Inject Fault…'), icon: 'flame' },
      { value: { command: commandIds.showLog }, label: l10n.t('Show Log'), icon: 'output' },
    ],
  });
  if (answer.kind !== 'answered') return;
  if ('stop' in answer.value) await engine.callIfRunning('stopFaults', { id: answer.value.stop });
  else await commands.executeCommand(answer.value.command);
}
