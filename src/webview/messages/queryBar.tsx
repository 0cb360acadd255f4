/** What is asked for: the fields above the list. Each is a part of the filter, and all that are filled must hold. */
import { useState } from 'preact/hooks';
import type { MessagesFilter, NamedConnection } from '../../contracts/messagePages.ts';
import { Action } from '../shared/controls.tsx';
import { displayLanguage, t } from '../shared/l10n.ts';
import { SuggestionField } from '../shared/suggestionField.tsx';
import { TopicFilterField } from '../shared/topicFilterField.tsx';
import { isFiltered, noFilter } from './filter.ts';
import { listAction, type PageProps } from './pageProps.ts';
import { parseTime, timeExample } from './timeText.ts';

type QueryBarProps = PageProps & { filter: MessagesFilter };

export function QueryBar(props: QueryBarProps) {
  const { state, dispatch, post, filter } = props;
  const edit = (changes: Partial<MessagesFilter>) => dispatch({ kind: 'filterEdited', filter: changes });
  return (
    // biome-ignore lint/a11y/useSemanticElements: Preact's types know no <search>.
    <div class="query" role="search" aria-label={t('Which messages')}>
      <SourceField {...props} />
      <TopicFilterField
        value={filter.topicFilter}
        suggestions={state.topics}
        onInput={(topicFilter) => edit({ topicFilter })}
        onFind={(text) => post({ kind: 'findTopics', text })}
      />
      <div class="query-field query-client">
        <SuggestionField
          id="publisher"
          label={t('Publishing client')}
          placeholder={t('All clients')}
          title={t('Client id of the publisher')}
          listLabel={t('Connected clients')}
          value={filter.publisher}
          isInvalid={false}
          suggestions={state.clients}
          onInput={(publisher) => edit({ publisher })}
          onFind={(text) => post({ kind: 'findClients', text })}
        />
      </div>
      <TextField {...props} />
      <TimeField {...props} />
      <Action
        icon="remove"
        label={t('Clear Filter')}
        isDisabled={!isFiltered(filter)}
        onClick={() => edit(noFilter)}
      />
    </div>
  );
}

interface NamedSource {
  source: MessagesFilter['source'];
  words: string;
}

/** The one that is shown is among them, also when it was just ended. */
function sourcesOf(
  subscriptions: readonly string[],
  connections: readonly NamedConnection[],
  shown: MessagesFilter['source'],
): NamedSource[] {
  const sources: NamedSource[] = [
    { source: { kind: 'broker' }, words: t('All messages') },
    ...subscriptions.map((topicFilter) => ({
      source: { kind: 'subscription', topicFilter } as const,
      words: t('Subscription {0}', topicFilter),
    })),
    ...connections.map(({ connection, kind, name }) => ({
      source: { kind: 'broker', connection } as const,
      words: kind === 'recording' ? t('Recording {0}', name) : t('Broker {0}', name),
    })),
  ];
  if (sources.some(({ source }) => sourceKey(source) === sourceKey(shown))) return sources;
  const words =
    shown.kind === 'subscription'
      ? t('Subscription {0}', shown.topicFilter)
      : t('One that is no longer open');
  return [...sources, { source: shown, words }];
}

function sourceKey(source: MessagesFilter['source']): string {
  return source.kind === 'subscription'
    ? `subscription ${source.topicFilter}`
    : `broker ${source.connection ?? 0}`;
}

function SourceField({ state, dispatch, filter }: QueryBarProps) {
  const sources = sourcesOf(state.subscriptions, state.connections, filter.source);
  if (sources.length === 1) return null;
  return (
    <select
      class="select query-source"
      aria-label={t('Source')}
      title={t('All messages that the broker took, what a subscription was delivered, or a recording')}
      value={sourceKey(filter.source)}
      onChange={(event) => {
        const chosen = sources[event.currentTarget.selectedIndex];
        if (chosen !== undefined) dispatch({ kind: 'filterEdited', filter: { source: chosen.source } });
      }}
    >
      {sources.map(({ source, words }) => (
        <option key={sourceKey(source)} value={sourceKey(source)}>
          {words}
        </option>
      ))}
    </select>
  );
}

function TextField({ state, dispatch, filter }: QueryBarProps) {
  const isFilter = filter.textMode === 'filter';
  const { searchOutcome, search } = state;
  const next = (direction: 'forward' | 'backward') => dispatch({ kind: 'searched', direction });
  return (
    <div class="query-field query-text">
      <input
        id="search-text"
        class="text-input"
        type="search"
        spellcheck={false}
        aria-label={t('Search topics and payloads')}
        placeholder={t('Search topics and payloads')}
        title={t('Enter goes to the next match, Shift+Enter to the one before')}
        value={filter.text}
        onInput={(event) => dispatch({ kind: 'filterEdited', filter: { text: event.currentTarget.value } })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          next(event.shiftKey ? 'backward' : 'forward');
        }}
      />
      <button
        type="button"
        class="toggle"
        aria-pressed={isFilter}
        aria-label={t('Show matches only')}
        title={
          isFilter ? t('Only messages with the text are shown') : t('Messages with the text are only marked')
        }
        onClick={() =>
          dispatch({ kind: 'filterEdited', filter: { textMode: isFilter ? 'highlight' : 'filter' } })
        }
      >
        {t('Filter')}
      </button>
      <Action
        icon="up"
        label={t('Previous Match')}
        isDisabled={filter.text === ''}
        onClick={() => next('backward')}
      />
      <Action
        icon="down"
        label={t('Next Match')}
        isDisabled={filter.text === ''}
        onClick={() => next('forward')}
      />
      <span class="query-outcome" role="status">
        {search !== undefined
          ? t('Searching…')
          : searchOutcome === 'notFound'
            ? t('No match')
            : searchOutcome === 'wrapped'
              ? t('From the other end')
              : ''}
      </span>
    </div>
  );
}

function TimeField({ dispatch }: QueryBarProps) {
  const [text, setText] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const go = () => {
    const receivedAtMs = parseTime(text, Date.now(), displayLanguage());
    setIsWrong(receivedAtMs === undefined);
    if (receivedAtMs !== undefined) dispatch(listAction({ kind: 'wentTo', goal: { receivedAtMs } }));
  };
  const example = `${timeExample(Date.now(), displayLanguage())} 14:05:07.250`;
  const help = t('A time such as 14:05 or 14:05:07.250, or with a day: {0}. Enter goes there.', example);
  return (
    <div class="query-field query-time">
      <input
        id="time"
        class={`text-input ${isWrong ? 'text-input-invalid' : ''}`}
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-label={t('Go to time')}
        aria-invalid={isWrong}
        placeholder={t('Go to time')}
        title={help}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setIsWrong(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          go();
        }}
      />
      <span class="screen-reader-only" role="status">
        {isWrong ? help : ''}
      </span>
    </div>
  );
}
