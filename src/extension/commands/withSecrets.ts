/** What the certificate commands have in common: where they work, and what they say where they don't. Not a command itself. */
import { commands, l10n, workspace } from 'vscode';
import { isSecretsUnavailable } from '../certificates/developmentCa.ts';
import type { Services } from '../services.ts';
import { explainSecretsUnavailable } from '../words/tlsWords.ts';

/**
 * Keys are made in trusted workspaces alone: they end up in files of the folder, or open its broker to clients.
 *
 * Resolves with undefined where the work could not be done, after a message has said why.
 */
export async function withSecrets<T>(
  { questions }: Services,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (!workspace.isTrusted) {
    const manage = l10n.t('Manage Workspace Trust');
    const message = l10n.t('In Restricted Mode no keys and certificates are made. Trust this folder first.');
    if ((await questions.say('warning', message, manage)) === manage)
      await commands.executeCommand('workbench.trust.manage');
    return undefined;
  }
  try {
    return await work();
  } catch (error) {
    if (!isSecretsUnavailable(error)) throw error;
    await questions.say('error', explainSecretsUnavailable(error));
    return undefined;
  }
}
