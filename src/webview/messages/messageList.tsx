/** The list of messages: one line each where there is room, two where there is not, newest last. */
import type { MessageSummary } from '../../contracts/messages.ts';
import { MessageMarks } from '../message/messageMarks.tsx';
import { previewOf } from '../message/payload.ts';
import { FollowedList } from '../shared/followedList.tsx';
import { formatByteSize, formatClock, shorten } from '../shared/format.ts';
import { Searched } from '../shared/highlight.tsx';
import { useSize } from '../shared/hooks.ts';
import { count, dateAndTime, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { textSegments } from '../shared/utf8.ts';
import { listAction, type PageProps } from './pageProps.ts';

/** The heights of .message-row in messageList.css. */
const oneLinePixels = 22;
const twoLinesPixels = 42;
/** Narrower lists have two lines a message. */
const oneLineWidthPixels = 440;
const previewCharacters = 160;

export function MessageList({ state, dispatch, post }: PageProps) {
  const [area, size] = useSize<HTMLElement>();
  const { list, filter } = state;
  const isOneTopic = filter !== undefined && filter.topicFilter !== '' && !/[+#]/.test(filter.topicFilter);
  const isOneLine = (size?.widthPixels ?? 0) >= oneLineWidthPixels;
  const shortcut = (key: string): boolean => {
    if (key === 'f') {
      document.getElementById('search-text')?.focus();
      return true;
    }
    if (key !== 'c') return false;
    const message = list.selected?.row;
    if (message !== undefined)
      post({ kind: 'act', action: 'copyPayload', id: message.id, topic: message.topic });
    return true;
  };
  return (
    <FollowedList
      list={list}
      areaLabel={t('Messages')}
      label={t('Messages, newest last')}
      class={[
        'message-list',
        isOneLine ? 'message-list-one-line' : 'message-list-two-lines',
        isOneTopic ? 'message-list-one-topic' : '',
      ].join(' ')}
      idPrefix="message-row"
      rowPixels={isOneLine ? oneLinePixels : twoLinesPixels}
      area={area}
      rowClass={() => 'message-row'}
      rowLabel={(message) => (message ? rowWords(message, !isOneTopic) : t('loading'))}
      renderRow={(message) => <MessageCells message={message} isTopicShown={!isOneTopic} />}
      waitingWords={(waiting) => (waiting === 1 ? t('1 new message') : t('{0} new messages', count(waiting)))}
      onOpen={({ id }) => post({ kind: 'openInspector', id })}
      onShortcut={shortcut}
      dispatch={(action) => dispatch(listAction(action))}
    />
  );
}

function MessageCells({ message, isTopicShown }: { message: MessageSummary; isTopicShown: boolean }) {
  return (
    <>
      <span class="row-time" title={dateAndTime(message.receivedAtMs)}>
        {formatClock(message.receivedAtMs)}
      </span>
      {isTopicShown && (
        <span class="row-topic" title={shorten(message.topic, 500)}>
          <TopicText topic={message.topic} maxCharacters={200} />
        </span>
      )}
      {/* Together one column: marks take room from the preview, and move no column behind them. */}
      <span class="row-content">
        <PreviewText message={message} />
        <MessageMarks message={message} />
      </span>
      <span class="row-publisher">{message.publisher !== undefined && <bdi>{message.publisher}</bdi>}</span>
      <span class="row-size">{formatByteSize(message.payloadBytes)}</span>
    </>
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
    message.hasWaited ? t('waited') : '',
    message.publisher === undefined ? '' : t('from {0}', message.publisher),
  ];
  return words.filter(Boolean).join(', ');
}
