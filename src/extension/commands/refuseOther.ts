/** What acts on the local broker, or on a broker, does not take any row. Not a command itself. */
import { l10n } from 'vscode';
import { LOCAL_BROKER, type OtherConnectionKind } from '../../contracts/connections.ts';
import type { Services } from '../services.ts';
import { connectionArgument, connectionKindArgument } from './arguments.ts';

/** True where the row is a recording's: the person was told, and nothing is to be done. */
export async function refuseRecording(services: Services, argument: unknown): Promise<boolean> {
  if (kindOf(services, argument) !== 'recording') return false;
  await services.questions.say(
    'information',
    l10n.t(
      'This row is of a recording, and a recording can only be read. Choose a topic of a broker, or replay the recording to one.',
    ),
  );
  return true;
}

/** As `refuseRecording`, for what is done by the local broker itself: also a row of another broker. */
export async function refuseOther(services: Services, argument: unknown): Promise<boolean> {
  if (await refuseRecording(services, argument)) return true;
  if (kindOf(services, argument) !== 'remoteBroker') return false;
  await services.questions.say(
    'information',
    l10n.t('This row is of another broker, and this is done by the local broker alone.'),
  );
  return true;
}

/** Of a row; of what names a connection alone, by what is known to be connected. */
function kindOf({ connections }: Services, argument: unknown): OtherConnectionKind | undefined {
  const connection = connectionArgument(argument) ?? LOCAL_BROKER;
  if (connection === LOCAL_BROKER) return undefined;
  const known = connections.with(connection) === undefined ? 'recording' : 'remoteBroker';
  return connectionKindArgument(argument) ?? known;
}
