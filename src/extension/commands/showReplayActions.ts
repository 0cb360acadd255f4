/** Show Replay Actions: what the status bar item of a replay opens. It stays open for the next step until Escape. */
import { l10n } from 'vscode';
import type { ReplayAction, ReplayInfo } from '../../contracts/recordings.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { describeReplay } from '../words/recordingWords.ts';

export async function showReplayActions(services: Services): Promise<void> {
  const { engine, questions } = services;
  for (;;) {
    const state = await engine.callIfRunning('replay', {});
    if (state?.kind !== 'open') return;
    const answer = await questions.pick<ReplayAction>({
      title: l10n.t('MQTT Replay'),
      placeholder: describeReplay(state.replay).slice(0, 2).join(' · '),
      choices: choicesOf(state.replay),
    });
    if (answer.kind !== 'answered') return;
    await engine.callIfRunning('replayControl', { action: answer.value });
    if (answer.value !== 'step') return;
  }
}

function choicesOf({ state }: ReplayInfo): Choice<ReplayAction>[] {
  const stop: Choice<ReplayAction> = { value: 'stop', label: l10n.t('Stop Replay'), icon: 'debug-stop' };
  if (state !== 'paused') return [{ value: 'pause', label: l10n.t('Pause'), icon: 'debug-pause' }, stop];
  return [
    { value: 'step', label: l10n.t('Next Message'), icon: 'debug-step-over' },
    { value: 'resume', label: l10n.t('Resume'), icon: 'debug-continue' },
    stop,
  ];
}
