/** What waits for a connection that is away, and what waited in vain, in words. */
import { l10n } from 'vscode';
import type { OfflineQueueInfo } from '../../contracts/remoteBrokers.ts';
import { formatBytes, formatMessages } from './formats.ts';

/** Of a row: short. */
export function describeQueue(queue: OfflineQueueInfo | undefined): readonly string[] {
  if (queue === undefined) return [];
  const { messages, notSent } = queue;
  return [
    ...(messages > 0 ? [l10n.t('{0} to send', formatMessages(messages))] : []),
    ...(notSent > 0 ? [l10n.t('{0} not sent', formatMessages(notSent))] : []),
  ];
}

/** Of a tooltip, in sentences. */
export function explainQueue(queue: OfflineQueueInfo | undefined): readonly string[] {
  if (queue === undefined) return [];
  const { messages, bytes, notSent, firstProblem = '' } = queue;
  return [
    ...(messages > 0
      ? [
          l10n.t(
            '{0}, {1}, to send when it is connected again. They are in memory alone: they are lost when VS Code ends, and when you disconnect.',
            formatMessages(messages),
            formatBytes(bytes),
          ),
        ]
      : []),
    ...(notSent > 0
      ? [l10n.t('{0} that waited, not sent: {1}.', formatMessages(notSent), firstProblem)]
      : []),
  ];
}
