/**
 * The list of messages: one line each where there is room, two where there is not, newest last.
 *
 * A listbox that keeps the focus itself and names the selected row (aria-activedescendant), as VS Code's own lists do:
 * rows come and go under a flood, and a focus that sat on one would be lost with it.
 */
import type { MessageSummary } from '../../contracts/messages.ts';
import { formatByteSize, formatClock, shorten } from '../shared/format.ts';
import { useSize } from '../shared/hooks.ts';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { textSegments } from '../shared/utf8.ts';
import { VirtualList } from '../shared/virtualList.tsx';
import { MessageMarks } from './messageMarks.tsx';
import type { PanelProps } from './panelProps.ts';
import { previewOf } from './payload.ts';
import { type Entry, selectedIndex } from './state.ts';

/** The heights of .message-row in messages.css. */
const oneLinePixels = 22;
const twoLinesPixels = 42;
/** Narrower lists have two lines a message. */
const oneLineWidthPixels = 580;
const previewCharacters = 160;
const pageRows = 10;

export function MessageList({ state, dispatch, post }: PanelProps) {
  const [area, size] = useSize<HTMLElement>();
  const hasTopics = state.source?.kind === 'subscription';
  const isOneLine = !hasTopics && (size?.widthPixels ?? 0) >= oneLineWidthPixels;
  const current = selectedIndex(state);
  const isFollowing = state.flow === 'following';

  const pressed = (event: KeyboardEvent) => {
    const message = state.entries[current]?.message;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      if (message !== undefined) post({ kind: 'copyPayload', id: message.id });
    } else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === ' ') dispatch({ kind: isFollowing ? 'paused' : 'followed' });
    else if (event.key === 'Enter') {
      if (message !== undefined) post({ kind: 'openInEditor', id: message.id });
    } else if (event.key in movesOfKeys)
      dispatch({ kind: 'selectionMoved', by: movesOfKeys[event.key] ?? 0 });
    else return;
    event.preventDefault();
  };

  return (
    <section ref={area} class="list-area" aria-label={t('Messages')}>
      <VirtualList
        rowCount={state.entries.length}
        rowPixels={isOneLine ? oneLinePixels : twoLinesPixels}
        isFollowing={isFollowing}
        rowToShow={current === -1 ? undefined : current}
        onScrolled={(to) => dispatch({ kind: to === 'end' ? 'scrolledToEnd' : 'scrolledBack' })}
        attributes={{
          class: [
            'message-list',
            isOneLine ? 'message-list-one-line' : 'message-list-two-lines',
            state.waitingCount > 0 ? 'message-list-waiting' : '',
          ].join(' '),
          role: 'listbox',
          tabIndex: 0,
          'aria-label': t('Messages, newest last'),
          ...(current !== -1 && { 'aria-activedescendant': rowId(current) }),
          onKeyDown: pressed,
        }}
        renderRow={(index) => {
          const entry = state.entries[index];
          return (
            entry && (
              <MessageRow
                key={entry.message.id}
                entry={entry}
                index={index}
                rowCount={state.entries.length}
                isSelected={index === current}
                isTopicShown={hasTopics}
                onSelect={() => dispatch({ kind: 'selected', id: entry.message.id })}
              />
            )
          );
        }}
      />
      {state.waitingCount > 0 && (
        <button type="button" class="button waiting" onClick={() => dispatch({ kind: 'followed' })}>
          <Icon name="toEnd" />
          {state.waitingCount === 1 ? t('1 new message') : t('{0} new messages', count(state.waitingCount))}
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
  Home: -Infinity,
  End: Infinity,
};

interface RowProps {
  entry: Entry;
  index: number;
  rowCount: number;
  isSelected: boolean;
  isTopicShown: boolean;
  onSelect(): void;
}

function MessageRow({ entry, index, rowCount, isSelected, isTopicShown, onSelect }: RowProps) {
  const { message, skippedBefore } = entry;
  const gapWords = skippedBefore === 0 ? '' : wordsOfGap(skippedBefore);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, see the file's header.
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the listbox's.
    <div
      id={rowId(index)}
      class={`message-row ${isSelected ? 'message-row-selected' : ''} ${gapWords ? 'message-row-gap' : ''}`}
      role="option"
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={rowCount}
      aria-label={[rowWords(message), gapWords].filter(Boolean).join(', ')}
      {...(gapWords && { title: gapWords })}
      onClick={onSelect}
    >
      <span class="row-time">{formatClock(message.receivedAtMs)}</span>
      {isTopicShown && (
        <span class="row-topic">
          <TopicText topic={message.topic} maxCharacters={200} />
        </span>
      )}
      <PreviewText message={message} />
      <MessageMarks message={message} />
      <span class="row-publisher">{message.publisher !== undefined && <bdi>{message.publisher}</bdi>}</span>
      <span class="row-size">{formatByteSize(message.payloadBytes)}</span>
    </div>
  );
}

function wordsOfGap(skippedBefore: number): string {
  if (skippedBefore === 1) return t('1 message before this one was skipped');
  return t('{0} messages before this one were skipped', count(skippedBefore));
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
                segment.text
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
function rowWords(message: MessageSummary): string {
  const preview = previewOf(message.preview, message.payloadBytes);
  const words = [
    formatClock(message.receivedAtMs),
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

function rowId(index: number): string {
  return `message-row-${index}`;
}
