/** What acts on the broker does not take a row of a recording. Not a command itself. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { isOfRecording } from './arguments.ts';

/** True where the row is a recording's: the person was told, and nothing is to be done. */
export async function refuseRecording({ questions }: Services, argument: unknown): Promise<boolean> {
  if (!isOfRecording(argument)) return false;
  await questions.say(
    'information',
    l10n.t(
      'This row is of a recording, and a recording can only be read. Choose a topic of the local broker, or replay the recording to it.',
    ),
  );
  return true;
}
