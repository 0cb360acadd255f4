/** What the Packets view calls things. */
import type { ExchangeStep, PacketKindName, PacketProblem, PacketSummary } from '../../contracts/trace.ts';
import { formatLatency } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';

/** As the standard writes it. */
export function kindWords(kind: PacketKindName | undefined): string {
  return kind === undefined ? t('no packet') : kind.toUpperCase();
}

export function directionWords(direction: PacketSummary['direction']): string {
  return direction === 'in' ? t('from the client') : t('to the client');
}

/** Who is at the other end. */
export function clientWords({ clientId, remoteAddress }: PacketSummary): string {
  return clientId ?? remoteAddress;
}

/** Since the packet that it answers; else since the first. Empty for the first. */
export function latencyWords({ latencyMs, receivedAtMs }: ExchangeStep, firstAtMs: number): string {
  const sinceMs = latencyMs ?? receivedAtMs - firstAtMs;
  return latencyMs !== undefined || sinceMs > 0 ? `+${formatLatency(sinceMs)}` : '';
}

export function problemWords(problem: PacketProblem): string {
  switch (problem) {
    case 'faulty':
      return t('breaks the standard');
    case 'refused':
      return t('says no');
    case 'unfinished':
      return t('the connection ended before all of it had come');
  }
}
