/** Turn Off TLS: the broker goes on without its TLS listener. The development CA stays, for the next time. */
import { l10n } from 'vscode';
import { settingKeys } from '../../contracts/manifest.ts';
import type { Services } from '../services.ts';
import { launch } from './launch.ts';

export async function turnOffTls(services: Services): Promise<void> {
  const { broker, settings, questions } = services;
  await settings.change(settingKeys.tls, false);
  if (broker.state.kind === 'running') {
    const launched = await launch(services, (answers) => broker.restartForTls(answers));
    if (launched === undefined) return;
  }
  questions.confirm(l10n.t('The broker has no TLS now. The development CA is kept.'));
}
