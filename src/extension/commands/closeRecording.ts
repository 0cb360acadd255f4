/** Close Recording: of a row, the only one that is open, or one that is picked. Its files stay. */
import { l10n } from 'vscode';
import type { OpenRecording } from '../../contracts/connections.ts';
import type { Services } from '../services.ts';
import { describeOpenRecording, fileName } from '../words/recordingWords.ts';
import { recordingArgument } from './openRecording.ts';

export async function closeRecording(services: Services, argument: unknown): Promise<void> {
  const recording = recordingArgument(services, argument) ?? (await askForOpenRecording(services));
  if (recording === undefined) return;
  await services.engine.callIfRunning('closeRecording', { connection: recording.connection });
  services.questions.confirm(l10n.t('Closed {0}.', fileName(recording.file)));
}

async function askForOpenRecording({ recordings, questions }: Services): Promise<OpenRecording | undefined> {
  const { open } = recordings;
  if (open.length === 0) {
    await questions.say('information', l10n.t('No recording is open.'));
    return undefined;
  }
  if (open.length === 1) return open[0];
  const answer = await questions.pick({
    title: l10n.t('Close Recording'),
    placeholder: l10n.t('Recording to close'),
    choices: open.map((value) => ({
      value,
      label: fileName(value.file),
      description: describeOpenRecording(value),
    })),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}
