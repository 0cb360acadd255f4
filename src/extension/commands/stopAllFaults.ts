/** Stop All Faults: what they hold back is let go, and the broker behaves. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';

export async function stopAllFaults({ engine, questions }: Services): Promise<void> {
  const result = await engine.callIfRunning('stopFaults', {});
  questions.confirm(result?.kind === 'stopped' ? l10n.t('All faults are off.') : l10n.t('No fault was on.'));
}
