/** How far the engine is with a file that it writes, and a way to end it. Not a command itself. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { fileName } from '../words/recordingWords.ts';

/** @param work hands the id on to the engine. */
export function withExportProgress<T>(
  { engine, questions, inBackground, nextExportId }: Services,
  file: string,
  work: (exportId: number) => Promise<T>,
): Promise<T> {
  const exportId = nextExportId();
  return questions.whileWorking(l10n.t('Exporting to {0}', fileName(file)), async ({ report, signal }) => {
    signal.addEventListener('abort', () => inBackground(engine.callIfRunning('cancelExport', { exportId })));
    const telling = engine.on('exportProgress', (progress) => {
      if (progress.exportId === exportId) report(progress.progress);
    });
    try {
      return await work(exportId);
    } finally {
      telling.dispose();
    }
  });
}
