/** The Messages view as a whole: what is asked for, the list, the selected message, and how they share the space. */
import { useRef } from 'preact/hooks';
import type { MessageAction, MessagesFilter } from '../../contracts/messagePages.ts';
import { MessagePane } from '../message/messagePane.tsx';
import { Action } from '../shared/controls.tsx';
import { shorten } from '../shared/format.ts';
import { SearchText } from '../shared/highlight.tsx';
import { useSize } from '../shared/hooks.ts';
import { t } from '../shared/l10n.ts';
import { rowCountOf, waitingCountOf } from '../shared/listState.ts';
import { Splitter } from '../shared/splitter.tsx';
import { EmptyList } from './emptyList.tsx';
import { originOf } from './filter.ts';
import { MessageList } from './messageList.tsx';
import type { PageProps } from './pageProps.ts';
import { QueryBar } from './queryBar.tsx';
import { defaultChoices, previousMessage, selectedMessage } from './state.ts';
import { StatusLine } from './statusLine.tsx';

const nameCharacters = 200;
/** From this width on, the selected message stands beside the list. Narrower, the Inspector shows it. */
const withDetailPixels = 620;

/** Empty until it is known what is shown. */
export function MessagesPage(props: PageProps) {
  const { filter } = props.state;
  return filter === undefined ? null : <Page {...props} filter={filter} />;
}

function Page({ filter, ...props }: PageProps & { filter: MessagesFilter }) {
  const { state, dispatch } = props;
  const [page, size] = useSize<HTMLElement>();
  const split = useRef<HTMLDivElement>(null);
  const hasDetail = (size?.widthPixels ?? 0) >= withDetailPixels;
  const isGone = originOf(filter, state.connections) === 'gone';
  const isEmpty = rowCountOf(state.list) === 0 && waitingCountOf(state.list) === 0;
  return (
    <SearchText.Provider value={filter.text}>
      <main ref={page} class="panel" aria-label={nameOf(filter)}>
        <QueryBar {...props} filter={filter} />
        <StatusLine {...props} />
        {isGone || (isEmpty && state.shown.detail === undefined) ? (
          <EmptyList {...props} filter={filter} />
        ) : (
          <div
            ref={split}
            class="split"
            style={{ '--list-share': hasDetail ? `${state.choices.listShare * 100}%` : '100%' }}
          >
            <MessageList {...props} />
            {hasDetail && (
              <>
                <Splitter
                  label={t('Size of the message list')}
                  isVertical={true}
                  share={state.choices.listShare}
                  defaultShare={defaultChoices.listShare}
                  container={() => split.current}
                  onChange={(listShare) => dispatch({ kind: 'choicesChanged', choices: { listShare } })}
                />
                <SelectedMessage {...props} />
              </>
            )}
          </div>
        )}
      </main>
    </SearchText.Provider>
  );
}

/** What a screen reader calls the page. */
function nameOf({ source, topicFilter }: MessagesFilter): string {
  if (source.kind === 'subscription') return t('Messages of the subscription {0}', source.topicFilter);
  return topicFilter === '' ? t('Messages') : t('Messages on {0}', shorten(topicFilter, nameCharacters));
}

function SelectedMessage({ state, dispatch, post }: PageProps) {
  const { shown } = state;
  const { detail } = shown;
  const act = (action: MessageAction) => {
    if (detail !== undefined) post({ kind: 'act', action, id: detail.id, topic: detail.topic });
  };
  return (
    <MessagePane
      shown={shown}
      summary={selectedMessage(state)}
      previous={previousMessage(state)}
      choices={state.choices}
      hasAllActions={false}
      isEngineLost={state.list.isLost}
      actions={
        detail && (
          <Action
            icon="inspect"
            label={t('Open in Inspector')}
            tooltip={t('Open in the Inspector (Enter in the list)')}
            onClick={() => post({ kind: 'openInspector', id: detail.id })}
          />
        )
      }
      onShown={(action) => dispatch({ kind: 'shown', action })}
      onChoices={(choices) => dispatch({ kind: 'choicesChanged', choices })}
      onAct={act}
      onDecoder={post}
    />
  );
}
