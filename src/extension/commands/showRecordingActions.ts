/** Show Recording Actions: what the status bar item of a recording opens. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { showFile } from '../showFile.ts';
import { describeRecording } from '../words/recordingWords.ts';
import { openRecordingFile } from './openRecording.ts';
import { stopRecording } from './stopRecording.ts';

export async function showRecordingActions(services: Services): Promise<void> {
  const state = services.recordings.recording;
  if (state.kind === 'idle') return;
  const { recording } = state;
  const answer = await services.questions.pick({
    title: l10n.t('MQTT Recording'),
    placeholder: describeRecording(recording)[0] ?? '',
    choices: [
      { value: 'stop', label: l10n.t('Stop Recording'), icon: 'debug-stop' },
      { value: 'show', label: l10n.t('Show File'), icon: 'go-to-file', description: recording.currentFile },
      { value: 'open', label: l10n.t('Open Recording'), icon: 'folder-opened' },
    ],
  });
  if (answer.kind !== 'answered') return;
  if (answer.value === 'stop') await stopRecording(services);
  else if (answer.value === 'show') await showFile(recording.currentFile);
  else await openRecordingFile(services, recording.firstFile);
}
