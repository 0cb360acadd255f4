/** Start Local Broker: listens as the settings say, and tells the address to type into a firmware. */

import { networkInterfaces } from 'node:os';
import { commands, env, l10n } from 'vscode';
import { commandIds } from '../../contracts/manifest.ts';
import { addressesOf, isExposed, mainListener } from '../brokerAddress.ts';
import type { Services } from '../services.ts';
import { launch } from './launch.ts';

export async function startBroker(services: Services): Promise<void> {
  const launched = await launch(services, (answers) => services.broker.start(answers));
  // Not awaited: the broker runs, and a notification may stand for minutes.
  if (launched) services.inBackground(sayAddress(services, launched.kind === 'alreadyRunning'));
}

async function sayAddress(services: Services, wasRunning: boolean): Promise<void> {
  const { state } = services.broker;
  const listener = mainListener(state);
  if (listener === undefined) return;
  const { local, lan } = addressesOf(listener, networkInterfaces());
  const address = local ?? lan[0]?.url ?? '';
  const copy = l10n.t('Copy Address');
  const expose = l10n.t('Expose on the Local Network…');
  const message = wasRunning
    ? l10n.t('The local broker is running already, at {0}.', address)
    : l10n.t('The local broker is running at {0}.', address);
  const button = await services.questions.say(
    'information',
    message,
    copy,
    ...(isExposed(state) ? [] : [expose]),
  );
  if (button === copy) await env.clipboard.writeText(address);
  if (button === expose) await commands.executeCommand(commandIds.exposeBroker);
}
