/** The selected message: what was said about it, above what it says. */
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { MessageDetail, MessagePropertiesInfo, MessageSummary } from '../../contracts/messages.ts';
import { Action, CopyAction, Notice } from '../shared/controls.tsx';
import {
  formatByteSize,
  formatClock,
  formatDateAndTime,
  formatHex,
  formatInterval,
} from '../shared/format.ts';
import { Icon } from '../shared/icons.tsx';
import { count, t } from '../shared/l10n.ts';
import { TopicText } from '../shared/topicText.tsx';
import { MessageMarks, qosWords } from './messageMarks.tsx';
import type { PanelProps } from './panelProps.ts';
import { type PanelState, selectedEntry } from './state.ts';
import { PayloadView } from './viewPayload.tsx';

export function MessageDetailView(props: PanelProps) {
  const { state, dispatch, post } = props;
  const detail = useMemo(() => shownDetail(state), [state.detail, state.goneId, state.selectedId]);
  const words = t('Selected message');
  if (detail === undefined) return <section class="detail" aria-label={words} aria-busy="true" />;
  const isGone = state.goneId === detail.id;
  const { id } = detail;
  return (
    <section class="detail" aria-label={words} aria-busy={detail.id !== state.selectedId}>
      <div class="detail-bar">
        <h2>{formatClock(detail.receivedAtMs)}</h2>
        <MessageMarks message={detail} />
        <span class="detail-size">{formatByteSize(detail.payloadBytes)}</span>
        <div class="detail-actions">
          <CopyAction label={t('Copy Payload')} onCopy={() => post({ kind: 'copyPayload', id })} />
          <Action
            icon="open"
            label={t('Open in Editor')}
            onClick={() => post({ kind: 'openInEditor', id })}
          />
          <Action
            icon="send"
            label={t('Publish Again')}
            isTextShown
            tooltip={t('Open the publish form with this message')}
            onClick={() => post({ kind: 'publishAgain', topic: detail.topic, id })}
          />
        </div>
      </div>
      {isGone && (
        <Notice kind="warning">
          {t('This message is no longer held. Only its first bytes and what the list knows are left.')}
        </Notice>
      )}
      <details
        class="facts-area"
        open={state.choices.factsOpen}
        onToggle={(event) => {
          const factsOpen = event.currentTarget.open;
          if (factsOpen !== state.choices.factsOpen)
            dispatch({ kind: 'choicesChanged', choices: { factsOpen } });
        }}
      >
        <summary>
          <Icon name="chevron" />
          {t('Details')}
          <span class="summary-note">{propertiesNote(detail.properties)}</span>
        </summary>
        <Facts
          detail={detail}
          previous={previousOf(state, detail)}
          onCopyTopic={() => post({ kind: 'copyTopic', topic: detail.topic })}
        />
      </details>
      <PayloadView {...props} detail={detail} />
    </section>
  );
}

/** The message's own, or what its summary still tells when it is gone. */
function shownDetail(state: PanelState): MessageDetail | undefined {
  if (state.goneId === undefined) return state.detail;
  const summary = selectedEntry(state)?.message;
  if (summary === undefined) return undefined;
  const { preview } = summary;
  return { ...summary, payload: preview, truncated: preview.length < summary.payloadBytes };
}

/** The message in the list just before this one, when none was skipped between them. */
function previousOf(state: PanelState, detail: MessageDetail): MessageSummary | undefined {
  const index = state.entries.findIndex((entry) => entry.message.id === detail.id);
  return state.entries[index]?.skippedBefore === 0 ? state.entries[index - 1]?.message : undefined;
}

interface FactsProps {
  detail: MessageDetail;
  previous: MessageSummary | undefined;
  onCopyTopic(): void;
}

function Facts({ detail, previous, onCopyTopic }: FactsProps) {
  const { properties } = detail;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls when it is long, and a keyboard must reach that.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form.
    <div class="facts" role="group" aria-label={t('Details')} tabIndex={0}>
      <dl>
        <Fact name={t('Topic')} isWide>
          <TopicText topic={detail.topic} maxCharacters={70_000} />
          <CopyAction label={t('Copy Topic')} onCopy={onCopyTopic} />
        </Fact>
        <Fact
          name={t('Received')}
          note={previous && `+${formatInterval(detail.receivedAtMs - previous.receivedAtMs)}`}
          noteTooltip={t('Since the message before')}
          isWide
        >
          {formatDateAndTime(detail.receivedAtMs)}
        </Fact>
        <Fact name={t('Publisher')}>
          {detail.publisher === undefined ? <i>{t('unknown')}</i> : <bdi>{detail.publisher}</bdi>}
        </Fact>
        <Fact name={t('QoS')} note={qosWords(detail.qos)}>
          {detail.qos}
        </Fact>
        <Fact name={t('Payload')}>
          {detail.payloadBytes === 1 ? t('1 byte') : t('{0} bytes', count(detail.payloadBytes))}
        </Fact>
        <Fact name={t('Retain')}>{detail.retain ? t('Yes') : t('No')}</Fact>
        {detail.isWill && (
          <Fact name={t('Will')} isWide>
            {t('Published by the broker, because the client was lost')}
          </Fact>
        )}
      </dl>
      {properties !== undefined && hasProperties(properties) && (
        <>
          <h3>{t('MQTT 5 Properties')}</h3>
          <PropertyFacts properties={properties} />
        </>
      )}
    </div>
  );
}

function PropertyFacts({ properties }: { properties: MessagePropertiesInfo }) {
  const { contentType, responseTopic, correlationData, subscriptionIdentifiers, userProperties } = properties;
  const { payloadFormatIndicator: format, messageExpiryInterval: expirySeconds } = properties;
  return (
    <dl>
      {contentType !== undefined && (
        <Fact name={t('Content type')}>
          <bdi>{contentType}</bdi>
        </Fact>
      )}
      {format !== undefined && (
        <Fact name={t('Payload format')} note={format === 1 ? t('UTF-8 text') : t('Unspecified bytes')}>
          {format}
        </Fact>
      )}
      {expirySeconds !== undefined && (
        <Fact name={t('Message expiry')}>{t('{0} s', count(expirySeconds))}</Fact>
      )}
      {subscriptionIdentifiers !== undefined && (
        <Fact name={t('Subscription identifiers')}>{subscriptionIdentifiers.join(', ')}</Fact>
      )}
      {responseTopic !== undefined && (
        <Fact name={t('Response topic')} isWide>
          <TopicText topic={responseTopic} />
        </Fact>
      )}
      {correlationData !== undefined && (
        <Fact name={t('Correlation data')} isWide>
          {correlationData.length === 0 ? (
            <i>{t('empty')}</i>
          ) : (
            <span class="fact-code">{formatHex(correlationData)}</span>
          )}
        </Fact>
      )}
      {userProperties?.map(([name, value], i) => (
        <Fact key={i} name={i === 0 ? t('User properties') : ''} isWide>
          <bdi class="fact-code user-property-name">{name}</bdi>
          <bdi class="fact-code">{value}</bdi>
        </Fact>
      ))}
    </dl>
  );
}

interface FactProps {
  name: string;
  /** Said in a quieter voice after the value. */
  note?: string | undefined;
  noteTooltip?: string;
  /** Takes a line of its own. */
  isWide?: boolean;
  children: ComponentChildren;
}

function Fact({ name, note, noteTooltip, isWide, children }: FactProps) {
  return (
    <div class={`fact ${isWide ? 'fact-wide' : ''}`}>
      <dt>{name}</dt>
      <dd>
        {children}
        {note !== undefined && (
          <span class="fact-note" {...(noteTooltip !== undefined && { title: noteTooltip })}>
            {note}
          </span>
        )}
      </dd>
    </div>
  );
}

function hasProperties(properties: MessagePropertiesInfo | undefined): boolean {
  return properties !== undefined && Object.values(properties).some((value) => value !== undefined);
}

/** Beside the folded details, so that nobody misses that there are properties. */
function propertiesNote(properties: MessagePropertiesInfo | undefined): string {
  if (properties === undefined) return '';
  const { userProperties, ...others } = properties;
  const number =
    Object.values(others).filter((value) => value !== undefined).length + (userProperties?.length ?? 0);
  if (number === 0) return '';
  return number === 1 ? t('1 MQTT 5 property') : t('{0} MQTT 5 properties', count(number));
}
