/** Delete Development CA…: for a key that someone else may have, or another kind of keys. Asks once, since boards lose it. */
import { l10n } from 'vscode';
import { settingKeys } from '../../contracts/manifest.ts';
import type { Services } from '../services.ts';
import { launch } from './launch.ts';
import { withSecrets } from './withSecrets.ts';

export async function deleteDevelopmentCa(services: Services): Promise<void> {
  const { developmentCa, broker, settings, questions } = services;
  await withSecrets(services, async () => {
    if ((await developmentCa.authority()) === undefined) {
      await questions.say('information', l10n.t('There is no development CA on this computer.'));
      return;
    }
    const mayDelete = await questions.mayLose({
      message: l10n.t('Delete the development CA?'),
      detail: l10n.t(
        'Boards that trust it, and certificates that it signed, are of no use then: each board needs the next CA. The broker goes on without TLS.',
      ),
      button: l10n.t('Delete'),
    });
    if (!mayDelete) return;
    await settings.change(settingKeys.tls, false);
    await developmentCa.delete();
    if (broker.state.kind === 'running') await launch(services, (answers) => broker.restartForTls(answers));
    questions.confirm(l10n.t('The development CA is deleted.'));
  });
}
