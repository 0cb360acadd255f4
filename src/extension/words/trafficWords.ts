/** Rates and shares as a person reads them. */
import { l10n } from 'vscode';
import type { Traffic, TrafficOrder } from '../../contracts/traffic.ts';
import { formatBytes, formatNumber } from './formats.ts';

/** `1,234/s`; `0.2/s` of what comes less than ten times a second. */
export function formatRate(perSecond: number): string {
  return l10n.t('{0}/s', rounded(perSecond));
}

/** `1,234 messages/s`, rounded likewise. */
export function formatMessageRate(perSecond: number): string {
  return l10n.t('{0} messages/s', rounded(perSecond));
}

/** What comes at all is never 0. */
function rounded(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.1) return `< ${formatNumber(0.1, 1)}`;
  return formatNumber(perSecond, perSecond < 10 ? 1 : 0);
}

/** `56 KiB/s`, of payload. */
export function formatByteRate(bytesPerSecond: number): string {
  return l10n.t('{0}/s', formatBytes(Math.round(bytesPerSecond)));
}

/** `43 %`, of the messages or of the bytes. */
export function formatShare(part: Traffic, total: Traffic, by: TrafficOrder): string {
  const [of, all] =
    by === 'messages'
      ? [part.messagesPerSecond, total.messagesPerSecond]
      : [part.bytesPerSecond, total.bytesPerSecond];
  // Numbers of one second under the total of the next may be more than all of it.
  const share = all === 0 ? 0 : Math.min(1, of / all);
  if (share > 0 && share < 0.01) return l10n.t('< 1 %');
  return l10n.t('{0} %', Math.round(share * 100));
}
