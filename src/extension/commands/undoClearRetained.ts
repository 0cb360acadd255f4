/** Undo Clear Retained: publishes again what was cleared last. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { explainUndone } from '../words/retainedWords.ts';
import { withRetainedProgress } from './withRetainedProgress.ts';

export async function undoClearRetained(services: Services): Promise<void> {
  const { engine, questions } = services;
  const title = l10n.t('Undo Clear Retained');
  const result = await withRetainedProgress(services, title, () => engine.call('undoClearRetained', {}));
  const { ok, message } = explainUndone(result);
  await questions.say(ok ? 'information' : 'warning', message);
}
