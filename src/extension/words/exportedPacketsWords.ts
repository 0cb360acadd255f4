/** What came of an export of packets. */
import { l10n } from 'vscode';
import type { ExportTraceResult } from '../../contracts/trace.ts';
import { formatCount } from './formats.ts';

type Exported = Extract<ExportTraceResult, { kind: 'exported' }>;

/** @param name of the file. */
export function exportedPacketsWords(
  { packets, addedConnects, missingPackets }: Exported,
  name: string,
): string {
  const sentences = [
    packets === 1
      ? l10n.t('Exported 1 packet to {0}.', name)
      : l10n.t('Exported {0} packets to {1}.', formatCount(packets), name),
  ];
  if (addedConnects > 0) sentences.push(addedWords(addedConnects));
  if (missingPackets > 0)
    sentences.push(l10n.t('{0} missing: the trace dropped them meanwhile.', formatCount(missingPackets)));
  return sentences.join(' ');
}

function addedWords(connects: number): string {
  return connects === 1
    ? l10n.t("Added is the CONNECT of 1 connection, without which it can't be read as MQTT 5.0.")
    : l10n.t(
        "Added is the CONNECT of {0} connections, without which they can't be read as MQTT 5.0.",
        formatCount(connects),
      );
}
