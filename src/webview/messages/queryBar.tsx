/** What is asked for: the fields above the list. Each is a part of the filter, and all that are filled must hold. */
import { useState } from 'preact/hooks';
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import { checkPlainTopicFilter, type TopicProblem } from '../../mqtt/topics.ts';
import { Action } from '../shared/controls.tsx';
import { displayLanguage, t } from '../shared/l10n.ts';
import { SuggestionField } from '../shared/suggestionField.tsx';
import { isFiltered, noFilter } from './filter.ts';
import { listAction, type PageProps } from './pageProps.ts';
import { parseTime, timeExample } from './timeText.ts';

type QueryBarProps = PageProps & { filter: MessagesFilter };

export function QueryBar(props: QueryBarProps) {
  const { state, dispatch, post, filter } = props;
  const edit = (changes: Partial<MessagesFilter>) => dispatch({ kind: 'filterEdited', filter: changes });
  const problem = filter.topicFilter === '' ? undefined : checkPlainTopicFilter(filter.topicFilter);
  return (
    // biome-ignore lint/a11y/useSemanticElements: Preact's types know no <search>.
    <div class="query" role="search" aria-label={t('Which messages')}>
      <SourceField {...props} />
      <div class="query-field query-topic">
        <SuggestionField
          id="topic-filter"
          label={t('Topic filter')}
          placeholder={t('All topics')}
          title={
            problem
              ? topicFilterWords(problem)
              : t('Topic or topic filter: + stands for one level, # for all that follow')
          }
          describedBy="topic-filter-problem"
          listLabel={t('Seen topics')}
          value={filter.topicFilter}
          isInvalid={problem !== undefined}
          suggestions={state.topics}
          onInput={(topicFilter) => edit({ topicFilter })}
          onFind={(text) => post({ kind: 'findTopics', text })}
        />
        <span class="screen-reader-only" id="topic-filter-problem" role="status">
          {problem ? topicFilterWords(problem) : ''}
        </span>
      </div>
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

const allMessages = 'broker';

function SourceField({ state, dispatch, filter }: QueryBarProps) {
  const { source } = filter;
  const chosen = source.kind === 'subscription' ? source.topicFilter : undefined;
  // One that was just ended is still what is shown.
  const filters = new Set([...state.subscriptions, ...(chosen === undefined ? [] : [chosen])]);
  if (filters.size === 0) return null;
  const values = [...filters];
  return (
    <select
      class="select query-source"
      aria-label={t('Source')}
      title={t('All messages that the broker took, or what a subscription was delivered')}
      value={chosen === undefined ? allMessages : `subscription ${values.indexOf(chosen)}`}
      onChange={(event) => {
        const topicFilter = values[event.currentTarget.selectedIndex - 1];
        const to =
          topicFilter === undefined
            ? ({ kind: 'broker' } as const)
            : ({ kind: 'subscription', topicFilter } as const);
        dispatch({ kind: 'filterEdited', filter: { source: to } });
      }}
    >
      <option value={allMessages}>{t('All messages')}</option>
      {values.map((topicFilter, i) => (
        <option key={topicFilter} value={`subscription ${i}`}>
          {t('Subscription {0}', topicFilter)}
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

function topicFilterWords(problem: TopicProblem): string {
  switch (problem.kind) {
    case 'multiLevelNotLast':
    case 'multiLevelNotAlone':
      return t('The wildcard # must be the last level, and a level of its own.');
    case 'singleLevelNotAlone':
      return t('The wildcard + must be a level of its own.');
    default:
      return t('No topic matches this: it is too long, or has a character that a topic can’t have.');
  }
}
