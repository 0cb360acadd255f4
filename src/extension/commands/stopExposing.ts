/** Stop Exposing Broker: restarts it on this computer alone. */
import { l10n } from 'vscode';
import { isExposed } from '../brokerAddress.ts';
import type { Services } from '../services.ts';
import { launch } from './launch.ts';

export async function stopExposing(services: Services): Promise<void> {
  const { broker, questions } = services;
  if (!isExposed(broker.state)) {
    await questions.say('information', l10n.t('The broker is not exposed: only this computer can reach it.'));
    return;
  }
  const launched = await launch(services, (answers) => broker.stopExposing(answers));
  if (launched) questions.confirm(l10n.t('Only this computer can reach the broker now.'));
}
