/** One message in full: its buttons, what was said about it, and what it says. Both pages show it. */
import type { ComponentChildren } from 'preact';
import type { MessageAction, MessagePageToExtension } from '../../contracts/messagePages.ts';
import type { MessageDetail, MessageSummary } from '../../contracts/messages.ts';
import { Action, CopyAction, Notice } from '../shared/controls.tsx';
import { formatByteSize, formatClock } from '../shared/format.ts';
import { dateAndTime, t } from '../shared/l10n.ts';
import type { MessageChoices } from './messageChoices.ts';
import { MessageFacts } from './messageFacts.tsx';
import { MessageMarks } from './messageMarks.tsx';
import { PayloadView } from './payloadView.tsx';
import type { ShownAction, ShownMessage } from './shownMessage.ts';

export interface MessagePaneProps {
  shown: ShownMessage;
  /** Of the wanted message, for when it is gone. */
  summary: MessageSummary | undefined;
  /** The message before it, of those that the page shows. */
  previous: MessageSummary | undefined;
  choices: MessageChoices;
  /** More buttons, before the others. */
  actions?: ComponentChildren;
  /** The actions that this page has room for. */
  hasAllActions: boolean;
  /** The engine that held the message has ended. */
  isEngineLost: boolean;
  onShown(action: ShownAction): void;
  onChoices(choices: Partial<MessageChoices>): void;
  onAct(action: MessageAction): void;
  onDecoder(request: Extract<MessagePageToExtension, { kind: 'chooseDecoder' | 'forgetDecoder' }>): void;
}

export function MessagePane(props: MessagePaneProps) {
  const { shown, choices, previous, onChoices, onAct } = props;
  const detail = detailOf(props);
  const words = t('Selected message');
  if (detail === undefined) return <section class="detail" aria-label={words} aria-busy="true" />;
  const isGone = shown.goneId === detail.id;
  return (
    <section class="detail" aria-label={words} aria-busy={detail.id !== shown.wantedId}>
      <div class="detail-bar">
        <h2 title={dateAndTime(detail.receivedAtMs)}>{formatClock(detail.receivedAtMs)}</h2>
        <MessageMarks message={detail} />
        <span class="detail-size">{formatByteSize(detail.payloadBytes)}</span>
        <div class="detail-actions" role="toolbar" aria-label={t('Actions of the message')}>
          {!isGone && props.actions}
          <Actions {...props} isGone={isGone} />
        </div>
      </div>
      {isGone && (
        <Notice kind="warning">
          {props.isEngineLost
            ? t(
                'This message is gone: the MQTT engine that held it has ended. What was read of it is still here.',
              )
            : t(
                'This message is no longer held: newer ones took its place. What was read of it is still here.',
              )}
        </Notice>
      )}
      <MessageFacts
        detail={detail}
        previous={previous}
        isOpen={choices.factsOpen}
        onToggle={(factsOpen) => onChoices({ factsOpen })}
        onCopyTopic={() => onAct('copyTopic')}
      />
      <PayloadView {...props} detail={detail} />
    </section>
  );
}

/** Those that read the payload anew are of no use where it is gone. */
function Actions({ hasAllActions, isGone, onAct }: MessagePaneProps & { isGone: boolean }) {
  if (isGone) return null;
  return (
    <>
      <CopyAction label={t('Copy Payload')} onCopy={() => onAct('copyPayload')} />
      <Action icon="copyAs" label={t('Copy As…')} onClick={() => onAct('copyAs')} />
      <Action
        icon="diff"
        label={t('Compare with Previous')}
        tooltip={t('Compare with the message before it on this topic')}
        onClick={() => onAct('diffWithPrevious')}
      />
      {hasAllActions && (
        <Action
          icon="compare"
          label={t('Compare with Selected')}
          tooltip={t('Compare with the message that is selected in the Messages view')}
          onClick={() => onAct('compareWithSelected')}
        />
      )}
      <Action icon="plot" label={t('Plot Values…')} onClick={() => onAct('plot')} />
      <Action icon="save" label={t('Save Payload…')} onClick={() => onAct('savePayload')} />
      <Action icon="open" label={t('Open in Editor')} onClick={() => onAct('openInEditor')} />
      <Action
        icon="send"
        label={t('Publish Again')}
        isTextShown={hasAllActions}
        tooltip={t('Open the publish form with this message')}
        onClick={() => onAct('publishAgain')}
      />
    </>
  );
}

/** The message's own, or what its summary still tells when it is gone. */
function detailOf({ shown, summary }: MessagePaneProps): MessageDetail | undefined {
  const { goneId, detail } = shown;
  if (goneId === undefined || detail?.id === goneId) return detail;
  if (summary?.id !== goneId) return undefined;
  const { preview } = summary;
  return { ...summary, payload: preview, truncated: preview.length < summary.payloadBytes };
}
