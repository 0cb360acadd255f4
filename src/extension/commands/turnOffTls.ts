/** Turn Off TLS: the broker goes on without its TLS listener. The development CA stays, for the next time. */
import { l10n } from 'vscode';
import { settingKeys } from '../../contracts/manifest.ts';
import type { Services } from '../services.ts';
import { restartedWords } from '../words/tlsWords.ts';
import { launch } from './launch.ts';

export async function turnOffTls(services: Services): Promise<void> {
  const { broker, settings, questions } = services;
  await settings.change(settingKeys.tls, false);
  const done = l10n.t('The broker has no TLS now. The development CA is kept.');
  if (broker.state.kind !== 'running') {
    questions.confirm(done);
    return;
  }
  const restarted = restartedWords(services.faults.injections.length > 0);
  const launched = await launch(services, (answers) => broker.restartForTls(answers));
  if (launched !== undefined) services.inBackground(questions.say('information', `${done} ${restarted}`));
}
