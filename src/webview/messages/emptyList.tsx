/** What the Messages view says while it has no message to show: why that is, and what to do about it. */
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import { shorten } from '../shared/format.ts';
import { t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { isFiltered, noFilter, originOf } from './filter.ts';
import type { PageProps } from './pageProps.ts';

/** All of them are in the menu above. */
const MAX_OTHERS = 3;
const NAME_CHARACTERS = 60;

type EmptyListProps = PageProps & { filter: MessagesFilter };

export function EmptyList(props: EmptyListProps) {
  const { state, dispatch, post, filter } = props;
  const { view } = state.list;
  const origin = originOf(filter, state.connections);
  if (origin === 'gone') {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('What was shown here is no longer open.')}</p>
        <p class="empty-words">{t('A recording can be opened again, and a broker be connected to again.')}</p>
        <ClearFilter {...props} words={t('Show All Messages')} />
      </div>
    );
  }
  if (
    origin === 'localBroker' &&
    state.broker !== 'running' &&
    (view === undefined || view.end === 0 || state.list.isLost)
  ) {
    const isStarting = state.broker === 'starting';
    const others = state.connections.filter(({ kind }) => kind === 'remoteBroker');
    const title = others.length === 0 ? t('No broker is running') : t('The local broker is not running');
    return (
      <div class="empty-panel">
        <p class="empty-title">{isStarting ? t('The local broker is starting…') : title}</p>
        <p class="empty-words">{t('The messages that your device publishes appear here.')}</p>
        {others.slice(0, MAX_OTHERS).map(({ connection, name }) => (
          <button
            key={connection}
            type="button"
            class="button"
            onClick={() =>
              dispatch({ kind: 'filterEdited', filter: { source: { kind: 'broker', connection } } })
            }
          >
            {t('Show Messages of {0}', shorten(name, NAME_CHARACTERS))}
          </button>
        ))}
        {!isStarting && (
          <button
            type="button"
            class={others.length === 0 ? 'button' : 'button button-secondary'}
            onClick={() => post({ kind: 'startBroker' })}
          >
            {t('Start Local Broker')}
          </button>
        )}
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
  if (origin === 'recording') {
    return (
      <div class="empty-panel">
        <p class="empty-title">{t('No message of this recording matches')}</p>
        <p class="empty-words">{t('While it is being read, messages that match appear here.')}</p>
        <ClearFilter {...props} words={t('Show All Messages')} />
      </div>
    );
  }
  return (
    <div class="empty-panel">
      <p class="empty-title">{isFiltered(filter) ? t('No message matches') : t('No messages yet')}</p>
      <p class="empty-words">
        {filter.publisher !== '' || filter.text !== '' ? (
          t('A message that matches appears here as it comes.')
        ) : filter.topicFilter === '' ? (
          t('What is published appears here as it comes.')
        ) : (
          <>
            {t('What is published to this topic appears here as it comes:')}{' '}
            <TopicText topic={filter.topicFilter} />
          </>
        )}
      </p>
      {isFiltered(filter) && <ClearFilter {...props} words={t('Clear Filter')} />}
    </div>
  );
}

/** The way back to all messages of the broker. */
function ClearFilter({ dispatch, words }: EmptyListProps & { words: string }) {
  return (
    <button
      type="button"
      class="button button-secondary"
      onClick={() => dispatch({ kind: 'filterEdited', filter: noFilter })}
    >
      {words}
    </button>
  );
}
