/** Says how each recording and each replay ended, whoever ended it. */
import { l10n } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { RecordingEnd, RecordingInfo } from '../../contracts/recordings.ts';
import { openRecordingFile } from '../commands/openRecording.ts';
import type { Services } from '../services.ts';
import { showFile } from '../showFile.ts';
import { explainRecordingEnd, explainReplayEnd } from '../words/recordingWords.ts';

export function followRecordings(services: Services): Disposable {
  const { engine, recordings, questions, inBackground } = services;
  const store = new DisposableStore();
  store.add(engine.on('recordingEnded', (end) => inBackground(tellRecordingEnd(services, end))));
  store.add(recordings.onDidLoseRecording((recording) => inBackground(tellLoss(services, recording))));
  store.add(
    engine.on('replayEnded', (replay) => {
      const { ok, message } = explainReplayEnd(replay);
      if (ok) questions.confirm(message);
      else inBackground(questions.say(replay.state === 'failed' ? 'error' : 'warning', message));
    }),
  );
  return store;
}

async function tellRecordingEnd(services: Services, end: RecordingEnd): Promise<void> {
  const { ok, message } = explainRecordingEnd(end);
  const failed = end.kind === 'failed' ? 'error' : 'warning';
  const show = l10n.t('Show File');
  const open = l10n.t('Open Recording');
  const button = await services.questions.say(ok ? 'information' : failed, message, show, open);
  if (button === show) await showFile(end.recording.firstFile);
  if (button === open) await openRecordingFile(services, end.recording.firstFile);
}

async function tellLoss({ questions }: Services, { currentFile }: RecordingInfo): Promise<void> {
  const message = l10n.t(
    'The recording ended with the MQTT engine. What was written until then is in {0}.',
    currentFile,
  );
  const show = l10n.t('Show File');
  if ((await questions.say('warning', message, show)) === show) await showFile(currentFile);
}
