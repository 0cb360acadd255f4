/**
 * The list of messages: one line each where there is room, two where there is not, newest last.
 *
 * A listbox that keeps the focus itself and names the selected row (aria-activedescendant), as VS Code's own lists do:
 * rows come and go under a flood, and a focus that sat on one would be lost with it. Rows are known by their places.
 */
import type { MessageSummary } from '../../contracts/messages.ts';
import { MessageMarks } from '../message/messageMarks.tsx';
import { previewOf } from '../message/payload.ts';
import { formatByteSize, formatClock, shorten } from '../shared/format.ts';
import { Searched } from '../shared/highlight.tsx';
import { useSize } from '../shared/hooks.ts';
import { Icon } from '../shared/icons.tsx';
import { count, dateAndTime, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { textSegments } from '../shared/utf8.ts';
import { VirtualList } from '../shared/virtualList.tsx';
import { firstPlace, rowCountOf, waitingCountOf } from './listState.ts';
import { listAction, type PageProps } from './pageProps.ts';

/** The heights of .message-row in messageList.css. */
const oneLinePixels = 22;
const twoLinesPixels = 42;
/** Narrower lists have two lines a message. */
const oneLineWidthPixels = 440;
const previewCharacters = 160;
const pageRows = 10;

export function MessageList({ state, dispatch, post }: PageProps) {
  const [area, size] = useSize<HTMLElement>();
  const { list, filter } = state;
  const isOneTopic = filter !== undefined && filter.topicFilter !== '' && !/[+#]/.test(filter.topicFilter);
  const isOneLine = (size?.widthPixels ?? 0) >= oneLineWidthPixels;
  const first = firstPlace(list);
  const rowCount = rowCountOf(list);
  const current = list.selected?.place;
  const isFollowing = list.flow === 'following';
  const waitingCount = waitingCountOf(list);

  const pressed = (event: KeyboardEvent) => {
    const message = list.selected?.message;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      if (message !== undefined)
        post({ kind: 'act', action: 'copyPayload', id: message.id, topic: message.topic });
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
      document.getElementById('search-text')?.focus();
    } else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === ' ') dispatch(listAction({ kind: isFollowing ? 'paused' : 'followed' }));
    else if (event.key === 'Enter') {
      if (message !== undefined) post({ kind: 'openInspector', id: message.id });
    } else if (event.key in movesOfKeys)
      dispatch(listAction({ kind: 'selectionMoved', by: movesOfKeys[event.key] ?? 0 }));
    else return;
    event.preventDefault();
  };

  return (
    <section ref={area} class="list-area" aria-label={t('Messages')}>
      <VirtualList
        firstRow={first}
        rowCount={rowCount}
        rowPixels={isOneLine ? oneLinePixels : twoLinesPixels}
        isFollowing={isFollowing}
        rowToShow={list.shownPlace}
        onScrolled={(to) => dispatch(listAction({ kind: to === 'end' ? 'scrolledToEnd' : 'scrolledBack' }))}
        onRowsInPage={(from, end) => dispatch(listAction({ kind: 'rowsInPage', first: from, end }))}
        attributes={{
          class: [
            'message-list',
            isOneLine ? 'message-list-one-line' : 'message-list-two-lines',
            isOneTopic ? 'message-list-one-topic' : '',
            waitingCount > 0 ? 'message-list-waiting' : '',
          ].join(' '),
          role: 'listbox',
          tabIndex: 0,
          'aria-label': t('Messages, newest last'),
          ...(current !== undefined && { 'aria-activedescendant': rowId(current) }),
          onKeyDown: pressed,
        }}
        renderRow={(place) => (
          <MessageRow
            key={place}
            message={list.rows.get(place)}
            place={place}
            position={place - first + 1}
            rowCount={rowCount}
            isSelected={place === current}
            isTopicShown={!isOneTopic}
            onSelect={() => dispatch(listAction({ kind: 'selected', place }))}
            onOpen={(id) => post({ kind: 'openInspector', id })}
          />
        )}
      />
      {waitingCount > 0 && (
        <button
          type="button"
          class="button waiting"
          onClick={() => dispatch(listAction({ kind: 'followed' }))}
        >
          <Icon name="toEnd" />
          {waitingCount === 1 ? t('1 new message') : t('{0} new messages', count(waitingCount))}
        </button>
      )}
    </section>
  );
}

const movesOfKeys: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -pageRows,
  PageDown: pageRows,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface RowProps {
  /** Undefined until it has come. */
  message: MessageSummary | undefined;
  place: number;
  /** From 1. */
  position: number;
  rowCount: number;
  isSelected: boolean;
  isTopicShown: boolean;
  onSelect(): void;
  onOpen(id: number): void;
}

function MessageRow({ message, place, position, rowCount, isSelected, isTopicShown, ...on }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, see the file's header.
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the listbox's.
    <div
      id={rowId(place)}
      class={`message-row ${isSelected ? 'message-row-selected' : ''}`}
      role="option"
      aria-selected={isSelected}
      aria-posinset={position}
      aria-setsize={rowCount}
      aria-label={message ? rowWords(message, isTopicShown) : t('loading')}
      onClick={on.onSelect}
      onDblClick={() => message && on.onOpen(message.id)}
    >
      {message === undefined ? (
        <span class="row-loading" />
      ) : (
        <>
          <span class="row-time" title={dateAndTime(message.receivedAtMs)}>
            {formatClock(message.receivedAtMs)}
          </span>
          {isTopicShown && (
            <span class="row-topic" title={shorten(message.topic, 500)}>
              <TopicText topic={message.topic} maxCharacters={200} />
            </span>
          )}
          <PreviewText message={message} />
          <MessageMarks message={message} />
          <span class="row-publisher">
            {message.publisher !== undefined && <bdi>{message.publisher}</bdi>}
          </span>
          <span class="row-size">{formatByteSize(message.payloadBytes)}</span>
        </>
      )}
    </div>
  );
}

function PreviewText({ message }: { message: MessageSummary }) {
  const preview = previewOf(message.preview, message.payloadBytes);
  switch (preview.kind) {
    case 'empty':
      return <span class="row-preview row-preview-note">{t('empty')}</span>;
    case 'bytes':
      return <span class="row-preview row-preview-bytes">{preview.hex}</span>;
    case 'text':
      return (
        <span class="row-preview">
          {/* JSON reads from the left, whatever its words do. */}
          <bdi dir={/^[[{]/.test(preview.text) ? 'ltr' : 'auto'}>
            {textSegments(shorten(preview.text, previewCharacters)).map((segment, i) =>
              segment.kind === 'text' ? (
                <Searched key={i} text={segment.text} />
              ) : (
                <span key={i} class="marker">
                  {segment.text}
                </span>
              ),
            )}
          </bdi>
        </span>
      );
  }
}

/** What a screen reader says of a row. */
function rowWords(message: MessageSummary, isTopicShown: boolean): string {
  const preview = previewOf(message.preview, message.payloadBytes);
  const words = [
    formatClock(message.receivedAtMs),
    isTopicShown ? shorten(message.topic, 200) : '',
    preview.kind === 'text' ? shorten(preview.text, previewCharacters) : '',
    preview.kind === 'bytes' ? t('binary') : '',
    preview.kind === 'empty' ? t('empty') : formatByteSize(message.payloadBytes),
    t('QoS {0}', String(message.qos)),
    message.retain ? t('retained') : '',
    message.isWill ? t('will') : '',
    message.publisher === undefined ? '' : t('from {0}', message.publisher),
  ];
  return words.filter(Boolean).join(', ');
}

function rowId(place: number): string {
  return `message-row-${place}`;
}
