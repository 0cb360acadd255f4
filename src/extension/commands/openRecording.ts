/** Open Recording…: a file and the other parts of its recording, to be looked at like a broker that can't be published to. */
import { l10n, Uri } from 'vscode';
import type { OpenRecording } from '../../contracts/connections.ts';
import type { Services } from '../services.ts';
import { describeOpenRecording, fileName } from '../words/recordingWords.ts';
import { connectionArgument } from './arguments.ts';
import { localPathOf, usualFolder } from './localFiles.ts';

export async function openRecording(services: Services, argument: unknown): Promise<void> {
  const uri =
    argument instanceof Uri
      ? argument
      : await askForRecordingFile(services, l10n.t('Choose a recording to open'));
  const file = uri && (await localPathOf(services, uri));
  if (file !== undefined) await openRecordingFile(services, file);
}

/** And shows its messages. */
export async function openRecordingFile(services: Services, file: string): Promise<void> {
  const { engine, messagesView, questions, recordings } = services;
  const result = await engine.call('openRecording', { file });
  if (result.kind === 'unreadable') {
    await questions.say('error', l10n.t('The recording was not opened. {0}', result.message));
    return;
  }
  const { recording } = result;
  const name = fileName(recording.file);
  questions.confirm(
    result.kind === 'alreadyOpen'
      ? l10n.t('{0} is open already: {1}', name, describeOpenRecording(recording))
      : l10n.t('Opened {0}: {1}', name, describeOpenRecording(recording)),
  );
  recordings.opened(recording);
  await messagesView.open({ source: { kind: 'broker', connection: recording.connection } });
}

export function askForRecordingFile(services: Services, title: string): Promise<Uri | undefined> {
  const folder = usualFolder(services);
  return services.questions.file(title, l10n.t('Open'), {
    filters: { [l10n.t('Recordings')]: ['jsonl'], [l10n.t('All Files')]: ['*'] },
    ...(folder !== undefined && { folder: Uri.file(folder) }),
  });
}

/** The open recording that a row is, or is of. */
export function recordingArgument({ recordings }: Services, argument: unknown): OpenRecording | undefined {
  const connection = connectionArgument(argument);
  return recordings.open.find((recording) => recording.connection === connection);
}
