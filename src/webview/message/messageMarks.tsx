/** The small marks of a message: its QoS, that it is retained, that it is a will. */
import type { MessageSummary, QoS } from '../../contracts/messages.ts';
import { t } from '../shared/l10n.ts';

export function MessageMarks({
  message,
}: {
  message: Pick<MessageSummary, 'qos' | 'retain' | 'isWill' | 'hasWaited'>;
}) {
  return (
    <span class="marks">
      <span class={`mark mark-qos${message.qos}`} title={qosWords(message.qos)}>
        {t('QoS {0}', String(message.qos))}
      </span>
      {message.retain && (
        <span class="mark mark-retained" title={t('The broker keeps it for those who subscribe later')}>
          {t('retained')}
        </span>
      )}
      {message.isWill && (
        <span class="mark mark-will" title={t('Published by the broker, because the client was lost')}>
          {t('will')}
        </span>
      )}
      {message.hasWaited && (
        <span class="mark mark-waited" title={waitedWords()}>
          {t('waited')}
        </span>
      )}
    </span>
  );
}

export function waitedWords(): string {
  return t(
    'It came first with the session that the broker had kept: most likely published while this connection was away',
  );
}

export function qosWords(qos: QoS): string {
  switch (qos) {
    case 0:
      return t('At most once');
    case 1:
      return t('At least once');
    case 2:
      return t('Exactly once');
  }
}
