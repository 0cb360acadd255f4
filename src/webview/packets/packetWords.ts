/** What the Packets view calls things. */
import type { PacketKindName, PacketProblem, PacketSummary } from '../../contracts/trace.ts';
import { formatLatency } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import type { StepTime } from './stepTime.ts';

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

export function stepTimeWords({ since, ms }: StepTime): string {
  const time = formatLatency(ms);
  return since === 'answered' ? t('{0} after what it answers', time) : t('{0} after the first', time);
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
