/**
 * A configuration file that lets others on the network connect: asked once for each file and its addresses, since a
 * file may come with a repository, and nobody exposes a computer by opening a folder.
 */
import path from 'node:path';
import { l10n } from 'vscode';
import type { StartBrokerResult } from '../../contracts/engine.ts';
import type { Answers } from '../localBroker.ts';
import type { Services } from '../services.ts';

const THIS_COMPUTER = '127.0.0.1';

/** Undefined when no broker is to start. */
export async function askWhetherToExpose(
  { questions, memory }: Services,
  { file, addresses, requiresCredentials }: Extract<StartBrokerResult, { kind: 'wouldExpose' }>,
): Promise<Answers | undefined> {
  const agreement = { file, addresses, requiresCredentials };
  if (memory.hasAgreed(agreement)) return { mayExpose: true };
  const answer = await questions.pick<Answers>({
    title: l10n.t('Start Local Broker'),
    placeholder: l10n.t('{0} lets others on the network connect. Start it so?', path.basename(file)),
    choices: [
      {
        value: { host: THIS_COMPUTER },
        icon: 'vm',
        label: l10n.t('Start on This Computer Only'),
        detail: l10n.t('The same listeners, on {0}.', THIS_COMPUTER),
      },
      {
        value: { mayExpose: true },
        icon: requiresCredentials ? 'lock' : 'unlock',
        label: l10n.t('Start as the File Says'),
        description: addresses.join(', '),
        detail: requiresCredentials
          ? l10n.t('Clients on this network must give a user name and password of the file.')
          : l10n.t('Anyone on this network can connect, read every message and publish any.'),
      },
    ],
  });
  if (answer.kind !== 'answered') return undefined;
  if (answer.value.mayExpose) await memory.rememberAgreement(agreement);
  return answer.value;
}
