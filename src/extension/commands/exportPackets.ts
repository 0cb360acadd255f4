/** Export Shown Packets…: what the Packets view shows, as pcapng, which Wireshark opens. */
import { l10n } from 'vscode';
import type { Services } from '../services.ts';
import { showFile } from '../showFile.ts';
import { exportedPacketsWords } from '../words/exportedPacketsWords.ts';
import { fileName } from '../words/recordingWords.ts';
import { fileIn, localPathOf, usualFolder } from './localFiles.ts';
import { withExportProgress } from './withExportProgress.ts';

export async function exportPackets(services: Services): Promise<void> {
  const { engine, packetsView, questions } = services;
  const state = await engine.callIfRunning('traceState', {});
  if (state === undefined || state.heldPackets === 0) {
    await questions.say('information', l10n.t('Nothing was exported: the packet trace holds nothing.'));
    return;
  }
  const uri = await questions.saveAs(
    l10n.t('Export Shown Packets'),
    fileIn(usualFolder(services), 'packets.pcapng'),
    { button: l10n.t('Export'), filters: { [l10n.t('Packet Captures')]: ['pcapng'] } },
  );
  const file = uri && (await localPathOf(services, uri));
  if (file === undefined) return;
  const result = await withExportProgress(services, file, (exportId) =>
    engine.call('exportTrace', { exportId, query: packetsView.query, file }),
  );
  if (result.kind === 'cancelled') return;
  if (result.kind === 'failed') {
    await questions.say('error', l10n.t('Nothing was exported. {0}', result.message));
    return;
  }
  const show = l10n.t('Show File');
  const button = await questions.say(
    result.missingPackets === 0 ? 'information' : 'warning',
    exportedPacketsWords(result, fileName(file)),
    show,
  );
  if (button === show) await showFile(file);
}
