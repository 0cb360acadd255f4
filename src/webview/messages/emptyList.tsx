/** What the Messages view says while it has no message to show: why that is, and what to do about it. */
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import { t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { isFiltered, noFilter } from './filter.ts';
import type { PageProps } from './pageProps.ts';

export function EmptyList({ state, dispatch, post, filter }: PageProps & { filter: MessagesFilter }) {
  const { view } = state.list;
  const isRecording = filter.source.kind === 'broker' && filter.source.connection !== undefined;
  if (!isRecording && !state.isBrokerRunning && (view === undefined || view.end === 0)) {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('No broker is running')}</p>
        <p class="empty-words">{t('The messages that your device publishes appear here.')}</p>
        <button type="button" class="button" onClick={() => post({ kind: 'startBroker' })}>
          {t('Start Local Broker')}
        </button>
      </div>
    );
  }
  if (view === undefined) return <div class="empty-panel" aria-busy="true" />;
  if (view.progress < 1) {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('Looking through the history…')}</p>
      </div>
    );
  }
  return (
    <div class="empty-panel">
      <p class="empty-title">{isFiltered(filter) ? t('No message matches') : t('No messages yet')}</p>
      <p class="empty-words">
        {filter.topicFilter === '' ? (
          t('What is published appears here as it comes.')
        ) : (
          <>
            {t('What is published to this topic appears here as it comes:')}{' '}
            <TopicText topic={filter.topicFilter} />
          </>
        )}
      </p>
      {isFiltered(filter) && (
        <button
          type="button"
          class="button button-secondary"
          onClick={() => dispatch({ kind: 'filterEdited', filter: noFilter })}
        >
          {t('Clear Filter')}
        </button>
      )}
    </div>
  );
}
